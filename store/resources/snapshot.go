package resources

import (
	"context"
	"time"

	"claimwright/fhir/search"
	"claimwright/store"
)

// snapshot remembers what one attempt read by key, so that everything it decides rests on the same versions and nothing
// is read twice. It is for one goroutine.
type snapshot struct {
	under     store.Reader
	records   map[store.Key]*store.Record
	internals map[store.InternalKey]store.Internal
}

func newSnapshot(under store.Reader) *snapshot {
	return &snapshot{under: under, records: map[store.Key]*store.Record{}, internals: map[store.InternalKey]store.Internal{}}
}

// Get implements store.Reader. A reader who sees only some resources is not served from memory: what is remembered does
// not tell its labels.
func (s *snapshot) Get(ctx context.Context, a store.Access, keys ...store.Key) ([]*store.Record, error) {
	if !a.All() {
		records, err := s.under.Get(ctx, a, keys...)
		return records, storeFault(err)
	}
	var missing []store.Key
	for _, k := range keys {
		if _, known := s.records[k]; !known {
			missing = append(missing, k)
		}
	}
	if len(missing) > 0 {
		found, err := s.under.Get(ctx, a, missing...)
		if err != nil {
			return nil, storeFault(err)
		}
		for i, k := range missing {
			s.records[k] = found[i]
		}
	}
	out := make([]*store.Record, len(keys))
	for i, k := range keys {
		out[i] = s.records[k]
	}
	return out, nil
}

// Internals implements store.Reader.
func (s *snapshot) Internals(ctx context.Context, a store.Access, keys ...store.InternalKey) ([]store.Internal, error) {
	var missing []store.InternalKey
	for _, k := range keys {
		if !a.AllowsInternal(k.Space) {
			return nil, storeFault(store.ErrDenied)
		}
		if _, known := s.internals[k]; !known {
			missing = append(missing, k)
		}
	}
	if len(missing) > 0 {
		found, err := s.under.Internals(ctx, a, missing...)
		if err != nil {
			return nil, storeFault(err)
		}
		for i, k := range missing {
			s.internals[k] = found[i]
		}
	}
	out := make([]store.Internal, len(keys))
	for i, k := range keys {
		out[i] = s.internals[k]
	}
	return out, nil
}

// Search implements store.Reader; searches are not remembered.
func (s *snapshot) Search(ctx context.Context, a store.Access, q *search.Query, after store.Position) (store.Page, error) {
	page, err := s.under.Search(ctx, a, q, after)
	return page, storeFault(err)
}

// Count implements store.Reader.
func (s *snapshot) Count(ctx context.Context, a store.Access, q *search.Query) (int64, error) {
	n, err := s.under.Count(ctx, a, q)
	return n, storeFault(err)
}

// Behind implements store.Reader.
func (s *snapshot) Behind(q *search.Query, id string, updated time.Time) store.Position {
	return s.under.Behind(q, id, updated)
}
