package engine

import (
	"claimwright/adjudication/engine/money"
	"claimwright/adjudication/engine/scheme"
)

// cutting are the cuts of an accepted line, in the order in which they are made. Each takes what is left of the line's
// amount and returns what is left after it; all amounts are rounded, so every cut is round(before) - round(after).
var cutting = []func(*decider, *Line, money.Decimal) money.Decimal{
	(*decider).cutReviewed,
	(*decider).cutUnauthorized,
	(*decider).cutRuledQuantity,
	(*decider).cutQuantity,
	(*decider).cutPrice,
	(*decider).cutRuledPrice,
	(*decider).cutFraction,
	(*decider).cutFixedLimit,
	(*decider).cutDeductibles,
	(*decider).cutCoPayment,
	(*decider).cutOthers, // before the ceilings, which are used only for what is really paid
	(*decider).cutUnauthorizedAmount,
	(*decider).cutCategoryCeiling,
	(*decider).cutCeilings,
}

// value values a line: a denied one is disallowed whole, an accepted one goes through the cuts.
func (d *decider) value(l *Line) {
	l.Submitted = d.submitted(l)
	left := l.Submitted
	if l.Denial != NotDenied {
		l.Review = NoReview
		l.Disallowed = money.New(0, d.out.Digits)
		left = d.cut(l, Disallowed, l.Denial.Bearer(), l.Denial.Code(), left, l.Disallowed)
		d.noteDenial(l)
	} else {
		for _, cut := range cutting {
			left = cut(d, l, left)
		}
		l.Pending = l.Benefit.Origin == scheme.Relative && left.Sign() > 0
	}
	l.Paid = left
	l.Eligible = l.Submitted.Sub(l.Disallowed).Sub(l.PriceReduction)
	if l.Service != nil && l.Service.HasTax {
		l.Tax = d.taxIn(l)
	}
}

// submitted is the billed amount: the net, or the product of its parts; a line without a price is billed at the listed
// one.
func (d *decider) submitted(l *Line) money.Decimal {
	i := l.Item
	switch {
	case i.HasNet:
		return i.Net.Round(d.out.Digits)
	case i.HasUnit:
		return money.Product(d.out.Digits, i.Quantity, i.Unit, i.Factor)
	case l.Listed:
		return i.Quantity.Times(l.Price.Unit, d.out.Digits)
	}
	return money.New(0, d.out.Digits)
}

// cut books the way from before to after; nothing is booked when nothing is cut.
func (d *decider) cut(l *Line, kind CutKind, bearer Bearer, rule string, before, after money.Decimal) money.Decimal {
	if amount := before.Sub(after); !amount.IsZero() {
		c := Cut{Kind: kind, Bearer: d.bearer(bearer), Rule: rule, Amount: amount, Before: before, After: after}
		l.book(&c)
		d.cuts = append(d.cuts, c)
	}
	return after
}

// cutQuantity disallows the units above the plan's maximum.
func (d *decider) cutQuantity(l *Line, work money.Decimal) money.Decimal {
	asked := l.ruledUnits()
	if l.Quantity.Equal(asked) {
		return work
	}
	d.note(l, noteKey{kind: noteQuantity, line: l.Item})
	return d.cut(l, Disallowed, ByMember, l.Benefit.ID, work, d.granted(l, work, asked, l.Quantity))
}

// granted is the amount of some of the units that an amount is for: at the unit price that the amount was made of, or in
// proportion where only a sum was billed. A whole is billed at the sum of its parts, which its unit price need not
// explain.
func (d *decider) granted(l *Line, work, of, units money.Decimal) money.Decimal {
	i := l.Item
	switch {
	case i.HasUnit && money.Product(d.out.Digits, of, i.Unit, i.Factor).Equal(work):
		return money.Product(d.out.Digits, units, i.Unit, i.Factor)
	case !i.HasUnit && !i.HasNet:
		return units.Times(l.Price.Unit, d.out.Digits)
	case of.IsZero():
		return work
	}
	return money.Share(d.out.Digits, work, units, of)
}

