package storetest

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/search"
	"claimwright/store"
)

func sorted(ids []string) []string { return slices.Sorted(slices.Values(ids)) }

func reversed(ids []string) []string {
	out := slices.Clone(ids)
	slices.Reverse(out)
	return out
}

// testIndex: the index follows every version: what changed is found anew and no longer as it was.
func testIndex(t *testing.T, s *suite) {
	t.Run("updates and deletes", func(t *testing.T) { testIndexFollows(s.fresh(t)) })
	t.Run("many resources with one term", func(t *testing.T) { testHotTerm(s.fresh(t)) })
	t.Run("many values in one resource", func(t *testing.T) { testWideResource(s.fresh(t)) })
}

func testIndexFollows(w *world) {
	k := store.Key{Type: "Patient", ID: "p1"}
	probe := func(found bool, conditions ...search.Condition) {
		w.Helper()
		for _, c := range conditions {
			want := []string{}
			if found {
				want = []string{"p1"}
			}
			require.Equal(w, want, w.find(all(), search.Query{Type: "Patient", Count: 9, Where: []search.Clause{where(c)}}), "%v", c)
		}
	}
	before := &search.Values{
		Terms:   []search.Term{{Param: "t", Text: "kept"}, {Param: "t", Text: "old"}},
		Ranges:  []search.Range{{Param: "r", Lo: 1, Hi: 2}, {Param: "r", Lo: 5, Hi: 5}},
		Strings: []search.Text{{Param: "s", Folded: "old", Exact: "Old"}, {Param: "s", Folded: "kept", Exact: "Kept"}},
		Sorts:   []search.Sortable{numSort("n", 1, 1)},
	}
	after := &search.Values{
		Terms:   []search.Term{{Param: "t", Text: "kept"}, {Param: "t", Text: "new"}},
		Ranges:  []search.Range{{Param: "r", Lo: 1, Hi: 3}, {Param: "r", Lo: 5, Hi: 5}},
		Strings: []search.Text{{Param: "s", Folded: "new", Exact: "New"}, {Param: "s", Folded: "kept", Exact: "Kept"}},
		Sorts:   []search.Sortable{textSort("x", "x", "x")},
	}
	kept := []search.Condition{term("t", "kept"), within("r", 5, 5), prefix("s", "kept"), exact("s", "Kept"), id("p1")}
	old := []search.Condition{term("t", "old"), within("r", 1, 2), prefix("s", "ol"), exact("s", "Old"), containing("s", "ld")}
	fresh := []search.Condition{term("t", "new"), box("r", 1, 1, 3, 3), prefix("s", "ne"), exact("s", "New"), containing("s", "ew")}

	w.put(w.version(k, 1, with(before)))
	probe(true, append(kept, old...)...)
	probe(false, fresh...)
	first := w.clock
	w.clock = w.clock.Add(1e9)
	w.put(w.version(k, 2, with(after)))
	probe(true, append(kept, fresh...)...)
	probe(false, old...)
	probe(false, updated(float64(first.UnixMilli()), float64(first.UnixMilli())))
	probe(true, updated(float64(w.clock.UnixMilli()), float64(w.clock.UnixMilli())))
	w.put(w.deletion(k, 3))
	probe(false, slices.Concat(kept, old, fresh)...)
	require.Zero(w, w.count(all(), everything("Patient", 9)))
	w.put(w.version(k, 4, with(before)))
	probe(true, append(kept, old...)...)
	probe(false, fresh...)
	w.put(w.version(k, 5, with(&search.Values{})))
	probe(true, id("p1"))
	probe(false, append(old, term("t", "kept"))...)
}

// testHotTerm: a term that hundreds share is found whole, page by page, also after some of them left it.
func testHotTerm(w *world) {
	const n = 600
	var want []string
	active := &search.Values{Terms: []search.Term{{Param: "status", Text: "active"}}}
	for first := 0; first < n; first += 60 {
		w.tick()
		var writes []store.Write
		for i := first; i < first+60; i++ {
			id := w.serverID()
			if i%7 == 0 {
				id = fmt.Sprintf("own-%03d", i)
			}
			v := &search.Values{Terms: append(slices.Clone(active.Terms), search.Term{Param: "mod", Text: fmt.Sprint(i % 50)})}
			writes = append(writes, w.version(store.Key{Type: "Patient", ID: id}, 1, with(v)))
			want = append(want, id)
		}
		w.put(writes...)
	}
	want = sorted(want)
	q := search.Query{Type: "Patient", Count: 77, Where: []search.Clause{where(term("status", "active"))}}
	require.Equal(w, want, w.find(all(), q))
	var left []store.Write
	for i := 0; i < n; i += 3 {
		left = append(left, w.version(store.Key{Type: "Patient", ID: want[i]}, 2))
	}
	w.tick()
	w.put(left...)
	still := slices.DeleteFunc(slices.Clone(want), func(id string) bool { return slices.Index(want, id)%3 == 0 })
	require.Equal(w, still, w.find(all(), q))
	require.EqualValues(w, len(still), w.count(all(), q))
	q.Where = append(q.Where, where(term("mod", "8")))
	require.LessOrEqual(w, w.count(all(), q), int64(n/50))
	q.Where[1].Not = true
	require.Greater(w, w.count(all(), q), int64(n/2))
}

// testWideResource: one resource with hundreds of values is found by each of them.
func testWideResource(w *world) {
	v := &search.Values{}
	for i := range 300 {
		v.Terms = append(v.Terms, search.Term{Param: "item", Text: fmt.Sprintf("i%d", i)})
		v.Ranges = append(v.Ranges, search.Range{Param: "served", Lo: float64(i), Hi: float64(i + i%5)})
		v.Strings = append(v.Strings, search.Text{Param: "note", Folded: fmt.Sprintf("note %d", i), Exact: fmt.Sprintf("Note %d", i)})
	}
	v.Terms = append(v.Terms, v.Terms[:10]...) // values may come twice
	v.Ranges = append(v.Ranges, v.Ranges[:10]...)
	v.Strings = append(v.Strings, v.Strings[:10]...)
	k := store.Key{Type: "Patient", ID: "wide"}
	w.put(w.version(k, 1, with(v)))
	for i := 0; i < 300; i += 41 {
		for _, c := range []search.Condition{
			term("item", fmt.Sprintf("i%d", i)), box("served", float64(i), float64(i), -inf, inf), exact("note", fmt.Sprintf("Note %d", i)),
		} {
			require.Equal(w, []string{"wide"}, w.find(all(), search.Query{Type: "Patient", Count: 2, Where: []search.Clause{where(c)}}))
		}
	}
	require.EqualValues(w, 1, w.count(all(), search.Query{Type: "Patient", Count: 2, Where: []search.Clause{where(prefix("note", "note"))}}))
	w.put(w.deletion(k, 2))
	require.Zero(w, w.count(all(), search.Query{Type: "Patient", Count: 2, Where: []search.Clause{where(term("item", "i7"))}}))
}
