package claims

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"claimwright/adjudication/engine/scheme"
	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
	"claimwright/store"
)

// refuse tells why a document cannot be a part of the scheme: what the compiler cannot understand, and a plan whose period
// overlaps with that of another version. nil when nothing is wrong, and when what it belongs to, such as its insurer, is not
// there yet: that may still come, in the same transaction even. It judges by the scheme as last loaded, so two plans that are
// written at the same moment can still overlap; the compiler then leaves one out and says so in the log.
func (s *Schemes) refuse(ctx context.Context, in searcher, key store.Key, doc *codec.Document) error {
	if s.Loaded() == nil {
		if _, err := s.Latest(ctx); err != nil {
			return err
		}
	}
	beside, err := s.beside(ctx, in, key, doc)
	if err != nil {
		return err
	}
	_, before := scheme.Compile(beside)
	_, written, after := scheme.CompileWithRules(append(beside, doc))
	source := doc.Type() + "/" + doc.ID() + ": "
	var found []outcome.Issue
	for _, i := range after {
		if i.Severity != outcome.Failure || slices.Contains(before, i) {
			continue
		}
		path, own := strings.CutPrefix(i.Expression, source)
		switch {
		case own && i.Code == outcome.NotFound:
			return nil
		case own:
			i.Expression = path
		default: // of two that overlap, the compiler blames either
			i.Expression = doc.Type()
		}
		found = append(found, i)
	}
	if len(found) == 0 {
		found = testRule(ctx, written, doc)
	}
	if len(found) == 0 {
		return nil
	}
	return outcome.Of(http.StatusUnprocessableEntity, found)
}

// beside are the documents that a document is judged beside: the organisations with the lists that they name, for a plan or
// a list the plans as well, for a list the rules, and the lists that the document is the first to name.
func (s *Schemes) beside(ctx context.Context, in searcher, key store.Key, doc *codec.Document) ([]*codec.Document, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	types := []string{"Organization", "ValueSet", "CodeSystem"}
	if key.Type == "InsurancePlan" || isTerminology(key.Type) {
		types = append(types, "InsurancePlan")
	}
	switch {
	case isTerminology(key.Type):
		types = append(types, "PlanDefinition")
	case key.Type == "MeasureReport":
		types = append(types, key.Type)
	}
	docs, err := s.listsFirstNamed(ctx, in, doc)
	if err != nil {
		return nil, err
	}
	for _, typ := range types {
		shelf := s.loaded[typ]
		if shelf == nil {
			continue
		}
		for other, held := range shelf.docs {
			if other != key {
				docs = append(docs, held.doc)
			}
		}
	}
	return docs, nil
}

// listsFirstNamed reads the lists that a document names and no loaded document does, those of the same transaction before it
// included. It needs mu.
func (s *Schemes) listsFirstNamed(ctx context.Context, in searcher, doc *codec.Document) (docs []*codec.Document, err error) {
	if doc.Type() != "Organization" && doc.Type() != "InsurancePlan" && doc.Type() != "PlanDefinition" {
		return nil, nil
	}
	known := s.loaded.listsNamed()
	var first []string
	for _, one := range listURLs(doc) {
		if _, found := slices.BinarySearch(known, one); !found && !slices.Contains(first, one) {
			first = append(first, one)
		}
	}
	for _, typ := range []string{"ValueSet", "CodeSystem"} {
		err = errors.Join(err, eachNamed(ctx, in, typ, first, func(r *store.Record) error {
			list, issues := codec.Parse(r.Body, trusted)
			if len(issues) == 0 {
				docs = append(docs, list)
			}
			return nil
		}))
	}
	return docs, err
}
