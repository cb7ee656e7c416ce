package claims

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"

	"claimwright/adjudication/engine/scheme"
	"claimwright/fhir/outcome"
	"claimwright/store"
)

// SchemeOptions configure Schemes; the zero value is the documented default.
type SchemeOptions struct {
	// Logger is told what the compiler finds wrong with the scheme's resources; nil is silent.
	Logger *slog.Logger
}

// Schemes keeps the compiled scheme: plans, register, price lists and organisations, in one immutable value that is swapped
// whole. It is safe for concurrent use and owns no goroutine.
//
// Every write of a resource that the scheme is made of, by whatever server, bumps one epoch record in the same commit. A
// decision reads that record together with the heads, in the same round trip, and asks for a scheme of that epoch: so no
// decision rests on a scheme that was out of date when its heads were read, and a burst of scheme writes costs one
// compilation, at the next decision.
type Schemes struct {
	store   store.Store
	log     *slog.Logger
	current atomic.Pointer[compiledScheme]

	mu     sync.Mutex // held while loading
	loaded library
}

// compiledScheme is a scheme and the epoch that it was loaded at.
type compiledScheme struct {
	epoch  int64
	scheme *scheme.Scheme
	issues []outcome.Issue
}

// NewSchemes makes the cache; nothing is loaded before it is asked for.
func NewSchemes(st store.Store, o SchemeOptions) *Schemes {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return &Schemes{store: st, log: o.Logger, loaded: library{}}
}

// Latest is the scheme as it is now, with one read when it is loaded already.
func (s *Schemes) Latest(ctx context.Context) (*scheme.Scheme, error) {
	found, err := s.store.Internals(ctx, store.System(), epochKey)
	if err != nil {
		return nil, fmt.Errorf("read the scheme's epoch: %w", err)
	}
	return s.At(ctx, found[0].Version)
}

// Loaded is the scheme that was last loaded, without any read; nil before the first. It may be out of date: decisions
// ask At.
func (s *Schemes) Loaded() *scheme.Scheme {
	if c := s.current.Load(); c != nil {
		return c.scheme
	}
	return nil
}

// Issues are what the compiler found wrong with the scheme that was last loaded.
func (s *Schemes) Issues() []outcome.Issue {
	if c := s.current.Load(); c != nil {
		return c.issues
	}
	return nil
}

// At is a scheme no older than an epoch that was read from the store, loading it first if need be.
func (s *Schemes) At(ctx context.Context, epoch int64) (*scheme.Scheme, error) {
	if c := s.current.Load(); c != nil && c.epoch >= epoch {
		return c.scheme, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.current.Load(); c != nil && c.epoch >= epoch {
		return c.scheme, nil
	}
	if err := s.load(ctx); err != nil {
		return nil, fmt.Errorf("load the scheme: %w", err)
	}
	c := s.current.Load()
	if c.epoch < epoch {
		return nil, errStagedScheme
	}
	return c.scheme, nil
}
