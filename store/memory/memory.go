package memory

import (
	"context"
	"sync"

	"claimwright/fhir/search"
	"claimwright/store"
)

// Store is a store in memory. It is safe for concurrent use.
type Store struct {
	mu        sync.RWMutex
	resources map[store.Key]*resource
	types     map[string]*shelf
	spaces    map[store.Space]*space
	log       []version // of all resources, oldest first
	bytes     int64     // of all bodies
	applied   map[store.CommitID]struct{}
	// wake is closed when the log grows; nil while nobody waits.
	wake   chan struct{}
	closed bool
}

// resource is one resource with all its versions.
type resource struct {
	versions []version // index 0 is version 1
	// values, labels and extractor are those of the current version; Reindex may replace them.
	values    *search.Values
	labels    []string
	extractor int
}

type version struct {
	record *store.Record
	labels []string
	owner  *resource
	// at is the place in the log.
	at int
}

func (r *resource) current() *store.Record { return r.versions[len(r.versions)-1].record }

// space holds the internal records of one space.
type space struct {
	records map[string]store.Internal
	ids     ordered
}

var _ store.Store = (*Store)(nil)

// New makes an empty store.
func New() *Store {
	return &Store{
		resources: map[store.Key]*resource{},
		types:     map[string]*shelf{},
		spaces:    map[store.Space]*space{},
		applied:   map[store.CommitID]struct{}{},
	}
}

// reading takes the lock for reading unless the store is closed or the context has ended.
func (s *Store) reading(ctx context.Context) error {
	s.mu.RLock()
	if err := s.usable(ctx); err != nil {
		s.mu.RUnlock()
		return err
	}
	return nil
}

// writing takes the lock for writing unless the store is closed or the context has ended.
func (s *Store) writing(ctx context.Context) error {
	s.mu.Lock()
	if err := s.usable(ctx); err != nil {
		s.mu.Unlock()
		return err
	}
	return nil
}

func (s *Store) usable(ctx context.Context) error {
	if s.closed {
		return store.ErrClosed
	}
	return ctx.Err()
}

// Close implements store.Store: what was stored is gone.
func (s *Store) Close() error {
	if err := s.writing(context.Background()); err != nil {
		return err
	}
	defer s.mu.Unlock()
	s.closed = true
	s.wakeFollowers()
	s.resources, s.types, s.spaces, s.log, s.applied = nil, nil, nil, nil, nil
	return nil
}

func (s *Store) wakeFollowers() {
	if s.wake != nil {
		close(s.wake)
		s.wake = nil
	}
}
