package storetest

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"claimwright/store"
)

// testChanges: every version is delivered at least once, in order per resource, from wherever one resumes.
func testChanges(t *testing.T, s *suite) {
	w := s.fresh(t)
	w.create("Patient", "before")
	w.sub("from now on", func(w *world) {
		feed := w.follow("")
		wr := w.create("Patient", "first")[0]
		requireRecord(w, wr, w.next(feed).Record)
		w.tick()
		gone := w.deletion(wr.Key, 2)
		w.put(gone)
		requireRecord(w, gone, w.next(feed).Record)
	})
	w.sub("waiting before there is something", func(w *world) {
		feed := w.follow("")
		got := make(chan *store.Record, 1)
		var g errgroup.Group
		g.Go(func() error {
			c, err := feed.Next(context.Background())
			got <- c.Record
			return err
		})
		wr := w.create("Patient", "awaited")[0]
		require.NoError(w, g.Wait())
		requireRecord(w, wr, <-got)
	})
	w.sub("resumed", func(w *world) {
		feed := w.follow("")
		w.create("Patient", "r1", "r2")
		w.create("Patient", "r3")
		position := w.next(feed).Position
		rest := w.follow(position)
		require.Equal(w, []string{"r2", "r3"}, w.nextIDs(rest, 2))
		again := w.follow(position)
		require.Equal(w, []string{"r2", "r3"}, w.nextIDs(again, 2), "a position can be used twice")
		w.create("Patient", "r4")
		require.Equal(w, []string{"r4"}, w.nextIDs(rest, 1))
	})
	w.sub("ordered per resource under writers", testOrderedChanges)
	w.sub("a position that is not known", func(w *world) {
		feed, err := w.Changes(w.Context(), all(), "no position at all")
		if err == nil {
			_, err = feed.Next(w.Context())
		}
		require.ErrorIs(w, err, store.ErrCursorLost)
	})
	w.sub("the follower leaves", func(w *world) {
		feed := w.follow("")
		ctx, leave := context.WithCancel(w.Context())
		leave()
		_, err := feed.Next(ctx)
		require.ErrorIs(w, err, context.Canceled)
		wr := w.create("Patient", "after-leaving")[0]
		requireRecord(w, wr, w.next(feed).Record)
	})
}

func (w *world) follow(from store.Position) store.Feed {
	w.Helper()
	feed, err := w.Changes(w.Context(), all(), from)
	require.NoError(w, err)
	w.Cleanup(func() { require.NoError(w, feed.Close()) })
	return feed
}

func (w *world) next(feed store.Feed) store.Change {
	w.Helper()
	c, err := feed.Next(w.Context())
	require.NoError(w, err)
	require.NotEmpty(w, c.Position)
	return c
}

// nextIDs reads changes until n different resources came, at least once each.
func (w *world) nextIDs(feed store.Feed, n int) []string {
	w.Helper()
	var ids []string
	for len(ids) < n {
		if id := w.next(feed).Record.ID; !contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// testOrderedChanges: writers race, a follower sees each resource's versions in order and misses none.
func testOrderedChanges(w *world) {
	const writers, versions = 4, 10
	feed := w.follow("")
	var g errgroup.Group
	for i := range writers {
		k := store.Key{Type: "Location", ID: string(rune('a' + i))}
		g.Go(func() error {
			for v := int64(1); v <= versions; v++ {
				if err := w.Commit(context.Background(), commit(w.version(k, v))); err != nil {
					return err
				}
			}
			return nil
		})
	}
	latest := map[string]int64{}
	for done := 0; done < writers; {
		c := w.next(feed)
		last := latest[c.Record.ID]
		require.LessOrEqual(w, c.Record.Version, last+1, "no version is passed over")
		if c.Record.Version == last+1 {
			latest[c.Record.ID] = c.Record.Version
			if c.Record.Version == versions {
				done++
			}
		}
	}
	require.NoError(w, g.Wait())
}
