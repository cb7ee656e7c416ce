package resources

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"claimwright/fhir/outcome"
	"claimwright/fhir/search"
	"claimwright/store"
)

// A condition is a query that must find exactly one resource, or none: If-None-Exist, the queries of conditional updates,
// patches and deletes, and the conditional references of transactions (R4 http.html#ccreate, #cond-update and #trules).

// found is what a condition finds, with the guard as it was before the search.
type found struct {
	match   *store.Record // nil when nothing matches
	guarded store.Internal
}

// search judges a condition over what is stored and staged. The guard is read before the search, so that a commit which
// writes it or relies on it meets a conflict when somebody was in between: whoever writes under the same condition, or
// writes the identifier that the condition names. Where it names none, only the same condition guards.
func (u *Unit) search(ctx context.Context, resourceType, query string) (found, error) {
	q, guarded, err := u.condition(ctx, resourceType, query)
	if err != nil {
		return found{}, err
	}
	match, err := theMatch(ctx, u.Reads(), u.run.principal.Access, q)
	return found{match, guarded}, err
}

// condition reads the query of a condition and its guard.
func (u *Unit) condition(ctx context.Context, resourceType, query string) (*search.Query, store.Internal, error) {
	q, err := u.run.service.parseCondition(resourceType, query)
	if err != nil {
		return nil, store.Internal{}, err
	}
	guarded, err := u.Internal(ctx, conditionGuard(resourceType, query))
	return q, guarded, err
}

// claim stages the guard of a condition that found nothing: of all who find nothing, the first to commit may create.
func (u *Unit) claim(f found) {
	if len(f.guarded.Data) == 0 {
		f.guarded.Data = (&guard{}).encode()
	}
	u.PutInternal(f.guarded.Key, f.guarded.Version, f.guarded.Data)
}

// ifNoneExist judges a conditional create: nil when nothing matches and the caller may create, the match when there is
// one.
func (u *Unit) ifNoneExist(ctx context.Context, resourceType, query string) (*Stored, error) {
	f, err := u.search(ctx, resourceType, query)
	if err != nil {
		return nil, err
	}
	if f.match == nil {
		u.claim(f)
		return nil, nil
	}
	doc, err := parseStored(f.match.Key, f.match.Body)
	if err != nil {
		return nil, err
	}
	return &Stored{Key: f.match.Key, Version: f.match.Version, Updated: f.match.Updated, Doc: doc, Unchanged: true}, nil
}

// whichToUpdate names the resource that a conditional update is for (R4 http.html#cond-update): the match; without one, the
// id that the content brings, or a new one.
func (u *Unit) whichToUpdate(ctx context.Context, resourceType, query, id string) (store.Key, error) {
	f, err := u.search(ctx, resourceType, query)
	if err != nil {
		return store.Key{}, err
	}
	if f.match != nil {
		if id != "" && id != f.match.ID {
			return store.Key{}, contentMismatch(resourceType+".id", id, "no id, or that of the one resource that matches", outcome.Value)
		}
		u.RelyInternal(f.guarded)
		return f.match.Key, nil
	}
	u.claim(f)
	if id == "" {
		return store.Key{Type: resourceType, ID: u.NewID()}, nil
	}
	key := store.Key{Type: resourceType, ID: id}
	before, err := u.visible(ctx, key)
	if err != nil {
		return store.Key{}, err
	}
	if before.exists() {
		return store.Key{}, outcome.New(http.StatusConflict, outcome.Conflict, resourceType+".id",
			"%s is there already, but does not match the condition", key)
	}
	return key, nil
}

// whichMatches names the one resource that a condition finds; nil when there is none.
func (u *Unit) whichMatches(ctx context.Context, resourceType, query string) (*store.Key, error) {
	f, err := u.search(ctx, resourceType, query)
	if err != nil || f.match == nil {
		return nil, err
	}
	u.RelyInternal(f.guarded)
	return &f.match.Key, nil
}

// theMatch is the one resource that a condition finds, nil when it finds none; several are refused with 412.
func theMatch(ctx context.Context, r *Reads, a store.Access, q *search.Query) (*store.Record, error) {
	q, err := r.resolve(ctx, a, q)
	if err != nil {
		return nil, err
	}
	page, err := r.reader.Search(ctx, a, q, "")
	if err != nil {
		return nil, fmt.Errorf("search %s for a condition: %w", q.Type, storeFault(err))
	}
	switch len(page.Records) {
	case 0:
		return nil, nil
	case 1:
		return page.Records[0], nil
	}
	refused := outcome.New(http.StatusPreconditionFailed, outcome.MultipleMatches, "", "several resources of type %s match the condition", q.Type)
	refused.Issues[0].Found, refused.Issues[0].Expected = "more than one", "a condition that one resource meets at most, such as an identifier with its system"
	return nil, refused
}

// parseCondition reads the query of a condition. Other than in a search, a parameter that would be ignored is refused:
// without it the condition would mean something else, in the end everything.
func (s *Service) parseCondition(resourceType, query string) (*search.Query, error) {
	options := s.SearchOptions()
	options.Strict = true
	query = conditionOf(query)
	q, ignored, err := search.Parse(resourceType, query, options)
	if err != nil {
		return nil, err
	}
	if len(ignored) > 0 || len(q.Where) == 0 || hasBlank(query) {
		return nil, outcome.New(http.StatusBadRequest, outcome.Value, "", "a condition needs search parameters of %s that are supported, each with a value, and nothing else", resourceType)
	}
	q.Count, q.CountOnly, q.Sort = 2, false, nil
	return q, nil
}

// conditionOf is the query of a condition without what only concerns the form of the answer, its parameters in an order of
// their own: conditions that differ in those are the same.
func conditionOf(query string) string {
	if !strings.Contains(query, "&") && !strings.HasPrefix(query, "_") {
		return query
	}
	var kept []string
	for parameter := range strings.SplitSeq(query, "&") {
		switch name, _, _ := strings.Cut(parameter, "="); name {
		case "", "_format", "_pretty", "_summary", "_elements":
		default:
			kept = append(kept, parameter)
		}
	}
	slices.Sort(kept)
	return strings.Join(kept, "&")
}

// hasBlank tells whether a parameter has no value, which a search would ignore.
func hasBlank(query string) bool {
	for parameter := range strings.SplitSeq(query, "&") {
		if _, value, _ := strings.Cut(parameter, "="); value == "" {
			return true
		}
	}
	return false
}

// conditionGuard is the guard of the identifier that a condition names with its system, else one of the condition's own.
func conditionGuard(resourceType, query string) store.InternalKey {
	query = conditionOf(query)
	if parameters, err := url.ParseQuery(query); err == nil && len(parameters["identifier"]) == 1 {
		value := parameters.Get("identifier")
		parts := strings.Split(value, "|")
		if len(parts) == 2 && parts[1] != "" && !strings.ContainsAny(value, `\,`) {
			return guardKey(resourceType, identifier{parts[0], parts[1]})
		}
	}
	sum := sha256.Sum256([]byte(query))
	return store.InternalKey{Space: store.SpaceGuard, ID: "if/" + resourceType + "/" + base64.RawURLEncoding.EncodeToString(sum[:18])}
}

func conditionLock(resourceType, query string) string {
	return "if/" + resourceType + "?" + conditionOf(query)
}
