package storetest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/search"
	"claimwright/store"
)

// testConflicts: a commit that does not apply leaves no trace, whichever part of it failed.
func testConflicts(t *testing.T, s *suite) {
	w := s.fresh(t)
	w.create("Patient", "p1")
	w.record(internal(store.SpaceHead, "h1", 1, "one"))

	present := store.Key{Type: "Patient", ID: "p1"}
	cases := []struct {
		name string
		add  func(w *world, c *store.Commit)
	}{
		{"creating what exists", func(w *world, c *store.Commit) {
			c.Resources = append(c.Resources, w.version(present, 1))
		}},
		{"skipping a version", func(w *world, c *store.Commit) {
			c.Resources = append(c.Resources, w.version(present, 3))
		}},
		{"updating what is absent", func(w *world, c *store.Commit) {
			c.Resources = append(c.Resources, w.version(store.Key{Type: "Patient", ID: "p2"}, 2))
		}},
		{"deleting what is absent", func(w *world, c *store.Commit) {
			c.Resources = append(c.Resources, w.deletion(store.Key{Type: "Patient", ID: "p2"}, 2))
		}},
		{"creating an internal that exists", func(_ *world, c *store.Commit) {
			c.Internals = append(c.Internals, internal(store.SpaceHead, "h1", 1, "x"))
		}},
		{"updating an internal that is absent", func(_ *world, c *store.Commit) {
			c.Internals = append(c.Internals, internal(store.SpaceHead, "h2", 2, "x"))
		}},
		{"removing an internal that is absent", func(_ *world, c *store.Commit) {
			gone := internal(store.SpaceHead, "h2", 2, "")
			gone.Delete = true
			c.Internals = append(c.Internals, gone)
		}},
		{"a precondition", func(_ *world, c *store.Commit) {
			c.Requires = append(c.Requires, store.Precondition{Key: present, Version: 9})
		}},
	}
	for _, tc := range cases {
		w.sub(tc.name, func(w *world) {
			w.tick()
			wr := w.version(store.Key{Type: "Location", ID: w.serverID()}, 1, with(&search.Values{
				Terms: []search.Term{{Param: "name", Text: "half"}},
			}))
			c := commit(wr)
			c.Internals = []store.InternalWrite{internal(store.SpaceGuard, "half", 1, "g")}
			tc.add(w, &c)
			require.ErrorIs(w, w.Commit(w.Context(), c), store.ErrConflict)
			requireNothingApplied(w, c, wr)
		})
	}
	w.sub("the commit can be sent again once it fits", func(w *world) {
		wr := w.version(store.Key{Type: "Location", ID: "late"}, 2)
		c := commit(wr)
		require.ErrorIs(w, w.Commit(w.Context(), c), store.ErrConflict)
		w.create("Location", "late")
		w.apply(c)
		requireRecord(w, wr, w.get(wr.Key))
	})
	w.sub("what no backend can apply", testInvalidCommits)
}

func requireNothingApplied(w *world, c store.Commit, wr store.Write) {
	w.Helper()
	require.Nil(w, w.get(wr.Key))
	require.Zero(w, w.readInternal(store.SpaceGuard, "half").Version)
	require.EqualValues(w, 1, w.get(store.Key{Type: "Patient", ID: "p1"}).Version)
	require.Equal(w, "one", string(w.readInternal(store.SpaceHead, "h1").Data))
	require.Empty(w, w.find(all(), search.Query{
		Type: "Location", Count: 10, Where: []search.Clause{where(term("name", "half"))},
	}))
	page, err := w.History(w.Context(), all(), store.HistoryQuery{Limit: 10})
	require.NoError(w, err)
	require.Len(w, page.Records, 1)
	done, err := w.Committed(w.Context(), c.ID)
	require.NoError(w, err)
	require.False(w, done)
}

func testInvalidCommits(w *world) {
	wr := w.version(store.Key{Type: "Location", ID: "valid"}, 1)
	twice := internal(store.SpaceHead, "twice", 1, "x")
	cases := []struct {
		name string
		c    store.Commit
	}{
		{"empty", commit()},
		{"without an id", store.Commit{Resources: []store.Write{wr}}},
		{"a resource twice", commit(wr, wr)},
		{"an internal twice", store.Commit{ID: store.NewCommitID(), Internals: []store.InternalWrite{twice, twice}}},
		{"version 0", commit(w.version(wr.Key, 0))},
	}
	for _, tc := range cases {
		w.sub(tc.name, func(w *world) {
			err := w.Commit(w.Context(), tc.c)
			require.Error(w, err)
			require.NotErrorIs(w, err, store.ErrConflict, "deciding again cannot help")
			require.NotErrorIs(w, err, store.ErrUnknown)
			require.Nil(w, w.get(wr.Key))
		})
	}
}
