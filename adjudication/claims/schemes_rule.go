package claims

import (
	"context"
	"net/http"

	"claimwright/adjudication/engine/rules"
	"claimwright/adjudication/engine/scheme"
	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
	"claimwright/store"
)

// Rule compiles a rule with the lists and organisations of now, whether it is in use or not; nothing is kept of it. What is
// wrong with the rule is an *outcome.Error.
func (s *Schemes) Rule(ctx context.Context, doc *codec.Document) (*rules.Rule, error) {
	if !rules.Is(doc) {
		refused := outcome.New(http.StatusUnprocessableEntity, outcome.BusinessRule, doc.Type(), "The resource is no rule")
		refused.Issues[0].Expected = "a PlanDefinition of type eca-rule"
		return nil, refused
	}
	if _, err := s.Latest(ctx); err != nil {
		return nil, err
	}
	beside, err := s.beside(ctx, s.store, store.Key{Type: "PlanDefinition", ID: doc.ID()}, doc)
	if err != nil {
		return nil, err
	}
	rule, issues := scheme.CompileRule(beside, doc)
	if rule == nil {
		return nil, outcome.Of(http.StatusUnprocessableEntity, issues)
	}
	return rule, nil
}
