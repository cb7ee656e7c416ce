package storetest

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/search"
	"claimwright/store"
)

// testMaintenance: a store can say how it is, and can be copied while in use.
func testMaintenance(t *testing.T, s *suite) {
	w := s.fresh(t)
	w.sub("of an empty store", func(w *world) {
		require.NoError(w, w.Health(w.Context()))
		requireSound(w)
		stats, err := w.Stats(w.Context())
		require.NoError(w, err)
		require.Zero(w, stats.Resources)
		require.Zero(w, stats.Versions)
		require.Zero(w, stats.IndexRows)
	})
	fillForMaintenance(w)
	w.sub("verify", requireSound)
	w.sub("stats", func(w *world) {
		stats, err := w.Stats(w.Context())
		require.NoError(w, err)
		require.EqualValues(w, 3, stats.Resources)
		require.EqualValues(w, 6, stats.Versions)
		require.EqualValues(w, 2, stats.Internals)
		require.Positive(w, stats.IndexRows)
		require.Positive(w, stats.Bytes)
	})
	w.sub("health", func(w *world) { require.NoError(w, w.Health(w.Context())) })
	w.sub("backup", func(w *world) { testBackup(w, s) })
}

// fillForMaintenance leaves p0 updated, p1 deleted, p2 and p3 as created, and two internal records.
func fillForMaintenance(w *world) {
	for _, id := range []string{"p0", "p1", "p2", "p3"} {
		w.tick()
		w.put(w.version(store.Key{Type: "Patient", ID: id}, 1, labelled("clinic-1"), with(pagingValues(1))))
	}
	w.tick()
	w.put(w.version(store.Key{Type: "Patient", ID: "p0"}, 2, with(pagingValues(2))))
	w.put(w.deletion(store.Key{Type: "Patient", ID: "p1"}, 2))
	w.record(internal(store.SpaceHead, "h", 1, "1"), internal(store.SpaceEntry, "h/1", 1, "1"))
	w.record(internal(store.SpaceHead, "h", 2, "2"))
}

// requireSound demands that Verify finds nothing.
func requireSound(w *world) {
	w.Helper()
	require.NoError(w, w.Verify(w.Context(),
		func(f store.Finding) { require.Failf(w, "finding", "%s: %s", f.Key, f.Text) },
		func(store.Progress) {}))
}

func testBackup(w *world, s *suite) {
	var copied bytes.Buffer
	err := w.Backup(w.Context(), &copied)
	if s.restore == nil {
		require.ErrorIs(w, err, store.ErrNotOffered)
		return
	}
	require.NoError(w, err)
	w.create("Patient", "after the backup")

	st := s.restore(w.test(), &copied)
	w.Cleanup(func() { closeQuietly(w.test(), st) })
	restored := newWorld(w.tester, st)
	q := everything("Patient", 2)
	require.Equal(w, []string{"p0", "p2", "p3"}, restored.find(all(), q))
	q.Where = []search.Clause{where(term("active", "true"))}
	require.Equal(w, []string{"p0", "p2", "p3"}, restored.find(all(), q))
	require.Equal(w, []string{"p2", "p3"}, restored.find(store.Labelled("l", "clinic-1"), q))
	require.EqualValues(w, 2, restored.readInternal(store.SpaceHead, "h").Version)
	require.Len(w, restored.history(all(), store.HistoryQuery{Limit: 100}), 6)
	requireSound(restored)
	restored.create("Patient", "written after restoring")
}
