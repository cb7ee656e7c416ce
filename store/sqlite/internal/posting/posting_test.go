package posting

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

const boundary = int64(1) << 62

var anyItems = rapid.Custom(func(t *rapid.T) []Item {
	step := rapid.SampledFrom([]int64{1, 3, 1 << 20, 1 << 50}).Draw(t, "step")
	n := rapid.IntRange(0, 2000).Draw(t, "count")
	items := make([]Item, 0, n)
	rid := rapid.SampledFrom([]int64{0, 5, boundary - 40, boundary, boundary + 7}).Draw(t, "first")
	for i := range n {
		items = append(items, Item{RID: rid, Value: strings.Repeat("v", i%7*rapid.IntRange(0, 3).Draw(t, "length"))})
		if rid > math.MaxInt64-step {
			break
		}
		rid += step
	}
	return items
})

func TestSplit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		items := anyItems.Draw(t, "items")
		values := rapid.Bool().Draw(t, "values")
		var back []Item
		var numbers []int64
		for b := range Split(items, values, boundary) {
			require.Positive(t, b.Count)
			require.LessOrEqual(t, len(b.Data), MaxBytes)
			var err error
			at := len(back)
			back, err = Items(back, b.First, b.Data, values)
			require.NoError(t, err)
			require.Len(t, back, at+b.Count)
			require.Equal(t, b.First, back[at].RID)
			require.Equal(t, b.First < boundary, back[len(back)-1].RID < boundary, "no block crosses the boundary")
			if !values {
				numbers, err = Numbers(numbers, b.First, b.Data)
				require.NoError(t, err)
			}
		}
		require.Len(t, back, len(items))
		for i := range items {
			require.Equal(t, items[i].RID, back[i].RID)
			if values {
				require.Equal(t, items[i].Value, back[i].Value)
			} else {
				require.Equal(t, items[i].RID, numbers[i])
			}
		}
	})
}

func TestSplitLongValue(t *testing.T) {
	long := strings.Repeat("x", 3*MaxBytes)
	items := []Item{{1, "a"}, {2, long}, {3, "b"}}
	blocks := slices.Collect(Split(items, true, boundary))
	require.Len(t, blocks, 3, "a value that is longer than a block has a block of its own")
	back, err := Items(nil, blocks[1].First, blocks[1].Data, true)
	require.NoError(t, err)
	require.Equal(t, items[1:2], back)
}

func TestDamaged(t *testing.T) {
	_, err := Numbers(nil, 1, []byte{0x80})
	require.ErrorIs(t, err, ErrDamaged)
	_, err = Items(nil, 1, []byte{0x80}, false)
	require.ErrorIs(t, err, ErrDamaged)
	_, err = Items(nil, 1, []byte{1}, true)
	require.ErrorIs(t, err, ErrDamaged)
	_, err = Items(nil, 1, []byte{1, 200, 1}, true)
	require.ErrorIs(t, err, ErrDamaged)
}

func FuzzItems(f *testing.F) {
	f.Add([]byte{1, 2, 'a', 'b'}, true)
	f.Add([]byte{1, 0x80}, false)
	f.Fuzz(func(t *testing.T, data []byte, values bool) {
		if _, err := Items(nil, 0, data, values); err != nil {
			require.ErrorIs(t, err, ErrDamaged)
		}
		if _, err := Numbers(nil, 0, data); err != nil {
			require.ErrorIs(t, err, ErrDamaged)
		}
	})
}
