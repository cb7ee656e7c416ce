package simulation

import (
	"fmt"
	"net/http"
	"slices"

	"claimwright/adjudication/engine"
	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/rules"
	"claimwright/fhir/outcome"
)

// Request is what is asked.
type Request struct {
	// Rules are tried as if they were in use, enforced and without a period of their own, each in the place of the rule with
	// the same key.
	Rules []*rules.Rule
	// Without are keys ("PlanDefinition/x") of rules that are left out.
	Without []string
	// Enforce are keys of rules that only recorded then, and are enforced here as they were then.
	Enforce []string
	// Since and Until bound the days on which claims were decided, both included; 0 is no bound. With ByService they bound the
	// dates of service, of which one must lie within.
	Since, Until day.Date
	ByService    bool
	// Insurer and Facility are keys ("Organization/x"), Plan is a plan's code; empty is any.
	Insurer, Facility, Plan string
	// Use is which claims are decided again; empty is UseClaim.
	Use engine.Use
	// Most bounds the responses that are looked at; 0 is no bound.
	Most int64
	// Recorded, when not empty, looks only at responses in whose bytes all of these texts stand.
	Recorded []string
}

// prepare gives rules without an id one, and refuses rules that could not be told apart.
func (r *Request) prepare() error {
	seen := map[string]bool{}
	r.Rules = slices.Clone(r.Rules)
	for i, rule := range r.Rules {
		if rule.Key == "PlanDefinition/" {
			named := *rule
			named.Key = fmt.Sprintf("PlanDefinition/rule-to-try-%d", i+1)
			r.Rules[i], rule = &named, &named
		}
		if seen[rule.Key] {
			return outcome.New(http.StatusUnprocessableEntity, outcome.Duplicate, "PlanDefinition.id",
				"Two rules to try are both %s; give each an id of its own.", rule.Key)
		}
		seen[rule.Key] = true
	}
	return nil
}

// changed are the keys of the rules whose firing tells whether a decision can have changed.
func (r *Request) changed() map[string]bool {
	keys := map[string]bool{}
	for _, rule := range r.Rules {
		keys[rule.Key] = true
	}
	for _, key := range append(r.Without, r.Enforce...) {
		keys[key] = true
	}
	return keys
}
