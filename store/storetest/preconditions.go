package storetest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/store"
)

// testPreconditions: a commit is applied if and only if every version that it relies on holds.
func testPreconditions(t *testing.T, s *suite) {
	w := s.fresh(t)
	there := w.create("Patient", "there")[0].Key
	gone := w.create("Patient", "gone")[0].Key
	w.tick()
	w.put(w.deletion(gone, 2))
	never := store.Key{Type: "Patient", ID: "never"}
	head := store.InternalKey{Space: store.SpaceHead, ID: "there"}
	w.record(internal(store.SpaceHead, "there", 1, "1"))
	w.record(internal(store.SpaceHead, "there", 2, "2"))
	w.record(internal(store.SpaceHead, "removed", 1, "1"))
	removal := internal(store.SpaceHead, "removed", 2, "")
	removal.Delete = true
	w.record(removal)

	cases := []struct {
		name string
		need store.Precondition
		ok   bool
	}{
		{"resource at its version", store.Precondition{Key: there, Version: 1}, true},
		{"resource at another version", store.Precondition{Key: there, Version: 2}, false},
		{"resource absent though present", store.Precondition{Key: there}, false},
		{"resource absent", store.Precondition{Key: never}, true},
		{"resource present though absent", store.Precondition{Key: never, Version: 1}, false},
		{"deleted resource has the version of its delete", store.Precondition{Key: gone, Version: 2}, true},
		{"deleted resource is not absent", store.Precondition{Key: gone}, false},
		{"internal at its version", store.Precondition{Internal: head, Version: 2}, true},
		{"internal at an older version", store.Precondition{Internal: head, Version: 1}, false},
		{"internal absent though present", store.Precondition{Internal: head}, false},
		{"internal absent", store.Precondition{Internal: store.InternalKey{Space: store.SpaceHead, ID: "x"}}, true},
		{"internal of another space", store.Precondition{Internal: store.InternalKey{Space: store.SpaceEntry, ID: "there"}}, true},
		{"removed internal is absent", store.Precondition{Internal: store.InternalKey{Space: store.SpaceHead, ID: "removed"}}, true},
	}
	for _, tc := range cases {
		w.sub(tc.name, func(w *world) {
			w.tick()
			wr := w.version(store.Key{Type: "Location", ID: w.serverID()}, 1)
			c := commit(wr)
			c.Requires = []store.Precondition{tc.need}
			err := w.Commit(w.Context(), c)
			if tc.ok {
				require.NoError(w, err)
				requireRecord(w, wr, w.get(wr.Key))
				return
			}
			require.ErrorIs(w, err, store.ErrConflict)
			require.Nil(w, w.get(wr.Key))
		})
	}
	w.sub("every one of several must hold", func(w *world) {
		wr := w.version(store.Key{Type: "Location", ID: w.serverID()}, 1)
		c := commit(wr)
		c.Requires = []store.Precondition{{Key: there, Version: 1}, {Internal: head, Version: 2}, {Key: never, Version: 3}}
		require.ErrorIs(w, w.Commit(w.Context(), c), store.ErrConflict)
		c = commit(wr)
		c.Requires = []store.Precondition{{Key: there, Version: 1}, {Internal: head, Version: 2}, {Key: never}}
		w.apply(c)
	})
	w.sub("a precondition on what the commit itself writes", func(w *world) {
		wr := w.version(there, 2)
		c := commit(wr)
		c.Requires = []store.Precondition{{Key: there, Version: 1}} // the version before, as everything is checked first
		w.apply(c)
		requireRecord(w, wr, w.get(there))
	})
}
