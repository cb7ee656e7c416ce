package compartment

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"claimwright/fhir/codec"
	"claimwright/fhir/search"
	"claimwright/store"
	"claimwright/store/resources"
)

var maxFloat = math.Inf(1)

// The bounds of one page: bytes of bodies and resources looked at after which nothing more is searched for it. One search is
// bounded by itself (resources.Options.MaxAnswer).
const (
	pageBytes  = 8 << 20
	pageLooked = 5_000
)

// Walk visits the resources of a Scope. It keeps no place: Next is told it. A Walk is safe for concurrent use.
type Walk struct {
	reads     *resources.Reads
	principal resources.Principal
	options   search.Options
	scope     Scope
	extractor search.Extractor
	steps     []step
	// part tells of each compartment the chunk that it is in.
	part map[string]int
	// referring is how many resources are looked at for what they refer to.
	referring int
}

// Place is where a walk goes on; the zero value is its beginning.
type Place struct {
	// Step counts the queries of the walk that are done; Token is the place within the next one.
	Step  int
	Token string
	done  bool
}

// Done tells that the walk is at its end.
func (p Place) Done() bool { return p.done }

// Page is what a walk visits at once. It may be shorter than asked, even empty, without being the last.
type Page struct {
	Records []*store.Record
	Next    Place
}

// New plans a walk under a principal's access. The error is an outcome.Error with status 400 that says what of the scope is
// not understood.
func New(reads *resources.Reads, p resources.Principal, o search.Options, s Scope) (*Walk, error) {
	w := &Walk{reads: reads, principal: p, options: o, scope: s, extractor: search.Extractor{BaseURL: o.BaseURL, Zone: o.Zone, Custom: o.Custom}, part: map[string]int{}, referring: mostReferring}
	for i, id := range s.IDs {
		w.part[id] = i / chunk
	}
	return w, w.plan()
}

// Types are the types that the walk visits, in its order.
func (w *Walk) Types() []string {
	var types []string
	for i := range w.steps {
		if t := w.steps[i].query.Type; len(types) == 0 || types[len(types)-1] != t {
			types = append(types, t)
		}
	}
	return types
}

// TypeAt is the type that a walk visits at a place, empty at its end.
func (w *Walk) TypeAt(at Place) string {
	if at.Step >= len(w.steps) {
		return ""
	}
	return w.steps[at.Step].query.Type
}

// Steps is how many queries the walk comes to, for progress.
func (w *Walk) Steps() int { return len(w.steps) }

// Next visits at most n resources from a place on. The place must be one of an equal walk of the same principal, or the
// beginning.
func (w *Walk) Next(ctx context.Context, at Place, n int) (Page, error) {
	var page Page
	size, looked := 0, 0
	for at.Step < len(w.steps) && len(page.Records) < n && size < pageBytes && looked < pageLooked {
		kept, seen, token, err := w.portion(ctx, &w.steps[at.Step], at.Token, n-len(page.Records))
		if err != nil {
			return Page{}, err
		}
		looked += seen
		for _, r := range kept {
			size += len(r.Body)
		}
		page.Records = append(page.Records, kept...)
		if at.Token = token; token == "" {
			at.Step++
		}
	}
	at.done = at.Step >= len(w.steps)
	page.Next = at
	return page, nil
}

// portion runs a step's query for one page of at most n and keeps what belongs to the scope.
func (w *Walk) portion(ctx context.Context, s *step, token string, n int) (kept []*store.Record, seen int, next string, err error) {
	q := *s.query
	q.Count = n
	found, err := w.reads.Search(ctx, w.principal, &q, token)
	if err != nil {
		return nil, 0, "", fmt.Errorf("walk through %s: %w", q.Type, err)
	}
	if !s.judged && s.care == nil {
		return found.Records, len(found.Records), found.Next, nil
	}
	for _, r := range found.Records {
		keep, err := w.keeps(s, r)
		if err != nil {
			return nil, 0, "", err
		}
		if keep {
			kept = append(kept, r)
		}
	}
	return kept, len(found.Records), found.Next, nil
}

// keeps judges what a query cannot: whether a resource is in a compartment at all, in an earlier chunk already, or outside
// of the dates.
func (w *Walk) keeps(s *step, r *store.Record) (bool, error) {
	doc, issues := codec.Parse(r.Body, codec.Limits{MaxBytes: len(r.Body)})
	if len(issues) > 0 {
		return false, fmt.Errorf("the stored %s cannot be read: %s", r.Key, issues[0].Text)
	}
	values := w.extractor.Extract(doc)
	if s.judged && !w.member(s, r.Key, values) {
		return false, nil
	}
	if s.care == nil {
		return true, nil
	}
	name := s.care.Where[0].AnyOf[0].Param
	for _, dates := range values.Ranges {
		if dates.Param == name {
			return s.care.Match(search.Candidate{ID: r.ID, Values: values}), nil
		}
	}
	return true, nil
}

// member tells whether a resource is first found by this step: by its chunk, or where all compartments are visited, by
// being in one of them.
func (w *Walk) member(s *step, key store.Key, values *search.Values) bool {
	first := math.MaxInt
	if part, ok := w.part[key.ID]; ok && key.Type == w.scope.Kind {
		first = part
	}
	for i := range values.Terms {
		term := &values.Terms[i]
		id, ofKind := strings.CutPrefix(term.Text, w.scope.Kind+"/")
		if !ofKind || !slices.Contains(s.params, term.Param) {
			continue
		}
		if w.scope.IDs == nil {
			return true
		}
		if part, ok := w.part[id]; ok {
			first = min(first, part)
		}
	}
	return first == s.part
}

// Holds tells whether another version of a resource that the walk visits belongs to its scope too: whether it is in the
// compartments and matches its type's filter. A filter that asks for other resources, such as a chain, holds as it does for
// the version that was visited. Since and the dates of care are not judged.
func (w *Walk) Holds(r *store.Record) (bool, error) {
	i := slices.IndexFunc(w.steps, func(s step) bool { return s.query.Type == r.Type })
	if i < 0 {
		return false, nil
	}
	s := &w.steps[i]
	tied := w.scope.Kind != "" && r.Type != w.scope.Kind
	if !tied && s.filter == nil {
		return true, nil
	}
	doc, issues := codec.Parse(r.Body, codec.Limits{MaxBytes: len(r.Body)})
	if len(issues) > 0 {
		return false, fmt.Errorf("the stored %s cannot be read: %s", r.Key, issues[0].Text)
	}
	values := w.extractor.Extract(doc)
	if tied && !w.tied(s, values) {
		return false, nil
	}
	return s.filter == nil || s.filter.Match(search.Candidate{ID: r.ID, Updated: float64(r.Updated.UnixMilli()), Values: values}), nil
}

// tied tells whether a resource is in any of the scope's compartments.
func (w *Walk) tied(s *step, values *search.Values) bool {
	for i := range values.Terms {
		term := &values.Terms[i]
		id, ofKind := strings.CutPrefix(term.Text, w.scope.Kind+"/")
		if !ofKind || !slices.Contains(s.params, term.Param) {
			continue
		}
		if _, visited := w.part[id]; visited || w.scope.IDs == nil {
			return true
		}
	}
	return false
}
