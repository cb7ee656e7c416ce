package sqlite

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"claimwright/fhir/search"
	"claimwright/store"
)

// TestReadersSeeWholeGroups: while commits write resources in pairs, move them together and remove them together, and
// overlays are merged all the time, no search and no read of internal records sees one of a pair without the other.
func TestReadersSeeWholeGroups(t *testing.T) {
	for name, options := range map[string][]Option{
		"merged at once": {WithOverlay(1), WithCache(0, 0)},
		"merged often":   {WithOverlay(30_000)},
		"never merged":   {WithReaders(2)},
	} {
		t.Run(name, func(t *testing.T) {
			st := openIn(t, newPath(t), options...)
			defer func() { require.NoError(t, st.Close()) }()
			ctx, stop := context.WithCancel(t.Context())
			var readers, writers errgroup.Group
			for range 3 {
				readers.Go(func() error { return readPairs(ctx, st) })
			}
			for worker := range 4 {
				writers.Go(func() error { return writePairs(st, worker) })
			}
			require.NoError(t, writers.Wait())
			stop()
			require.NoError(t, readers.Wait())
			requireSound(t, st)
		})
	}
}

const pairRounds = 40

func pairKey(worker int, which string) store.Key {
	return store.Key{Type: "Patient", ID: fmt.Sprintf("%s-%d", which, worker)}
}

func pairHead(which string) store.InternalKey {
	return store.InternalKey{Space: store.SpaceHead, ID: which}
}

// writePairs writes a worker's pair again and again, now and then deleting it.
func writePairs(st *Store, worker int) error {
	ctx := context.Background()
	for version := int64(1); version <= pairRounds; {
		heads, err := st.Internals(ctx, store.System(), pairHead("left"), pairHead("right"))
		if err != nil {
			return err
		}
		c := store.Commit{ID: store.NewCommitID()}
		for i, which := range []string{"left", "right"} {
			w := patientWrite(pairKey(worker, which), version, fmt.Sprint("round-", version%3))
			w.Updated = moment(1_790_000_000_000 + version/7)
			w.Values.Ranges = []search.Range{{Param: "round", Lo: float64(version), Hi: float64(version)}}
			w.Values.Strings = []search.Text{{Param: "name", Folded: fmt.Sprint("n", version%5), Exact: "N"}}
			if version%11 == 0 {
				w.Deleted, w.Body, w.Values = true, nil, nil
			}
			c.Resources = append(c.Resources, w)
			c.Internals = append(c.Internals, store.InternalWrite{
				Key: pairHead(which), Version: heads[i].Version + 1, Data: fmt.Append(nil, heads[i].Version+1),
			})
		}
		switch err := st.Commit(ctx, c); {
		case err == nil:
			version++
		case !isConflict(err):
			return err
		}
	}
	return nil
}

// readPairs looks for halves until the context ends.
func readPairs(ctx context.Context, st *Store) error {
	sorts := [][]search.Sort{nil, {{Param: "_lastUpdated", Desc: true}}, {{Param: "key"}}}
	conditions := []search.Condition{
		{Kind: search.HasTerm, Param: "status", Text: "round-1"},
		{Kind: search.HasPrefix, Param: "name", Text: "n3"},
		{Kind: search.InBox, Param: "round", Box: search.Box{LoMin: 10, LoMax: 20, HiMin: 0, HiMax: 1000}},
		{Kind: search.UpdatedIn, Box: search.Box{LoMin: 1_790_000_000_002, LoMax: 1_790_000_000_005, HiMin: 0, HiMax: 2e12}},
	}
	for n := 0; ctx.Err() == nil; n++ {
		q := &search.Query{Type: "Patient", Count: 100, Sort: sorts[n%3], Where: []search.Clause{{AnyOf: conditions[n%4 : n%4+1]}}}
		page, err := st.Search(context.WithoutCancel(ctx), store.System(), q, "")
		if err != nil {
			return err
		}
		if err := requirePairs(page.Records); err != nil {
			return fmt.Errorf("%v: %w", q, err)
		}
		if count, err := st.Count(context.WithoutCancel(ctx), store.System(), q); err != nil || count%2 != 0 {
			return fmt.Errorf("count of %v: %d, %w", q, count, err)
		}
		heads, err := st.Internals(context.WithoutCancel(ctx), store.System(), pairHead("left"), pairHead("right"))
		if err != nil || heads[0].Version != heads[1].Version || string(heads[0].Data) != string(heads[1].Data) {
			return fmt.Errorf("heads %v, %w", heads, err)
		}
	}
	return nil
}

// requirePairs finds a record whose other half is missing or of another version.
func requirePairs(recs []*store.Record) error {
	seen := map[string]int64{}
	for _, r := range recs {
		seen[r.ID] = r.Version
	}
	for worker := range 4 {
		if l, r := seen[pairKey(worker, "left").ID], seen[pairKey(worker, "right").ID]; l != r {
			return fmt.Errorf("worker %d: versions %d and %d", worker, l, r)
		}
	}
	return nil
}
