package mongo_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"claimwright/fhir/search"
	"claimwright/store"
	"claimwright/store/mongo"
	"claimwright/store/mongo/mongotest"
	"claimwright/store/storetest"
)

// fill writes claims with and without a date, the same into each store.
func fill(t require.TestingT, claims []*search.Values, stores ...store.Store) {
	for i, v := range claims {
		w := store.Write{
			Key: store.Key{Type: "Claim", ID: fmt.Sprintf("c%02d", (i*7)%100)}, Version: 1, Body: []byte(`{"resourceType":"Claim"}`),
			Values: v,
		}
		for _, st := range stores {
			require.NoError(t, st.Commit(context.Background(), store.Commit{ID: store.NewCommitID(), Resources: []store.Write{w}}))
		}
	}
}

// pages runs a query to its end.
func pages(t require.TestingT, st store.Store, q *search.Query) []string {
	ids := []string{}
	for after := store.Position(""); ; {
		page, err := st.Search(context.Background(), store.System(), q, after)
		require.NoError(t, err)
		for _, r := range page.Records {
			ids = append(ids, r.ID)
		}
		if after = page.Next; after == "" {
			return ids
		}
	}
}

// The sorts that an index of their own serves must be those of the model too; the suite knows only the general ones.
func TestNewestFirst(t *testing.T) {
	_, server := mongotest.Start(t)
	n := 0
	rapid.Check(t, func(rt *rapid.T) {
		n++
		st, err := mongo.Open(context.Background(), server.URI(fmt.Sprint("run", n)))
		require.NoError(rt, err)
		defer func() { require.NoError(rt, st.Close()) }()
		model := storetest.NewMemory()
		dates := rapid.SliceOfN(rapid.IntRange(-3, 3), 1, 12).Draw(rt, "dates")
		var claims []*search.Values
		for i, date := range dates {
			v := &search.Values{Terms: []search.Term{{Param: "status", Text: []string{"active", "draft"}[i%2]}}}
			if date != 0 {
				at := float64(date)
				v.Sorts = []search.Sortable{{Param: "created", IsNum: true, NumMin: at, NumMax: at + float64(i%2)}}
			}
			claims = append(claims, v)
		}
		fill(rt, claims, st, model)
		for _, where := range [][]search.Clause{nil, {{AnyOf: []search.Condition{{Kind: search.HasTerm, Param: "status", Text: "active"}}}}} {
			for _, sort := range [][]search.Sort{{{Param: "created", Desc: true}}, {{Param: "created"}}, {{Param: "created", Desc: true}, {Param: "_id", Desc: true}}} {
				q := &search.Query{Type: "Claim", Where: where, Sort: sort, Count: rapid.IntRange(1, 5).Draw(rt, "count")}
				require.Equal(rt, pages(rt, model, q), pages(rt, st, q), "%+v", q)
			}
		}
	})
}

func TestSortsBeyondTheirBounds(t *testing.T) {
	st, _ := openShim(t, mongo.WithSortCandidates(3))
	claim := &search.Values{Terms: []search.Term{{Param: "status", Text: "active"}}}
	fill(t, []*search.Values{claim, claim, claim, {}}, st)
	byStatus := &search.Query{Type: "Claim", Count: 2, Sort: []search.Sort{{Param: "status"}}}
	_, err := st.Search(t.Context(), store.System(), byStatus, "")
	require.ErrorIs(t, err, store.ErrTooCostly)
	byStatus.Where = []search.Clause{{AnyOf: []search.Condition{{Kind: search.HasTerm, Param: "status", Text: "active"}}}}
	require.Len(t, pages(t, st, byStatus), 3)
	for _, sort := range []string{"_id", "_lastUpdated"} {
		require.Len(t, pages(t, st, &search.Query{Type: "Claim", Count: 2, Sort: []search.Sort{{Param: sort}}}), 4)
	}
	require.Len(t, pages(t, st, &search.Query{Type: "Claim", Count: 2, Sort: []search.Sort{{Param: "created", Desc: true}}}), 4)
}
