package engine

import (
	"claimwright/adjudication/engine/money"
	"claimwright/adjudication/engine/scheme"
)

// deductibles takes off what remains of the deductibles that concern the line; the smallest remainder counts.
func (v *valuation) deductibles(work money.Decimal) money.Decimal {
	remainder, id := v.smallest(scheme.Deductible)
	if id == "" {
		return work
	}
	deducted := money.Min(work, remainder)
	v.use(scheme.Deductible, id, deducted, !deducted.IsZero())
	if !deducted.IsZero() {
		v.note(v.line, noteKey{kind: noteDeductible, rule: id})
	}
	return v.cut(Deducted, ByMember, id, work, work.Sub(deducted))
}

// ceilings cuts to what remains of the ceilings that concern the line; the smallest remainder counts. A benefit that the
// ceilings do not count neither is cut by them nor uses them.
func (v *valuation) ceilings(work money.Decimal) money.Decimal {
	if v.line.Benefit.Unlimited.In(v.line.Where) {
		return work
	}
	remainder, id := v.smallest(scheme.Ceiling)
	if id == "" {
		return work
	}
	after := money.Min(work, remainder)
	over := after.Less(work)
	v.use(scheme.Ceiling, id, after, over)
	if over {
		v.note(v.line, noteKey{kind: noteCeiling, rule: id})
	}
	return v.cut(OverCeiling, ByMember, id, work, after)
}

// smallest is the smallest remainder among the limits of a kind that concern the line, and that limit's id; the id is
// empty when there is no such limit.
func (v *valuation) smallest(kind scheme.LimitKind) (remainder money.Decimal, id string) {
	for i := range v.line.Plan.Limits {
		l := &v.line.Plan.Limits[i]
		if l.Kind != kind || !l.Concerns(v.line.Where) {
			continue
		}
		left := v.meterOf(l).left(v.allowed(l))
		if id == "" || left.Less(remainder) {
			remainder, id = left, l.ID
		}
	}
	return remainder, id
}

// use adds an amount to all limits of a kind that concern the line, the one that bound it being marked.
func (v *valuation) use(kind scheme.LimitKind, bound string, amount money.Decimal, cut bool) {
	traced := CeilingCheck
	if kind == scheme.Deductible {
		traced = DeductibleCheck
	}
	for i := range v.line.Plan.Limits {
		l := &v.line.Plan.Limits[i]
		if l.Kind == kind && l.Concerns(v.line.Where) {
			c := v.meterOf(l).add(traced, l.Scope, v.allowed(l), amount, cut && l.ID == bound)
			v.checks = append(v.checks, c)
		}
	}
}

func (v *valuation) meterOf(l *scheme.Limit) *meter {
	return v.limitMeter(ownerOf(l.Scope), v.line, l.ID, l.Period)
}

// allowed is the limit's amount, for a policy's ceiling by the number of its members on the target date.
func (v *valuation) allowed(l *scheme.Limit) money.Decimal {
	if l.Family == nil {
		return l.Amount
	}
	return l.Allowed(v.line.Policy.MembersAt(v.line.Target))
}

func ownerOf(scope scheme.Scope) owner {
	switch scope {
	case scheme.PerMember:
		return memberOwns
	case scheme.PerPolicy:
		return policyOwns
	}
	return claimOwns
}
