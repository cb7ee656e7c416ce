package engine

import "claimwright/adjudication/engine/money"

// Amounts are the figures of a line or of a whole claim, all rounded to the currency's digits and none negative: but for
// PriceReduction, and with it ProviderBears, where a practice pays the list price although less was billed.
type Amounts struct {
	Submitted, Disallowed, PriceReduction, Eligible                                      money.Decimal
	OverFixedLimit, Deductible, CoPayment, PaidByOthers, OverCategory, OverCeiling, Paid money.Decimal
	// Tax is how much of Eligible is tax. It is no cut.
	Tax money.Decimal
	// ProviderBears, MemberBears and OthersBear are the sums of the cuts by who bears them.
	ProviderBears, MemberBears, OthersBear money.Decimal
}

// plus is the sum, figure by figure.
func (a *Amounts) plus(b *Amounts) {
	a.Submitted = a.Submitted.Add(b.Submitted)
	a.Disallowed = a.Disallowed.Add(b.Disallowed)
	a.PriceReduction = a.PriceReduction.Add(b.PriceReduction)
	a.Eligible = a.Eligible.Add(b.Eligible)
	a.OverFixedLimit = a.OverFixedLimit.Add(b.OverFixedLimit)
	a.Deductible = a.Deductible.Add(b.Deductible)
	a.CoPayment = a.CoPayment.Add(b.CoPayment)
	a.PaidByOthers = a.PaidByOthers.Add(b.PaidByOthers)
	a.OverCategory = a.OverCategory.Add(b.OverCategory)
	a.OverCeiling = a.OverCeiling.Add(b.OverCeiling)
	a.Paid = a.Paid.Add(b.Paid)
	a.Tax = a.Tax.Add(b.Tax)
	a.ProviderBears = a.ProviderBears.Add(b.ProviderBears)
	a.MemberBears = a.MemberBears.Add(b.MemberBears)
	a.OthersBear = a.OthersBear.Add(b.OthersBear)
}

// Sum adds up the figures of lines: those of an item from its details, for instance.
func Sum(lines []Line) Amounts {
	var sum Amounts
	for i := range lines {
		sum.plus(&lines[i].Amounts)
	}
	return sum
}

// book adds a cut to the figure of its kind and to its bearer's.
func (a *Amounts) book(c *Cut) {
	figure := a.figure(c.Kind)
	*figure = figure.Add(c.Amount)
	bears := a.borneBy(c.Bearer)
	*bears = bears.Add(c.Amount)
}

// borneBy is the sum of the cuts that somebody bears.
func (a *Amounts) borneBy(b Bearer) *money.Decimal {
	switch b {
	case ByProvider:
		return &a.ProviderBears
	case ByOthers:
		return &a.OthersBear
	}
	return &a.MemberBears
}

func (a *Amounts) figure(k CutKind) *money.Decimal {
	switch k {
	case Disallowed:
		return &a.Disallowed
	case PriceReduction:
		return &a.PriceReduction
	case OverFixedLimit:
		return &a.OverFixedLimit
	case Deducted:
		return &a.Deductible
	case CoPayment:
		return &a.CoPayment
	case PaidByOthers:
		return &a.PaidByOthers
	case OverCategory:
		return &a.OverCategory
	default:
		return &a.OverCeiling
	}
}

// consistent checks the identities that the package promises.
func (a *Amounts) consistent() bool { return a.sums() && a.PriceReduction.Sign() >= 0 }

// sums checks the identities where a price may have been lifted above the billed one.
func (a *Amounts) sums() bool {
	eligible := a.OverFixedLimit.Add(a.Deductible).Add(a.CoPayment).Add(a.PaidByOthers).Add(a.OverCategory).Add(a.OverCeiling).Add(a.Paid)
	submitted := a.Eligible.Add(a.PriceReduction).Add(a.Disallowed)
	borne := a.Paid.Add(a.ProviderBears).Add(a.MemberBears).Add(a.OthersBear)
	return a.Submitted.Valid() && a.Submitted.Equal(submitted) && a.Eligible.Equal(eligible) &&
		a.Submitted.Equal(borne) && a.Paid.Sign() >= 0 && a.Eligible.Sign() >= 0 && a.MemberBears.Sign() >= 0 && !a.anyNegativeCut()
}

// anyNegativeCut tells of a cut, but for that of the price, that added to the amount instead: the sums could hold although
// more is paid than is due.
func (a *Amounts) anyNegativeCut() bool {
	for k := Disallowed; k <= OverCeiling; k++ {
		if k != PriceReduction && a.figure(k).Sign() < 0 {
			return true
		}
	}
	return false
}
