package resources

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"claimwright/fhir/outcome"
	"claimwright/fhir/search"
	"claimwright/store"
)

// mostJoined bounds the resources that one step of a join may go through. Beyond it the search is refused, because every
// one of them becomes a condition of the next step.
const mostJoined = 5_000

// resolve rewrites a query so that every store can execute it: each condition that is deferred becomes conditions on the
// resource's own values, for which other resources are read first, under the same access. A query without such
// conditions is the answer itself. It runs for every page anew, so that a page sees what is stored when it is asked for.
func (r *Reads) resolve(ctx context.Context, a store.Access, q *search.Query) (*search.Query, error) {
	if !q.Deferred() {
		return q, nil
	}
	where, err := r.resolveAll(ctx, a, q.Where)
	if err != nil {
		return nil, err
	}
	resolved := *q
	resolved.Where = where
	return &resolved, nil
}

func (r *Reads) resolveAll(ctx context.Context, a store.Access, where []search.Clause) ([]search.Clause, error) {
	out := slices.Clone(where)
	for i := range out {
		var anyOf []search.Condition
		for j := range out[i].AnyOf {
			conditions, err := r.resolveCondition(ctx, a, &out[i].AnyOf[j])
			if err != nil {
				return nil, err
			}
			anyOf = append(anyOf, conditions...)
		}
		out[i].AnyOf = anyOf
	}
	return out, nil
}

// resolveCondition gives the conditions of which one must hold instead; none at all hold for nobody.
func (r *Reads) resolveCondition(ctx context.Context, a store.Access, c *search.Condition) ([]search.Condition, error) {
	switch c.Kind {
	case search.Refers:
		return r.refers(ctx, a, c)
	}
	if c.Kind.Deferred() {
		return nil, fmt.Errorf("nothing resolves search conditions of kind %d", c.Kind)
	}
	return []search.Condition{*c}, nil
}

// refers resolves a chain: the references that lead to what it wants.
func (r *Reads) refers(ctx context.Context, a store.Access, c *search.Condition) ([]search.Condition, error) {
	found, err := r.joined(ctx, a, c.Join)
	if err != nil {
		return nil, err
	}
	conditions := make([]search.Condition, len(found))
	for i, record := range found {
		conditions[i] = search.Condition{Kind: search.HasTerm, Param: c.Param, Text: record.Key.String()}
	}
	return conditions, nil
}

// joined finds the other resources of a join.
func (r *Reads) joined(ctx context.Context, a store.Access, j *search.Join) ([]*store.Record, error) {
	q, err := r.resolve(ctx, a, &search.Query{Type: j.Type, Where: j.Where, Count: mostJoined + 1})
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
	return page.Records, nil
}

func tooManyJoined(j *search.Join) error {
	err := outcome.New(http.StatusUnprocessableEntity, outcome.TooCostly, "",
		"the search parameter %s finds too many resources of type %s to search by them; narrow it", j.Name, j.Type)
	err.Issues[0].Found, err.Issues[0].Expected = j.Name, fmt.Sprintf("at most %d resources of type %s", mostJoined, j.Type)
	return err
}
