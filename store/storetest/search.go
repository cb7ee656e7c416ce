package storetest

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/search"
	"claimwright/store"
)

// testSearch: every kind of condition, alone and combined, finds what Query.Match says.
func testSearch(t *testing.T, s *suite) {
	w := s.fresh(t)
	storeFamily(w)
	for _, tc := range searchCases() {
		w.sub(tc.name, func(w *world) {
			q := search.Query{Type: "Patient", Count: 3, Where: tc.where}
			require.Equal(w, tc.want, w.find(all(), q))
			q.Count = 100
			require.Equal(w, tc.want, w.find(all(), q))
			require.EqualValues(w, len(tc.want), w.count(all(), q))
			q.Count, q.CountOnly = 0, true
			require.EqualValues(w, len(tc.want), w.count(all(), q))
			countedTo(w, q, int64(len(tc.want)))
		})
	}
	w.sub("of another type", func(w *world) {
		require.Equal(w, []string{"l1"}, w.find(all(), search.Query{
			Type: "Location", Count: 5, Where: []search.Clause{where(term("active", "true"))},
		}))
		require.Empty(w, w.find(all(), everything("Organization", 5)))
	})
	w.sub("what no store executes", func(w *world) {
		q := search.Query{Type: "Patient", Count: 5, Where: []search.Clause{
			where(term("active", "true")), where(term("active", "true"), search.Condition{Kind: search.Refers, Param: "gp", Join: &search.Join{Type: "Practitioner"}}),
		}}
		_, err := w.Search(w.Context(), all(), &q, "")
		require.ErrorIs(w, err, store.ErrDeferred)
		_, err = w.Count(w.Context(), all(), &q)
		require.ErrorIs(w, err, store.ErrDeferred)
	})
}

// countedTo: a count to a bound tells that the matches are more than that, or their number, which for few it always does.
func countedTo(w *world, q search.Query, matches int64) {
	for q.CountTo = 1; q.CountTo < 8; q.CountTo++ {
		if n := w.count(all(), q); n <= q.CountTo {
			require.Equal(w, matches, n, "counted to %d", q.CountTo)
		}
	}
	q.CountTo = 1000
	require.Equal(w, matches, w.count(all(), q))
}

// storeFamily stores the resources that the cases look for: p1 to p6, and one of another type with the same values.
func storeFamily(w *world) {
	day := func(n float64) (float64, float64) { return n * 1000, n*1000 + 999 }
	lo1, hi1 := day(1)
	lo2, hi2 := day(2)
	values := map[string]*search.Values{
		"p1": {
			Terms: []search.Term{
				{Param: "active", Text: "true"}, {Param: "id", Text: "sys|1"}, {Param: "id", Text: "1"}, {Param: "id", Text: "sys|"},
			},
			Ranges: []search.Range{{Param: "born", Lo: lo1, Hi: hi1}, {Param: "near", Lo: -1006.8, Hi: 1039.28}},
			Strings: []search.Text{
				{Param: "name", Folded: "achieng otieno", Exact: "Achieng Otieno"}, {Param: "name", Folded: "achi", Exact: "Achi"},
				{Param: "code:text", Folded: "blood pressure"}, {Param: "code:text", Folded: "pressure"},
			},
		},
		"p2": {
			Terms:   []search.Term{{Param: "active", Text: "true"}, {Param: "id", Text: "sys|2"}, {Param: "gp", Text: "Practitioner/d1"}},
			Ranges:  []search.Range{{Param: "born", Lo: lo2, Hi: hi2}, {Param: "near", Lo: -1001.29, Hi: 1036.82}, {Param: "weight|kg", Lo: 2.45, Hi: 2.55}},
			Strings: []search.Text{{Param: "name", Folded: "otieno", Exact: "Otieno"}},
		},
		"p3": {
			Terms:   []search.Term{{Param: "active", Text: "false"}, {Param: "id", Text: "sys|1"}},
			Ranges:  []search.Range{{Param: "born", Lo: -inf, Hi: hi1}, {Param: "weight|kg", Lo: -3.5, Hi: -2.5}},
			Strings: []search.Text{{Param: "name", Folded: "ol\u0144ski", Exact: "Ol\u0144ski"}},
		},
		"p4": {
			Ranges:  []search.Range{{Param: "born", Lo: lo2, Hi: inf}, {Param: "weight|kg", Lo: 0, Hi: 0}},
			Strings: []search.Text{{Param: "name", Folded: "100% o_t", Exact: "100% O_T"}, {Param: "city", Folded: "otieno", Exact: "otieno"}},
		},
		"p5": {
			Terms:  []search.Term{{Param: "active", Text: "true"}, {Param: "active", Text: "false"}, {Param: "id:mod", Text: "sys|1"}},
			Ranges: []search.Range{{Param: "born", Lo: -inf, Hi: inf}, {Param: "born", Lo: lo1, Hi: hi2}},
		},
	}
	for _, id := range []string{"p1", "p2", "p3", "p4", "p5", "p6"} {
		w.clock = w.clock.Truncate(1e9).Add(1e9)
		w.put(w.version(store.Key{Type: "Patient", ID: id}, 1, with(values[id])))
	}
	w.put(w.version(store.Key{Type: "Location", ID: "l1"}, 1, with(values["p1"])))
}

