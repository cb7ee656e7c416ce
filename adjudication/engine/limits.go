package engine

import (
	"claimwright/adjudication/engine/money"
	"claimwright/adjudication/engine/scheme"
)

// cutDeductibles takes off what remains of the deductibles that concern the line; the smallest remainder counts.
func (d *decider) cutDeductibles(l *Line, work money.Decimal) money.Decimal {
	remainder, id := d.smallest(l, scheme.Deductible)
	if id == "" {
		return work
	}
	deducted := money.Min(work, remainder)
	if l.Plan.Practice.SwallowedPaid && deducted.Equal(work) && !work.IsZero() {
		d.use(l, scheme.Deductible, id, deducted, false)
		d.note(l, noteKey{kind: noteSwallowed, rule: id})
		return work
	}
	d.use(l, scheme.Deductible, id, deducted, !deducted.IsZero())
	if !deducted.IsZero() {
		d.note(l, noteKey{kind: noteDeductible, rule: id})
	}
	return d.cut(l, Deducted, ByMember, id, work, work.Sub(deducted))
}

// cutCeilings cuts to what remains of the ceilings that concern the line; the smallest remainder counts. A benefit that the
// ceilings do not count neither is cut by them nor uses them.
func (d *decider) cutCeilings(l *Line, work money.Decimal) money.Decimal {
	if d.exclusion(l).In(l.Where) {
		return work
	}
	remainder, id := d.smallest(l, scheme.Ceiling)
	if id == "" {
		return work
	}
	after := money.Min(work, remainder)
	over := after.Less(work)
	d.use(l, scheme.Ceiling, id, after, over)
	if over {
		d.note(l, noteKey{kind: noteCeiling, rule: id})
	}
	return d.cut(l, OverCeiling, ByMember, id, work, after)
}

// smallest is the smallest remainder among the limits of a kind that concern the line, and that limit's id; the id is
// empty when there is no such limit.
func (d *decider) smallest(l *Line, kind scheme.LimitKind) (remainder money.Decimal, id string) {
	for _, place := range l.Plan.Applying(kind, l.Where) {
		limit := &l.Plan.Limits[place]
		left := d.meterOf(l, limit, place).left(l.allowed(limit))
		if id == "" || left.Less(remainder) {
			remainder, id = left, limit.ID
		}
	}
	return remainder, id
}

// use adds an amount to all limits of a kind that concern the line; the one that bound it is marked.
func (d *decider) use(l *Line, kind scheme.LimitKind, bound string, amount money.Decimal, cut bool) {
	traced := CeilingCheck
	if kind == scheme.Deductible {
		traced = DeductibleCheck
	}
	for _, place := range l.Plan.Applying(kind, l.Where) {
		limit := &l.Plan.Limits[place]
		d.traceAmount(d.meterOf(l, limit, place), traced, l.allowed(limit), amount, cut && limit.ID == bound)
	}
}

// exclusion says where the ceilings do not count what the line's benefit pays.
func (d *decider) exclusion(l *Line) scheme.CeilingExclusion {
	if l.Age == scheme.Child && l.Plan.Practice.AdultExclusions {
		if b := l.Plan.Benefit(l.Service, d.Claim.Visit, scheme.Adult); b != nil {
			return b.Unlimited
		}
	}
	return l.Benefit.Unlimited
}

// traceAmount adds an amount to a meter and keeps the trace, in the currency's digits even where nothing was used before.
func (d *decider) traceAmount(m *meter, kind CheckKind, allowed, added money.Decimal, binding bool) {
	c := d.trace(m, kind, allowed, added, binding)
	c.Before, c.After = c.Before.Round(d.out.Digits), c.After.Round(d.out.Digits)
}

// meterOf is the meter of the plan's limit at a place.
func (d *decider) meterOf(l *Line, limit *scheme.Limit, place int) *meter {
	return d.sure(l, d.planMeter(l, place, limit.Scope, limit.ID, limit.Reckoning))
}

// allowed is a limit's amount, for the ceiling of a policy or a family by the number of its members on the target date.
func (l *Line) allowed(limit *scheme.Limit) money.Decimal {
	if limit.Family == nil {
		return limit.Amount
	}
	return limit.Allowed(l.head(limit.Scope).MembersAt(l.Target))
}
