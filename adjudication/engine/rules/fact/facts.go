package fact

import (
	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/money"
	"claimwright/adjudication/engine/rules/value"
)

// MaxText bounds a text among the facts, in bytes; see Bounded.
const MaxText = 256

// Bounded cuts a text that is longer than any code or name, so that no rule has to read on.
func Bounded(text string) string { return text[:min(len(text), MaxText)] }

// Facts are what conditions can ask about a claim as a whole. Nothing in them may change while a View of them is in use.
type Facts struct {
	Claim    Claim
	Member   Member
	Facility Facility
	Visit    Visit
	// Diagnoses are the codes of Claim.diagnosis in order of sequence.
	Diagnoses []string
}

// Line is what conditions can ask about one line, and about what the line is decided on.
type Line struct {
	Item
	Cover Cover
	Plan  Plan
	// Age and AgeInMonths are the member's age on the date of service, in full years and months; -1 when the birth date is not
	// known.
	Age, AgeInMonths int
	// Diagnoses are the codes of the diagnoses that the line points to; those of the claim when it points to none.
	Diagnoses []string
	// History and Ledger answer from the heads as they were before the claim; nil answers nothing known.
	History History
	Ledger  Ledger
	Peers   Peers
}

// Claim is the fact claim.
type Claim struct {
	Type, Use string
	// Created is Claim.created, Received the day of the decision's clock.
	Created, Received day.Date
	Total             money.Decimal
	// Lines is how many there are.
	Lines int
	// Services are the codes of all lines, in order.
	Services []string
	// Documents are the kinds of what is attached (Claim.supportingInfo).
	Documents  []string
	Authorized bool
	ByMember   bool
}

// Item is the fact line.
type Item struct {
	Sequence int
	// Code is the register's first code of the service or item, System its system.
	Code, System string
	// Codes are all codings of the line.
	Codes []string
	// Kind is service or item.
	Kind, Category string
	// Date is the date of service: the line's target date, whatever a rule's period goes by.
	Date           day.Date
	From           day.Date
	Authorized     bool
	Quantity       money.Decimal
	UnitPrice      money.Decimal
	Billed         money.Decimal
	ListPrice      money.Decimal
	Modifiers      []string
	Eligible, Paid money.Decimal
}

// Member is the fact member.
type Member struct {
	Sex         string
	Birth, Died day.Date
}

// Cover is the fact cover.
type Cover struct {
	ID, Plan   string
	Start, End day.Date
	Renewed    bool
	// DaysHeld are the days from the start of the cover to the date of service.
	DaysHeld int
	// MemberPays is the percentage agreed for the cover, 0 when the plan's counts.
	MemberPays money.Decimal
}

// Plan is the fact plan.
type Plan struct{ Code, Name, Insurer string }

// Facility is the fact facility.
type Facility struct {
	ID, Name, Level, Care string
	// Mix is what it has claimed; nil when that is not known.
	Mix Mix
}

// Peers is the fact peers: what is usual for the service; all is 0 when that is not known.
type Peers struct {
	// Lines is how many lines it was computed from.
	Lines                                                        int
	QuantityMedian, Quantity95, PriceMedian, Price95, PerMonth95 money.Decimal
	// Mix is what the facilities of the level have claimed together; nil when that is not known.
	Mix Mix
}

// Mix answers which services were claimed how often.
type Mix interface {
	// Lines is how many lines were for services of a set.
	Lines(of *value.Codes) int
	// Share is the percentage that they are among those of another set.
	Share(of, among *value.Codes) money.Decimal
}

// Visit is the fact visit.
type Visit struct {
	Type, Setting string
	Start, End    day.Date
	Days          int
}

// History answers what the member had before the claim.
type History interface {
	// Times is how often services of a set were provided within so many days before the date of service, that day included.
	Times(of *value.Codes, days int) int
	// DaysSince are the days from the last provision of a service of the set to the date of service; -1 when none is known.
	DaysSince(of *value.Codes) int
	// Around is how often the service with a code was provided within so many days before or after the rule's date.
	Around(code string, days int) int
	// Elsewhere is at how many other facilities the member was treated during the visit, or within so many days before or after.
	Elsewhere(days int) int
	// NightsElsewhere is how many nights of the visit the member was at another facility.
	NightsElsewhere() int
}

// Ledger answers what was used of the plan's limits before the claim.
type Ledger interface {
	// Used and Left are of the limit with that id in the plan; ok is false when the plan has no such limit.
	Used(limit string) (amount money.Decimal, ok bool)
	Left(limit string) (amount money.Decimal, ok bool)
}
