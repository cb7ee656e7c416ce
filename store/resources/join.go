package resources

import (
	"context"
	"fmt"
	"slices"

	"claimwright/fhir/codec"
	"claimwright/fhir/registry"
	"claimwright/fhir/search"
	"claimwright/store"
)

// A join looks at other resources than those that are searched: those that they refer to (a chain), or those that refer to
// them (_has). It finds the other resources first, and then turns them into conditions: a chain into the references that
// lead to them, _has into the ids that they refer to.

var nURL = codec.Intern("url")

// joined resolves a join's condition on a resource of a type, finding the other resources first; more must hold for them
// beside what the join wants.
func (r *Reads) joined(
	ctx context.Context, a store.Access, resourceType string, c *search.Condition, more ...search.Clause,
) ([]search.Condition, error) {
	j := c.Join
	q, err := r.resolve(ctx, a, &search.Query{Type: j.Type, Where: slices.Concat(more, j.Where), Count: mostJoined + 1})
	if err != nil {
		return nil, err
	}
	page, err := r.reader.Search(ctx, a, q, "")
	if err != nil {
		return nil, fmt.Errorf("search %s for %s: %w", j.Type, j.Name, readFault(err))
	}
	if len(page.Records) > mostJoined {
		return nil, tooManyJoined(j)
	}
	conditions, err := r.links(resourceType, c, page.Records)
	if c.Kind == search.Refers && err == nil {
		conditions = append(conditions, search.InContained(c.Param, j.Type, q.Where[len(more):])...)
	}
	return conditions, err
}

// links turns the other resources that a join found into conditions on resources of a type, of which one must hold.
func (r *Reads) links(resourceType string, c *search.Condition, found []*store.Record) ([]search.Condition, error) {
	l := linking{reads: r, seen: make(map[search.Condition]struct{}, len(found))}
	for _, record := range found {
		var err error
		if c.Kind == search.Refers {
			err = l.to(resourceType, c.Param, record)
		} else {
			err = l.from(resourceType, c.Join.Param, record)
		}
		if err != nil {
			return nil, err
		}
	}
	return l.conditions, nil
}

// linking collects conditions, each once.
type linking struct {
	reads      *Reads
	seen       map[search.Condition]struct{}
	conditions []search.Condition
}

func (l *linking) add(c search.Condition) {
	if _, again := l.seen[c]; !again {
		l.seen[c] = struct{}{}
		l.conditions = append(l.conditions, c)
	}
}

// to adds the references of a parameter that lead to a record: by its id, or, where the parameter holds canonicals, its url.
func (l *linking) to(resourceType, param string, record *store.Record) error {
	if !l.reads.holdsCanonicals(resourceType, param) {
		l.add(search.Condition{Kind: search.HasTerm, Param: param, Text: record.Key.String()})
		return nil
	}
	doc, err := parseStored(record.Key, record.Body)
	if err != nil {
		return err
	}
	if url := doc.Root().Get(nURL).Text(); url != "" {
		l.add(search.Condition{Kind: search.HasTerm, Param: param, Text: search.URITerm(url)})
	}
	return nil
}

// from adds what a record refers to by a parameter, as far as it is of the type.
func (l *linking) from(resourceType, param string, record *store.Record) error {
	references, err := l.reads.references(record)
	if err != nil {
		return err
	}
	for _, ref := range references {
		switch {
		case ref.Param != param:
		case ref.Type == resourceType:
			l.add(search.Condition{Kind: search.HasID, Text: ref.ID})
		case ref.URL != "" && hasURL(resourceType):
			l.add(search.Condition{Kind: search.HasTerm, Param: "url", Text: search.URITerm(ref.URL)})
		}
	}
	return nil
}

// references are those that a record makes.
func (r *Reads) references(record *store.Record) ([]search.Reference, error) {
	doc, err := parseStored(record.Key, record.Body)
	if err != nil {
		return nil, err
	}
	return r.extractorNow().Values.References(doc), nil
}

// holdsCanonicals tells whether a reference parameter looks at canonicals or uris.
func (r *Reads) holdsCanonicals(resourceType, param string) bool {
	p, known := r.Custom().Lookup(resourceType, param)
	if !known {
		return false
	}
	for i := range p.Leaves {
		if t := p.Leaves[i].Types[0]; t == "canonical" || t == "uri" {
			return true
		}
	}
	return false
}

// hasURL tells whether resources of a type can be what a canonical refers to.
func hasURL(resourceType string) bool {
	p, known := registry.Lookup(resourceType, "url")
	return known && p.Type == registry.URI
}

// resolveLarge resolves the clauses whose joins look at too many other resources, starting from what the rest of the query
// finds: only those of the others matter that they refer to, or that refer to them.
func (r *Reads) resolveLarge(
	ctx context.Context, a store.Access, resolved *search.Query, large []*search.Clause, tooMany error,
) (*search.Query, error) {
	page, err := r.reader.Search(ctx, a, &search.Query{Type: resolved.Type, Where: resolved.Where, Count: mostCandidates + 1}, "")
	if err != nil {
		return nil, fmt.Errorf("search %s: %w", resolved.Type, readFault(err))
	}
	if len(page.Records) > mostCandidates {
		return nil, tooMany
	}
	for _, clause := range large {
		c := &clause.AnyOf[0]
		near, err := r.near(c, page.Records)
		if err != nil {
			return nil, err
		}
		conditions, err := r.joined(ctx, a, resolved.Type, c, near)
		if err != nil {
			return nil, err
		}
		resolved.Where = append(resolved.Where, search.Clause{Not: clause.Not, AnyOf: conditions})
	}
	return resolved, nil
}

// near is what holds for the other resources of a join that have to do with the candidates.
func (r *Reads) near(c *search.Condition, candidates []*store.Record) (search.Clause, error) {
	l := linking{reads: r, seen: map[search.Condition]struct{}{}}
	for _, record := range candidates {
		var err error
		if c.Kind == search.Refers {
			err = l.from(c.Join.Type, c.Param, record)
		} else {
			err = l.to(c.Join.Type, c.Join.Param, record)
		}
		if err != nil {
			return search.Clause{}, err
		}
	}
	return search.Clause{AnyOf: l.conditions}, nil
}
