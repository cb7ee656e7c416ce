package sqlite

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// smallSets draws sets that overlap often.
var smallSets = rapid.Custom(func(t *rapid.T) []int64 {
	list := rapid.SliceOf(rapid.Int64Range(-3, 40)).Draw(t, "members")
	return sortRIDs(list)
})

func all(t require.TestingT, set rids) []int64 {
	out := []int64{}
	require.NoError(t, each(set, math.MinInt64, func(rid int64) (bool, error) {
		out = append(out, rid)
		return true, nil
	}))
	return out
}

func listOf(members []int64) rids { return &sortedRIDs{rest: members} }

func filter(members []int64, keep func(int64) bool) []int64 {
	out := []int64{}
	for _, m := range members {
		if keep(m) {
			out = append(out, m)
		}
	}
	return out
}

func TestSetAlgebra(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := smallSets.Draw(t, "a"), smallSets.Draw(t, "b"), smallSets.Draw(t, "c")
		in := func(set []int64) func(int64) bool {
			return func(m int64) bool { return slices.Contains(set, m) }
		}
		require.Equal(t, sortRIDs(append([]int64{}, slices.Concat(a, b, c)...)), all(t, &union{sets: []rids{listOf(a), listOf(b), listOf(c)}}))
		both := filter(filter(a, in(b)), in(c))
		require.Equal(t, both, all(t, &intersection{[]rids{listOf(a), listOf(b), listOf(c)}}))
		without := filter(a, func(m int64) bool { return !in(b)(m) })
		require.Equal(t, without, all(t, &exclusion{listOf(a), listOf(b)}))

		from := rapid.Int64Range(-5, 45).Draw(t, "from")
		at, ok, err := (&intersection{[]rids{listOf(a), listOf(b)}}).seek(from)
		require.NoError(t, err)
		rest := filter(a, func(m int64) bool { return m >= from && in(b)(m) })
		require.Equal(t, len(rest) > 0, ok)
		if ok {
			require.Equal(t, rest[0], at)
		}
	})
}

// TestUnionOfMany walks a union of many sets in leaps.
func TestUnionOfMany(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sets := rapid.SliceOfN(smallSets, 0, 12).Draw(t, "sets")
		u := &union{}
		for _, s := range sets {
			u.sets = append(u.sets, listOf(s))
		}
		members := sortRIDs(slices.Concat(sets...))
		from := int64(-5)
		for range 10 {
			from += rapid.Int64Range(0, 9).Draw(t, "leap")
			at, ok, err := u.seek(from)
			require.NoError(t, err)
			rest := filter(members, func(m int64) bool { return m >= from })
			require.Equal(t, len(rest) > 0, ok)
			if ok {
				require.Equal(t, rest[0], at)
			}
		}
	})
}

func TestSetsWithoutMembers(t *testing.T) {
	require.Empty(t, all(t, none{}))
	require.Empty(t, all(t, &union{}))
	require.Empty(t, all(t, &intersection{[]rids{listOf([]int64{1}), none{}}}))
	require.Equal(t, []int64{1}, all(t, &exclusion{listOf([]int64{1}), none{}}))
}
