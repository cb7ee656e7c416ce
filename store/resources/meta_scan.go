package resources

import (
	"context"
	"fmt"
	"net/http"

	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
	"claimwright/fhir/search"
	"claimwright/store"
)

// The bounds of MetaInUse: how many resources are looked at, and how many members are told.
const (
	mostMetaScanned = 10_000
	mostMetaMembers = 5_000
)

// MetaInUse are all profiles, security labels and tags of the resources of some types that the principal may see. It looks
// at each resource that has any, 10,000 at most; more are refused with 422 as too costly.
func (r *Reads) MetaInUse(ctx context.Context, p Principal, types ...string) (MetaSets, error) {
	scan := metaScan{reads: r, principal: p}
	for _, resourceType := range types {
		if err := scan.of(ctx, resourceType); err != nil {
			return MetaSets{}, err
		}
	}
	return scan.found, nil
}

type metaScan struct {
	reads     *Reads
	principal Principal
	scanned   int
	found     MetaSets
}

func (s *metaScan) of(ctx context.Context, resourceType string) error {
	after, query := store.Position(""), withMeta(resourceType)
	for {
		page, err := s.reads.reader.Search(ctx, s.principal.Access, query, after)
		if err != nil {
			return fmt.Errorf("look at the meta of %s: %w", resourceType, readFault(err))
		}
		for _, record := range page.Records {
			doc, err := parseStored(record.Key, record.Body)
			if err != nil {
				return err
			}
			s.add(doc)
		}
		s.scanned += len(page.Records)
		if page.Next == "" {
			return nil
		}
		if s.scanned >= mostMetaScanned || s.found.Len() > mostMetaMembers {
			refused := outcome.New(http.StatusUnprocessableEntity, outcome.TooCostly, "", "there are too many resources to collect what their meta say")
			refused.Issues[0].Found = fmt.Sprintf("more than %d", s.scanned)
			refused.Issues[0].Expected = fmt.Sprintf("at most %d; ask for a type or a resource", mostMetaScanned)
			return refused
		}
		after = page.Next
	}
}

// withMeta finds the resources of a type that have a profile, a security label or a tag, by the index.
func withMeta(resourceType string) *search.Query {
	q := &search.Query{Type: resourceType, Count: portion}
	var has search.Clause
	for _, name := range [...]string{"_profile", "_security", "_tag"} {
		one, _, err := search.Parse(resourceType, name+":missing=false", search.Options{Strict: true})
		if err != nil || len(one.Where) != 1 || one.Where[0].Not { // not indexed as such: look at all
			return q
		}
		has.AnyOf = append(has.AnyOf, one.Where[0].AnyOf...)
	}
	q.Where = []search.Clause{has}
	return q
}

// add adds what a resource has; most have nothing new.
func (s *metaScan) add(doc *codec.Document) {
	if has := MetaSetsOf(doc.Root().Get(nMeta)); has.Len() > 0 {
		s.found = s.found.With(has)
	}
}
