package storetest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/search"
	"claimwright/store"
)

// testSorting: pages come in the query's order, missing values last, the id deciding what is left.
func testSorting(t *testing.T, s *suite) {
	w := s.fresh(t)
	values := map[string]*search.Values{
		"a": {Sorts: []search.Sortable{numSort("born", 5, 5), textSort("family", "okoth", "okoth")}},
		"b": {Sorts: []search.Sortable{numSort("born", -3, 9), textSort("family", "abuya", "zuma")}},
		"c": {Sorts: []search.Sortable{numSort("born", 5, 5)}},
		"d": {Sorts: []search.Sortable{textSort("family", "okoth", "okoth")}},
		"e": {Sorts: []search.Sortable{numSort("born", 0.5, 0.5), textSort("family", "\u00f1andu", "\u00f1andu")}},
		"f": {},
		"g": {Sorts: []search.Sortable{numSort("born", -inf, inf), textSort("family", "", "")}},
	}
	for _, id := range []string{"g", "c", "a", "f", "b", "e", "d"} {
		w.tick()
		w.put(w.version(store.Key{Type: "Patient", ID: id}, 1, with(values[id])))
	}
	w.tick()
	w.put(w.version(store.Key{Type: "Patient", ID: "c"}, 2, with(values["c"])))
	asc := func(p string) search.Sort { return search.Sort{Param: p} }
	desc := func(p string) search.Sort { return search.Sort{Param: p, Desc: true} }
	cases := []struct {
		name string
		sort []search.Sort
		want []string
	}{
		{"no sort is by id", nil, []string{"a", "b", "c", "d", "e", "f", "g"}},
		{"id", []search.Sort{asc("_id")}, []string{"a", "b", "c", "d", "e", "f", "g"}},
		{"id descending", []search.Sort{desc("_id")}, []string{"g", "f", "e", "d", "c", "b", "a"}},
		{"last update", []search.Sort{asc("_lastUpdated")}, []string{"g", "a", "f", "b", "e", "d", "c"}},
		{"last update descending", []search.Sort{desc("_lastUpdated")}, []string{"c", "d", "e", "b", "f", "a", "g"}},
		{"number by the smallest", []search.Sort{asc("born")}, []string{"g", "b", "e", "a", "c", "d", "f"}},
		{"number by the largest", []search.Sort{desc("born")}, []string{"g", "b", "a", "c", "e", "d", "f"}},
		{"text by the smallest", []search.Sort{asc("family")}, []string{"g", "b", "a", "d", "e", "c", "f"}},
		{"text by the largest", []search.Sort{desc("family")}, []string{"e", "b", "a", "d", "g", "c", "f"}},
		{"two keys", []search.Sort{asc("family"), desc("born")}, []string{"g", "b", "a", "d", "e", "c", "f"}},
		{"two keys, the second descending", []search.Sort{asc("born"), desc("_id")}, []string{"g", "b", "e", "c", "a", "f", "d"}},
		{"three keys", []search.Sort{desc("family"), asc("born"), desc("_lastUpdated")}, []string{"e", "b", "a", "d", "g", "c", "f"}},
		{"unknown parameter leaves the id", []search.Sort{desc("nothing")}, []string{"a", "b", "c", "d", "e", "f", "g"}},
	}
	for _, tc := range cases {
		w.sub(tc.name, func(w *world) {
			for count := 1; count <= 8; count++ {
				require.Equal(w, tc.want, w.find(all(), search.Query{Type: "Patient", Count: count, Sort: tc.sort}), "pages of %d", count)
			}
			some := search.Query{
				Type: "Patient", Count: 2, Sort: tc.sort, Where: []search.Clause{where(id("a"), id("f"), id("g"))},
			}
			require.Equal(w, only(tc.want, "a", "f", "g"), w.find(all(), some))
		})
	}
	w.sub("ids of both makes in one order", testMixedIDs)
}

// only keeps the named ids in their order.
func only(ids []string, keep ...string) []string {
	var out []string
	for _, id := range ids {
		for _, k := range keep {
			if id == k {
				out = append(out, id)
			}
		}
	}
	return out
}

// testMixedIDs: ids of the server and ids of clients sort as the strings that they are, whatever order they came in.
func testMixedIDs(w *world) {
	ids := []string{
		"019c0000-0000-7000-8000-000000000003", "zz", "019c0000-0000-7000-8000-000000000001", "019c", "0",
		"ffffffff-ffff-7fff-bfff-ffffffffffff", "00000000-0000-7000-8000-000000000000", "019C0000-0000-7000-8000-000000000002",
		"019c0000-0000-4000-8000-000000000009", "A.b-C", "019bffff-0000-7000-8000-000000000001",
		"019c0000-0000-7000-9000-000000000001",
	}
	for _, id := range ids {
		w.tick()
		w.put(w.version(store.Key{Type: "Location", ID: id}, 1, with(&search.Values{
			Terms: []search.Term{{Param: "status", Text: "active"}},
		})))
	}
	want := sorted(ids)
	for _, count := range []int{1, 5, 50} {
		q := search.Query{Type: "Location", Count: count}
		require.Equal(w, want, w.find(all(), q))
		q.Where = []search.Clause{where(term("status", "active"))}
		require.Equal(w, want, w.find(all(), q))
		q.Sort = []search.Sort{{Param: "_id", Desc: true}}
		require.Equal(w, reversed(want), w.find(all(), q))
	}
}
