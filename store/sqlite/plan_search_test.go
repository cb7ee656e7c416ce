package sqlite

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"claimwright/fhir/search"
	"claimwright/store"
)

// TestSearchUsesPlannedStatements asks for everything that a client can ask for and shows that no statement is prepared for
// it but those that a reader has from the start, whose plans TestPlans reads. So no search, in whatever way it is executed,
// looks through a table.
func TestSearchUsesPlannedStatements(t *testing.T) {
	for name, l := range map[string]limits{"as it is": defaults().limits, "with everything collected": collecting(), "with everything checked": checkingAll()} {
		t.Run(name, func(t *testing.T) {
			st := openIn(t, newPath(t), withLimits(l), WithReaders(1), WithOverlay(1))
			defer func() { require.NoError(t, st.Close()) }()
			for i := range 30 {
				id := uuid.Must(uuid.NewV7()).String()
				if i%3 == 0 {
					id = fmt.Sprintf("own-%d", i)
				}
				w := patientWrite(store.Key{Type: "Patient", ID: id}, 1, []string{"active", "draft"}[i%2])
				w.Updated = moment(1_790_000_000_000 + int64(i))
				w.Values.Strings = []search.Text{{Param: "name", Folded: fmt.Sprintf("name %d", i), Exact: fmt.Sprint(i)}}
				w.Values.Ranges = []search.Range{{Param: "born", Lo: float64(i), Hi: float64(i)}, {Param: "born", Lo: math.Inf(-1), Hi: float64(i)}}
				require.NoError(t, st.Commit(t.Context(), store.Commit{ID: store.NewCommitID(), Resources: []store.Write{w}}))
			}
			r := <-st.readers
			before := r.conn.Statements()
			st.readers <- r
			for _, where := range everyCondition() {
				for _, sort := range [][]search.Sort{nil, {{Param: "key", Desc: true}}, {{Param: "_lastUpdated"}}, {{Param: "_lastUpdated", Desc: true}, {Param: "_id"}}, {{Param: "_id", Desc: true}}} {
					for _, not := range []bool{false, true} {
						q := &search.Query{Type: "Patient", Count: 4, Sort: sort, Where: []search.Clause{{Not: not, AnyOf: where}}}
						for after := store.Position(""); ; {
							page, err := st.Search(t.Context(), store.Labelled("u", "l"), q, after)
							if err != nil {
								require.ErrorIs(t, err, store.ErrTooCostly)
								break
							}
							if _, err = st.Search(t.Context(), store.System(), q, after); err != nil {
								require.ErrorIs(t, err, store.ErrTooCostly)
							}
							if after = page.Next; after == "" {
								break
							}
						}
						_, err := st.Count(t.Context(), store.System(), q)
						require.NoError(t, err)
					}
				}
			}
			for _, h := range []store.HistoryQuery{{Type: "Patient", ID: "own-3"}, {Type: "Patient"}, {}, {Since: time.UnixMilli(1_790_000_000_005)}, {Type: "Patient", Until: time.UnixMilli(1_790_000_000_020)}} {
				h.Limit = 5
				_, err := st.History(t.Context(), store.System(), h)
				require.NoError(t, err)
			}
			r = <-st.readers
			defer func() { st.readers <- r }()
			require.Equal(t, before, r.conn.Statements())
		})
	}
}

func collecting() limits {
	l := defaults().limits
	l.checkBelow, l.walkAbove, l.misses = 0, 3, 2
	return l
}

func checkingAll() limits {
	l := defaults().limits
	l.checkBelow, l.collect = 1_000_000, 0
	return l
}

// everyCondition has an example of each kind.
func everyCondition() [][]search.Condition {
	box := search.Box{LoMin: 3, LoMax: 20, HiMin: 3, HiMax: 20}
	kinds := []search.Condition{
		{Kind: search.HasID, Text: "own-3"}, {Kind: search.HasTerm, Param: "status", Text: "active"},
		{Kind: search.HasPrefix, Param: "name", Text: "name 1"}, {Kind: search.HasExact, Param: "name", Text: "7"},
		{Kind: search.HasContaining, Param: "name", Text: "e 2"}, {Kind: search.HasFolded, Param: "name", Text: "name 7"}, {Kind: search.InBox, Param: "born", Box: box},
		{Kind: search.UpdatedIn, Box: search.Box{LoMin: 1_790_000_000_003, LoMax: 1_790_000_000_009, HiMin: 0, HiMax: math.Inf(1)}},
	}
	all := [][]search.Condition{kinds}
	for i := range kinds {
		all = append(all, kinds[i:i+1])
	}
	return all
}
