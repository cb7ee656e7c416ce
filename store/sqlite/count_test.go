package sqlite

import (
	"fmt"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"claimwright/fhir/search"
	"claimwright/store"
)

// TestCountTo: a bounded count is the count or beyond the bound, whether the tables or the overlays have the entries, and
// says what few resources come to.
func TestCountTo(t *testing.T) {
	for _, overlay := range []int{1, 28 << 20} {
		t.Run(fmt.Sprint(overlay), func(t *testing.T) {
			st := openIn(t, newPath(t), WithOverlay(overlay))
			defer func() { require.NoError(t, st.Close()) }()
			storeCounted(t, st)
			for name, where := range countedQueries() {
				q := search.Query{Type: "Patient", Where: where}
				exact, err := st.Count(t.Context(), store.System(), &q)
				require.NoError(t, err)
				require.Positive(t, exact, name)
				for _, q.CountTo = range []int64{1, 5, 20, exact - 1, exact, exact + 1, 100, 1000, 1 << 40} {
					if q.CountTo <= 0 {
						continue
					}
					n, err := st.Count(t.Context(), store.System(), &q)
					require.NoError(t, err)
					if q.CountTo >= 1000 || n <= q.CountTo {
						require.Equal(t, exact, n, "%s to %d", name, q.CountTo)
					}
				}
			}
		})
	}
}

// storeCounted stores 200 resources, changes some and deletes some.
func storeCounted(t *testing.T, st *Store) {
	var keys []store.Key
	write := func(i int, version int64, w store.Write) {
		w.Updated = moment(1_790_000_000_000 + int64(i))
		if !w.Deleted {
			w.Values.Ranges = []search.Range{{Param: "born", Lo: float64(i), Hi: float64(i)}}
		}
		require.NoError(t, st.Commit(t.Context(), store.Commit{ID: store.NewCommitID(), Resources: []store.Write{w}}))
	}
	for i := range 200 {
		keys = append(keys, store.Key{Type: "Patient", ID: uuid.Must(uuid.NewV7()).String()})
		write(i, 1, patientWrite(keys[i], 1, []string{"red", "blue"}[i%2]))
	}
	for i := 0; i < 200; i += 10 {
		write(i, 2, patientWrite(keys[i], 2, "blue"))
		gone := patientWrite(keys[i+1], 2, "blue")
		gone.Deleted, gone.Body, gone.Values = true, nil, nil
		write(i+1, 2, gone)
	}
}

func countedQueries() map[string][]search.Clause {
	born := search.Clause{AnyOf: []search.Condition{{Kind: search.InBox, Param: "born", Box: search.Box{LoMin: 50, LoMax: 120, HiMin: 50, HiMax: 120}}}}
	red, blue := statusQuery("red").Where[0], statusQuery("blue").Where[0]
	notRed := search.Clause{Not: true, AnyOf: red.AnyOf}
	return map[string][]search.Clause{
		"all": nil, "one list": {red}, "a list that grew": {blue}, "two lists": {red, born}, "without a list": {notRed}, "a range": {born},
		"a union": {{AnyOf: append(append([]search.Condition(nil), red.AnyOf...), blue.AnyOf...)}}, "a range without a list": {born, notRed},
	}
}
