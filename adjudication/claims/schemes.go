package claims

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"

	"claimwright/adjudication/claims/heads"
	"claimwright/adjudication/engine/ledger"
	"claimwright/adjudication/engine/scheme"
	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
	"claimwright/store"
	"claimwright/store/resources"
)

// Schemes keeps the compiled scheme: plans, register, price lists and organisations, in one immutable value that is swapped
// whole. It is safe for concurrent use and owns no goroutine.
//
// Every write of a resource that the scheme is made of, by whatever server, bumps one epoch record in the same commit. A
// decision reads that record together with the heads, in the same round trip, and asks for a scheme of that epoch: so no
// decision rests on a scheme that was out of date when its heads were read, and a burst of scheme writes costs one
// compilation, at the next decision.
type Schemes struct {
	store   store.Store
	log     atomic.Pointer[slog.Logger]
	current atomic.Pointer[compiledScheme]

	mu     sync.Mutex // held while loading
	loaded library
	failed atomic.Pointer[error] // of the last load; nil when it succeeded
}

// compiledScheme is a scheme and the epoch that it was loaded at.
type compiledScheme struct {
	epoch  int64
	scheme *scheme.Scheme
	issues []outcome.Issue
}

// NewSchemes makes the cache; nothing is loaded before it is asked for.
func NewSchemes(st store.Store) *Schemes {
	return &Schemes{store: st, loaded: library{}}
}

// LogTo names the logger that is told which parts of the scheme cannot be used. New names that of its Options.
func (s *Schemes) LogTo(log *slog.Logger) { s.log.Store(log) }

// Ready tells whether claims can be decided as far as the scheme is concerned: the error of the last load, nil when that
// succeeded or nothing was asked for yet.
func (s *Schemes) Ready() error {
	if err := s.failed.Load(); err != nil {
		return *err
	}
	return nil
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
		err = fmt.Errorf("load the scheme: %w", err)
		if ctx.Err() == nil { // a client that has gone is no fault of the scheme
			s.failed.Store(&err)
		}
		return nil, err
	}
	s.failed.Store(nil)
	c := s.current.Load()
	if c.epoch < epoch {
		return nil, errStagedScheme
	}
	return c.scheme, nil
}

// Prefetch reads in one round trip what a decision rests on at first: the scheme's epoch, the head of a member by the
// Patient's id (none when empty), and whatever else is named. The unit remembers it.
func (s *Schemes) Prefetch(ctx context.Context, u *resources.Unit, patient string, more ...store.InternalKey) error {
	keys := append(more, epochKey)
	if patient != "" {
		keys = append(keys, heads.Key(ledger.MemberID(patient)))
	}
	if _, err := u.Internals(ctx, store.System(), keys...); err != nil {
		return fmt.Errorf("read what a decision rests on: %w", err)
	}
	return nil
}

// Current is a scheme no older than the epoch as a unit of work reads it.
func (s *Schemes) Current(ctx context.Context, u *resources.Unit) (*scheme.Scheme, error) {
	epoch, err := u.Internal(ctx, epochKey)
	if err != nil {
		return nil, fmt.Errorf("read the scheme's epoch: %w", err)
	}
	return s.At(ctx, epoch.Version)
}

// Settle reads by a scheme until it is the one that the reads belong to. Which that is turns out with the first heads, whose
// round trip reads the epoch as well; read may therefore run more than once and starts afresh each time.
func (s *Schemes) Settle(ctx context.Context, u *resources.Unit, read func(*scheme.Scheme) error) error {
	sch := s.Loaded()
	for {
		if sch == nil {
			var err error
			if sch, err = s.Latest(ctx); err != nil {
				return err
			}
		}
		if err := read(sch); err != nil {
			return err
		}
		fresh, err := s.Current(ctx, u)
		if err != nil {
			return err
		}
		if fresh == sch {
			return nil
		}
		sch = fresh
	}
}

// Documents are the documents that the scheme is made of now, to be looked at; the slice is the caller's.
func (s *Schemes) Documents(ctx context.Context) ([]*codec.Document, error) {
	if _, err := s.Latest(ctx); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.documents(), nil
}

// documents are those of the library. It needs mu.
func (s *Schemes) documents() []*codec.Document {
	var docs []*codec.Document
	for _, typ := range schemeTypes {
		for _, held := range s.loaded[typ].docs {
			docs = append(docs, held.doc)
		}
	}
	return docs
}
