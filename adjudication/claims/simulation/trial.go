package simulation

import (
	"slices"

	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/rules"
	"claimwright/adjudication/engine/scheme"
)

// trial is a scheme of then and the same with the rules changed.
type trial struct {
	base, changed *scheme.Scheme
	// replaces tells that a rule which was there acts otherwise or no more: that none of the rules fired on a claim does not
	// prove then that nothing changed.
	replaces bool
	// forgets tells that a rule looks back for services that were not remembered as far back.
	forgets bool
}

// candidates are the rules of a request as they are tried.
func candidates(of []*rules.Rule) []*rules.Rule {
	tried := make([]*rules.Rule, len(of))
	for i, r := range of {
		next := *r
		next.Shadow, next.Valid = false, day.Period{}
		tried[i] = &next
	}
	return tried
}

func newTrial(base *scheme.Scheme, r *Request) *trial {
	t := &trial{base: base}
	tried := candidates(r.Rules)
	next := tried
	for _, rule := range base.Rules().Rules() {
		switch {
		case slices.Contains(r.Without, rule.Key), slices.ContainsFunc(tried, func(c *rules.Rule) bool { return c.Key == rule.Key }):
			t.replaces = true
		case rule.Shadow && slices.Contains(r.Enforce, rule.Key):
			enforced := *rule
			enforced.Shadow = false
			next = append(next, &enforced)
			t.replaces = true
		default:
			next = append(next, rule)
		}
	}
	for _, rule := range tried {
		for i := range rule.Rows {
			for _, ask := range rule.Rows[i].Asks() {
				t.forgets = t.forgets || !base.Remembers(ask)
			}
		}
	}
	t.changed = base.WithRules(rules.NewSet(next))
	return t
}
