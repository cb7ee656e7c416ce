package engine

import (
	"claimwright/adjudication/engine/money"
	"claimwright/adjudication/engine/scheme"
)

// cutting are the cuts of an accepted line, in the order in which they are made. Each takes what is left of the line's
// amount and returns what is left after it; all amounts are rounded, so every cut is round(before) - round(after).
var cutting = []func(*valuation, money.Decimal) money.Decimal{
	(*valuation).quantity,
	(*valuation).price,
	(*valuation).fixedLimit,
	(*valuation).deductibles,
	(*valuation).coPayment,
	(*valuation).categoryCeiling,
	(*valuation).ceilings,
}

// valuation is the valuation of one line.
type valuation struct {
	*decider
	line *Line
}

// value values a line: a denied one is disallowed whole, an accepted one goes through the cuts.
func (d *decider) value(l *Line) {
	v := valuation{decider: d, line: l}
	l.Submitted = v.submitted()
	left := l.Submitted
	if l.Denial != NotDenied {
		left = v.cut(Disallowed, l.Denial.Bearer(), l.Denial.Code(), left, money.New(0, d.out.Digits))
		d.note(l, noteKey{kind: noteDenied, denial: l.Denial})
	} else {
		for _, cut := range cutting {
			left = cut(&v, left)
		}
		l.Pending = l.Benefit.Origin == scheme.Relative && left.Sign() > 0
	}
	l.Paid = left
	l.Eligible = l.Submitted.Sub(l.Disallowed).Sub(l.PriceReduction)
}

// submitted is the billed amount: the net, or the product of its parts; a line without a price is billed at the listed
// one.
func (v *valuation) submitted() money.Decimal {
	i := v.line.Item
	switch {
	case i.HasNet:
		return i.Net.Round(v.out.Digits)
	case i.HasUnit:
		return money.Product(v.out.Digits, i.Quantity, i.Unit, i.Factor)
	case v.line.Listed:
		return money.Product(v.out.Digits, i.Quantity, v.line.Price.Unit, money.Whole(1))
	}
	return money.New(0, v.out.Digits)
}

// cut books the way from before to after; nothing is booked when nothing is cut.
func (v *valuation) cut(kind CutKind, bearer Bearer, rule string, before, after money.Decimal) money.Decimal {
	if amount := before.Sub(after); !amount.IsZero() {
		c := Cut{Kind: kind, Bearer: bearer, Rule: rule, Amount: amount, Before: before, After: after}
		v.line.book(&c)
		v.cuts = append(v.cuts, c)
	}
	return after
}

// quantity disallows the units above the plan's maximum.
func (v *valuation) quantity(work money.Decimal) money.Decimal {
	i, l := v.line.Item, v.line
	if l.Quantity.Equal(l.Billed) {
		return work
	}
	after := money.Share(v.out.Digits, work, l.Quantity, l.Billed)
	if i.HasUnit {
		after = money.Product(v.out.Digits, l.Quantity, i.Unit, i.Factor)
	}
	v.note(l, noteKey{kind: noteQuantity, line: i.Sequence})
	return v.cut(Disallowed, ByMember, l.Benefit.ID, work, after)
}

// price reduces to the list price where that is less than billed. The billed unit price is the one with its factor, so
// that no factor can lift a price above what was agreed.
func (v *valuation) price(work money.Decimal) money.Decimal {
	l := v.line
	l.Unit, l.HasUnit = l.Price.Unit, true
	if l.Benefit.Origin == scheme.FromProvider && (l.Item.HasUnit || l.Item.HasNet) {
		l.Unit, l.HasUnit = l.Item.billedUnit()
		return work
	}
	agreed := money.Product(v.out.Digits, l.Quantity, l.Price.Unit, money.Whole(1))
	if !agreed.Less(work) {
		if l.Item.HasUnit || l.Item.HasNet {
			l.Unit, l.HasUnit = l.Item.billedUnit()
		}
		return work
	}
	v.note(l, noteKey{kind: notePrice})
	return v.cut(PriceReduction, ByProvider, l.Price.List.Key, work, agreed)
}

// fixedLimit caps at the benefit's amount per unit; what is above is the member's.
func (v *valuation) fixedLimit(work money.Decimal) money.Decimal {
	b := v.line.Benefit
	if !b.Fixed {
		return work
	}
	most := money.Product(v.out.Digits, v.line.Quantity, b.Amount, money.Whole(1))
	if !most.Less(work) {
		return work
	}
	v.note(v.line, noteKey{kind: noteFixed, rule: b.ID, amount: b.Amount})
	return v.cut(OverFixedLimit, ByMember, b.ID, work, most)
}

// coPayment leaves the percentage covered: the plan's, or the one that was agreed for the cover.
func (v *valuation) coPayment(work money.Decimal) money.Decimal {
	l, rule := v.line, v.line.Benefit.ID
	if l.Benefit.Fixed {
		return work
	}
	l.Percent, l.HasPercent = l.Benefit.Percent, true
	if l.Cover.HasMemberPays {
		l.Percent, rule = money.Whole(100).Sub(l.Cover.MemberPays), "Coverage/"+l.Cover.ID
	}
	covered := work.Percent(l.Percent, v.out.Digits)
	if covered.Less(work) {
		v.note(l, noteKey{kind: notePercent, amount: l.Percent})
	}
	return v.cut(CoPayment, ByMember, rule, work, covered)
}

// categoryCeiling caps what the plan pays for one claim of this category, over all its lines.
func (v *valuation) categoryCeiling(work money.Decimal) money.Decimal {
	limit := &v.line.Plan.Categories[v.category]
	if !limit.HasAmount {
		return work
	}
	m := v.meter(claimOwns, v.line, categoryLimit(v.category), scheme.PolicyPeriod)
	after := money.Min(work, m.left(limit.Amount))
	over := after.Less(work)
	v.checks = append(v.checks, m.add(CategoryAmountCheck, scheme.PerClaim, limit.Amount, after, over))
	if over {
		v.note(v.line, noteKey{kind: noteCategory, rule: m.limit, amount: limit.Amount})
	}
	return v.cut(OverCategory, ByMember, m.limit, work, after)
}
