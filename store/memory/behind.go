package memory

import (
	"time"

	"claimwright/fhir/search"
	"claimwright/store"
)

// Behind implements store.Reader.
func (s *Store) Behind(q *search.Query, id string, updated time.Time) store.Position {
	r := row{id: id}
	for _, key := range q.Sort {
		k := search.SortValue{Text: id}
		if key.Param == "_lastUpdated" {
			k = search.SortValue{Num: float64(updated.UnixMilli())}
		}
		r.keys = append(r.keys, k)
	}
	return r.position()
}
