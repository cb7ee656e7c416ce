package engine

import (
	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/ledger"
	"claimwright/adjudication/engine/money"
	"claimwright/adjudication/engine/scheme"
)

// Outcome is ClaimResponse.outcome (R4 remittance-outcome).
type Outcome string

// The outcomes that the engine gives. A partial decision is provisional: somebody has to look at it.
const (
	Complete Outcome = "complete"
	Partial  Outcome = "partial"
	Failed   Outcome = "error"
)

// State is the business state of a claim, a code of our CodeSystem business-state (Task.businessStatus).
type State string

// The states that a decision can lead to.
const (
	AwaitingReview State = "awaiting-review"
	Processed      State = "processed"
	Approved       State = "approved"
	PartlyApproved State = "partly-approved"
	Rejected       State = "rejected"
)

// Decision is the answer to a claim. When Outcome is Failed there are Faults and nothing else but the Basis.
type Decision struct {
	Outcome Outcome
	State   State
	// Disposition is the outcome in a sentence.
	Disposition string
	Use         Use
	// Insurer and Facility are nil when they are not known.
	Insurer  *scheme.Insurer
	Facility *scheme.Facility
	// Currency of all amounts, and its digits behind the point.
	Currency string
	Digits   uint8
	Faults   []Fault
	// Lines are in the order of their numbers: item.sequence, then those of detail and sub-detail.
	Lines  []Line
	Totals Amounts
	// Notes are numbered from 1 in their order; no text occurs twice.
	Notes []string
	// Score is the sum of the scores of the rules that fired on any line; a plan may send a claim to a person by it.
	Score money.Decimal
	// Scored are what the Score is made of, in the order in which it came about.
	Scored []Scored
	// Entries are what the heads gain, at most one for each head, sorted by head; none when nothing is consumed.
	Entries []ledger.Entry
	// Authorization is what a preauthorization was granted; nil for other uses, and where nothing was.
	Authorization *Authorization
	Basis         Basis
}

// Fault is an error of the claim as a whole or of one line: ClaimResponse.error.
type Fault struct {
	Code FaultCode
	// Sequence, Detail and SubDetail are the line's numbers, 0 for the claim as a whole, an item and a detail.
	Sequence, Detail, SubDetail int64
	// Expression is the FHIRPath of the element.
	Expression string
	Text       string
}

// Line is the decision on one line, with its trace.
type Line struct {
	// Item is the claim's line, its amounts in the decision's currency.
	Item *ClaimLine
	// Denial is why the line is denied, NotDenied when it is accepted.
	Denial Denial
	// Review is why somebody has to look at the line, NoReview when nobody has to.
	Review Review
	// Doubt is the reason of the check that asks for a review, when Review is ReviewByCheck.
	Doubt Denial
	// Pending says that the line's price is relative: it waits for the index.
	Pending bool
	// Category is the claim's, Where its setting, Age the member's group.
	Category scheme.Category
	Where    scheme.Setting
	Age      scheme.AgeGroup
	// HasUnit, HasPercent and Listed say that there are Unit, Percent and Price. Small fields are together because a line is
	// large, and all of it is cleared for every one.
	HasUnit, HasPercent, Listed bool
	// ByTariff tells that Price is what the insurer reimburses, because the facility has not agreed on one.
	ByTariff bool
	// Overridden tells that a price above the listed one counts, for the reason in Item.Override.
	Overridden bool
	// whyOf is the denial that why belongs to.
	whyOf Denial
	// byRule says that a rule of the scheme denied the line, or its claim, and not a check, whatever the reason.
	byRule bool
	// Target is the line's target date; 0 when it has none.
	Target day.Date
	// quantityPlace remembers the meter of the quantity, as places do those of limits.
	quantityPlace int32
	// Reviewed is what a reviewer decided about the line, nil when no reviewer named it.
	Reviewed *LineReview
	Amounts
	// others are what each of the Case's other payers has paid of the line; nil when there are none.
	others []money.Decimal
	// Authorization is the number of the authorization that the line is counted against, empty when there is none.
	Authorization string
	authorized    *authorized
	// Cuts explain the way from Submitted to Benefit, in order; no cut is zero.
	Cuts []Cut
	// Checks are the limits and counts that were looked at, with the ledger before and after.
	Checks []Check
	// Quantity is what is granted, Billed what was asked.
	Quantity, Billed money.Decimal
	// Unit is the allowed price of one unit, when HasUnit: the lesser of billed and list.
	Unit money.Decimal
	// Exchange is how the billed amount came into the insurer's currency; nil where it was billed in it. Item has the
	// amounts in the insurer's currency then.
	Exchange *Exchange
	// Modifiers are those that changed the listed price, in the order of the claim.
	Modifiers []*scheme.Modifier
	// Percent is the percentage covered, when HasPercent.
	Percent money.Decimal
	// Cover, Policy, Plan, Service and Benefit are what the line was decided on; nil where it did not come to that.
	Cover   *ledger.Cover
	Policy  *ledger.Policy
	Plan    *scheme.Plan
	Service *scheme.Item
	Benefit *scheme.Benefit
	// family and event are the heads of limits per family and per event; nil where the plan has none, and for an event that
	// the claim does not name.
	family, event *ledger.Policy
	// options are the covers that the line may be decided under, nil where there is only one.
	options []option
	// print is by what the line is known again; its Count is 0 where no plan asks for it.
	print ledger.Fingerprint
	// provision is the provisionName of the service; empty until a frequency rule asks.
	provision string
	// Price is what the facility's price lists say, when Listed.
	Price scheme.Price
	// Notes are the numbers of the decision's notes that concern the line.
	Notes []int
	// Rules are what the scheme's own rules did to the line, in the order in which they were asked.
	Rules []RuleTrace
	// ruled is nil for a line that no rule caps.
	ruled *ruled
	// whole is the claim's, for a line in the place of its parts; why is what there is to add to the reason whyOf.
	whole *Whole
	why   string
}

