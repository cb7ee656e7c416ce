package scheme

import (
	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/money"
)

// Plan is one effective version of a benefit plan.
type Plan struct {
	Source
	// Code is the value of the plan's first identifier: what a cover's class of type plan names.
	Code        string
	Identifiers []Code
	Name        string
	// Insurer is the key of the organisation that owns the plan.
	Insurer  string
	Valid    day.Period
	Settings Settings
	// Profile names the practices that the plan follows, Practice says what they are.
	Profile  Profile
	Practice Practice
	// Checks are the insurer's settings with the plan's over them.
	Checks Checks
	// Limits are in the order of the resource; each has its own ID.
	Limits []Limit
	// Categories holds the limits of each category of claim.
	Categories [categoryCount]CategoryLimit
	// Authorizations say which claims need an authorization; any of them does.
	Authorizations []AuthorizationRule
	// LimitsQuantities tells whether any benefit has a maximum of units.
	LimitsQuantities bool
	benefits         benefits
	// scopes has a bit for each Scope that a limit of the plan has.
	scopes uint8
	// applying is what Applying answers.
	applying [Deductible + 1][OutPatient + 1][]int
}

// Applying are the places in Limits of those of a kind that a claim of a setting is held against, in their order.
func (p *Plan) Applying(kind LimitKind, where Setting) []int { return p.applying[kind][where] }

// Counts tells whether any limit of the plan adds up amounts of a scope.
func (p *Plan) Counts(s Scope) bool { return p.scopes&(1<<s) != 0 }

// Settings are a plan's choices that concern all its lines.
type Settings struct {
	// AdultAge is the age in full years from which a member is an adult; 18 when not said.
	AdultAge int
	// Excess says what happens to a quantity above a benefit's maximum.
	Excess Excess
	// CoverBy says which date decides whether a cover is in force.
	CoverBy CoverDate
	// SettingBy says what makes a claim an in-patient one.
	SettingBy SettingBy
	// StrictCare demands that in-patient services are claimed over several days and out-patient ones on a single day.
	StrictCare bool
	// ManualReview sends every claim of the plan to a person.
	ManualReview bool
	// ReceiptRequired denies a claim for reimbursement that brings no evidence of the payment.
	ReceiptRequired bool
	// ReviewScore sends a claim to a person from that score of its rules on; 0 never does.
	ReviewScore int
	// AuthorizationDays is for how many days after the decision, or after the last day asked for if that is later, an
	// authorization is good; 30 when not said. AuthorizationGrace is for how many days more claims for it may come; 30.
	AuthorizationDays, AuthorizationGrace int
	// AuthorizationExcess says what happens to what exceeds an authorization, AuthorizationUse how many claims it is for.
	AuthorizationExcess AuthorizationExcess
	AuthorizationUse    AuthorizationUse
}

// Limit is a deductible or a ceiling on amounts. All limits of a plan that concern a line apply together: the smallest
// remainder counts.
type Limit struct {
	// ID names the limit in ledgers and traces, unique within the plan and stable over its versions.
	ID    string
	Kind  LimitKind
	Scope Scope
	Where Setting
	Reckoning
	// Amount is the limit; 0 means that nothing is deducted, or that nothing is paid.
	Amount money.Decimal
	// Family lets the ceiling of a policy or of a family in it grow with its members; nil when it does not.
	Family *Family
}

// Reckoning is how a limit takes time together. The zero Reckoning is the policy's period.
type Reckoning struct {
	Period LimitPeriod
	// Days is the length of a rolling period, 1 to MaxRollingDays; 0 for the others.
	Days int
}

// MaxRollingDays bounds rolling periods: three years.
const MaxRollingDays = 1096

// Family is how a ceiling per policy or per family grows: by Extra for each member above Threshold, up to Maximum.
type Family struct {
	Threshold  int
	Extra      money.Decimal
	Maximum    money.Decimal
	HasMaximum bool
}

