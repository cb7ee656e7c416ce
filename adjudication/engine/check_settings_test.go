package engine

import (
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/adjudication/engine/scheme"
)

func TestChecksThatCanBeSetHaveTheCodesOfTheirDenials(t *testing.T) {
	set := 0
	for c := range scheme.Check(48) {
		if c.Code() != "" {
			require.Equal(t, Denial(c).Code(), c.Code())
			set++
		}
	}
	require.Equal(t, 28, set)
}

// hits are, for each check that can be switched off, what makes a line of 100 fail it.
var hits = map[Denial]func(*fixture){
	NotInRegister:   func(f *fixture) { f.lines = nil; f.line("Z", "1", "100").line("B", "1", "100"); f.priced("Z") },
	NotInPriceList:  func(f *fixture) { f.prices["A"] = "-" },
	NotCovered:      func(f *fixture) { f.plan = []string{"plan-benefit kind=coinsurance percent=100 item=B"} },
	PatientCategory: func(f *fixture) { f.register["A"] = "sex=male" },
	TooFrequent: func(f *fixture) {
		f.register["A"] = "frequencyDays=30"
		f.line("A", "1", "100").submit()
		f.line("A", "1", "100").line("B", "1", "100")
	},
	AuthorizationRequired: func(f *fixture) {
		f.plan = []string{"plan-benefit kind=coinsurance percent=100", "plan-benefit item=A kind=coinsurance percent=100 authorization=required"}
	},
	IncludedInBundle: func(f *fixture) { f.register["B"] = "includes=A" },
	ReceiptMissing: func(f *fixture) {
		f.plan = append(f.plan, "plan-settings receiptRequired=true")
		f.claim = reimbursing
	},
	PackageMismatch:     func(f *fixture) { f.register["A"] = "package=fixed part=C*1" },
	Duplicate:           func(f *fixture) { f.dupe = "c0" },
	MemberNotValid:      func(f *fixture) { f.member.Inactive = true },
	WrongCareType:       func(f *fixture) { f.register["A"] = "careType=in" },
	MaxVisits:           func(f *fixture) { f.plan = append(f.plan, "plan-category-limit category=visit maxCount=0") },
	MaxSurgeries:        func(f *fixture) { f.category("surgery") },
	MaxDeliveries:       func(f *fixture) { f.category("delivery") },
	MaxAntenatal:        func(f *fixture) { f.category("antenatal") },
	MaxConsultations:    func(f *fixture) { f.category("consultation") },
	MaxHospitalisations: func(f *fixture) { f.category("hospitalisation") },
	MaxOtherClaims:      func(f *fixture) { f.category("other") },
	QuantityExceeded: func(f *fixture) {
		f.plan = []string{"plan-benefit kind=coinsurance percent=100", "plan-benefit item=A kind=coinsurance percent=100 maxQuantity=0"}
	},
	InWaitingPeriod: func(f *fixture) {
		f.cover.Stage = 0
		f.plan = []string{"plan-benefit kind=coinsurance percent=100", "plan-benefit item=A kind=coinsurance percent=100 waitingMonths=9"}
	},
	DiagnosisNotListed: func(f *fixture) {
		f.terminology = []string{`{"resourceType":"ValueSet","url":"urn:list","status":"active","compose":{"include":[{"system":"urn:icd","concept":[{"code":"A00"}]}]}}`}
		f.claim = `"diagnosis":[{"sequence":1,"diagnosisCodeableConcept":{"coding":[{"system":"urn:icd","code":"A00"}]}},
			{"sequence":2,"diagnosisCodeableConcept":{"coding":[{"system":"urn:icd","code":"Z99"}]}}],`
		f.lines = nil
		f.rawLine("A", `"unitPrice":{"value":100,"currency":"USD"},"diagnosisSequence":[2]`).line("B", "1", "100")
	},
	LateSubmission: func(f *fixture) {
		f.lines = nil
		f.line("A", "1", "100")
		f.dates = "2026-05-31"
		f.line("B", "1", "100")
	},
	DuplicateContent: func(f *fixture) {
		f.insurer, f.lines = []string{"check-setting check=duplicate-content"}, nil
		f.line("A", "1", "100").submit()
		f.line("A", "1", "100").line("B", "1", "100")
	},
	BackDated: func(f *fixture) { f.created, f.dates = "2026-05-20", "2026-05-10" },
}

// priced lists a code that the register does not have.
func (f *fixture) priced(code string) {
	f.listed = append(f.listed, `{"entityCodeableConcept":{"coding":[{"system":"urn:reg","code":"`+code+`"}]},"unitPrice":{"value":100,"currency":"USD"}}`)
}

func (f *fixture) category(name string) {
	f.register["A"] = "category=" + name
	f.plan = append(f.plan, "plan-category-limit category="+name+" maxCount=0")
}

// wholly are the checks that no single line can fail: they hit the claim.
func wholly(d Denial) bool {
	return d == Duplicate || d == MemberNotValid || d == BackDated || d == ReceiptMissing
}

// needed are the parts without which a check is not on.
func needed(d Denial) string {
	switch d {
	case DiagnosisNotListed:
		return " list=urn:list"
	case LateSubmission, BackDated:
		return " days=5"
	}
	return ""
}

