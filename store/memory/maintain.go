package memory

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"claimwright/store"
)

// Reindex implements store.Maintainer. The store is locked for each resource alone, so that it stays usable meanwhile.
func (s *Store) Reindex(ctx context.Context, e store.Extractor, progress func(store.Progress)) error {
	stale, err := s.stale(ctx, e.Version())
	if err != nil {
		return err
	}
	var failed []error
	for i, r := range stale {
		key, err := s.reindex(ctx, r, e)
		if errors.Is(err, store.ErrClosed) || ctx.Err() != nil {
			return cmp.Or(ctx.Err(), err)
		}
		if err != nil {
			failed = append(failed, fmt.Errorf("reindex %s: %w", key, err))
			continue
		}
		progress(store.Progress{Stage: "reindex", Done: int64(i + 1), Total: int64(len(stale))})
	}
	return errors.Join(failed...)
}

func (s *Store) stale(ctx context.Context, extractor int) ([]*resource, error) {
	if err := s.reading(ctx); err != nil {
		return nil, err
	}
	defer s.mu.RUnlock()
	var stale []*resource
	for _, r := range s.resources {
		if r.extractor < extractor && !r.current().Deleted {
			stale = append(stale, r)
		}
	}
	slices.SortFunc(stale, func(x, y *resource) int {
		return cmp.Compare(x.versions[0].record.Key.String(), y.versions[0].record.Key.String())
	})
	return stale, nil
}

func (s *Store) reindex(ctx context.Context, r *resource, e store.Extractor) (store.Key, error) {
	if err := s.writing(ctx); err != nil {
		return store.Key{}, err
	}
	defer s.mu.Unlock()
	rec := r.current()
	if rec.Deleted || r.extractor >= e.Version() {
		return rec.Key, nil // written since
	}
	values, labels, err := e.Extract(rec.Key, rec.Body)
	if err != nil {
		return rec.Key, err
	}
	s.types[rec.Type].index(r, r.values, values)
	r.values, r.labels, r.extractor = values, labels, e.Version()
	return rec.Key, nil
}

// Verify implements store.Maintainer: maps have nothing to check.
func (s *Store) Verify(ctx context.Context, _ func(store.Finding), _ func(store.Progress)) error {
	return s.Health(ctx)
}

// Backup implements store.Maintainer: what is not durable is not backed up.
func (s *Store) Backup(ctx context.Context, _ io.Writer) error {
	if err := s.Health(ctx); err != nil {
		return err
	}
	return fmt.Errorf("back up a store in memory: %w", store.ErrNotOffered)
}

// Stats implements store.Maintainer.
func (s *Store) Stats(ctx context.Context) (store.Stats, error) {
	if err := s.reading(ctx); err != nil {
		return store.Stats{}, err
	}
	defer s.mu.RUnlock()
	st := store.Stats{Versions: int64(len(s.log)), Bytes: s.bytes}
	for _, sp := range s.spaces {
		st.Internals += int64(len(sp.records))
	}
	for _, r := range s.resources {
		if r.current().Deleted {
			continue
		}
		st.Resources++
		if v := r.values; v != nil {
			st.IndexRows += int64(len(v.Terms) + len(v.Ranges) + len(v.Strings) + len(v.Sorts))
		}
	}
	return st, nil
}

// Health implements store.Maintainer.
func (s *Store) Health(ctx context.Context) error {
	if err := s.reading(ctx); err != nil {
		return err
	}
	s.mu.RUnlock()
	return nil
}