// Check is the fixed check that denied the line, or that sent it to a person; NotDenied when none did.
func (l *Line) Check() Denial {
	switch {
	case l.Denial == NotDenied:
		return l.Doubt
	case l.byRule, !l.Denial.IsCheck():
		return NotDenied
	}
	return l.Denial
}

// Accepted tells whether the line is not denied; it may still pay nothing.
func (l *Line) Accepted() bool { return l.Denial == NotDenied }

// CutKind is what a cut is made for.
type CutKind uint8

// The kinds, in the order in which they are made.
const (
	Disallowed CutKind = iota + 1
	PriceReduction
	OverFixedLimit
	Deducted
	CoPayment
	PaidByOthers
	OverCategory
	OverCeiling
)

// Bearer is who bears a cut.
type Bearer uint8

// The bearers: the provider writes the amount off, the member is liable for it, another payer has paid it.
const (
	ByProvider Bearer = iota + 1
	ByMember
	ByOthers
)

// String is the code in the trace.
func (b Bearer) String() string {
	switch b {
	case ByProvider:
		return "provider"
	case ByMember:
		return "member"
	case ByOthers:
		return "other-payer"
	}
	return ""
}

// Cut is one amount taken off a line: the rounded amount before less the rounded amount after.
type Cut struct {
	Kind   CutKind
	Bearer Bearer
	// Rule names what made the cut: a limit's id, a benefit's id, a price list, a denial reason.
	Rule                  string
	Amount, Before, After money.Decimal
}

// CheckKind is what a Check counts.
type CheckKind uint8

// The kinds.
const (
	DeductibleCheck CheckKind = iota + 1
	CeilingCheck
	CategoryAmountCheck
	CategoryCountCheck
	QuantityCheck
	FrequencyCheck
)

var checkKinds = [...]string{
	DeductibleCheck: "deductible", CeilingCheck: "ceiling", CategoryAmountCheck: "category-amount",
	CategoryCountCheck: "category-count", QuantityCheck: "quantity", FrequencyCheck: "frequency",
}

// Code is the kind's code, of our CodeSystem check-kind.
func (k CheckKind) Code() string { return checkKinds[k] }

// Money tells whether the kind counts amounts; the others count numbers.
func (k CheckKind) Money() bool { return k <= CategoryAmountCheck }

// Check is a limit or count that a line was held against.
type Check struct {
	Kind  CheckKind
	Scope scheme.Scope
	// Binding marks the limit with the smallest remainder: the one that cut.
	Binding bool
	// ID names the limit in its plan, or the service whose frequency is counted.
	ID     string
	Period day.Period
	// Allowed is the limit; Before and After are what was used of it before and after this line, by the ledger and by the
	// claim's earlier lines.
	Allowed, Before, After money.Decimal
}
