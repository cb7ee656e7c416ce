package claims

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"claimwright/adjudication/engine/scheme"
	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
	"claimwright/fhir/search"
	"claimwright/store"
)

// loadPage is how many documents are read at once.
const loadPage = 500

// loadTries bounds how often a load begins anew because the scheme was written meanwhile.
const loadTries = 10

// loadOrder has terminology last: only the lists that the others name are read.
var loadOrder = [len(schemeTypes)]string{"Organization", "InsurancePlan", "ChargeItemDefinition", "Contract", "PlanDefinition", "MeasureReport", "ValueSet", "CodeSystem"}

// errStagedScheme: the epoch that was asked for is only staged.
var errStagedScheme = outcome.New(http.StatusUnprocessableEntity, outcome.NotSupported, "",
	"one transaction cannot both change the scheme and have a claim decided by it")

// library keeps the scheme's documents by type, so that a load reads only the types that changed, and parses only the
// documents that did.
type library map[string]*shelf

// shelf holds the documents of one type as they were when its counter in the epoch record had the value count.
type shelf struct {
	count uint64
	docs  map[store.Key]shelved
	// named are, of terminology, the lists that were looked for, sorted.
	named []string
}

type shelved struct {
	version int64
	doc     *codec.Document
}

// load brings the library up to date and compiles it. It needs mu.
func (s *Schemes) load(ctx context.Context) error {
	for range loadTries {
		before, err := s.epoch(ctx)
		if err != nil {
			return err
		}
		for _, typ := range loadOrder {
			if err := s.refill(ctx, typ, before.counts[typ]); err != nil {
				return err
			}
		}
		// The reads were no snapshot: only if the epoch stood still are they one.
		after, err := s.epoch(ctx)
		if err != nil {
			return err
		}
		if after.version == before.version {
			s.compile(ctx, before.version)
			return nil
		}
	}
	busy := outcome.New(http.StatusServiceUnavailable, outcome.LockError, "", "the scheme is being written; try again")
	busy.RetryAfter = time.Second
	return busy
}

func (s *Schemes) compile(ctx context.Context, epoch int64) {
	sch, issues := scheme.Compile(s.documents())
	for _, i := range issues {
		if log := s.log.Load(); log != nil && i.Severity != outcome.Warning {
			log.WarnContext(ctx, "a part of the scheme cannot be used", "element", i.Expression, "reason", i.Text)
		}
	}
	s.current.Store(&compiledScheme{epoch: epoch, scheme: sch, issues: issues})
}

// refill reads one type anew unless its counter says that nothing changed.
func (s *Schemes) refill(ctx context.Context, typ string, count uint64) error {
	old := s.loaded[typ]
	var named []string
	if isTerminology(typ) {
		named = s.loaded.listsNamed()
	}
	if old != nil && old.count == count && slices.Equal(old.named, named) {
		return nil
	}
	next := &shelf{count: count, docs: map[store.Key]shelved{}, named: named}
	each := func(r *store.Record) error {
		if old != nil {
			if held, ok := old.docs[r.Key]; ok && held.version == r.Version {
				next.docs[r.Key] = held
				return nil
			}
		}
		doc, issues := codec.Parse(r.Body, trusted)
		if len(issues) > 0 {
			return fmt.Errorf("the stored %s cannot be read: %s", r.Key, issues[0].Text)
		}
		next.docs[r.Key] = shelved{r.Version, doc}
		return nil
	}
	var err error
	switch {
	case typ == "Contract":
		err = s.eachPriceList(ctx, each)
	case isTerminology(typ):
		err = eachNamed(ctx, s.store, typ, named, each)
	default:
		err = s.eachOfType(ctx, typ, each)
	}
	if err != nil {
		return fmt.Errorf("read the %s resources: %w", typ, err)
	}
	s.loaded[typ] = next
	return nil
}

func (s *Schemes) eachOfType(ctx context.Context, typ string, each func(*store.Record) error) error {
	return eachFound(ctx, s.store, &search.Query{Type: typ, Count: loadPage}, each)
}

// searcher is where documents of the scheme are looked for: the store, or what a unit of work sees.
type searcher interface {
	Search(ctx context.Context, a store.Access, q *search.Query, after store.Position) (store.Page, error)
}

func eachFound(ctx context.Context, in searcher, q *search.Query, each func(*store.Record) error) error {
	var after store.Position
	for {
		page, err := in.Search(ctx, store.System(), q, after)
		if err != nil {
			return err
		}
		for _, r := range page.Records {
			if err := each(r); err != nil {
				return err
			}
		}
		if after = page.Next; after == "" {
			return nil
		}
	}
}

// eachPriceList reads the price lists by the marks that were made when they were written: policies are Contracts as well,
// a million of them, and no search parameter of R4 tells the two apart.
func (s *Schemes) eachPriceList(ctx context.Context, each func(*store.Record) error) error {
	after := ""
	for {
		marks, err := s.store.ScanInternals(ctx, store.System(), store.SpaceHead, PriceListMarks, after, loadPage)
		if err != nil {
			return err
		}
		if len(marks) == 0 {
			return nil
		}
		keys := make([]store.Key, len(marks))
		for i, m := range marks {
			keys[i] = store.Key{Type: "Contract", ID: m.Key.ID[len(PriceListMarks):]}
		}
		records, err := s.store.Get(ctx, store.System(), keys...)
		if err != nil {
			return err
		}
		for _, r := range records {
			if r == nil || r.Deleted {
				continue // its delete bumps the epoch, and the load begins anew
			}
			if err := each(r); err != nil {
				return err
			}
		}
		after = marks[len(marks)-1].Key.ID
	}
}

// epochRecord is the decoded epoch: a counter per type.
type epochRecord struct {
	version int64
	counts  map[string]uint64
}

func (s *Schemes) epoch(ctx context.Context) (epochRecord, error) {
	found, err := s.store.Internals(ctx, store.System(), epochKey)
	if err != nil {
		return epochRecord{}, err
	}
	return decodeEpoch(found[0])
}

// errEpoch: the epoch record holds something else.
var errEpoch = errors.New("the scheme's epoch record cannot be read")