// Allowed is the limit's amount for a policy or a family of so many members.
func (l *Limit) Allowed(members int) money.Decimal {
	f := l.Family
	if f == nil || members <= f.Threshold {
		return l.Amount
	}
	_, scale := l.Amount.Parts()
	grown := l.Amount.Add(f.Extra.Times(money.Whole(int64(members-f.Threshold)), scale))
	if f.HasMaximum {
		return money.Min(grown, f.Maximum)
	}
	return grown
}

// Concerns tells whether the limit applies to in-patient or to out-patient claims, whichever is asked for.
func (l *Limit) Concerns(where Setting) bool { return l.Where == AnySetting || l.Where == where }

// CategoryLimit limits the claims of one category. The zero CategoryLimit limits nothing.
type CategoryLimit struct {
	// Amount is the most that is paid, when HasAmount: for one claim, or, where AmountScope says so, for all claims of the
	// category of a member, policy, family or event in the time of AmountOver.
	Amount      money.Decimal
	HasAmount   bool
	AmountScope Scope
	AmountOver  Reckoning
	// Count is how many claims a member may have in the time of CountOver, when HasCount.
	Count     int
	HasCount  bool
	CountOver Reckoning
}

// Benefit is what a plan grants for a service, a category of services, or everything.
type Benefit struct {
	// ID names the benefit in traces: the plan's own, or made of what the benefit is for.
	ID string
	// Item is the code that the benefit is for; the zero Code when it is for a category or for everything.
	Item Code
	// Category is NoCategory when the benefit is for an item or for everything.
	Category Category
	Visit    VisitType
	Age      AgeGroup
	// Excluded means that the plan does not cover it.
	Excluded bool
	// Fixed says that Amount per unit is the most that is paid; else Percent is the percentage covered.
	Fixed   bool
	Amount  money.Decimal
	Percent money.Decimal
	// WaitingMonths are the calendar months from the start of a new cover until the benefit is granted.
	WaitingMonths int
	// MaxQuantity is the most units in each QuantityPeriod, when HasMaxQuantity.
	MaxQuantity    money.Decimal
	HasMaxQuantity bool
	QuantityPeriod Reckoning
	// Unlimited says in which settings the ceilings do not count what this benefit pays.
	Unlimited CeilingExclusion
	Origin    PriceOrigin
	// Authorization says whether it is granted only with an authorization.
	Authorization AuthorizationNeed
}

// Benefit is the most specific benefit of the plan that reaches an item: one for the item before one for its category
// before one for everything; among those, one for the visit type, then one for the age group, before one for any. Nil
// when the plan does not reach the item. Only benefits that Excluded is false for grant anything.
func (p *Plan) Benefit(item *Item, visit VisitType, age AgeGroup) *Benefit {
	for _, code := range item.Codes {
		if b := pick(p.benefits.item[code], visit, age); b != nil {
			return b
		}
	}
	if b := pick(p.benefits.category[item.Category], visit, age); b != nil {
		return b
	}
	return pick(p.benefits.all, visit, age)
}

// Reaches tells whether the plan has a benefit for an item, for members of an age group and any visit type.
func (p *Plan) Reaches(item *Item, age AgeGroup) bool {
	for visit := Emergency; visit <= OtherVisit; visit++ {
		if b := p.Benefit(item, visit, age); b != nil && !b.Excluded {
			return true
		}
	}
	return false
}

// benefits are a plan's benefits by what they are for, the more specific first within each list.
type benefits struct {
	item     map[Code][]*Benefit
	category [categoryCount][]*Benefit
	all      []*Benefit
}

func pick(of []*Benefit, visit VisitType, age AgeGroup) *Benefit {
	for _, b := range of {
		if (b.Visit == AnyVisit || b.Visit == visit) && (b.Age == AnyAge || b.Age == age) {
			return b
		}
	}
	return nil
}
