package store_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"claimwright/fhir/search"
	"claimwright/store"
	"claimwright/store/storetest"
)

// A search over stored and staged writes must give what the store would give once the staged ones are committed. The
// property draws stores, staged writes, queries, access and page sizes, and compares.

// jsonValues is an extractor for bodies that are their own search values.
type jsonValues struct{}

func (jsonValues) Version() int { return 1 }

func (jsonValues) Extract(_ store.Key, body []byte) (*search.Values, []string, error) {
	v := &search.Values{}
	return v, nil, json.Unmarshal(body, v)
}

var (
	drawID    = rapid.SampledFrom([]string{"a", "b", "c", "d", "e", "f", "g", "h"})
	drawLabel = rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"org:1", "org:2", "org:3"}), 0, 2, rapid.ID[string])
	drawWord  = rapid.SampledFrom([]string{"ada", "adam", "bo", "cy"})
	drawNum   = rapid.SampledFrom([]float64{-1, 0, 1, 2})
)

func drawValues(t *rapid.T) *search.Values {
	v := &search.Values{}
	if rapid.Bool().Draw(t, "has status") {
		v.Terms = append(v.Terms, search.Term{Param: "status", Text: drawWord.Draw(t, "status")})
	}
	if rapid.Bool().Draw(t, "has name") {
		lo, hi := drawWord.Draw(t, "name"), drawWord.Draw(t, "name")
		v.Strings = append(v.Strings, search.Text{Param: "name", Folded: lo, Exact: lo})
		v.Sorts = append(v.Sorts, search.Sortable{Param: "name", TextMin: min(lo, hi), TextMax: max(lo, hi)})
	}
	if rapid.Bool().Draw(t, "has date") {
		lo, hi := drawNum.Draw(t, "date"), drawNum.Draw(t, "date")
		v.Ranges = append(v.Ranges, search.Range{Param: "date", Lo: min(lo, hi), Hi: max(lo, hi)})
		v.Sorts = append(v.Sorts, search.Sortable{Param: "date", IsNum: true, NumMin: min(lo, hi), NumMax: max(lo, hi)})
	}
	return v
}

func drawWrite(t *rapid.T, k store.Key, version int64) store.Write {
	w := store.Write{Key: k, Version: version, Labels: drawLabel.Draw(t, "labels")}
	w.Updated = monday.Add(time.Duration(rapid.IntRange(0, 3).Draw(t, "updated")) * time.Millisecond)
	if w.Deleted = version > 1 && rapid.IntRange(0, 3).Draw(t, "delete") == 0; w.Deleted {
		return w
	}
	w.Values = drawValues(t)
	body, err := json.Marshal(w.Values)
	if err != nil {
		t.Fatal(err)
	}
	w.Body = body
	return w
}

func drawQuery(t *rapid.T) *search.Query {
	q := &search.Query{Type: "Task", Count: rapid.IntRange(1, 5).Draw(t, "count")}
	conditions := rapid.SampledFrom([]search.Condition{
		{Kind: search.HasID, Text: "c"},
		{Kind: search.HasTerm, Param: "status", Text: "ada"},
		{Kind: search.HasPrefix, Param: "name", Text: "ad"},
		{Kind: search.HasContaining, Param: "name", Text: "o"},
		{Kind: search.InBox, Param: "date", Box: search.Box{LoMin: 0, LoMax: 9, HiMin: 0, HiMax: 1}},
		{Kind: search.UpdatedIn, Box: search.Box{LoMin: float64(monday.UnixMilli() + 1), LoMax: 1e15, HiMin: 0, HiMax: 1e15}},
	})
	for range rapid.IntRange(0, 2).Draw(t, "clauses") {
		q.Where = append(q.Where, search.Clause{
			Not: rapid.Bool().Draw(t, "not"), AnyOf: rapid.SliceOfN(conditions, 1, 2).Draw(t, "any of"),
		})
	}
	for _, param := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"_id", "_lastUpdated", "name", "date"}), 0, 2, rapid.ID[string]).Draw(t, "sort") {
		q.Sort = append(q.Sort, search.Sort{Param: param, Desc: rapid.Bool().Draw(t, "desc")})
	}
	return q
}

func TestStagedSearchIsTheSearchAfterTheCommit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		before, after := storetest.NewMemory(), storetest.NewMemory()
		versions := map[store.Key]int64{}
		for _, id := range rapid.SliceOfNDistinct(drawID, 0, 8, rapid.ID[string]).Draw(t, "stored") {
			k := store.Key{Type: "Task", ID: id}
			for range rapid.IntRange(1, 2).Draw(t, "versions") {
				versions[k]++
				apply(t, drawWrite(t, k, versions[k]), before, after)
			}
		}
		staged := store.NewStaged(before, jsonValues{})
		for _, id := range rapid.SliceOfNDistinct(drawID, 0, 5, rapid.ID[string]).Draw(t, "staged") {
			k := store.Key{Type: "Task", ID: id}
			w := drawWrite(t, k, versions[k]+1)
			if err := staged.Put(w); err != nil {
				t.Fatal(err)
			}
			apply(t, w, after)
		}
		access := store.Everything("p")
		if rapid.Bool().Draw(t, "restricted") {
			access = store.Labelled("p", drawLabel.Draw(t, "access")...)
		}
		q := drawQuery(t)
		require.Equal(t, walk(t, after, access, q), walk(t, staged, access, q))
		wanted, err := after.Count(t.Context(), access, q)
		require.NoError(t, err)
		counted, err := staged.Count(t.Context(), access, q)
		require.NoError(t, err)
		require.Equal(t, wanted, counted)
		q.CountTo = rapid.Int64Range(1, 12).Draw(t, "count to")
		counted, err = staged.Count(t.Context(), access, q)
		require.NoError(t, err)
		require.True(t, counted == wanted || counted > q.CountTo, "counted %d of %d, to %d", counted, wanted, q.CountTo)
		q.CountTo = 1000
		counted, err = staged.Count(t.Context(), access, q)
		require.NoError(t, err)
		require.Equal(t, wanted, counted)
	})
}

func apply(t *rapid.T, w store.Write, to ...store.Store) {
	for _, st := range to {
		if err := st.Commit(t.Context(), store.Commit{ID: store.NewCommitID(), Resources: []store.Write{w}}); err != nil {
			t.Fatal(err)
		}
	}
}

// walk goes through all pages; the lengths of the pages are part of what is compared.
func walk(t *rapid.T, r store.Reader, a store.Access, q *search.Query) []string {
	var seen []string
	var after store.Position
	for range 20 {
		page, err := r.Search(t.Context(), a, q, after)
		if err != nil {
			t.Fatal(err)
		}
		for _, rec := range page.Records {
			seen = append(seen, fmt.Sprintf("%s v%d", rec.Key, rec.Version))
		}
		if page.Next == "" {
			return seen
		}
		seen = append(seen, "--")
		after = page.Next
	}
	t.Fatal("the pages do not end")
	return nil
}
