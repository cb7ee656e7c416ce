package storetest

import (
	"bytes"
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"claimwright/store"
)

// testClosed: a closed store says so, to everyone, at once.
func testClosed(t *testing.T, s *suite) {
	t.Run("every method", func(t *testing.T) { testClosedMethods(s.fresh(t)) })
	t.Run("while others write", func(t *testing.T) { testClosedUnderWriters(s.fresh(t)) })
	t.Run("wakes a follower", func(t *testing.T) {
		w := s.fresh(t)
		feed := w.follow("")
		var g errgroup.Group
		g.Go(func() error {
			_, err := feed.Next(context.Background())
			return err
		})
		require.NoError(t, w.Close())
		require.ErrorIs(t, g.Wait(), store.ErrClosed)
	})
}

func testClosedMethods(w *world) {
	wr := w.create("Patient", "p1")[0]
	require.NoError(w, w.Close())
	ctx := w.Context()
	q := everything("Patient", 1)
	errs := map[string]error{}
	_, errs["Get"] = w.Get(ctx, all(), wr.Key)
	_, errs["Internals"] = w.Internals(ctx, store.System(), store.InternalKey{Space: store.SpaceHead, ID: "h"})
	_, errs["Search"] = w.Search(ctx, all(), &q, "")
	_, errs["Count"] = w.Count(ctx, all(), &q)
	_, errs["Version"] = w.Version(ctx, all(), wr.Key, 1)
	_, errs["History"] = w.History(ctx, all(), store.HistoryQuery{Limit: 1})
	_, errs["ScanInternals"] = w.ScanInternals(ctx, store.System(), store.SpaceHead, "", "", 1)
	_, errs["Committed"] = w.Committed(ctx, store.NewCommitID())
	_, errs["Changes"] = w.Changes(ctx, all(), "")
	_, errs["Stats"] = w.Stats(ctx)
	errs["Commit"] = w.Commit(ctx, commit(w.version(wr.Key, 2)))
	errs["Reindex"] = w.Reindex(ctx, &extractor{version: 2, seen: map[store.Key]int{}}, ignoreProgress)
	errs["Verify"] = w.Verify(ctx, func(store.Finding) {}, ignoreProgress)
	errs["Backup"] = w.Backup(ctx, &bytes.Buffer{})
	errs["Health"] = w.Health(ctx)
	errs["Close"] = w.Close()
	for name, err := range errs {
		require.ErrorIs(w, err, store.ErrClosed, name)
	}
}

// testClosedUnderWriters: a commit that meets the closing is either applied and acknowledged, or told that it was not.
func testClosedUnderWriters(w *world) {
	started := make(chan struct{}, racers)
	var g errgroup.Group
	for i := range racers {
		g.Go(func() error {
			k := store.Key{Type: "Patient", ID: string(rune('a' + i))}
			for v := int64(1); ; v++ {
				if err := w.Commit(context.Background(), commit(w.version(k, v))); err != nil {
					return err
				}
				if v == 1 {
					started <- struct{}{}
				}
			}
		})
	}
	for range racers {
		<-started
	}
	require.NoError(w, w.Close())
	require.ErrorIs(w, g.Wait(), store.ErrClosed)
}
