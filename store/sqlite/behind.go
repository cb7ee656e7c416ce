package sqlite

import (
	"time"

	"claimwright/fhir/search"
	"claimwright/store"
)

// Behind implements store.Reader.
func (s *Store) Behind(q *search.Query, id string, updated time.Time) store.Position {
	r := row{id: id}
	if len(q.Sort) > 0 && q.Sort[0] != (search.Sort{Param: "_id"}) {
		r.values = make([]sortValue, len(q.Sort))
		for i, key := range q.Sort {
			if key.Param == "_lastUpdated" {
				r.values[i].num = float64(updated.UnixMilli())
			}
		}
	}
	return s.rowPosition(&r)
}
