package storetest

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/search"
	"claimwright/store"
)

// testAccess: what an access does not allow is not there, whichever way one asks.
func testAccess(t *testing.T, s *suite) {
	w := s.fresh(t)
	keys := storeLabelled(w)
	for name, a := range map[string]store.Access{
		"nothing": store.Nothing("n"), "zero": {}, "no labels": store.Labelled("l"), "other labels": store.Labelled("l", "clinic-9"),
	} {
		w.sub("deny all: "+name, func(w *world) { requireBlind(w, a, keys) })
	}
	w.sub("labels", testLabels)
	w.sub("labels change", testLabelChange)
	w.sub("changes", testLabelledChanges)
}

// storeLabelled stores resources of clinic-1, clinic-2, both and nobody: a, b, c and d. They stay as they are.
func storeLabelled(w *world) []store.Key {
	labels := map[string][]string{"a": {"clinic-1"}, "b": {"clinic-2"}, "c": {"clinic-2", "clinic-1"}, "d": nil}
	var keys []store.Key
	for _, id := range []string{"a", "b", "c", "d"} {
		w.tick()
		k := store.Key{Type: "Patient", ID: id}
		w.put(w.version(k, 1, labelled(labels[id]...), with(&search.Values{
			Terms:   []search.Term{{Param: "active", Text: "true"}},
			Ranges:  []search.Range{{Param: "born", Lo: 1, Hi: 2}},
			Strings: []search.Text{{Param: "name", Folded: "n", Exact: "N"}},
			Sorts:   []search.Sortable{numSort("born", 1, 1)},
		})))
		keys = append(keys, k)
	}
	w.record(internal(store.SpaceGuard, "g", 1, "guard"), internal(store.SpaceHead, "h", 1, "head"))
	return keys
}

// accessQueries reach the same resources through every way that a backend may have.
func accessQueries() []search.Query {
	clauses := [][]search.Clause{
		nil, {where(term("active", "true"))}, {where(within("born", 1, 2))}, {where(prefix("name", "n"))}, {where(exact("name", "N"))},
		{where(containing("name", "n"))}, {where(id("a"), id("b"), id("c"), id("d"))}, {where(updated(0, inf))},
		{whereNot(term("active", "false"))}, {whereNot(id("z"))},
	}
	var out []search.Query
	for _, c := range clauses {
		for _, sort := range [][]search.Sort{nil, {{Param: "_lastUpdated"}}, {{Param: "born", Desc: true}}} {
			out = append(out, search.Query{Type: "Patient", Count: 3, Where: c, Sort: sort})
		}
	}
	return out
}

func requireBlind(w *world, a store.Access, keys []store.Key) {
	ctx := w.Context()
	recs, err := w.Get(ctx, a, keys...)
	require.NoError(w, err)
	require.Equal(w, make([]*store.Record, len(keys)), recs)
	for _, q := range accessQueries() {
		require.Empty(w, w.find(a, q))
		require.Zero(w, w.count(a, q))
	}
	for _, k := range keys {
		rec, err := w.Version(ctx, a, k, 1)
		require.NoError(w, err)
		require.Nil(w, rec)
		require.Empty(w, w.history(a, store.HistoryQuery{Type: k.Type, ID: k.ID, Limit: 10}))
	}
	require.Empty(w, w.history(a, store.HistoryQuery{Type: "Patient", Limit: 10}))
	require.Empty(w, w.history(a, store.HistoryQuery{Limit: 10}))
	requireNoInternals(w, a, store.SpaceHead)
	if a.DeniesAll() {
		requireNoInternals(w, a, store.SpaceGuard)
	}
	requireSilence(w, a)
}

func requireNoInternals(w *world, a store.Access, s store.Space) {
	w.Helper()
	_, err := w.Internals(w.Context(), a, store.InternalKey{Space: store.SpaceHead, ID: "h"}, store.InternalKey{Space: s, ID: "g"})
	require.ErrorIs(w, err, store.ErrDenied)
	_, err = w.ScanInternals(w.Context(), a, s, "", "", 10)
	require.ErrorIs(w, err, store.ErrDenied)
}

