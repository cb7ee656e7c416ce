package sqlite

import (
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"claimwright/store/sqlite/internal/posting"
)

// indexModel is what a table of blocks should hold: for each key, the items by rid.
type indexModel map[indexKey]map[int64]string

var blockKeys = []indexKey{1, 2, 1 << 63, ^indexKey(0)}

// anyOps draws operations on one key, in both halves of the rids, ascending and one per rid.
var anyOps = rapid.Custom(func(t *rapid.T) []blockOp {
	start := rapid.SampledFrom([]int64{0, 100, 5000, firstIrregular - 5, firstIrregular + 300}).Draw(t, "start")
	step := rapid.SampledFrom([]int64{1, 2, 1000}).Draw(t, "step")
	n := rapid.SampledFrom([]int{1, 3, 5, 400}).Draw(t, "count")
	removed := rapid.IntRange(0, 3).Draw(t, "removed")
	var ops []blockOp
	for i := range int64(n) {
		value := strings.Repeat("v", int(i*7)%90)
		ops = append(ops, blockOp{posting.Item{RID: start + i*step, Value: value}, int(i)%4 < removed-1})
	}
	return ops
})

// TestBlockTable: whatever is merged in whatever order, lists and columns read what a map would hold.
func TestBlockTable(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		st := openIn(t, newPath(t), WithReaders(1))
		defer func() { require.NoError(rt, st.Close()) }()
		model := indexModel{}
		for range rapid.IntRange(1, 8).Draw(rt, "merges") {
			key := rapid.SampledFrom(blockKeys).Draw(rt, "key")
			ops := anyOps.Draw(rt, "operations")
			model.apply(key, ops)
			mergeOps(t, st, key, ops)
		}
		require.NoError(rt, st.inSnapshot(t.Context(), func(sn *snapshot) error {
			for _, key := range blockKeys {
				model.requireSame(rt, sn, key)
			}
			return nil
		}))
		requireBlocks(rt, st)
	})
}

func (m indexModel) apply(key indexKey, ops []blockOp) {
	if m[key] == nil {
		m[key] = map[int64]string{}
	}
	for _, op := range ops {
		if op.removed {
			delete(m[key], op.RID)
		} else {
			m[key][op.RID] = op.Value
		}
	}
}

// mergeOps merges operations as the writer does: what is newer than all before is appended, anything else inserted.
func mergeOps(t *testing.T, st *Store, key indexKey, ops []blockOp) {
	onWriter(t, st, func(w *writer) error {
		return w.transaction(func() (func(), error) {
			w.merge = &merge{from: newOverlay(0)}
			defer func() { w.merge = nil }()
			if err := w.postings.merge(w, key, ops); err != nil {
				return nil, err
			}
			if err := w.sortings.merge(w, key, ops); err != nil {
				return nil, err
			}
			for _, op := range ops {
				if op.RID < firstIrregular {
					w.state.topOrdered = max(w.state.topOrdered, op.RID)
				} else {
					w.state.topIrregular = max(w.state.topIrregular, op.RID)
				}
			}
			return func() {}, w.saveState()
		})
	})
}

func (m indexModel) requireSame(t require.TestingT, sn *snapshot, key indexKey) {
	want := slices.Sorted(maps.Keys(m[key]))
	if want == nil {
		want = []int64{}
	}
	require.Equal(t, want, all(t, sn.postings(key)))
	n, err := sn.postings(key).estimate()
	require.NoError(t, err)
	require.True(t, n == many || n == len(want))
	// Jumping must find the same as walking.
	for _, stride := range []int{1, 3, 50, 333} {
		list, column := sn.postings(key), sn.columnOf(key)
		for i := 0; i < len(want); i += stride {
			at, ok, err := list.seek(want[i] - int64(stride%2))
			require.NoError(t, err)
			require.True(t, ok)
			require.Equal(t, want[i], max(at, want[i]), "not beyond")
			at, ok, err = list.seek(want[i])
			require.NoError(t, err)
			require.True(t, ok)
			require.Equal(t, want[i], at)
			value, err := column.of(want[i])
			require.NoError(t, err)
			require.Equal(t, m[key][want[i]], value)
		}
		_, ok, err := list.seek(math.MaxInt64)
		require.NoError(t, err)
		require.False(t, ok)
		value, err := column.of(math.MaxInt64)
		require.NoError(t, err)
		require.Empty(t, value)
	}
}

// requireBlocks demands that blocks of a key never overlap and that the count of rows is right.
func requireBlocks(t require.TestingT, st *Store) {
	r := <-st.readers
	defer func() { st.readers <- r }()
	var rows int64
	for table, values := range map[string]bool{"posting": false, "sorting": true} {
		q, err := r.conn.Prepare("SELECT key, first, n, data FROM " + table + " ORDER BY key, first")
		require.NoError(t, err)
		defer q.Close()
		lastKey, last := int64(0), int64(-1)
		require.NoError(t, eachRow(q, func() error {
			rows++
			items, err := posting.Items(nil, q.IntAt(1), q.BytesAt(3), values)
			require.NoError(t, err)
			require.Len(t, items, int(q.IntAt(2)))
			if q.IntAt(0) == lastKey {
				require.Greater(t, items[0].RID, last)
			}
			lastKey, last = q.IntAt(0), items[len(items)-1].RID
			return nil
		}))
	}
	state, err := readState(r.state)
	require.NoError(t, err)
	require.Equal(t, rows, state.indexRows)
}
