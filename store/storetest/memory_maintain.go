package storetest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"claimwright/store"
)

// ScanInternals implements store.Maintainer.
func (m *Memory) ScanInternals(
	ctx context.Context, a store.Access, s store.Space, prefix, after string, limit int,
) ([]store.Internal, error) {
	if !a.AllowsInternal(s) {
		return nil, fmt.Errorf("scan %s records: %w", s, store.ErrDenied)
	}
	if err := m.lock(ctx); err != nil {
		return nil, err
	}
	defer m.mu.Unlock()
	var found []store.Internal
	for k, in := range m.internals {
		if k.Space == s && strings.HasPrefix(k.ID, prefix) && k.ID > after {
			found = append(found, in)
		}
	}
	slices.SortFunc(found, func(x, y store.Internal) int { return strings.Compare(x.Key.ID, y.Key.ID) })
	return found[:min(limit, len(found))], nil
}

// Reindex implements store.Maintainer.
func (m *Memory) Reindex(ctx context.Context, e store.Extractor, progress func(store.Progress)) error {
	if err := m.lock(ctx); err != nil {
		return err
	}
	defer m.mu.Unlock()
	var stale []*modelResource
	for _, r := range m.resources {
		if r.extractor < e.Version() && !r.current().Deleted {
			stale = append(stale, r)
		}
	}
	slices.SortFunc(stale, func(x, y *modelResource) int {
		return cmp.Compare(x.current().Key.String(), y.current().Key.String())
	})
	var failed []error
	for i, r := range stale {
		if err := ctx.Err(); err != nil {
			return err
		}
		values, labels, err := e.Extract(r.current().Key, r.current().Body)
		if err != nil {
			failed = append(failed, fmt.Errorf("reindex %s: %w", r.current().Key, err))
			continue
		}
		r.values, r.labels, r.extractor = values, labels, e.Version()
		progress(store.Progress{Stage: "reindex", Done: int64(i + 1), Total: int64(len(stale))})
	}
	return errors.Join(failed...)
}

// Verify implements store.Maintainer: a map has nothing to check.
func (m *Memory) Verify(ctx context.Context, _ func(store.Finding), _ func(store.Progress)) error {
	return m.Health(ctx)
}

// Backup implements store.Maintainer.
func (m *Memory) Backup(ctx context.Context, _ io.Writer) error {
	if err := m.Health(ctx); err != nil {
		return err
	}
	return fmt.Errorf("backup of memory: %w", store.ErrNotOffered)
}

// Stats implements store.Maintainer.
func (m *Memory) Stats(ctx context.Context) (store.Stats, error) {
	if err := m.lock(ctx); err != nil {
		return store.Stats{}, err
	}
	defer m.mu.Unlock()
	s := store.Stats{Versions: int64(len(m.log)), Internals: int64(len(m.internals))}
	for _, v := range m.log {
		s.Bytes += int64(len(v.record.Body))
	}
	for _, r := range m.resources {
		if r.current().Deleted {
			continue
		}
		s.Resources++
		if v := r.values; v != nil {
			s.IndexRows += int64(len(v.Terms) + len(v.Ranges) + len(v.Strings) + len(v.Sorts))
		}
	}
	return s, nil
}

// Health implements store.Maintainer.
func (m *Memory) Health(ctx context.Context) error {
	if err := m.lock(ctx); err != nil {
		return err
	}
	m.mu.Unlock()
	return nil
}
