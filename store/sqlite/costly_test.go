package sqlite

import (
	"fmt"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"claimwright/fhir/search"
	"claimwright/store"
)

// TestTooCostly: what cannot be answered within the bounds is refused, and nothing else is.
func TestTooCostly(t *testing.T) {
	l := defaults().limits
	l.matches, l.lookups, l.walkAbove, l.walk, l.checkBelow, l.collect, l.misses = 30, 20, 5, 15, 0, 5, 3
	l.rows = 25
	st := openIn(t, newPath(t), withLimits(l), WithOverlay(1)) // so that the tables have rows
	defer func() { require.NoError(t, st.Close()) }()
	for i := range 40 {
		status := "few"
		switch {
		case i >= 38:
			status = "two"
		case i >= 10:
			status = "many"
		}
		w := patientWrite(store.Key{Type: "Patient", ID: uuid.Must(uuid.NewV7()).String()}, 1, status)
		w.Updated = moment(1_790_000_000_000 + int64(i))
		w.Values.Strings = []search.Text{{Param: "name", Folded: fmt.Sprintf("name %d", i), Exact: fmt.Sprint(i)}}
		if i < 10 {
			w.Values.Strings[0].Param = "rare"
		}
		w.Values.Ranges = []search.Range{{Param: "born", Lo: float64(i), Hi: float64(i)}}
		require.NoError(t, st.Commit(t.Context(), store.Commit{ID: store.NewCommitID(), Resources: []store.Write{w}}))
	}
	containing := func(param, text string) []search.Clause {
		return []search.Clause{{AnyOf: []search.Condition{{Kind: search.HasContaining, Param: param, Text: text}}}}
	}
	all := search.Box{LoMin: -1, LoMax: 100, HiMin: -1, HiMax: 100}
	cases := []struct {
		name   string
		where  []search.Clause
		sort   []search.Sort
		costly bool
	}{
		{"in id order", nil, nil, false},
		{"everything, sorted", nil, []search.Sort{{Param: "key"}}, true},
		{"some, sorted", statusQuery("few").Where, []search.Sort{{Param: "key"}}, false},
		{"everything by time", nil, []search.Sort{{Param: "_lastUpdated"}}, false},
		{"what lies at the end of time", statusQuery("many").Where, []search.Sort{{Param: "_lastUpdated"}}, true},
		{"by text, then time", statusQuery("many").Where, []search.Sort{{Param: "key"}, {Param: "_lastUpdated"}}, true},
		{"a range that all lie in", []search.Clause{{AnyOf: []search.Condition{{Kind: search.InBox, Param: "born", Box: all}}}}, nil, false},
		{"outside of a range that all lie in", []search.Clause{{Not: true, AnyOf: []search.Condition{{Kind: search.InBox, Param: "born", Box: all}}}}, nil, true},
		{"a text in few strings", containing("rare", "9"), nil, false},
		{"a text that is in none of many strings", containing("name", "zz"), nil, true},
		{"the same, checked on few", append(containing("name", "zz"), statusQuery("two").Where...), nil, false},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			_, err := st.Search(t.Context(), store.System(), &search.Query{Type: "Patient", Count: 10, Where: tc.where, Sort: tc.sort}, "")
			if tc.costly {
				require.ErrorIs(t, err, store.ErrTooCostly)
			} else {
				require.NoError(t, err)
			}
		})
	}
}
