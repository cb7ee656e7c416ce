package simulation

import (
	"claimwright/adjudication/engine"
	"claimwright/adjudication/engine/money"
)

// Report is what the rules would have done.
type Report struct {
	Request
	Counts
	// Money is what all claims are paid, by currency.
	Money []Money
	// States are the claims whose state changes, most first.
	States []Transition
	// Fired are what the rules did, in the order in which they are asked.
	Fired []Fired
	// Groups are for whom lines change, the largest difference of each dimension first.
	Groups []Group
	// Largest are the claims whose payment changes most, at most MostLargest.
	Largest []Difference
	// Faults are why rules could not be evaluated, Reasons why claims could not be decided again, most first.
	Faults  []Fault
	Reasons []Reason
	// Cut says why not all was looked at; empty when all was.
	Cut string
}

// Counts are the plain numbers.
type Counts struct {
	// Claims and Lines were decided again; ClaimsChanged and LinesChanged come out otherwise.
	Claims, Lines, ClaimsChanged, LinesChanged int64
	// Denied lines are denied by the change only, Accepted lines no more; Less and More are paid less and more, these included.
	Denied, Accepted, Less, More int64
	// ToReview claims wait for a person by the change only, FromReview claims no more.
	ToReview, FromReview int64
	// PassedBefore and PassedAfter are claims that pass at first: decided without a person, and no line denied.
	PassedBefore, PassedAfter int64
	// Reviewed are lines that the change cuts and whose claims a person reviewed later; of these, the person cut Agreed as well.
	Reviewed, Agreed int64
	// NoDecision are responses that record none, Cancelled those of cancelled claims, Others those outside of the question,
	// and Unable those whose decision cannot be made again.
	NoDecision, Cancelled, Others, Unable int64
	// OtherEngine are claims that another version of the engine decided then; Forgotten are claims for which a rule looks back
	// for services that were not remembered as far back.
	OtherEngine, Forgotten int64
}

func (c *Counts) all() []*int64 {
	return []*int64{
		&c.Claims, &c.Lines, &c.ClaimsChanged, &c.LinesChanged, &c.Denied, &c.Accepted, &c.Less, &c.More, &c.ToReview, &c.FromReview,
		&c.PassedBefore, &c.PassedAfter, &c.Reviewed, &c.Agreed, &c.NoDecision, &c.Cancelled, &c.Others, &c.Unable, &c.OtherEngine, &c.Forgotten,
	}
}

func (c *Counts) add(o *Counts) {
	to := c.all()
	for i, n := range o.all() {
		*to[i] += *n
	}
}

// Money is what all claims in a currency are paid.
type Money struct {
	Currency      string
	Before, After money.Decimal
}

// Transition is a change of state.
type Transition struct {
	Before, After engine.State
	Claims        int64
}

// Fired is what an action of a rule's row did.
type Fired struct {
	Rule, Title string
	Row         int
	RowTitle    string
	Action      string
	Lines       int64
	Claims      int64
}

// Dimension is by what lines are grouped.
type Dimension string

// The dimensions.
const (
	ByInsurer  Dimension = "insurer"
	ByPlan     Dimension = "plan"
	ByFacility Dimension = "facility"
	ByService  Dimension = "service"
)

// Group are the changed lines of one insurer, plan, facility or service in one currency.
type Group struct {
	Dimension Dimension
	// Key is "Organization/x", the plan's code, or the service's "system|code"; Name what it is called.
	Key, Name, Currency string
	Lines               int64
	// Before and After are what the changed lines are paid.
	Before, After money.Decimal
	// Claims are all claims of an insurer or facility, PassedBefore and PassedAfter those that pass at first; 0 for others.
	Claims, PassedBefore, PassedAfter int64
}

// Difference is a claim that is paid otherwise.
type Difference struct {
	Claim, Response, Insurer, Facility, Currency string
	Before, After                                money.Decimal
	StateBefore, StateAfter                      engine.State
	// Lines are those that change, at most mostLines; More counts the ones beyond.
	Lines []LineDifference
	More  int
}

// LineDifference is a line that comes out otherwise.
type LineDifference struct {
	Sequence, Detail, SubDetail int64
	Service                     string
	Before, After               money.Decimal
	// DeniedBefore and DeniedAfter are codes of denial reasons, empty where the line is not denied.
	DeniedBefore, DeniedAfter string
}

// Fault is why a rule could not be evaluated; it did nothing then.
type Fault struct {
	Rule   string
	Row    int
	Text   string
	Lines  int64
	Claim  string // one of the claims
	Claims int64
}

// Reason is why claims could not be decided again.
type Reason struct {
	Text   string
	Claims int64
}

// The bounds of a report.
const (
	MostLargest = 20
	mostLines   = 10
	mostFaults  = 50
	mostReasons = 20
	mostKept    = 1000
)
