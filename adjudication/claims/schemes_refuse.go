package claims

import (
	"context"
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
func (s *Schemes) refuse(ctx context.Context, key store.Key, doc *codec.Document) error {
	if s.Loaded() == nil {
		if _, err := s.Latest(ctx); err != nil {
			return err
		}
	}
	beside := s.beside(key)
	_, before := scheme.Compile(beside)
	_, after := scheme.Compile(append(beside, doc))
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
		return nil
	}
	return outcome.Of(http.StatusUnprocessableEntity, found)
}

// beside are the loaded documents that a document is judged beside: the organisations, and for a plan the other plans.
func (s *Schemes) beside(key store.Key) []*codec.Document {
	s.mu.Lock()
	defer s.mu.Unlock()
	types := []string{"Organization"}
	if key.Type == "InsurancePlan" {
		types = append(types, key.Type)
	}
	var docs []*codec.Document
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
	return docs
}