// cutPrice reduces to the list price, where there is one and it is less than billed. The billed unit price is the one with
// its factor, so that no factor can lift a price above what was agreed.
func (d *decider) cutPrice(l *Line, work money.Decimal) money.Decimal {
	if l.Reviewed != nil && l.Reviewed.HasUnit && !l.Plan.Practice.ListOverReview {
		return d.cutReviewedPrice(l, work)
	}
	billed := l.Item.HasUnit || l.Item.HasNet
	unit, rule, own := d.agreedUnit(l)
	agreed := l.Quantity.Times(unit, d.out.Digits)
	if d.paysList(l) && l.Listed && l.Benefit.Origin != scheme.FromProvider && work.Less(agreed) {
		return d.payList(l, work, agreed)
	}
	if l.Item.Override != "" && !own && agreed.Less(work) {
		unit, own = d.overridden(l, unit)
		agreed = l.Quantity.Times(unit, d.out.Digits)
	}
	if billed && (own || !agreed.Less(work)) {
		l.Unit, l.HasUnit = l.Item.billedUnit()
		return work
	}
	l.Unit, l.HasUnit = unit, true
	if !agreed.Less(work) {
		return work
	}
	d.note(l, noteKey{kind: notePrice})
	return d.cut(l, PriceReduction, ByProvider, rule, work, agreed)
}

// agreedUnit is the most that one unit may cost, and where that is said; own tells that the provider's price has no bound.
// That of a capped package is bound by the register.
func (d *decider) agreedUnit(l *Line) (unit money.Decimal, rule string, own bool) {
	own = l.Benefit.Origin == scheme.FromProvider || !l.Listed
	if own && l.Service.Package == scheme.CappedPackage {
		own = false
		if l.Service.BaseCurrency == d.out.Currency {
			return d.modified(l, l.Service.Base), l.Service.Key, false
		}
	}
	return l.Price.Unit, l.Price.List.Key, own
}

// cutFixedLimit caps at the benefit's amount per unit; what is above is the member's.
func (d *decider) cutFixedLimit(l *Line, work money.Decimal) money.Decimal {
	b := l.Benefit
	if !b.Fixed || b.Amount.IsZero() && l.Plan.Practice.ZeroFixed == scheme.ZeroIsUnlimited {
		return work
	}
	most := l.Quantity.Times(b.Amount, d.out.Digits)
	if !most.Less(work) {
		return work
	}
	d.note(l, noteKey{kind: noteFixed, rule: b.ID, amount: b.Amount})
	return d.cut(l, OverFixedLimit, ByMember, b.ID, work, most)
}

// cutCoPayment leaves the percentage covered: the plan's, or the one that was agreed for the cover.
func (d *decider) cutCoPayment(l *Line, work money.Decimal) money.Decimal {
	if l.Benefit.Fixed {
		return work
	}
	rule := l.Benefit.ID
	l.Percent, l.HasPercent = l.Benefit.Percent, true
	if l.Percent.IsZero() && l.Plan.Practice.ZeroPercentIsAll {
		l.Percent = money.Whole(100)
	}
	if l.Cover.HasMemberPays {
		l.Percent, rule = money.Whole(100).Sub(l.Cover.MemberPays), "Coverage/"+l.Cover.ID
	}
	covered := work.Percent(l.Percent, d.out.Digits)
	if covered.Less(work) {
		d.note(l, noteKey{kind: notePercent, amount: l.Percent})
	}
	return d.cut(l, CoPayment, ByMember, rule, work, covered)
}

// cutCategoryCeiling caps what the plan pays for one claim of this category, over all its lines, or for all such claims of
// a member, policy, family or event.
func (d *decider) cutCategoryCeiling(l *Line, work money.Decimal) money.Decimal {
	limit := &l.Plan.Categories[d.category]
	if !limit.HasAmount {
		return work
	}
	place := len(l.Plan.Limits) + categoryAmountPlace
	m := d.sure(l, d.planMeter(l, place, limit.AmountScope, categoryLimit(d.category), limit.AmountOver))
	after := money.Min(work, m.left(limit.Amount))
	over := after.Less(work)
	d.traceAmount(m, CategoryAmountCheck, limit.Amount, after, over)
	if over {
		d.note(l, noteKey{kind: noteCategory, scope: limit.AmountScope, rule: m.limit, amount: limit.Amount})
	}
	return d.cut(l, OverCategory, ByMember, m.limit, work, after)
}