// hundredTerms are the terms that :missing asks for: many, of which few resources have any.
func hundredTerms(param, text string) []search.Condition {
	all := []search.Condition{term(param, text)}
	for i := range 255 {
		all = append(all, term(":missing0", fmt.Sprintf("%x", i)))
	}
	return all
}

type searchCase struct {
	name  string
	where []search.Clause
	want  []string
}

func searchCases() []searchCase {
	base := float64(dawn.UnixMilli())
	everyone := []string{"p1", "p2", "p3", "p4", "p5", "p6"}
	none := []string{}
	and := func(clauses ...search.Clause) []search.Clause { return clauses }
	return []searchCase{
		{"everything", nil, everyone},
		{"id", and(where(id("p3"))), []string{"p3"}},
		{"id of nobody", and(where(id("p9"))), none},
		{"id or id", and(where(id("p6"), id("p1"), id("p9"))), []string{"p1", "p6"}},
		{"not id", and(whereNot(id("p2"), id("p3"))), []string{"p1", "p4", "p5", "p6"}},

		{"term", and(where(term("active", "true"))), []string{"p1", "p2", "p5"}},
		{"term that nobody has", and(where(term("active", "maybe"))), none},
		{"term of another parameter", and(where(term("gp", "true"))), none},
		{"term with modifier is its own", and(where(term("id:mod", "sys|1"))), []string{"p5"}},
		{"term is case-sensitive", and(where(term("active", "TRUE"))), none},
		{"or within a parameter", and(where(term("id", "sys|1"), term("id", "sys|2"))), []string{"p1", "p2", "p3"}},
		{"or across parameters", and(where(term("gp", "Practitioner/d1"), term("id", "sys|1"))), []string{"p1", "p2", "p3"}},
		{"and", and(where(term("active", "true")), where(term("id", "sys|1"))), []string{"p1"}},
		{"and of one parameter twice", and(where(term("active", "true")), where(term("active", "false"))), []string{"p5"}},
		{"not", and(whereNot(term("active", "true"))), []string{"p3", "p4", "p6"}},
		{"not any of", and(whereNot(term("active", "true"), term("active", "false"))), []string{"p4", "p6"}},
		{"and not", and(where(term("active", "true")), whereNot(term("id", "sys|1"))), []string{"p2", "p5"}},
		{"a clause without conditions holds for nobody", and(where()), none},
		{"its negation for everybody", and(whereNot()), everyone},

		{"prefix", and(where(prefix("name", "o"))), []string{"p2", "p3"}},
		{"prefix of the whole", and(where(prefix("name", "achieng otieno"))), []string{"p1"}},
		{"prefix beyond the whole", and(where(prefix("name", "achieng otieno "))), none},
		{"prefix of two values of one", and(where(prefix("name", "achi"))), []string{"p1"}},
		{"empty prefix needs a value", and(where(prefix("name", ""))), []string{"p1", "p2", "p3", "p4"}},
		{"prefix is no pattern", and(where(prefix("name", "100% o_"))), []string{"p4"}},
		{"percent is no wildcard", and(where(prefix("name", "%"))), none},
		{"prefix beyond ascii", and(where(prefix("name", "ol\u0144"))), []string{"p3"}},
		{"folded", and(where(folded("name", "otieno"))), []string{"p2"}},
		{"folded is the whole", and(where(folded("name", "otien"))), none},
		{"folded of one of two values", and(where(folded("name", "achieng otieno"))), []string{"p1"}},
		{"folded beyond ascii", and(where(folded("name", "ol\u0144ski"), folded("name", "100% o_t"))), []string{"p3", "p4"}},
		{"not folded", and(whereNot(folded("name", "otieno"))), []string{"p1", "p3", "p4", "p5", "p6"}},
		{"exact", and(where(exact("name", "Otieno"))), []string{"p2"}},
		{"exact differs in case", and(where(exact("name", "otieno"))), none},
		{"exact of another parameter", and(where(exact("city", "otieno"))), []string{"p4"}},
		{"containing", and(where(containing("name", "tien"))), []string{"p1", "p2"}},
		{"containing a pattern's characters", and(where(containing("name", "o_t"))), []string{"p4"}},
		{"not containing", and(whereNot(containing("name", "tien"))), []string{"p3", "p4", "p5", "p6"}},
		{"containing and term", and(where(containing("name", "o")), where(term("active", "true"))), []string{"p1", "p2"}},

		{"a text without an exact one", and(where(prefix("code:text", "press"))), []string{"p1"}},
		{"which is not found by none", and(where(exact("code:text", ""))), none},
		{"nor by its folded form", and(where(exact("code:text", "pressure"))), none},
		{"two sides of a rectangle", and(where(box("near", -1007, -1006, 1039, 1040))), []string{"p1"}},
		{"beside it", and(where(box("near", -1007, -1006, 1036, 1037))), none},
		{"two rectangles", and(where(box("near", -1007, -1006, 1036, 1040), box("near", -1002, -1001, 1036, 1037))), []string{"p1", "p2"}},
		{"a hundred terms, most of nobody", and(where(hundredTerms("active", "true")...)), []string{"p1", "p2", "p5"}},
		{"a hundred terms, of few", and(where(hundredTerms("active", "true")...), where(term("gp", "Practitioner/d1"), term("id", "sys|1"))), []string{"p1", "p2"}},
		{"none of them, of few", and(whereNot(hundredTerms("active", "true")...), where(term("gp", "Practitioner/d1"), term("id", "sys|1"))), []string{"p3"}},
		{"none of them, of one", and(whereNot(hundredTerms("active", "true")...), where(id("p4"))), []string{"p4"}},
		{"and none of them", and(whereNot(hundredTerms("active", "true")...)), []string{"p3", "p4", "p6"}},

		{"in a day", and(where(within("born", 1000, 1999))), []string{"p1"}},
		{"in two days", and(where(within("born", 1000, 2999))), []string{"p1", "p2", "p5"}},
		{"meets a day", and(where(meets("born", 1000, 1999))), []string{"p1", "p3", "p5"}},
		{"meets a millisecond", and(where(meets("born", 2999, 2999))), []string{"p2", "p4", "p5"}},
		{"starts after", and(where(box("born", 2000, inf, -inf, inf))), []string{"p2", "p4"}},
		{"ends before", and(where(box("born", -inf, inf, -inf, 1999))), []string{"p1", "p3"}},
		{"ends after", and(where(box("born", -inf, inf, 3000, inf))), []string{"p4", "p5"}},
		{"from the beginning", and(where(box("born", -inf, -inf, -inf, inf))), []string{"p3", "p5"}},
		{"without an end", and(where(box("born", -inf, inf, inf, inf))), []string{"p4", "p5"}},
		{"any range", and(where(box("born", -inf, inf, -inf, inf))), []string{"p1", "p2", "p3", "p4", "p5"}},
		{"no range", and(whereNot(box("born", -inf, inf, -inf, inf))), []string{"p6"}},
		{"not within or another", and(where(box("born", -inf, 999, -inf, inf), box("born", 2000, inf, -inf, inf))), []string{"p2", "p3", "p4", "p5"}},
		{"a unit is another parameter", and(where(within("weight", -10, 10))), none},
		{"a decimal", and(where(meets("weight|kg", 2.5, 2.5))), []string{"p2"}},
		{"a negative", and(where(within("weight|kg", -4, -2))), []string{"p3"}},
		{"zero is zero", and(where(within("weight|kg", math0(), 0))), []string{"p4"}},
		{"an empty box", and(where(box("weight|kg", 1, 0, -inf, inf))), none},
		{"range and not range", and(where(meets("born", 1000, 2999)), whereNot(within("born", 1000, 1999))), []string{"p2", "p3", "p4", "p5"}},

		{"updated since", and(where(updated(base+4000, inf))), []string{"p4", "p5", "p6"}},
		{"updated between", and(where(updated(base+2000, base+3000))), []string{"p2", "p3"}},
		{"not updated between", and(whereNot(updated(base+2000, base+3000))), []string{"p1", "p4", "p5", "p6"}},
		{"updated and term", and(where(updated(base+2000, inf)), where(term("active", "true"))), []string{"p2", "p5"}},
		{"updated never", and(where(updated(base+7000, inf))), none},

		{"all kinds at once", and(
			where(term("active", "true"), id("p4")), where(prefix("name", "o"), exact("name", "100% O_T")),
			where(meets("born", 2000, 2999)), where(updated(base, inf)), whereNot(id("p2")),
		), []string{"p4"}},
	}
}

// math0 is negative zero, which equals zero.
func math0() float64 { z := 0.0; return -z }
