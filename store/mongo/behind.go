package mongo

import (
	"time"

	"claimwright/fhir/search"
	"claimwright/store"
)

// Behind implements store.Reader.
func (s *Store) Behind(q *search.Query, id string, updated time.Time) store.Position {
	at := &stored{Record: &store.Record{Key: store.Key{Type: q.Type, ID: id}, Updated: updated}}
	return placeOf(at, sortKeys(q)).position()
}
