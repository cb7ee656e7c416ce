package storetest

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/search"
	"claimwright/store"
)

// testPaging: a reader who pages while others write sees every resource that stood still exactly once.
func testPaging(t *testing.T, s *suite) {
	sorts := []struct {
		name string
		sort []search.Sort
	}{
		{"by id", nil},
		{"by id, descending", []search.Sort{{Param: "_id", Desc: true}}},
		{"by last update", []search.Sort{{Param: "_lastUpdated"}}},
		{"by last update, descending", []search.Sort{{Param: "_lastUpdated", Desc: true}}},
		{"by number", []search.Sort{{Param: "rank"}}},
		{"by text, descending, then number", []search.Sort{{Param: "family", Desc: true}, {Param: "rank"}}},
	}
	for _, tc := range sorts {
		t.Run(tc.name, func(t *testing.T) { pageUnderWrites(s.fresh(t), tc.sort) })
	}
	t.Run("the last page", func(t *testing.T) { testLastPage(s.fresh(t)) })
	t.Run("a position of another make", func(t *testing.T) {
		w := s.fresh(t)
		w.create("Patient", "p1")
		q := everything("Patient", 10)
		_, err := w.Search(t.Context(), all(), &q, "no position at all")
		require.ErrorIs(t, err, store.ErrCursorLost)
		_, err = w.History(t.Context(), all(), store.HistoryQuery{Limit: 10, After: "no position at all"})
		require.ErrorIs(t, err, store.ErrCursorLost)
	})
}

// pagingValues spread a resource over the sort keys, with ties and with values missing.
func pagingValues(i int) *search.Values {
	v := &search.Values{Terms: []search.Term{{Param: "active", Text: "true"}}}
	if i%5 != 4 {
		v.Sorts = append(v.Sorts, numSort("rank", float64(i%7), float64(i%7)))
	}
	if i%3 != 2 {
		name := fmt.Sprintf("name %d", i%4)
		v.Sorts = append(v.Sorts, textSort("family", name, name))
	}
	return v
}

func pageUnderWrites(w *world, sorts []search.Sort) {
	var stable []string
	for i := range 40 {
		id := fmt.Sprintf("p-%02d", (i*17)%40)
		if i%2 == 0 {
			id = w.serverID()
		}
		w.tick()
		w.put(w.version(store.Key{Type: "Patient", ID: id}, 1, with(pagingValues(i))))
		if i%4 < 3 {
			stable = append(stable, id)
		}
	}
	q := search.Query{Type: "Patient", Count: 6, Sort: sorts, Where: []search.Clause{where(term("active", "true"))}}
	moving := w.moving(stable, q)
	seen := map[string]int{}
	for after, page := store.Position(""), 0; ; page++ {
		got, err := w.Search(w.Context(), all(), &q, after)
		require.NoError(w, err)
		for _, r := range got.Records {
			seen[r.ID]++
		}
		if after = got.Next; after == "" {
			break
		}
		w.disturb(moving, page)
	}
	for _, id := range stable {
		require.Equal(w, 1, seen[id], "resource %s stood still", id)
	}
}

// moving lists the resources that are not stable.
func (w *world) moving(stable []string, q search.Query) []string {
	q.Sort, q.Count = nil, 100
	var out []string
	still := map[string]bool{}
	for _, id := range stable {
		still[id] = true
	}
	for _, id := range w.find(all(), q) {
		if !still[id] {
			out = append(out, id)
		}
	}
	return out
}

// disturb writes between two pages: a new resource, an update that moves one, a delete.
func (w *world) disturb(moving []string, page int) {
	w.tick()
	w.put(w.version(store.Key{Type: "Patient", ID: fmt.Sprintf("n-%02d", page)}, 1, with(pagingValues(page))))
	if 2*page+1 < len(moving) {
		w.tick()
		w.put(w.version(store.Key{Type: "Patient", ID: moving[2*page]}, 2, with(pagingValues(page+3))))
		w.put(w.deletion(store.Key{Type: "Patient", ID: moving[2*page+1]}, 2))
	}
}

func testLastPage(w *world) {
	for i := range 6 {
		w.create("Patient", fmt.Sprintf("p%d", i))
	}
	for count, pages := range map[int]int{1: 6, 2: 3, 3: 2, 4: 2, 6: 1, 7: 1} {
		q := everything("Patient", count)
		n := 0
		for after := store.Position(""); ; {
			page, err := w.Search(w.Context(), all(), &q, after)
			require.NoError(w, err)
			n++
			if after = page.Next; after == "" {
				break
			}
		}
		require.Equal(w, pages, n, "pages of %d", count)
	}
	empty := everything("Location", 5)
	page, err := w.Search(w.Context(), all(), &empty, "")
	require.NoError(w, err)
	require.Empty(w, page.Records)
	require.Empty(w, page.Next)
}
