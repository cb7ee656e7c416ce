package resources

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
	"claimwright/fhir/search"
	"claimwright/store"
)

// Search parameters beside R4's own come from the stored SearchParameters. What they shape, the index, must be the same on
// every server of a store. Every write that changes them bumps the epoch record in its commit; servers look at that record,
// load what it stands for and swap it whole. The epoch is a part of the extractor's version, so that what was stored before
// is indexed anew, and until it is, searches do not know the new parameters.

var (
	// parametersEpoch is bumped with every change of the parameters; its version is the epoch.
	parametersEpoch = store.InternalKey{Space: store.SpaceSetting, ID: "search-parameters/epoch"}
	// parametersIndexed has the version of the extractor that everything is indexed by.
	parametersIndexed = store.InternalKey{Space: store.SpaceSetting, ID: "search-parameters/indexed"}
)

const (
	// parametersFormat is what the epoch record holds; its version is what counts.
	parametersFormat = 1
	// mostEpochs is how many epochs the version of an extractor has room for.
	mostEpochs = 1_000_000
	// mostDefinitions bounds the active SearchParameters that are looked at, those that say what R4 says included.
	mostDefinitions = 1_000
	// freshFor is how long a server takes it for granted that no other server changed the parameters.
	freshFor = time.Second
)

// parameters are the search parameters of a store, as this server last saw them.
type parameters struct {
	current atomic.Pointer[parameterSet] // nil before the first load
	seen    atomic.Int64                 // when the epoch was last read, in nanoseconds since start
	start   time.Time
	mu      sync.Mutex // held while loading
	changed chan struct{}
}

// parameterSet is what one epoch stands for.
type parameterSet struct {
	epoch  int64
	custom *search.Custom
}

func newParameters() *parameters {
	return &parameters{start: time.Now(), changed: make(chan struct{}, 1)}
}

// set is the current one; before the first load there are no parameters.
func (p *parameters) set() parameterSet {
	if set := p.current.Load(); set != nil {
		return *set
	}
	return parameterSet{}
}

func (p *parameters) fresh() bool {
	return time.Since(p.start)-time.Duration(p.seen.Load()) < freshFor
}

// extractorNow makes values by the parameters as they are now.
func (r *Reads) extractorNow() Extractor { return r.extractorOf(r.parameters.set()) }

func (r *Reads) extractorOf(set parameterSet) Extractor {
	e := r.extractor
	e.Values.Custom, e.epoch = set.custom, set.epoch
	return e
}

// Custom are the search parameters beside R4's own, nil for none.
func (r *Reads) Custom() *search.Custom { return r.parameters.set().custom }

// LoadParameters loads the search parameters that stored SearchParameters define, or finds that they are still the same.
// It is called before the first request, and then by KeepParameters; a Service that never was told to knows those alone that
// it wrote.
func (s *Service) LoadParameters(ctx context.Context) error {
	s.parameters.mu.Lock()
	defer s.parameters.mu.Unlock()
	return s.loadLocked(ctx)
}

// stillIndexedBy fails with a conflict if the parameters are no longer those that an extractor knows, so that the work is
// done again by those of now. It asks the store where the last answer is too old to rely on.
func (s *Service) stillIndexedBy(ctx context.Context, e Extractor) error {
	p := s.parameters
	if p.current.Load() == nil {
		return nil
	}
	if !p.fresh() {
		if err := s.freshen(ctx); err != nil {
			return storeFault(err)
		}
	}
	if p.current.Load().epoch != e.epoch {
		return store.ErrConflict
	}
	return nil
}

func (s *Service) freshen(ctx context.Context) error {
	s.parameters.mu.Lock()
	defer s.parameters.mu.Unlock()
	if s.parameters.fresh() { // somebody else has asked meanwhile
		return nil
	}
	return s.loadLocked(ctx)
}

// reloadParameters loads what this server has just written. If that fails, they are loaded before the next commit.
func (s *Service) reloadParameters(ctx context.Context) {
	if err := s.LoadParameters(ctx); err != nil {
		s.parameters.seen.Store(-int64(freshFor))
		s.options.Logger.ErrorContext(ctx, "the search parameters could not be read", "error", err)
	}
}

