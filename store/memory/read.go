package memory

import (
	"context"
	"fmt"
	"strings"

	"claimwright/store"
)

// Get implements store.Reader.
func (s *Store) Get(ctx context.Context, a store.Access, keys ...store.Key) ([]*store.Record, error) {
	if err := s.reading(ctx); err != nil {
		return nil, err
	}
	defer s.mu.RUnlock()
	out := make([]*store.Record, len(keys))
	for i, k := range keys {
		if r := s.resources[k]; r != nil && a.Allows(r.labels) {
			out[i] = r.current()
		}
	}
	return out, nil
}

// Internals implements store.Reader.
func (s *Store) Internals(ctx context.Context, a store.Access, keys ...store.InternalKey) ([]store.Internal, error) {
	if err := s.reading(ctx); err != nil {
		return nil, err
	}
	defer s.mu.RUnlock()
	out := make([]store.Internal, len(keys))
	for i, k := range keys {
		if !a.AllowsInternal(k.Space) {
			return nil, fmt.Errorf("read %s records: %w", k.Space, store.ErrDenied)
		}
		out[i] = s.internal(k)
		out[i].Key = k
	}
	return out, nil
}

// ScanInternals implements store.Maintainer.
func (s *Store) ScanInternals(
	ctx context.Context, a store.Access, in store.Space, prefix, after string, limit int,
) ([]store.Internal, error) {
	if !a.AllowsInternal(in) {
		return nil, fmt.Errorf("scan %s records: %w", in, store.ErrDenied)
	}
	if err := s.reading(ctx); err != nil {
		return nil, err
	}
	defer s.mu.RUnlock()
	sp := s.spaces[in]
	if sp == nil {
		return nil, nil
	}
	var found []store.Internal
	for _, id := range sp.ids.from(prefix, after) {
		if len(found) >= limit || !strings.HasPrefix(id, prefix) {
			break
		}
		if r, there := sp.records[id]; there {
			found = append(found, r)
		}
	}
	return found, nil
}
