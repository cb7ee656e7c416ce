package resources

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"claimwright/fhir/codec"
	"claimwright/fhir/search"
	"claimwright/store"
)

// Options configure a Service; the zero value is the documented default.
type Options struct {
	// Clock tells the time; nil is time.Now.
	Clock func() time.Time
	// NewID draws the id of a new resource; nil draws UUIDs of version 7, which sort by time.
	NewID func() string
	// Logger is told what no caller learns, such as a commit whose outcome was unknown for a while; nil is silent.
	Logger *slog.Logger
	// Patience bounds how long a unit of work waits for its turn and tries again, within the caller's own deadline; 0 is
	// 20 s. Beyond it the client is told to come back (503). A lost commit's outcome is looked for as long again.
	Patience time.Duration
	// MaxBytes bounds one stored resource; 0 is 10 MiB.
	MaxBytes int
	// MaxWrites bounds the resources that one unit of work may write; 0 is 10,000.
	MaxWrites int
	// MaxAnswer is about how many bytes of resources one answer holds, be it a page or the response to a Bundle; 0 is 32 MiB.
	// A page ends early and goes on with its next link; entries of a Bundle that would read more are refused.
	MaxAnswer int
	// BaseURL is the server's own base, so that absolute references to it are found like relative ones; Zone is where dates
	// without a zone are, UTC if nil. Both shape the index: after a change, resources must be reindexed.
	BaseURL string
	Zone    *time.Location
	// DeleteSeveral lets a conditional delete delete all that it finds, up to MostDeleted; else several are refused.
	DeleteSeveral bool
	// NoUpdateCreate refuses a PUT to an id that never was, with 405.
	NoUpdateCreate bool
	// Invariants refuses content that breaks an invariant of R4's own definitions, with 422, wherever a client creates, updates
	// or patches. What use cases write themselves is not checked.
	Invariants bool
}

func (o Options) withDefaults() Options {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.NewID == nil {
		o.NewID = newUUID
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Patience == 0 {
		o.Patience = 20 * time.Second
	}
	if o.MaxBytes == 0 {
		o.MaxBytes = 10 << 20
	}
	if o.MaxWrites == 0 {
		o.MaxWrites = 10_000
	}
	if o.MaxAnswer == 0 {
		o.MaxAnswer = 32 << 20
	}
	return o
}

func newUUID() string {
	id, err := uuid.NewV7()
	if err != nil { // only if the system has no randomness left
		return uuid.NewString()
	}
	return id.String()
}

// Principal is who asks, as authentication found it. The zero value sees and writes nothing.
type Principal struct {
	// ID names the caller, Request the request; both go into the audit facts.
	ID, Request string
	// Organization is the caller's organisation as a reference ("Organization/17"), empty for none.
	Organization string
	// Access is what the caller may see; one that denies all may not write either.
	Access store.Access
}

// Service writes and reads the resources of one store. It is safe for concurrent use once all behaviours are registered.
type Service struct {
	Reads
	store      store.Store
	options    Options
	locks      *lockTable
	behaviours map[string]Behaviour
}

// New makes a service over a store.
func New(st store.Store, o Options) *Service {
	s := &Service{
		store:      st,
		options:    o.withDefaults(),
		locks:      newLockTable(),
		behaviours: map[string]Behaviour{"SearchParameter": searchParameters{}},
	}
	s.Reads = Reads{
		reader: st, versions: st, sealer: &lazySealer{store: st}, room: s.options.MaxAnswer,
		extractor: Extractor{Values: search.Extractor{BaseURL: o.BaseURL, Zone: o.Zone}}, parameters: newParameters(),
	}
	return s
}

// Register gives a resource type its behaviour. It is called while the server is put together, before the first write;
// registering a type twice is a fault of the program and panics.
func (s *Service) Register(resourceType string, b Behaviour) {
	if _, twice := s.behaviours[resourceType]; twice {
		panic(fmt.Sprintf("resources: two behaviours for %s", resourceType))
	}
	s.behaviours[resourceType] = b
}

// Extractor makes index values as this service does now, for Store.Reindex.
func (s *Service) Extractor() Extractor { return s.extractorNow() }

// UpdateCreate tells whether a PUT to an unknown id creates, for the CapabilityStatement.
func (s *Service) UpdateCreate() bool { return !s.options.NoUpdateCreate }

// DeleteSeveral tells whether a conditional delete deletes all that it finds, for the CapabilityStatement.
func (s *Service) DeleteSeveral() bool { return s.options.DeleteSeveral }

func (s *Service) behaviour(resourceType string) Behaviour {
	if b, ok := s.behaviours[resourceType]; ok {
		return b
	}
	return plain{}
}

// Create stores a new resource in a unit of work of its own; see Unit.Create.
func (s *Service) Create(ctx context.Context, p Principal, doc *codec.Document, o CreateOptions) (stored *Stored, err error) {
	locks := guardLocks(doc)
	if o.IfNoneExist != "" {
		locks = append(locks, conditionLock(doc.Type(), o.IfNoneExist))
	}
	err = s.Do(ctx, p, locks, func(ctx context.Context, u *Unit) (err error) {
		stored, err = u.Create(ctx, doc, o)
		return err
	})
	return answer(stored, err)
}

// Update stores the next version of a resource in a unit of work of its own; see Unit.Update.
func (s *Service) Update(ctx context.Context, p Principal, key store.Key, doc *codec.Document, o UpdateOptions) (stored *Stored, err error) {
	locks := append(guardLocks(doc), resourceLock(key))
	err = s.Do(ctx, p, locks, func(ctx context.Context, u *Unit) (err error) {
		stored, err = u.Update(ctx, key, doc, o)
		return err
	})
	return answer(stored, err)
}

// UpdateWhere stores the next version of the one resource that a query finds, in a unit of work of its own; see
// Unit.UpdateWhere.
func (s *Service) UpdateWhere(ctx context.Context, p Principal, query string, doc *codec.Document, o UpdateOptions) (stored *Stored, err error) {
	locks := append(guardLocks(doc), conditionLock(doc.Type(), query))
	err = s.Do(ctx, p, locks, func(ctx context.Context, u *Unit) (err error) {
		stored, err = u.UpdateWhere(ctx, query, doc, o)
		return err
	})
	return answer(stored, err)
}

// answer keeps what was staged by an attempt that failed from looking stored.
func answer(stored *Stored, err error) (*Stored, error) {
	if err != nil {
		return nil, err
	}
	return stored, nil
}

// lazySealer loads the deployment's sealer when the first page link is made, and again after a failure.
type lazySealer struct {
	store  store.Store
	loaded atomic.Pointer[store.Sealer]
	mu     sync.Mutex
}

func (l *lazySealer) get(ctx context.Context) (*store.Sealer, error) {
	if s := l.loaded.Load(); s != nil {
		return s, nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if s := l.loaded.Load(); s != nil {
		return s, nil
	}
	s, err := store.LoadSealer(ctx, l.store)
	if err == nil {
		l.loaded.Store(s)
	}
	return s, err
}