func (s *Service) loadLocked(ctx context.Context) error {
	p := s.parameters
	asked := time.Since(p.start)
	found, err := s.store.Internals(ctx, store.System(), parametersEpoch, parametersIndexed)
	if err != nil {
		return fmt.Errorf("read the epoch of the search parameters: %w", err)
	}
	was, epoch := p.set(), found[0].Version
	if p.current.Load() == nil || was.epoch != epoch {
		if err := s.load(ctx, was, found); err != nil {
			return fmt.Errorf("load the search parameters: %w", err)
		}
	} else if was.custom.Pending() && indexedBy(found[1]) == (Extractor{epoch: epoch}).Version() {
		p.current.Store(&parameterSet{epoch, was.custom.Offering(func(*search.Definition) bool { return true })})
	}
	p.seen.Store(int64(asked))
	return nil
}

// load swaps the set. Parameters that were offered and are the same still stay offered: everything has values by them.
func (s *Service) load(ctx context.Context, was parameterSet, found []store.Internal) error {
	set := parameterSet{epoch: found[0].Version}
	if set.epoch > 0 {
		docs, err := activeParameters(ctx, s.store)
		if err != nil {
			return err
		}
		definitions, refused := definitionsOf(docs)
		custom, clashes := search.NewCustom(definitions)
		for _, clash := range clashes {
			refused = append(refused, clash.Issue)
		}
		for _, issue := range refused { // of what was stored when nobody looked
			s.options.Logger.WarnContext(ctx, "a stored SearchParameter cannot be honoured", "element", issue.Expression, "reason", issue.Text)
		}
		done := indexedBy(found[1]) == (Extractor{epoch: set.epoch}).Version()
		set.custom = custom.Offering(func(d *search.Definition) bool { return done || was.custom.Offers(d) })
	}
	s.parameters.current.Store(&set)
	select {
	case s.parameters.changed <- struct{}{}:
	default:
	}
	return nil
}

// definitionsOf reads the documents that define something, in their order, and says why others cannot be honoured.
func definitionsOf(docs []*codec.Document) (definitions []*search.Definition, refused []outcome.Issue) {
	for _, doc := range docs {
		d, issues := search.Define(doc)
		if d != nil {
			definitions = append(definitions, d)
		}
		refused = append(refused, issues...)
	}
	return definitions, refused
}

var errTooManyDefinitions = errors.New("too many active SearchParameters")

// activeParameters are the active SearchParameters of a reader, by their ids.
func activeParameters(ctx context.Context, from store.Reader) ([]*codec.Document, error) {
	q := search.Query{Type: "SearchParameter", Count: 200, Where: []search.Clause{
		{AnyOf: []search.Condition{{Kind: search.HasTerm, Param: "status", Text: "active"}}},
	}}
	var docs []*codec.Document
	for after := store.Position(""); ; {
		page, err := from.Search(ctx, store.System(), &q, after)
		if err != nil {
			return nil, err
		}
		for _, r := range page.Records {
			doc, err := parseStored(r.Key, r.Body)
			if err != nil {
				return nil, err
			}
			docs = append(docs, doc)
		}
		if len(docs) > mostDefinitions {
			return nil, errTooManyDefinitions
		}
		if after = page.Next; after == "" {
			break
		}
	}
	slices.SortFunc(docs, func(a, b *codec.Document) int { return strings.Compare(a.ID(), b.ID()) })
	return docs, nil
}

func indexedBy(r store.Internal) int {
	version, n := binary.Uvarint(r.Data)
	if n <= 0 {
		return 0
	}
	return int(version)
}

// Reindex indexes everything anew that an older extractor has indexed, and then offers the parameters that waited for it. It
// is resumable and may run while the store is used. After an error, such as that of a resource that cannot be read, they wait
// on.
func (s *Service) Reindex(ctx context.Context, progress func(store.Progress)) error {
	set := s.parameters.set()
	extractor := s.extractorOf(set)
	if err := s.store.Reindex(ctx, extractor, progress); err != nil {
		return err
	}
	if set.epoch == 0 || !set.custom.Pending() {
		return nil
	}
	err := s.Do(ctx, Principal{ID: "server", Access: store.System()}, nil, func(ctx context.Context, u *Unit) error {
		found, err := u.Internals(ctx, store.System(), parametersIndexed, parametersEpoch)
		if err != nil || indexedBy(found[0]) >= extractor.Version() || found[1].Version != set.epoch {
			return err
		}
		u.PutInternal(parametersIndexed, found[0].Version, binary.AppendUvarint(nil, uint64(extractor.Version())))
		return nil
	})
	if err != nil {
		return fmt.Errorf("remember what is indexed: %w", err)
	}
	return s.LoadParameters(ctx)
}
