package engine

import (
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/ledger"
	"claimwright/adjudication/engine/money"
)

// The numbers are those of the worked example of a scheme that runs openIMIS: a family of five under a policy ceiling that
// grows with its members, after earlier claims that left 40 of the deductible and 190 of the ceiling.
func TestWorkedExampleOfEveryCut(t *testing.T) {
	for _, profile := range profiles {
		t.Run(profile, func(t *testing.T) { workedExample(t, profile) })
	}
}

func workedExample(t *testing.T, profile string) {
	f := newFixture(t)
	f.insurer = []string{"insurer-settings profile=" + profile}
	f.plan = []string{
		"plan-limit id=deductible kind=deductible scope=policy amount=100",
		"plan-limit id=ceiling kind=ceiling scope=policy amount=1000 threshold=3 extraMember=200 maximum=1300",
		"plan-category-limit category=consultation amount=230",
		"plan-benefit kind=coinsurance percent=80",
		"plan-benefit item=A kind=fixed amount=9",
		"plan-benefit item=B kind=coinsurance percent=50 ceilingExclusion=both",
		"plan-benefit item=C kind=coinsurance percent=80 priceOrigin=relative",
		"plan-benefit item=D kind=coinsurance percent=80 priceOrigin=provider",
	}
	f.register["A"], f.register["B"] = "kind=item", "kind=item"
	f.register["C"], f.register["D"] = "category=consultation", "category=consultation"
	f.prices = map[string]string{"A": "12", "B": "30", "C": "50", "D": "150"}
	f.policy.Steps = []ledger.Step{{At: date("2026-01-01"), By: 5}}
	f.policy.Uses = []ledger.Use{
		{Limit: "ceiling", Period: day.Period{To: date("2026-12-31")}, Amount: money.New(111000, 2)},
		{Limit: "deductible", Period: day.Period{To: date("2026-12-31")}, Amount: money.New(6000, 2)},
	}
	f.line("A", "10", "12").line("B", "2", "30").line("C", "2", "50").line("D", "1", "200")
	d := f.submit()

	require.Equal(t, []string{"50.00", "30.00", "80.00", "60.00"}, paid(d))
	require.Equal(t, "220.00", d.Totals.Paid.String())
	require.Equal(t, Processed, d.State, "a relative price waits for its index")
	require.Equal(t, Partial, d.Outcome)

	require.Equal(t, "30.00", d.Lines[0].OverFixedLimit.String())
	require.Equal(t, "40.00", d.Lines[0].Deductible.String())
	require.Equal(t, "30.00", d.Lines[1].CoPayment.String())
	require.Equal(t, "20.00", d.Lines[2].CoPayment.String())
	require.Equal(t, "90.00", d.Lines[3].OverCategory.String())
	require.Equal(t, "10.00", d.Lines[3].OverCeiling.String())

	used, _ := f.account.policy.Used("", "ceiling", day.Period{})
	require.Equal(t, "1300.00", used.String(), "the policy is exhausted")
	used, _ = f.account.policy.Used("", "deductible", day.Period{})
	require.Equal(t, "100.00", used.String())
}

func TestDeductibleMaySwallowALine(t *testing.T) {
	f := newFixture(t)
	f.plan = []string{"plan-limit kind=deductible scope=member amount=100", "plan-benefit kind=coinsurance percent=90"}
	f.prices = map[string]string{"A": "80", "B": "200"}
	d := f.line("A", "1", "80").line("B", "1", "200").decide()
	require.Equal(t, []string{"0.00", "162.00"}, paid(d))
	require.Equal(t, "80.00", d.Lines[0].Deductible.String())
	require.Equal(t, "20.00", d.Lines[1].Deductible.String())
}

