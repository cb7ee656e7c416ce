package memory

import (
	"context"
	"fmt"
	"slices"

	"claimwright/fhir/search"
	"claimwright/store"
)

// Commit implements store.Store.
func (s *Store) Commit(ctx context.Context, c store.Commit) error {
	if err := c.Validate(); err != nil {
		return err
	}
	if err := s.writing(ctx); err != nil {
		return err
	}
	defer s.mu.Unlock()
	if _, done := s.applied[c.ID]; done {
		return nil
	}
	if err := s.check(&c); err != nil {
		return err
	}
	for i := range c.Resources {
		s.write(&c.Resources[i], c.ExtractorVersion)
	}
	for i := range c.Internals {
		s.writeInternal(&c.Internals[i])
	}
	s.applied[c.ID] = struct{}{}
	s.wakeFollowers()
	return nil
}

// check finds the first version that the commit relies on and that does not hold.
func (s *Store) check(c *store.Commit) error {
	for i := range c.Resources {
		if w := &c.Resources[i]; s.versionOf(w.Key) != w.Version-1 {
			return fmt.Errorf("write %s version %d: %w", w.Key, w.Version, store.ErrConflict)
		}
	}
	for i := range c.Internals {
		if w := &c.Internals[i]; s.internal(w.Key).Version != w.Version-1 {
			return fmt.Errorf("write %v version %d: %w", w.Key, w.Version, store.ErrConflict)
		}
	}
	for _, p := range c.Requires {
		have := int64(0)
		if p.Internal != (store.InternalKey{}) {
			have = s.internal(p.Internal).Version
		} else {
			have = s.versionOf(p.Key)
		}
		if have != p.Version {
			return fmt.Errorf("require %v: have version %d: %w", p, have, store.ErrConflict)
		}
	}
	return nil
}

func (s *Store) versionOf(k store.Key) int64 {
	if r := s.resources[k]; r != nil {
		return r.current().Version
	}
	return 0
}

func (s *Store) internal(k store.InternalKey) store.Internal {
	if sp := s.spaces[k.Space]; sp != nil {
		return sp.records[k.ID]
	}
	return store.Internal{}
}

func (s *Store) write(w *store.Write, extractor int) {
	record := &store.Record{
		Key: w.Key, Version: w.Version, Updated: w.Updated, Deleted: w.Deleted, Body: w.Body, Audit: w.Audit,
	}
	var values *search.Values
	if !w.Deleted {
		values = w.Values
	}
	sh := s.types[w.Type]
	if sh == nil {
		sh = &shelf{resources: map[string]*resource{}}
		s.types[w.Type] = sh
	}
	r := s.resources[w.Key]
	if r == nil {
		r = &resource{}
		s.resources[w.Key] = r
		sh.add(w.ID, r)
	}
	v := version{record: record, labels: slices.Clone(w.Labels), owner: r, at: len(s.log)}
	r.versions = append(r.versions, v)
	sh.index(r, r.values, values)
	r.values, r.labels, r.extractor = values, v.labels, extractor
	s.log = append(s.log, v)
	s.bytes += int64(len(w.Body))
}

func (s *Store) writeInternal(w *store.InternalWrite) {
	sp := s.spaces[w.Key.Space]
	if sp == nil {
		sp = &space{records: map[string]store.Internal{}}
		s.spaces[w.Key.Space] = sp
	}
	if w.Delete {
		delete(sp.records, w.Key.ID)
		return
	}
	if w.Version == 1 {
		sp.ids.add(w.Key.ID)
	}
	sp.records[w.Key.ID] = store.Internal{Key: w.Key, Version: w.Version, Data: slices.Clone(w.Data)}
}

// Committed implements store.Store. Ids are remembered until the store is closed.
func (s *Store) Committed(ctx context.Context, id store.CommitID) (bool, error) {
	if err := s.reading(ctx); err != nil {
		return false, err
	}
	defer s.mu.RUnlock()
	_, done := s.applied[id]
	return done, nil
}
