package mongo_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/v2/bson"

	"claimwright/fhir/search"
	"claimwright/store"
)

// TestSearchesAreIndexed reads what is sent for every kind of condition and order: the filter begins with a field that an
// index begins with, or the order does.
func TestSearchesAreIndexed(t *testing.T) {
	r := &recorder{}
	st, _ := openShim(t, r.option())
	fill(t, []*search.Values{{Terms: []search.Term{{Param: "status", Text: "active"}}}, {}}, st)
	r.take()
	term := search.Condition{Kind: search.HasTerm, Param: "status", Text: "active"}
	box := search.Condition{Kind: search.InBox, Param: "created", Box: search.Box{LoMax: 9, HiMax: 5}}
	conditions := [][]search.Condition{
		{{Kind: search.HasID, Text: "c00"}}, {term}, {term, {Kind: search.HasTerm, Param: "use", Text: "claim"}},
		{{Kind: search.HasPrefix, Param: "note", Text: "a"}}, {{Kind: search.HasExact, Param: "note", Text: "A"}},
		{{Kind: search.HasContaining, Param: "note", Text: "a"}}, {{Kind: search.HasFolded, Param: "note", Text: "a"}}, {box},
		{{Kind: search.UpdatedIn, Box: search.Box{LoMax: 9, HiMax: 9}}}, {term, box}, nil,
	}
	for _, anyOf := range conditions {
		for _, sort := range [][]search.Sort{nil, {{Param: "_id", Desc: true}}, {{Param: "_lastUpdated"}}, {{Param: "created", Desc: true}}, {{Param: "created"}}} {
			q := &search.Query{Type: "Claim", Count: 5, Sort: sort}
			if anyOf != nil { // after a clause that no index answers
				q.Where = []search.Clause{{Not: true, AnyOf: []search.Condition{{Kind: search.HasTerm, Param: "x", Text: "y"}}}, {AnyOf: anyOf}}
			}
			_, err := st.Search(t.Context(), store.Labelled("u", "l"), q, "")
			require.NoError(t, err)
			if anyOf != nil {
				_, err = st.Count(t.Context(), store.System(), q)
				require.NoError(t, err)
			}
			gathers := len(sort) > 0 && sort[0] == search.Sort{Param: "created"}
			commands := r.take()
			require.NotEmpty(t, commands)
			for _, command := range commands {
				if anyOf == nil && gathers {
					require.EqualValues(t, 10_001, lookup(command, "limit"), "what no index narrows or orders is bounded")
					continue
				}
				require.Truef(t, indexedFilter(filterOf(command)) || indexedSort(lookup(command, "sort")), "%+v sorted by %+v: %v", anyOf, sort, command)
			}
		}
	}
	for _, h := range []store.HistoryQuery{{Type: "Claim", ID: "c00", Limit: 5}, {Type: "Claim", Limit: 5}, {Limit: 5}} {
		_, err := st.History(t.Context(), store.System(), h)
		require.NoError(t, err)
		for _, command := range r.take() {
			if command[0].Key == "find" {
				require.Truef(t, indexedFilter(filterOf(command)) || indexedSort(lookup(command, "sort")), "%v", command)
			}
		}
	}
}

// filterOf is what a find or a count selects by.
func filterOf(command bson.D) bson.D {
	if f, ok := lookup(command, "filter").(bson.D); ok {
		return f
	}
	stages, _ := lookup(command, "pipeline").(bson.A)
	if len(stages) == 0 {
		return nil
	}
	stage, _ := stages[0].(bson.D)
	f, _ := lookup(stage, "$match").(bson.D)
	return f
}

// leadingFields are the fields that an index begins with.
var leadingFields = []string{"_id", "index", "ranges", "updated", "_id.id"}

// indexedFilter tells whether a filter begins with a field of an index; where it has alternatives, each of them does.
func indexedFilter(f bson.D) bool {
	if len(f) == 0 {
		return false
	}
	if f[0].Key != "$or" {
		return slices.Contains(leadingFields, f[0].Key)
	}
	alternatives, _ := f[0].Value.(bson.A)
	return !slices.ContainsFunc(alternatives, func(d any) bool { return !indexedFilter(d.(bson.D)) })
}

func indexedSort(sort any) bool {
	d, _ := sort.(bson.D)
	return len(d) > 0 && (slices.Contains(leadingFields, d[0].Key) || strings.HasPrefix(d[0].Key, "sort.created"))
}
