package ledger

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"claimwright/adjudication/engine/day"
)

func TestHeadIDsKeepTheirParts(t *testing.T) {
	require.Equal(t, "member/m-1", MemberID("m-1"))
	require.Equal(t, "policy/p/GOLD", PolicyID("p", "GOLD"))
	require.Equal(t, "policy/p/A%2FB%25", PolicyID("p", "A/B%"))
	require.NotEqual(t, PolicyID("p/q", "r"), PolicyID("p", "q/r"))
	require.Equal(t, "policy/p/GOLD/c-1.000002", EntryID(PolicyID("p", "GOLD"), "c-1", 2))
	require.Equal(t, "policy/~Organization%2Fx~42~2026-06-01/G", PolicyIDWithoutContract("Organization/x", "42", "G", today))
}

func TestCoversAreKeptByID(t *testing.T) {
	m := &Member{ID: "m"}
	for _, id := range []string{"b", "c", "a"} {
		next, err := m.WithCover(Cover{ID: id})
		require.NoError(t, err)
		require.Nil(t, m.Cover(id), "the older head is unchanged")
		m = next
	}
	m, err := m.WithCover(Cover{ID: "b", Plan: "GOLD"})
	require.NoError(t, err)
	require.Equal(t, []Cover{{ID: "a"}, {ID: "b", Plan: "GOLD"}, {ID: "c"}}, m.Covers)
	require.Equal(t, []Cover{{ID: "a"}, {ID: "c"}}, m.WithoutCover("b").Covers)
	require.Len(t, m.WithoutCover("x").Covers, 3)
	require.Equal(t, "GOLD", m.Cover("b").Plan)
}

func TestCoversAreBounded(t *testing.T) {
	m := &Member{}
	for i := range MaxCovers {
		next, err := m.WithCover(Cover{ID: fmt.Sprint(i)})
		require.NoError(t, err)
		m = next
	}
	_, err := m.WithCover(Cover{ID: "one more"})
	require.ErrorIs(t, err, ErrTooManyCovers)
	_, err = m.WithCover(Cover{ID: "7", Plan: "GOLD"})
	require.NoError(t, err, "a replacement is no further cover")
}

func TestBelongingJoinsCovers(t *testing.T) {
	cover := func(id string, from, to day.Date) Cover {
		return Cover{ID: id, Policy: "p", Active: true, Period: day.Period{From: from, To: to}}
	}
	inactive := cover("x", 1, 500)
	inactive.Active = false
	other := cover("y", 1, 500)
	other.Policy = "q"
	m := &Member{Covers: []Cover{cover("a", 30, 40), cover("b", 10, 19), cover("c", 20, 25), cover("d", 32, 35), inactive, other}}
	require.Equal(t, []day.Period{{From: 10, To: 25}, {From: 30, To: 40}}, m.Belonging("p"))
	m.Covers = append(m.Covers, cover("e", 24, 0))
	require.Equal(t, []day.Period{{From: 10}}, m.Belonging("p"))
	require.Empty(t, m.Belonging("none"))
}

func TestMembersAreCountedOnTheDay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := &Policy{}
		var members [][]day.Period
		for range rapid.IntRange(1, 8).Draw(t, "members") {
			from := day.Date(rapid.IntRange(1, 50).Draw(t, "from"))
			days := []day.Period{{From: from, To: from + day.Date(rapid.IntRange(0, 20).Draw(t, "length"))}}
			if rapid.Bool().Draw(t, "open") {
				days[0].To = 0
			}
			p = p.WithMember(nil, days)
			members = append(members, days)
		}
		if rapid.Bool().Draw(t, "one leaves") {
			p = p.WithMember(members[0], nil)
			members = members[1:]
		}
		for at := day.Date(1); at < 75; at++ {
			want := 0
			for _, days := range members {
				if days[0].Holds(at) {
					want++
				}
			}
			require.Equal(t, want, p.MembersAt(at))
		}
	})
}

func TestPolicyHolds(t *testing.T) {
	require.True(t, (&Policy{}).Holds(today), "without a Contract the covers decide")
	p := Policy{Contract: "Contract/p", InForce: true, Period: day.Period{From: today}}
	require.True(t, p.Holds(today))
	require.False(t, p.Holds(today-1))
	p.InForce = false
	require.False(t, p.Holds(today))
}