// requireSilence demands that a feed delivers nothing of what was written while it was open. Another feed proves that
// there was something to deliver.
func requireSilence(w *world, a store.Access) {
	w.Helper()
	loud, err := w.Changes(w.Context(), all(), "")
	require.NoError(w, err)
	defer func() { require.NoError(w, loud.Close()) }()
	feed, err := w.Changes(w.Context(), a, "")
	require.NoError(w, err)
	defer func() { require.NoError(w, feed.Close()) }()
	w.create("Organization", w.serverID())
	_, err = loud.Next(w.Context())
	require.NoError(w, err)
	ctx, stop := context.WithTimeout(w.Context(), 10*time.Millisecond)
	defer stop()
	got, err := feed.Next(ctx)
	require.ErrorIsf(w, err, context.DeadlineExceeded, "got %v", got)
}

func testLabels(w *world) {
	cases := []struct {
		name   string
		access store.Access
		want   []string
	}{
		{"one label", store.Labelled("l", "clinic-1"), []string{"a", "c"}},
		{"another", store.Labelled("l", "clinic-2"), []string{"b", "c"}},
		{"two labels", store.Labelled("l", "clinic-2", "clinic-1"), []string{"a", "b", "c"}},
		{"one label and one that nobody has", store.Labelled("l", "clinic-0", "clinic-2"), []string{"b", "c"}},
		{"everything", store.Everything("e"), []string{"a", "b", "c", "d"}},
		{"system", store.System(), []string{"a", "b", "c", "d"}},
	}
	for _, tc := range cases {
		w.sub(tc.name, func(w *world) {
			for _, q := range accessQueries() {
				require.ElementsMatch(w, tc.want, w.find(tc.access, q), "%v", q)
				require.EqualValues(w, len(tc.want), w.count(tc.access, q))
			}
			seen := []string{}
			for _, r := range w.history(tc.access, store.HistoryQuery{Type: "Patient", Limit: 2}) {
				seen = append(seen, r.ID)
			}
			require.ElementsMatch(w, tc.want, seen)
			for _, id := range []string{"a", "b", "c", "d"} {
				recs, err := w.Get(w.Context(), tc.access, store.Key{Type: "Patient", ID: id})
				require.NoError(w, err)
				require.Equal(w, contains(tc.want, id), recs[0] != nil)
			}
			guards, err := w.Internals(w.Context(), tc.access, store.InternalKey{Space: store.SpaceGuard, ID: "g"})
			require.NoError(w, err, "whoever may see something may read guards")
			require.EqualValues(w, 1, guards[0].Version)
		})
	}
}

func contains(ids []string, id string) bool { return len(only(ids, id)) == 1 }

// testLabelChange: a version is judged by its own labels and by the current ones.
func testLabelChange(w *world) {
	k := store.Key{Type: "Location", ID: "moved"}
	w.put(w.version(k, 1, labelled("clinic-1")))
	w.tick()
	w.put(w.version(k, 2, labelled("clinic-2")))
	cases := []struct {
		name   string
		access store.Access
		sees   []int64
	}{
		{"the old owner", store.Labelled("l", "clinic-1"), nil},
		{"the new owner", store.Labelled("l", "clinic-2"), []int64{2}},
		{"the owner of both", store.Labelled("l", "clinic-1", "clinic-2"), []int64{2, 1}},
	}
	for _, tc := range cases {
		w.sub(tc.name, func(w *world) {
			var got []int64
			for _, r := range w.history(tc.access, store.HistoryQuery{Type: k.Type, ID: k.ID, Limit: 10}) {
				got = append(got, r.Version)
			}
			require.Equal(w, tc.sees, got)
			for v := int64(1); v <= 2; v++ {
				rec, err := w.Version(w.Context(), tc.access, k, v)
				require.NoError(w, err)
				require.Equal(w, v == 2 && tc.sees != nil || len(tc.sees) == 2, rec != nil, "version %d", v)
			}
			require.Equal(w, tc.sees != nil, len(w.find(tc.access, everything("Location", 5))) == 1)
		})
	}
}

// testLabelledChanges: a feed passes over what its reader may not see.
func testLabelledChanges(w *world) {
	feed, err := w.Changes(w.Context(), store.Labelled("l", "clinic-1"), "")
	require.NoError(w, err)
	defer func() { require.NoError(w, feed.Close()) }()
	for _, label := range []string{"clinic-2", "clinic-3", "clinic-1"} {
		w.tick()
		w.put(w.version(store.Key{Type: "Organization", ID: label}, 1, labelled(label)))
	}
	got, err := feed.Next(w.Context())
	require.NoError(w, err)
	require.Equal(w, "clinic-1", got.Record.ID)
}
