package engine

import "claimwright/adjudication/engine/money"

// The code systems of adjudication categories: R4's own, and ours for what R4 has no code for.
const (
	R4AdjudicationSystem  = "http://terminology.hl7.org/CodeSystem/adjudication"
	OwnAdjudicationSystem = "https://claimwright.org/fhir/CodeSystem/adjudication-category"
)

// Row is one adjudication of a line (ClaimResponse.item.adjudication) or one total (ClaimResponse.total).
type Row struct {
	// System and Code are the category.
	System, Code string
	// Reason is set on what is disallowed.
	Reason Denial
	// Amount is in the decision's currency; Value, when IsValue, is a percentage and there is no amount.
	Amount, Value money.Decimal
	IsValue       bool
}

// categoryCodes are our codes for the kinds of cuts, R4's where it has one.
var categoryCodes = [...]struct{ system, code string }{
	Disallowed:     {OwnAdjudicationSystem, "disallowed"},
	PriceReduction: {OwnAdjudicationSystem, "price-reduction"},
	OverFixedLimit: {OwnAdjudicationSystem, "over-fixed-limit"},
	Deducted:       {R4AdjudicationSystem, "deductible"},
	CoPayment:      {R4AdjudicationSystem, "copay"},
	PaidByOthers:   {OwnAdjudicationSystem, "other-payers"},
	OverCategory:   {OwnAdjudicationSystem, "over-category"},
	OverCeiling:    {OwnAdjudicationSystem, "over-ceiling"},
}

// Code is the code of the kind's adjudication category.
func (k CutKind) Code() string { return categoryCodes[k].code }

// System is the code system of the kind's adjudication category.
func (k CutKind) System() string { return categoryCodes[k].system }

// Rows appends the line's adjudications: submitted, eligible and benefit always, the cuts that are not zero between them
// in the order in which they are made, and the percentage covered where the line came to that. A denied line has its
// disallowed row even where nothing was submitted, because the row carries the reason.
func (l *Line) Rows(dst []Row) []Row {
	dst = l.rows(dst, l.Denial != NotDenied)
	if l.HasPercent {
		dst = append(dst, Row{System: R4AdjudicationSystem, Code: "eligpercent", Value: l.Percent, IsValue: true})
	}
	for i := range dst {
		if dst[i].Code == "disallowed" {
			dst[i].Reason = l.reason()
		}
	}
	return dst
}

// reason is why a part of the line is disallowed: its denial, or the cut of its quantity.
func (l *Line) reason() Denial {
	switch {
	case l.Denial != NotDenied:
		return l.Denial
	case l.authorized != nil && l.authorized.exceeded:
		return AuthorizationExceeded
	case l.Quantity.Equal(l.asked()):
		return ByReviewer
	}
	return QuantityExceeded
}

// Rows appends one row for each figure that is not zero, submitted, eligible and benefit always, and for the totals of a
// claim who bears what was cut.
func (a *Amounts) Rows(dst []Row) []Row { return a.rows(dst, false) }

func (a *Amounts) rows(dst []Row, denied bool) []Row {
	add := func(system, code string, amount money.Decimal, always bool) {
		if always || !amount.IsZero() {
			dst = append(dst, Row{System: system, Code: code, Amount: amount})
		}
	}
	cut := func(k CutKind) { add(k.System(), k.Code(), *a.figure(k), false) }
	add(R4AdjudicationSystem, "submitted", a.Submitted, true)
	add(Disallowed.System(), Disallowed.Code(), a.Disallowed, denied)
	cut(PriceReduction)
	add(R4AdjudicationSystem, "eligible", a.Eligible, true)
	for k := OverFixedLimit; k <= OverCeiling; k++ {
		cut(k)
	}
	add(R4AdjudicationSystem, "benefit", a.Paid, true)
	add(R4AdjudicationSystem, "tax", a.Tax, false)
	add(OwnAdjudicationSystem, "provider-liability", a.ProviderBears, false)
	add(OwnAdjudicationSystem, "member-liability", a.MemberBears, false)
	add(OwnAdjudicationSystem, "other-payer-liability", a.OthersBear, false)
	return dst
}
