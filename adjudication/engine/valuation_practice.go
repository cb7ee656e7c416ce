package engine

import "claimwright/adjudication/engine/money"

// The cuts that only some practices make. A price above the billed one is a negative price reduction, which the provider
// bears: so the sums hold, and nobody who reads them is told that more was billed than was.

// paysList tells whether a price above the billed one is paid: by the practice, but never to a member, who has paid what
// was billed.
func (d *decider) paysList(l *Line) bool { return l.Plan.Practice.PaysList && !d.Claim.Reimburses }

// payList pays the list price although less was billed.
func (d *decider) payList(l *Line, work, agreed money.Decimal) money.Decimal {
	l.Unit, l.HasUnit = l.Price.Unit, true
	return d.lift(l, l.Price.List.Key, work, agreed)
}

// lift raises an amount to what was agreed.
func (d *decider) lift(l *Line, rule string, work, agreed money.Decimal) money.Decimal {
	d.note(l, noteKey{kind: noteLifted})
	return d.cut(l, PriceReduction, ByProvider, rule, work, agreed)
}

// wholeUnitsRule names, in cuts, that amounts are in whole units of the currency.
const wholeUnitsRule = "whole-units"

// cutFraction cuts the amount to whole units of the currency.
func (d *decider) cutFraction(l *Line, work money.Decimal) money.Decimal {
	if !l.Plan.Practice.WholeUnits {
		return work
	}
	whole := work.Whole().Round(d.out.Digits)
	if whole.Less(work) {
		d.note(l, noteKey{kind: noteFraction})
	}
	return d.cut(l, PriceReduction, ByProvider, wholeUnitsRule, work, whole)
}