func TestUnitPriceIsTheLesserOfBilledAndList(t *testing.T) {
	for name, c := range map[string]struct {
		list, elements, paid, reduction, submitted string
	}{
		"billed below list":         {"100", `"quantity":{"value":7},"unitPrice":{"value":11}`, "77.00", "", "77.00"},
		"billed above list":         {"100", `"quantity":{"value":7},"unitPrice":{"value":111}`, "700.00", "77.00", "777.00"},
		"quantity missing is one":   {"100", `"unitPrice":{"value":120}`, "100.00", "20.00", "120.00"},
		"no price is billed list":   {"100", `"quantity":{"value":3}`, "300.00", "", "300.00"},
		"net alone":                 {"100", `"quantity":{"value":3},"net":{"value":250,"currency":"USD"}`, "250.00", "", "250.00"},
		"net alone above list":      {"100", `"quantity":{"value":3},"net":{"value":350,"currency":"USD"}`, "300.00", "50.00", "350.00"},
		"a factor lowers":           {"100", `"quantity":{"value":2},"unitPrice":{"value":100},"factor":0.5`, "100.00", "", "100.00"},
		"a factor lifts no price":   {"100", `"quantity":{"value":2},"unitPrice":{"value":100},"factor":3`, "200.00", "400.00", "600.00"},
		"explicit zero in list":     {"0", `"quantity":{"value":2},"unitPrice":{"value":100}`, "0.00", "200.00", "200.00"},
		"listed without a price":    {"register", `"quantity":{"value":2},"unitPrice":{"value":100}`, "140.00", "60.00", "200.00"},
		"half a cent is rounded up": {"0.05", `"quantity":{"value":0.5},"unitPrice":{"value":0.05}`, "0.03", "", "0.03"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			f.prices["A"] = c.list
			d := f.rawLine("A", c.elements).decide()
			require.Equal(t, []string{c.paid}, paid(d))
			require.Equal(t, c.submitted, d.Lines[0].Submitted.String())
			if c.reduction == "" {
				require.True(t, d.Lines[0].PriceReduction.IsZero())
			} else {
				require.Equal(t, c.reduction, d.Lines[0].PriceReduction.String())
				require.Equal(t, c.reduction, d.Lines[0].ProviderBears.String())
			}
		})
	}
}

func TestRoundingIsHalfUpAfterEveryCut(t *testing.T) {
	f := newFixture(t)
	f.plan = []string{"plan-benefit kind=coinsurance percent=50"}
	f.prices["A"] = "0.05"
	d := f.line("A", "1", "0.05").decide()
	require.Equal(t, "0.03", d.Lines[0].Paid.String())
	require.Equal(t, "0.02", d.Lines[0].CoPayment.String())
}

func TestNullIsNoLimitAndZeroIsNothing(t *testing.T) {
	f := newFixture(t)
	require.Equal(t, []string{"100.00"}, paid(f.line("A", "1", "100").decide()))
	f.plan = []string{"plan-limit kind=ceiling scope=claim amount=0"}
	require.Equal(t, []string{"0.00"}, paid(f.decide()))
	f.plan = []string{"plan-category-limit category=visit amount=0"}
	require.Equal(t, []string{"0.00"}, paid(f.decide()))
	f.plan = []string{"plan-benefit kind=fixed amount=0"}
	require.Equal(t, []string{"0.00"}, paid(f.decide()))
	f.plan = []string{"plan-benefit kind=coinsurance percent=0"}
	require.Equal(t, []string{"0.00"}, paid(f.decide()))
}

func TestAllLimitsApplyTogetherAndTheSmallestRemainderCounts(t *testing.T) {
	f := newFixture(t)
	f.plan = []string{
		"plan-limit id=c kind=ceiling scope=claim amount=500",
		"plan-limit id=m kind=ceiling scope=member period=calendar-year amount=260",
		"plan-limit id=p kind=ceiling scope=policy amount=300",
		"plan-limit id=in kind=ceiling scope=claim setting=inpatient amount=1",
	}
	d := f.line("A", "2", "100").submit()
	require.Equal(t, []string{"200.00"}, paid(d))
	d = f.line("A", "1", "100").submit()
	require.Equal(t, []string{"60.00"}, paid(d))
	require.Equal(t, "m", d.Lines[0].Cuts[0].Rule)
	require.Equal(t, PartlyApproved, d.State)
	var binding []string
	for _, c := range d.Lines[0].Checks {
		if c.Binding {
			binding = append(binding, c.ID+" "+c.Before.String()+" "+c.After.String()+" of "+c.Allowed.String())
		}
	}
	require.Equal(t, []string{"m 200.00 260.00 of 260.00"}, binding)
	require.Len(t, d.Lines[0].Checks, 3, "a limit of in-patient claims does not concern this one")
}

