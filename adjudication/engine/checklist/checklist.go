package checklist

import (
	"slices"

	"claimwright/adjudication/engine"
	"claimwright/adjudication/engine/rules"
	"claimwright/adjudication/engine/scheme"
)

// Entry is a fixed check or a rule.
type Entry struct {
	// Check is the check; NotDenied for a rule.
	Check engine.Denial
	// Setting is how the check is set, and SetBy by whom; nil for a check that cannot be set.
	Setting *scheme.CheckSetting
	SetBy   SetBy
	// Rule is the rule; nil for a check.
	Rule *rules.Rule
}

// SetBy is where a check's setting comes from.
type SetBy string

// Where settings come from.
const (
	ByDefault SetBy = "default"
	ByInsurer SetBy = "insurer"
	ByPlan    SetBy = "plan"
)

// Of is the list for lines of an insurer that are decided on a plan, or, where plan is nil, for what can be said without
// one. Rules stand where they are asked: those that act before a line is valued among the checks, the others at the end.
func Of(sch *scheme.Scheme, insurer *scheme.Insurer, plan *scheme.Plan) []Entry {
	practice := &insurer.Practice
	if plan != nil {
		practice = &plan.Practice
	}
	var list []Entry
	for _, check := range engine.CheckOrder(practice, false) {
		if check == engine.ByRule {
			list = append(list, rulesOf(sch, insurer, plan, true)...)
			continue
		}
		list = append(list, checkOf(check, insurer, plan))
	}
	return append(list, rulesOf(sch, insurer, plan, false)...)
}

func checkOf(check engine.Denial, insurer *scheme.Insurer, plan *scheme.Plan) Entry {
	e := Entry{Check: check}
	c := scheme.Check(check)
	if c.Code() == "" {
		return e
	}
	byDefault := c.Default()
	e.Setting, e.SetBy = &insurer.Checks[c], ByInsurer
	if plan != nil && plan.Checks[c] != insurer.Checks[c] {
		e.Setting, e.SetBy = &plan.Checks[c], ByPlan
	}
	if *e.Setting == byDefault {
		e.SetBy = ByDefault
	}
	return e
}

// rulesOf are the rules whose scope does not rule out the insurer and the plan.
func rulesOf(sch *scheme.Scheme, insurer *scheme.Insurer, plan *scheme.Plan, early bool) []Entry {
	var list []Entry
	for _, r := range sch.Rules().Rules() {
		if r.Early() != early || !within(r.Scope.Insurers, insurer.Key) || plan != nil && !within(r.Scope.Plans, plan.Code) {
			continue
		}
		list = append(list, Entry{Rule: r})
	}
	return list
}

func within(scope []string, is string) bool { return len(scope) == 0 || slices.Contains(scope, is) }
