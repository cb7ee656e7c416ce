package bundle

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
)

// Kind is the type of a Bundle that can be processed.
type Kind string

// The kinds.
const (
	Batch       Kind = "batch"
	Transaction Kind = "transaction"
)

// Options say how to read a Bundle; the zero value is the documented default.
type Options struct {
	// Base is the server's base URL without a trailing slash. Entries may write request.url absolute beneath it; empty
	// accepts relative ones only.
	Base string
	// MaxEntries bounds the entries; 0 is 5,000.
	MaxEntries int
}

const defaultMaxEntries = 5000

// Plan is a checked batch or transaction. It is read-only once made.
type Plan struct {
	Kind Kind
	// Entries are in the order of the request.
	Entries []Entry
}

// Parse makes the plan of a Bundle. The error is an outcome.Error with everything that is wrong, each issue naming its
// element. What is wrong with one entry of a batch alone does not fail the batch: it becomes that entry's Fault.
func Parse(doc *codec.Document, o Options) (*Plan, error) {
	kind, err := kindOf(doc)
	if err != nil {
		return nil, err
	}
	entries := doc.Root().Get(nEntry)
	most := o.MaxEntries
	if most == 0 {
		most = defaultMaxEntries
	}
	if n := entries.Len(); n > most {
		tooLong := outcome.New(http.StatusRequestEntityTooLarge, outcome.TooLong, "Bundle.entry", "the Bundle has too many entries")
		tooLong.Issues[0].Found, tooLong.Issues[0].Expected = fmt.Sprint(n), fmt.Sprintf("at most %d", most)
		return nil, tooLong
	}
	if err := outcome.Rejected(check(doc, true)); err != nil {
		return nil, err
	}
	p := &Plan{Kind: kind, Entries: make([]Entry, 0, entries.Len())}
	for v := range entries.Each() {
		p.Entries = append(p.Entries, parseEntry(v, len(p.Entries), o.Base))
	}
	if kind == Batch {
		p.forbidDependencies()
		return p, nil
	}
	if err := p.refuse(); err != nil {
		return nil, err
	}
	return p, nil
}

// kindOf refuses what is no Bundle, or one that only carries resources.
func kindOf(doc *codec.Document) (Kind, error) {
	if doc.Type() != "Bundle" {
		err := outcome.New(http.StatusBadRequest, outcome.Structure, "resourceType", "only a Bundle can be processed here")
		err.Issues[0].Found, err.Issues[0].Expected = doc.Type(), "Bundle"
		return "", err
	}
	kind := Kind(strings.Clone(doc.Root().Get(nType).Text()))
	if kind != Batch && kind != Transaction {
		err := outcome.New(http.StatusBadRequest, outcome.NotSupported, "Bundle.type", "a Bundle of this type cannot be processed")
		err.Issues[0].Found, err.Issues[0].Expected = string(kind), "batch or transaction"
		return "", err
	}
	return kind, nil
}

// refuse gathers the faults of a transaction's entries and the identities that overlap: all or nothing.
func (p *Plan) refuse() *outcome.Error {
	var faults []outcome.Issue
	status := 0
	for i := range p.Entries {
		if fault := p.Entries[i].Fault; fault != nil {
			faults = append(faults, fault.Issues...)
			status = max(status, fault.Status)
		}
	}
	if len(faults) == 0 {
		faults, status = p.overlaps(), http.StatusBadRequest
	}
	if len(faults) == 0 {
		return nil
	}
	return outcome.Of(status, faults)
}

// overlaps finds entries that change the same resource (R4 http.html#trules: identities that overlap fail the
// transaction).
func (p *Plan) overlaps() []outcome.Issue {
	var issues []outcome.Issue
	first := map[string]int{}
	for i := range p.Entries {
		e := &p.Entries[i]
		if e.Target.ID == "" || e.Method == GET || e.Method == HEAD || e.Target.Operation != "" {
			continue
		}
		identity := e.Target.Type + "/" + e.Target.ID
		if earlier, twice := first[identity]; twice {
			issues = append(issues, outcome.Issue{
				Code: outcome.Duplicate, Expression: e.Path() + ".request.url",
				Text:  fmt.Sprintf("entries %d and %d change the same resource", earlier, i),
				Found: identity, Expected: "each resource at most once in a transaction",
			})
			continue
		}
		first[identity] = i
	}
	return issues
}

// forbidDependencies faults the entries of a batch that refer to what another entry is about to create: entries of a batch
// know nothing of each other.
func (p *Plan) forbidDependencies() {
	created := map[string]struct{}{}
	for i := range p.Entries {
		if e := &p.Entries[i]; e.Method == POST && e.FullURL != "" {
			created[e.FullURL] = struct{}{}
		}
	}
	for i := range p.Entries {
		e := &p.Entries[i]
		if e.Fault != nil {
			continue
		}
		for v := range e.Resource.References() {
			if _, other := created[v.Text()]; !other || !v.IsReference() {
				continue
			}
			e.Fault = outcome.Of(http.StatusBadRequest, e.Within([]outcome.Issue{{
				Code: outcome.Value, Expression: v.Path(), Text: "entries of a batch cannot refer to what another entry creates",
				Found: shorten(v.Text()), Expected: "a Bundle of type transaction",
			}}))
			break
		}
	}
}

// Order is the order of processing as indices of Entries: DELETE, POST, PUT and PATCH, GET and HEAD; among equals, the
// order of the request (R4 http.html#trules).
func (p *Plan) Order() []int {
	order := make([]int, len(p.Entries))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return p.Entries[a].Method.phase() - p.Entries[b].Method.phase() })
	return order
}
