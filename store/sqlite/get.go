package sqlite

import (
	"context"
	"fmt"

	"claimwright/store"
	"claimwright/store/sqlite/internal/native"
)

// Get implements store.Reader.
func (s *Store) Get(ctx context.Context, a store.Access, keys ...store.Key) ([]*store.Record, error) {
	if err := s.isOpen(ctx); err != nil {
		return nil, err
	}
	out := make([]*store.Record, len(keys))
	if a.DeniesAll() {
		return out, nil
	}
	var missing []int
	for i, k := range keys {
		c, known := s.cached(k)
		switch {
		case !known:
			missing = append(missing, i)
		case a.Allows(c.labels):
			out[i] = c.record
		}
	}
	if len(missing) == 0 {
		return out, nil
	}
	err := s.read(ctx, func(r *reader) error {
		for _, i := range missing {
			c, err := s.load(r, keys[i])
			if err != nil {
				return fmt.Errorf("%s: %w", keys[i], err)
			}
			if c != nil && a.Allows(c.labels) {
				out[i] = c.record
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("get: %w", err)
	}
	return out, nil
}

// cached finds a current version in memory.
func (s *Store) cached(k store.Key) (*stored, bool) {
	rid, ok := orderedRID(k.Type, k.ID)
	if !ok {
		if rid, ok = s.aliases.get(k); !ok {
			return nil, false
		}
	}
	c, ok := s.records.get(rid)
	return c, ok && c.record.Key == k
}

// load reads a current version by key and remembers it; nil where there is none.
func (s *Store) load(r *reader, k store.Key) (*stored, error) {
	published := s.published.Load() // before the read, so that it cannot be older than what is remembered
	if rid, ordered := orderedRID(k.Type, k.ID); ordered {
		c, err := r.current(rid)
		if c == nil || err != nil || c.record.Key == k {
			s.remember(published, c)
			return c, err
		}
	}
	rid, err := s.aliasOf(r, k)
	if rid == 0 || err != nil {
		return nil, err
	}
	c, err := r.current(rid)
	s.remember(published, c)
	return c, err
}

func (s *Store) remember(published int64, c *stored) {
	if c != nil {
		s.records.fill(published, c.rid, c)
	}
}

// aliasOf finds the rid of an id that does not determine it; 0 where there is none.
func (s *Store) aliasOf(r *reader, k store.Key) (int64, error) {
	if rid, ok := s.aliases.get(k); ok {
		return rid, nil
	}
	defer r.alias.Reset()
	r.alias.Text(1, k.Type)
	r.alias.Text(2, k.ID)
	row, err := r.alias.Step()
	if !row {
		return 0, err
	}
	rid := r.alias.IntAt(0)
	s.aliases.put(k, rid)
	return rid, nil
}

// current reads the current version of a resource by number; nil where there is none.
func (r *reader) current(rid int64) (*stored, error) {
	defer r.record.Reset()
	r.record.Int(1, rid)
	row, err := r.record.Step()
	if !row {
		return nil, err
	}
	return readVersion(r.record)
}

// readVersion reads the versionColumns of a row.
func readVersion(s *native.Stmt) (*stored, error) {
	rec := &store.Record{
		Key: store.Key{Type: s.TextAt(10), ID: s.TextAt(11)}, Version: s.IntAt(2), Updated: moment(s.IntAt(3)), Deleted: s.IntAt(4) != 0,
		Audit: store.Audit{Principal: s.TextAt(5), Request: s.TextAt(6), Interaction: s.TextAt(7)},
	}
	if !rec.Deleted {
		body, err := unpackBody(s.BytesAt(9))
		if err != nil {
			return nil, fmt.Errorf("%s, version %d: %w", rec.Key, rec.Version, err)
		}
		rec.Body = body
	}
	return &stored{record: rec, labels: decodeLabels(s.BytesAt(8)), rid: s.IntAt(1), seq: s.IntAt(0)}, nil
}
