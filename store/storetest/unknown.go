package storetest

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"claimwright/store"
)

// testUnknown: whoever does not know what became of a commit can ask, and can send it again.
func testUnknown(t *testing.T, s *suite) {
	w := s.fresh(t)
	w.sub("sent twice, applied once", func(w *world) {
		k := store.Key{Type: "Patient", ID: "twice"}
		c := commit(w.version(k, 1))
		c.Internals = []store.InternalWrite{internal(store.SpaceHead, "twice", 1, "1")}
		w.apply(c)
		w.apply(c)
		require.EqualValues(w, 1, w.get(k).Version)
		require.EqualValues(w, 1, w.readInternal(store.SpaceHead, "twice").Version)
	})
	w.sub("sent again after others wrote", func(w *world) {
		k := store.Key{Type: "Patient", ID: "later"}
		c := commit(w.version(k, 1))
		w.apply(c)
		next := w.version(k, 2)
		w.put(next)
		w.apply(c)
		requireRecord(w, next, w.get(k))
	})
	w.sub("sent again after what it wrote was removed", func(w *world) {
		create := store.Commit{
			ID:        store.NewCommitID(),
			Internals: []store.InternalWrite{internal(store.SpaceOutbox, "message", 1, "m")},
		}
		w.apply(create)
		removal := internal(store.SpaceOutbox, "message", 2, "")
		removal.Delete = true
		w.record(removal)
		w.apply(create)
		require.Zero(w, w.readInternal(store.SpaceOutbox, "message").Version, "a delivered message must not come back")
	})
	w.sub("asked", func(w *world) {
		c := commit(w.version(store.Key{Type: "Patient", ID: "asked"}, 1))
		requireCommitted(w, c.ID, false)
		w.apply(c)
		requireCommitted(w, c.ID, true)
		requireCommitted(w, store.NewCommitID(), false)
		requireCommitted(w, "an id of another make", false)
	})
	w.sub("an id of another make", func(w *world) {
		c := commit(w.version(store.Key{Type: "Patient", ID: "other-make"}, 1))
		c.ID = "order 66"
		w.apply(c)
		w.apply(c)
		requireCommitted(w, c.ID, true)
	})
	w.sub("sent by many at once", func(w *world) {
		k := store.Key{Type: "Patient", ID: "storm"}
		c := commit(w.version(k, 1))
		var g errgroup.Group
		for range 8 {
			g.Go(func() error { return w.Commit(w.Context(), c) })
		}
		require.NoError(w, g.Wait())
		require.EqualValues(w, 1, w.get(k).Version)
	})
	w.sub("the caller left before", func(w *world) {
		ctx, leave := context.WithCancel(w.Context())
		leave()
		c := commit(w.version(store.Key{Type: "Patient", ID: "left"}, 1))
		require.ErrorIs(w, w.Commit(ctx, c), context.Canceled)
		requireCommitted(w, c.ID, false)
	})
}

func requireCommitted(w *world, id store.CommitID, want bool) {
	w.Helper()
	got, err := w.Committed(w.Context(), id)
	require.NoError(w, err)
	require.Equal(w, want, got)
}