// fails makes a claim of two lines, the first of which fails a check that is set.
func fails(t *testing.T, check Denial, setting string) *Decision {
	t.Helper()
	f := newFixture(t)
	f.line("A", "1", "100").line("B", "1", "100")
	hits[check](f)
	f.plan = append(f.plan, "plan-benefit kind=coinsurance percent=100")
	if len(f.plan) > 1 && (f.plan[0] == f.plan[len(f.plan)-1] || check == NotCovered) {
		f.plan = f.plan[:len(f.plan)-1]
	}
	f.insurer = []string{"check-setting check=" + check.Code() + needed(check) + setting}
	return f.decide()
}

func TestEveryCheckCanBeSet(t *testing.T) {
	for check := range hits {
		t.Run(check.Code(), func(t *testing.T) {
			perClaim := scheme.Check(check).PerClaim() || wholly(check)
			code, second := check.Code(), ""
			if perClaim {
				second = code
			}
			require.Equal(t, []string{code, second}, denied(fails(t, check, "")), "as it is by default")
			require.Equal(t, []string{code, code}, denied(fails(t, check, " per=claim")), "a hit denies the claim")

			off := fails(t, check, " enabled=false")
			require.Equal(t, []string{"", ""}, denied(off), "switched off")
			require.Equal(t, Approved, off.State)
			amounts := []string{"100.00", "100.00"}
			if check == NotInPriceList {
				amounts[0] = "70.00" // the register's price
			}
			require.Equal(t, amounts, paid(off))

			review := fails(t, check, " action=review")
			require.Equal(t, []string{"", ""}, denied(review))
			require.Equal(t, AwaitingReview, review.State)
			require.Equal(t, ReviewByCheck, review.Lines[0].Review)
			require.Equal(t, check, review.Lines[0].Doubt)
			require.Contains(t, review.Notes, "A reviewer has to look; the amount is provisional: "+check.Display()+".")
			require.Equal(t, amounts, paid(review))
		})
	}
}

func TestCountsPerLineDenyOnlyServices(t *testing.T) {
	f := newFixture(t)
	f.register["A"], f.register["B"] = "category=surgery", "kind=item"
	f.plan = []string{"plan-category-limit category=surgery maxCount=0", "check-setting check=max-surgeries per=line"}
	require.Equal(t, []string{"max-surgeries", ""}, denied(f.line("A", "1", "100").line("B", "1", "100").decide()))
}

func TestUnitsThatAPersonShallSeeAreNotCut(t *testing.T) {
	f := newFixture(t)
	f.plan = []string{"plan-benefit kind=coinsurance percent=100 maxQuantity=2", "check-setting check=quantity-limit action=review"}
	d := f.line("A", "2", "100").line("A", "5", "100").decide()
	require.Equal(t, []string{"200.00", "500.00"}, paid(d))
	require.Equal(t, ReviewByCheck, d.Lines[1].Review)
	require.Equal(t, QuantityExceeded, d.Lines[1].Doubt)

	f.lines = nil
	d = f.line("A", "3", "100").decide() // not all of it is above the maximum
	require.Equal(t, []string{"300.00"}, paid(d))
	require.Equal(t, AwaitingReview, d.State)
}

func TestAHitOfTheWholeClaimLeavesNothing(t *testing.T) {
	f := newFixture(t)
	f.register["A"], f.register["B"] = "frequencyDays=10", "sex=male"
	f.insurer = []string{"check-setting check=patient-category per=claim"}
	f.plan = []string{"plan-limit id=l kind=ceiling scope=policy amount=500"}
	d := f.line("A", "1", "100").line("B", "1", "100").line("Z", "1", "100").decide()
	require.Equal(t, []string{"patient-category", "patient-category", "not-in-register"}, denied(d), "what has a reason of its own keeps it")
	require.Equal(t, Rejected, d.State)
	require.Empty(t, d.Entries)
	require.Equal(t, "300.00", d.Totals.Submitted.String()[:6])
	for _, c := range d.Lines[0].Checks {
		require.True(t, c.After.Equal(c.Before), "a denied line uses nothing")
	}
}

func TestThePlanSettlesWhatTheInsurerHasSet(t *testing.T) {
	for name, c := range map[string]struct {
		insurer, plan string
		want          []string
	}{
		"the insurer's":         {"check=patient-category per=claim", "", []string{"patient-category", "patient-category"}},
		"the plan's part":       {"check=patient-category per=claim", "check=patient-category per=line", []string{"patient-category", ""}},
		"the other part stays":  {"check=patient-category per=claim", "check=patient-category action=deny", []string{"patient-category", "patient-category"}},
		"off stays off":         {"check=patient-category enabled=false", "check=patient-category per=claim", []string{"", ""}},
		"on again for the plan": {"check=patient-category enabled=false", "check=patient-category enabled=true", []string{"patient-category", ""}},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			f.register["A"] = "sex=male"
			f.insurer = []string{"check-setting " + c.insurer}
			if c.plan != "" {
				f.plan = []string{"check-setting " + c.plan}
			}
			require.Equal(t, c.want, denied(f.line("A", "1", "100").line("B", "1", "100").decide()))
		})
	}
}
