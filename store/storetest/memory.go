package storetest

import (
	"context"
	"fmt"
	"sync"

	"claimwright/fhir/search"
	"claimwright/store"
)

// Memory is a store in memory that says in the fewest words what the contract means. It is the model that the suite
// compares backends with, and passes the suite itself. It keeps everything for ever and searches by looking at every
// resource, so it is for tests only.
type Memory struct {
	mu        sync.Mutex
	resources map[store.Key]*modelResource
	internals map[store.InternalKey]store.Internal
	log       []modelVersion
	applied   map[store.CommitID]bool
	wake      chan struct{} // closed and replaced when the log grows
	closed    bool
}

type modelResource struct {
	versions  []modelVersion // index 0 is version 1
	values    *search.Values
	labels    []string // of the current version; Reindex may replace them
	extractor int
}

type modelVersion struct {
	record *store.Record
	labels []string
}

func (r *modelResource) current() *store.Record { return r.versions[len(r.versions)-1].record }

var _ store.Store = (*Memory)(nil)

// NewMemory makes an empty store.
func NewMemory() *Memory {
	return &Memory{
		resources: map[store.Key]*modelResource{},
		internals: map[store.InternalKey]store.Internal{},
		applied:   map[store.CommitID]bool{},
		wake:      make(chan struct{}),
	}
}

// lock takes the store's lock unless the store is closed or the context has ended.
func (m *Memory) lock(ctx context.Context) error {
	m.mu.Lock()
	if m.closed {
		m.mu.Unlock()
		return store.ErrClosed
	}
	if err := ctx.Err(); err != nil {
		m.mu.Unlock()
		return err
	}
	return nil
}

// Commit implements store.Store.
func (m *Memory) Commit(ctx context.Context, c store.Commit) error {
	if err := c.Validate(); err != nil {
		return err
	}
	if err := m.lock(ctx); err != nil {
		return err
	}
	defer m.mu.Unlock()
	if m.applied[c.ID] {
		return nil
	}
	if err := m.check(&c); err != nil {
		return err
	}
	for i := range c.Resources {
		m.write(&c.Resources[i], c.ExtractorVersion)
	}
	for _, w := range c.Internals {
		if w.Delete {
			delete(m.internals, w.Key)
			continue
		}
		m.internals[w.Key] = store.Internal{Key: w.Key, Version: w.Version, Data: append([]byte(nil), w.Data...)}
	}
	m.applied[c.ID] = true
	close(m.wake)
	m.wake = make(chan struct{})
	return nil
}

// check finds the first version that the commit relies on and that does not hold.
func (m *Memory) check(c *store.Commit) error {
	for i := range c.Resources {
		if w := &c.Resources[i]; m.versionOf(w.Key) != w.Version-1 {
			return fmt.Errorf("write %s version %d: %w", w.Key, w.Version, store.ErrConflict)
		}
	}
	for _, w := range c.Internals {
		if m.internals[w.Key].Version != w.Version-1 {
			return fmt.Errorf("write %v version %d: %w", w.Key, w.Version, store.ErrConflict)
		}
	}
	for _, p := range c.Requires {
		have := m.versionOf(p.Key)
		if p.Internal != (store.InternalKey{}) {
			have = m.internals[p.Internal].Version
		}
		if have != p.Version {
			return fmt.Errorf("require %v: have version %d: %w", p, have, store.ErrConflict)
		}
	}
	return nil
}

func (m *Memory) versionOf(k store.Key) int64 {
	if r := m.resources[k]; r != nil {
		return r.current().Version
	}
	return 0
}

func (m *Memory) write(w *store.Write, extractor int) {
	v := modelVersion{
		record: &store.Record{
			Key: w.Key, Version: w.Version, Updated: w.Updated, Deleted: w.Deleted,
			Body: append([]byte(nil), w.Body...), Audit: w.Audit,
		},
		labels: append([]string(nil), w.Labels...),
	}
	if w.Deleted {
		v.record.Body = nil
	}
	r := m.resources[w.Key]
	if r == nil {
		r = &modelResource{}
		m.resources[w.Key] = r
	}
	r.versions = append(r.versions, v)
	r.values, r.labels, r.extractor = w.Values, v.labels, extractor
	m.log = append(m.log, v)
}

// Committed implements store.Store.
func (m *Memory) Committed(ctx context.Context, id store.CommitID) (bool, error) {
	if err := m.lock(ctx); err != nil {
		return false, err
	}
	defer m.mu.Unlock()
	return m.applied[id], nil
}

// Close implements store.Store.
func (m *Memory) Close() error {
	if err := m.lock(context.Background()); err != nil {
		return err
	}
	defer m.mu.Unlock()
	m.closed = true
	close(m.wake)
	return nil
}
