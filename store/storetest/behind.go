package storetest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/search"
	"claimwright/store"
)

// Behind implements store.Reader.
func (m *Memory) Behind(q *search.Query, id string, updated time.Time) store.Position {
	row := modelRow{record: &store.Record{Key: store.Key{Type: q.Type, ID: id}, Updated: updated}}
	for _, s := range q.Sort {
		row.sorts = append(row.sorts, sortValue(s, row.record, nil))
	}
	return row.position()
}

// testBehind: a search goes on behind a place where nothing need be.
func testBehind(t *testing.T, s *suite) {
	w, model := s.fresh(t), NewMemory()
	ids := []string{"a", "aa", "b", w.serverID(), w.serverID(), "z.9", "Z", "0", "-"}
	var writes []store.Write
	for i, id := range ids {
		if i%3 == 0 { // three at once have the same moment
			w.tick()
		}
		writes = append(writes, w.version(store.Key{Type: "Patient", ID: id}, 1))
	}
	w.put(writes...)
	require.NoError(t, model.Commit(t.Context(), commit(writes...)))
	moments := []time.Time{dawn, writes[0].Updated, writes[4].Updated, w.clock.Add(time.Hour)}
	for _, sort := range [][]search.Sort{nil, {{Param: "_id"}}, {{Param: "_id", Desc: true}}, {{Param: "_lastUpdated"}}, {{Param: "_lastUpdated", Desc: true}}} {
		q := everything("Patient", 3)
		q.Sort = sort
		for _, id := range append([]string{"!", "~", "a!", "`~", "nobody", "Z~", "-!"}, ids...) {
			for _, updated := range moments {
				want := idsBehind(t, model, &q, id, updated)
				require.Equal(t, want, idsBehind(t, w, &q, id, updated), "sorted by %v, behind %s at %s", sort, id, updated)
			}
		}
	}
}

func idsBehind(t *testing.T, st store.Reader, q *search.Query, id string, updated time.Time) (ids []string) {
	page, err := st.Search(t.Context(), all(), q, st.Behind(q, id, updated))
	require.NoError(t, err)
	for _, r := range page.Records {
		ids = append(ids, r.ID)
	}
	return ids
}