func TestSettingChoosesTheLimits(t *testing.T) {
	limits := []string{"plan-limit id=in kind=ceiling scope=claim setting=inpatient amount=10", "plan-limit id=out kind=ceiling scope=claim setting=outpatient amount=20"}
	institutional := `"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/claim-type","code":"institutional"}]},`
	stay := `"billablePeriod":{"start":"2026-05-10","end":"2026-05-12"},`
	for name, c := range map[string]struct{ by, claim, level, paid string }{
		"a day":                  {"", "", "C", "20.00"},
		"several days":           {"", stay, "C", "10.00"},
		"by type, professional":  {"claim-type", stay, "C", "20.00"},
		"by type, institutional": {"claim-type", institutional, "C", "10.00"},
		"by level, centre":       {"facility-level", stay, "C", "20.00"},
		"by level, hospital":     {"facility-level", "", "H", "10.00"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			f.plan, f.claim, f.level = limits, c.claim, c.level
			if c.by != "" {
				f.plan = append([]string{"plan-settings settingBy=" + c.by}, limits...)
			}
			require.Equal(t, []string{c.paid}, paid(f.line("A", "1", "100").decide()))
		})
	}
}

func TestMembersShareOverridesThePlan(t *testing.T) {
	f := newFixture(t)
	f.plan = []string{"plan-benefit kind=coinsurance percent=90"}
	f.cover.MemberPays, f.cover.HasMemberPays = money.Whole(25), true
	d := f.line("A", "1", "100").decide()
	require.Equal(t, []string{"75.00"}, paid(d))
	require.Equal(t, "Coverage/k", d.Lines[0].Cuts[0].Rule)
}

func TestCeilingsPerCalendarYearFollowTheTargetDate(t *testing.T) {
	f := newFixture(t)
	f.plan = []string{"plan-limit kind=ceiling scope=policy period=calendar-year amount=150"}
	f.cover.Period.To, f.policy.Period.To = date("2027-12-31"), date("2027-12-31")
	f.dates = "2026-12-31"
	require.Equal(t, []string{"100.00"}, paid(f.line("A", "1", "100").submit()))
	require.Equal(t, []string{"50.00"}, paid(f.line("A", "1", "100").submit()))
	f.dates = "2027-01-01"
	require.Equal(t, []string{"100.00"}, paid(f.line("A", "1", "100").submit()))
}

func TestPredeterminationsTakeNothing(t *testing.T) {
	f := newFixture(t)
	f.plan = []string{"plan-limit kind=ceiling scope=policy amount=150"}
	f.use = "predetermination"
	d := f.line("A", "2", "100").decide()
	require.Equal(t, []string{"150.00"}, paid(d))
	require.Empty(t, d.Entries)
}

func TestQuantityCutOfWhatWasBilled(t *testing.T) {
	for name, c := range map[string]struct{ elements, submitted, disallowed, paid string }{
		"unit price": {`"quantity":{"value":3},"unitPrice":{"value":90}`, "270.00", "180.00", "90.00"},
		"net alone":  {`"quantity":{"value":3},"net":{"value":100,"currency":"USD"}`, "100.00", "66.67", "33.33"},
		"no price":   {`"quantity":{"value":3}`, "300.00", "200.00", "100.00"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			f.plan = []string{"plan-settings quantityExcess=cut", "plan-benefit item=A kind=coinsurance percent=100 maxQuantity=1"}
			d := f.rawLine("A", c.elements).decide()
			require.Empty(t, d.Faults)
			l := &d.Lines[0]
			require.Equal(t, []string{c.submitted, c.disallowed, c.paid}, []string{l.Submitted.String(), l.Disallowed.String(), l.Paid.String()})
		})
	}
}

func TestNoCutAddsToTheAmount(t *testing.T) {
	ten := money.New(1000, 2)
	a := Amounts{Submitted: ten, Disallowed: ten.Neg(), MemberBears: ten.Neg(), Eligible: ten.Add(ten), Paid: ten.Add(ten)}
	require.False(t, a.consistent(), "all sums hold, and more is paid than was billed")
}

func TestADeniedLineOfNothingSaysWhy(t *testing.T) {
	f := newFixture(t)
	f.prices["A"] = "-"
	rows := f.rawLine("A", `"quantity":{"value":1}`).decide().Lines[0].Rows(nil)
	require.Equal(t, "disallowed", rows[1].Code)
	require.Equal(t, NotInPriceList, rows[1].Reason)
	require.Equal(t, "0.00", rows[1].Amount.String())
}
