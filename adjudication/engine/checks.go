package engine

import "claimwright/adjudication/engine/scheme"

// lineCheck is one check of a line.
type lineCheck struct {
	// denial is what it denies for, and under which it is set; NotDenied where it is no check that could be set as one.
	denial Denial
	// finds says that it finds what the checks after it need, so that it runs even where it is off.
	finds bool
	// passes returns what the line was hit for, or NotDenied. It may read what earlier checks found and notes on the line what
	// it found itself: with a hit, what the line goes on with where that does not deny.
	passes func(*decider, *Line) Denial
}

// resolving are the checks that find what a line is decided on. They do not depend on other lines, and all lines pass
// them before the others, because the category of the claim depends on them.
var resolving = []lineCheck{
	{NoTargetDate, true, (*decider).dated},
	{ClaimNotFound, true, (*decider).priorKnown},
	{Duplicate, false, (*decider).notDuplicate},
	{MemberNotValid, false, (*decider).memberValid},
	{NoCoverInForce, true, (*decider).covered}, // 30 as well
	{LateSubmission, false, (*decider).inTime},
	{BackDated, false, (*decider).notBackDated},
	{NotInRegister, true, (*decider).inRegister},
	{NotInPriceList, true, (*decider).inPriceList},
	{ByReviewer, true, (*decider).notRejected},
}

// The checks that follow.
var (
	ofReview    = lineCheck{NotDenied, true, (*decider).asReviewed}
	ofReceipt   = lineCheck{ReceiptMissing, false, (*decider).hasReceipt}
	ofContent   = lineCheck{DuplicateContent, false, (*decider).notClaimedBefore}
	ofRoom      = lineCheck{TooManyAuthorizations, true, (*decider).roomForAuthorization}
	ofGrant     = lineCheck{AuthorizationExceeded, true, (*decider).withinAuthorization}
	ofAuthority = lineCheck{AuthorizationRequired, false, (*decider).authorizationHeld}
	ofCare      = lineCheck{WrongCareType, false, (*decider).careFits}
	ofPatient   = lineCheck{PatientCategory, false, (*decider).patientFits}
	ofDiagnosis = lineCheck{DiagnosisNotListed, false, (*decider).diagnosisListed}
	ofBundle    = lineCheck{IncludedInBundle, false, (*decider).notIncluded}
	ofFrequency = lineCheck{TooFrequent, false, (*decider).notTooOften}
	ofBenefit   = lineCheck{NotCovered, true, (*decider).inPlan}
	ofPackage   = lineCheck{PackageMismatch, false, (*decider).packageFits}
	ofWaiting   = lineCheck{InWaitingPeriod, false, (*decider).waited}
	ofCount     = lineCheck{MaxOtherClaims, true, (*decider).claimsLeft} // 11-15 and 19 as well
	ofRules     = lineCheck{ByRule, false, (*decider).allowedByRules}
	ofQuantity  = lineCheck{QuantityExceeded, false, (*decider).withinQuantity}
	ofNeed      = lineCheck{NotDenied, true, (*decider).needsReview}
)

// judging are the orders in which they are made, line after line: a line that is accepted counts against the lines after
// it. Where several would deny, the order says which reason the line carries.
var judging = [...][]lineCheck{
	scheme.DefaultOrder: {
		ofReview, ofReceipt, ofContent, ofRoom, ofGrant, ofCare, ofPatient, ofDiagnosis, ofBundle, ofFrequency, ofBenefit, ofPackage, ofWaiting, ofAuthority, ofRules, ofCount, ofQuantity, ofNeed,
	},
	scheme.PatientBeforeFrequency: {
		ofReview, ofReceipt, ofContent, ofRoom, ofGrant, ofCare, ofPatient, ofDiagnosis, ofBundle, ofFrequency, ofBenefit, ofPackage, ofWaiting, ofAuthority, ofRules, ofQuantity, ofCount, ofNeed,
	},
	scheme.FrequencyBeforePatient: {
		ofReview, ofReceipt, ofContent, ofRoom, ofGrant, ofCare, ofFrequency, ofPatient, ofDiagnosis, ofBundle, ofBenefit, ofPackage, ofWaiting, ofAuthority, ofRules, ofQuantity, ofCount, ofNeed,
	},
	scheme.FrequencyLast: {
		ofReview, ofReceipt, ofContent, ofRoom, ofGrant, ofCare, ofPatient, ofDiagnosis, ofBundle, ofBenefit, ofPackage, ofWaiting, ofAuthority, ofRules, ofQuantity, ofCount, ofFrequency, ofNeed,
	},
}

// resolve runs the first checks on a line; judge runs the others.
func (d *decider) resolve(l *Line) { d.run(resolving, l) }

func (d *decider) judge(l *Line) {
	first := len(d.checks)
	if l.Denial == NotDenied {
		order := l.Plan.Practice.ItemChecks
		if l.Service.Service {
			order = l.Plan.Practice.ServiceChecks
		}
		d.run(judging[order], l)
	}
	if l.Denial == NotDenied && d.again {
		l.Denial, l.byRule = d.whole, d.wholeByRule
	}
	if l.Denial != NotDenied { // a denied line uses nothing
		for i := first; i < len(d.checks); i++ {
			d.checks[i].After = d.checks[i].Before
		}
	}
}

// run stops at the first reason.
func (d *decider) run(checks []lineCheck, l *Line) {
	for i := range checks {
		if l.Denial != NotDenied {
			return
		}
		c := &checks[i]
		if !c.finds && d.set(l, c.denial).Off {
			continue
		}
		if denial := c.passes(d, l); denial != NotDenied {
			d.hit(l, denial)
		}
	}
}

// classify finds the claim's category: the first, in the order of the categories, that any service of the register in it
// has, where a stay of several days counts as hospitalisation. A claim without any is a visit.
func (d *decider) classify() {
	d.category = scheme.Visit
	if d.multiDay {
		d.category = scheme.Hospitalisation
	}
	for i := range d.out.Lines {
		l := &d.out.Lines[i]
		d.lastDay = max(d.lastDay, l.Target)
		if l.Denial != NotDenied {
			continue
		}
		d.nesting = max(d.nesting, l.Service.Nesting)
		if !l.Service.Service {
			continue
		}
		d.hasService = true
		if c := l.Service.Category; c != scheme.NoCategory && c < d.category {
			d.category = c
		}
	}
	for i := range d.out.Lines {
		d.out.Lines[i].Category = d.category
	}
}
