package storetest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/search"
	"claimwright/store"
)

// testDurability: what was acknowledged is there after the store was closed and opened again.
func testDurability(t *testing.T, s *suite) {
	if s.reopen == nil {
		t.Skip("the backend does not say how to reopen a store (WithReopen)")
	}
	w := s.fresh(t)
	fillForMaintenance(w)
	last := commit(w.version(store.Key{Type: "Patient", ID: "p4"}, 1, with(pagingValues(6))))
	w.apply(last)
	feed := w.follow("")
	w.create("Location", "seen")
	position := w.next(feed).Position
	w.create("Location", "missed")

	for range 2 {
		w.Store = s.reopen(t, w.Store)
		st := w.Store
		t.Cleanup(func() { closeQuietly(t, st) })
		require.Equal(t, []string{"p0", "p2", "p3", "p4"}, w.find(all(), everything("Patient", 2)))
		q := search.Query{Type: "Patient", Count: 2, Where: []search.Clause{where(term("active", "true"))}}
		q.Sort = []search.Sort{{Param: "family"}}
		require.Len(t, w.find(all(), q), 4)
		require.Equal(t, []string{"p2", "p3"}, sorted(w.find(store.Labelled("l", "clinic-1"), q)))
		require.EqualValues(t, 2, w.readInternal(store.SpaceHead, "h").Version)
		requireCommitted(w, last.ID, true)
		w.apply(last)
		require.Len(t, w.history(all(), store.HistoryQuery{Type: "Patient", Limit: 3}), 7)
		require.Equal(t, []string{"missed"}, w.nextIDs(w.follow(position), 1))
		requireSound(w)
	}
	w.tick()
	w.put(w.version(store.Key{Type: "Patient", ID: "p0"}, 3))
	w.record(internal(store.SpaceHead, "h", 3, "3"))
}
