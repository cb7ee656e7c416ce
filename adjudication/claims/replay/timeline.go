package replay

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"claimwright/adjudication/claims"
	"claimwright/adjudication/engine/scheme"
	"claimwright/fhir/codec"
	"claimwright/store"
)

const (
	// versionsAtOnce is how many versions are read at once.
	versionsAtOnce = 500
	// mostSchemes bounds the compiled schemes that are kept.
	mostSchemes = 16
	// nearby is how many changes before and after a decision's time are tried: clocks of servers differ a little, and a
	// decision that had to begin anew may have seen a change that came after its time.
	nearby = 8
)

// errScheme: no state of the scheme's resources has the digest.
var errScheme = errors.New("the scheme of then cannot be made again from the history of its resources")

// timeline makes schemes again as they were. It is safe for concurrent use.
type timeline struct {
	store store.Store

	mu       sync.Mutex
	versions map[store.Key][]*dated
	// changes are the times at which anything changed, in order, each once.
	changes []time.Time
	// contracts tells that all Contracts were read, and not only those that are price lists now.
	contracts bool
	// digests are those of the states that were compiled, by the number of changes before.
	digests map[int]string
	schemes *lru.Cache[string, *scheme.Scheme]
}

// dated is one version of a resource of the scheme.
type dated struct {
	record *store.Record
	doc    *codec.Document // parsed when first needed
}

func newTimeline(st store.Store) *timeline {
	schemes, err := lru.New[string, *scheme.Scheme](mostSchemes)
	if err != nil { // only for a size below 1
		panic(err)
	}
	return &timeline{store: st, schemes: schemes}
}

// at is the scheme with a digest, as it was about a time.
func (t *timeline) at(ctx context.Context, digest string, when time.Time) (*scheme.Scheme, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if s, ok := t.schemes.Get(digest); ok {
		return s, nil
	}
	for {
		if t.versions == nil {
			if err := t.read(ctx); err != nil {
				return nil, fmt.Errorf("read the history of the scheme: %w", err)
			}
		}
		if s, err := t.search(digest, when); s != nil || err != nil {
			return s, err
		}
		if t.contracts {
			return nil, fmt.Errorf("%w: no state about %s has the digest %s", errScheme, when.Format(time.RFC3339), digest)
		}
		t.contracts, t.versions = true, nil // a price list that is none any more has no mark
	}
}

// search tries the states nearest to a time.
func (t *timeline) search(digest string, when time.Time) (*scheme.Scheme, error) {
	at, found := slices.BinarySearchFunc(t.changes, when, time.Time.Compare)
	if found {
		at++
	}
	for step := range 2*nearby + 1 {
		state := at + (step+1)/2
		if step%2 == 0 {
			state = at - step/2
		}
		if state < 0 || state > len(t.changes) {
			continue
		}
		if known, tried := t.digests[state]; tried && known != digest {
			continue
		}
		s, err := t.compile(state)
		if err != nil || s.Digest() == digest {
			return s, err
		}
	}
	return nil, nil
}

// compile makes the scheme after so many changes.
func (t *timeline) compile(state int) (*scheme.Scheme, error) {
	var docs []*codec.Document
	for _, versions := range t.versions {
		if state == 0 {
			break
		}
		var current *dated
		for _, v := range versions {
			if v.record.Updated.After(t.changes[state-1]) {
				break
			}
			current = v
		}
		if current == nil || current.record.Deleted {
			continue
		}
		if current.doc == nil {
			doc, err := parse(current.record)
			if err != nil {
				return nil, err
			}
			current.doc = doc
		}
		docs = append(docs, current.doc)
	}
	s, _ := scheme.Compile(docs)
	t.digests[state] = s.Digest()
	t.schemes.Add(s.Digest(), s)
	return s, nil
}

// read reads every version of what a scheme is made of.
func (t *timeline) read(ctx context.Context) error {
	t.versions, t.changes, t.digests = map[store.Key][]*dated{}, nil, map[int]string{}
	queries := []store.HistoryQuery{
		{Type: "Organization"}, {Type: "InsurancePlan"}, {Type: "ChargeItemDefinition"}, {Type: "PlanDefinition"}, {Type: "MeasureReport"}, {Type: "CodeSystem"}, {Type: "ValueSet"},
	}
	if t.contracts {
		queries = append(queries, store.HistoryQuery{Type: "Contract"})
	} else {
		lists, err := t.priceLists(ctx)
		if err != nil {
			return err
		}
		queries = append(queries, lists...)
	}
	for _, q := range queries {
		if err := t.history(ctx, q); err != nil {
			return err
		}
	}
	for _, versions := range t.versions {
		slices.SortFunc(versions, func(a, b *dated) int { return cmp.Compare(a.record.Version, b.record.Version) })
		for _, v := range versions {
			t.changes = append(t.changes, v.record.Updated)
		}
	}
	slices.SortFunc(t.changes, time.Time.Compare)
	t.changes = slices.CompactFunc(t.changes, time.Time.Equal)
	return nil
}

func (t *timeline) history(ctx context.Context, q store.HistoryQuery) error {
	for q.Limit = versionsAtOnce; ; {
		page, err := t.store.History(ctx, store.System(), q)
		if err != nil {
			return err
		}
		for _, r := range page.Records {
			t.versions[r.Key] = append(t.versions[r.Key], &dated{record: r})
		}
		if q.After = page.Next; q.After == "" {
			return nil
		}
	}
}

// priceLists are the Contracts that are price lists now, by the marks that writing them leaves: policies are Contracts as
// well, perhaps a million of them.
func (t *timeline) priceLists(ctx context.Context) ([]store.HistoryQuery, error) {
	var queries []store.HistoryQuery
	for after := ""; ; {
		marks, err := t.store.ScanInternals(ctx, store.System(), store.SpaceHead, claims.PriceListMarks, after, versionsAtOnce)
		if err != nil {
			return nil, err
		}
		for _, m := range marks {
			queries = append(queries, store.HistoryQuery{Type: "Contract", ID: m.Key.ID[len(claims.PriceListMarks):]})
		}
		if len(marks) < versionsAtOnce {
			return queries, nil
		}
		after = marks[len(marks)-1].Key.ID
	}
}
