package resources

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"claimwright/fhir/outcome"
	"claimwright/fhir/search"
	"claimwright/store"
)

// A condition is a query that must find exactly one resource, or none: If-None-Exist, and the conditional references of
// transactions (R4 http.html#ccreate and #trules).

// ifNoneExist judges a conditional create: nil when nothing matches and the caller may create, the match when there is
// one. Its guard, read before the search and written with the create, closes the race with whoever creates under the same
// condition, and with any writer of the identifier that the condition names. Where it names none, only the same
// condition guards.
func (u *Unit) ifNoneExist(ctx context.Context, resourceType, query string) (*Stored, error) {
	q, err := u.run.service.parseCondition(resourceType, query)
	if err != nil {
		return nil, err
	}
	guarded, err := u.Internal(ctx, conditionGuard(resourceType, query))
	if err != nil {
		return nil, err
	}
	match, err := theMatch(ctx, u, u.run.principal.Access, q)
	if err != nil {
		return nil, err
	}
	if match == nil {
		if len(guarded.Data) == 0 {
			guarded.Data = (&guard{}).encode()
		}
		u.PutInternal(guarded.Key, guarded.Version, guarded.Data)
		return nil, nil
	}
	doc, err := parseStored(match.Key, match.Body)
	if err != nil {
		return nil, err
	}
	return &Stored{Key: match.Key, Version: match.Version, Updated: match.Updated, Doc: doc, Unchanged: true}, nil
}

// theMatch is the one resource that a condition finds, nil when it finds none; several are refused with 412.
func theMatch(ctx context.Context, r store.Reader, a store.Access, q *search.Query) (*store.Record, error) {
	q, err := (&Reads{reader: r}).resolve(ctx, a, q)
	if err != nil {
		return nil, err
	}
	page, err := r.Search(ctx, a, q, "")
	if err != nil {
		return nil, fmt.Errorf("search %s for a condition: %w", q.Type, storeFault(err))
	}
	switch len(page.Records) {
	case 0:
		return nil, nil
	case 1:
		return page.Records[0], nil
	}
	return nil, outcome.New(http.StatusPreconditionFailed, outcome.MultipleMatches, "", "several resources of type %s match the condition", q.Type)
}

// parseCondition reads the query of a condition. Other than in a search, a parameter that would be ignored is refused:
// without it the condition would mean something else.
func (s *Service) parseCondition(resourceType, query string) (*search.Query, error) {
	options := s.SearchOptions()
	options.Strict = true
	q, ignored, err := search.Parse(resourceType, query, options)
	if err != nil {
		return nil, err
	}
	if len(ignored) > 0 || len(q.Where) == 0 {
		return nil, outcome.New(http.StatusBadRequest, outcome.Value, "", "a condition needs search parameters of %s that are supported, and nothing else", resourceType)
	}
	q.Count, q.CountOnly, q.Sort = 2, false, nil
	return q, nil
}

// conditionGuard is the guard of the identifier that a condition names with its system, else one of the condition's own.
func conditionGuard(resourceType, query string) store.InternalKey {
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

func conditionLock(resourceType, query string) string { return "if/" + resourceType + "?" + query }
