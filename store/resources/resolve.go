package resources

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"claimwright/fhir/outcome"
	"claimwright/fhir/search"
	"claimwright/store"
)

const (
	// mostJoined bounds the resources that one step of a join may go through. Beyond it the search is refused, because every
	// one of them becomes a condition of the next step.
	mostJoined = 5_000
	// mostCandidates bounds the matches of a query's other parameters from which a join may start where its own other
	// resources are too many.
	mostCandidates = 1_000
)

// resolve rewrites a query so that every store can execute it: each condition that is deferred becomes conditions on the
// resource's own values, for which other resources are read first, under the same access. A query without such
// conditions is the answer itself. It runs for every page anew, so that a page sees what is stored when it is asked for.
//
// Where the other resources of a join are too many, the query's other parameters are run first, and the join is made from
// what they find.
func (r *Reads) resolve(ctx context.Context, a store.Access, q *search.Query) (*search.Query, error) {
	if !q.Deferred() {
		return q, nil
	}
	resolved := *q
	resolved.Where = make([]search.Clause, 0, len(q.Where))
	var large []*search.Clause
	var tooMany error
	for i := range q.Where {
		clause, err := r.resolveClause(ctx, a, q.Type, &q.Where[i])
		if errors.Is(err, errTooManyJoined) && len(q.Where[i].AnyOf) == 1 {
			if large = append(large, &q.Where[i]); tooMany == nil {
				tooMany = err
			}
			continue
		}
		if err != nil {
			return nil, err
		}
		resolved.Where = append(resolved.Where, clause)
	}
	if len(large) == 0 {
		return &resolved, nil
	}
	if len(resolved.Where) == 0 {
		return nil, tooMany
	}
	return r.resolveLarge(ctx, a, &resolved, large, tooMany)
}

func (r *Reads) resolveClause(ctx context.Context, a store.Access, resourceType string, c *search.Clause) (search.Clause, error) {
	out := search.Clause{Not: c.Not}
	for i := range c.AnyOf {
		conditions, err := r.resolveCondition(ctx, a, resourceType, &c.AnyOf[i])
		if err != nil {
			return out, err
		}
		out.AnyOf = append(out.AnyOf, conditions...)
	}
	return out, nil
}

// resolveCondition gives the conditions on a resource of a type of which one must hold instead; none at all hold for nobody.
func (r *Reads) resolveCondition(ctx context.Context, a store.Access, resourceType string, c *search.Condition) ([]search.Condition, error) {
	if !c.Kind.Deferred() {
		return []search.Condition{*c}, nil
	}
	switch c.Kind {
	case search.Refers, search.IsReferredTo:
		return r.joined(ctx, a, resourceType, c)
	}
	return r.resolveDefined(ctx, a, resourceType, c)
}

// errTooManyJoined marks the error of a join whose other resources are too many.
var errTooManyJoined = errors.New("too many resources to join")

func tooManyJoined(j *search.Join) error {
	err := outcome.New(http.StatusUnprocessableEntity, outcome.TooCostly, "",
		"the search parameter %s looks at too many resources of type %s; narrow it, or add a parameter that few resources match", j.Name, j.Type)
	err.Issues[0].Found, err.Issues[0].Expected = j.Name, fmt.Sprintf("at most %d resources of type %s", mostJoined, j.Type)
	return withCause(err, errTooManyJoined)
}
