package engine

import (
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/ledger"
	"claimwright/adjudication/engine/money"
)

// profiles are decided beside one another: the same claim of the same member under plans of each profile.
var profiles = [...]string{"default", "legacy", "24.10"}

// outcome is what each line of a decision pays, or why it is denied.
func outcomeOf(d *Decision) []string {
	var all []string
	for i := range d.Lines {
		if l := &d.Lines[i]; l.Accepted() {
			all = append(all, l.Paid.String())
		} else {
			all = append(all, l.Denial.Code())
		}
	}
	return all
}

type lines = []string

func TestPractices(t *testing.T) {
	full := "plan-benefit kind=coinsurance percent=100"
	stay := `"billablePeriod":{"start":"2026-05-10","end":"2026-05-12"},`
	for name, c := range map[string]struct {
		change                        func(*fixture)
		standard, legacy, release2410 lines
		// ofInsurer: it is decided before a plan is known.
		ofInsurer bool
	}{
		"2.5 billed below the list": {
			func(f *fixture) { f.line("A", "7", "11") },
			lines{"77.00"}, lines{"700.00"}, lines{"700.00"}, false,
		},
		"2.5 billed above the list": {
			func(f *fixture) { f.line("A", "7", "110") },
			lines{"700.00"}, lines{"700.00"}, lines{"700.00"}, false,
		},
		"2.5 the provider's own price": {
			func(f *fixture) { f.plan = []string{full + " priceOrigin=provider"}; f.line("A", "7", "11") },
			lines{"77.00"}, lines{"77.00"}, lines{"77.00"}, false,
		},
		"3.9 parts that are none of the package": {
			func(f *fixture) {
				f.register["A"] = "package=fixed part=B*2"
				f.rawLine("A", details(part(1, "B", net("60"))))
			},
			lines{"package-mismatch"}, lines{"0.00"}, lines{"0.00"}, false,
		},
		"2.3/4 adult by the difference of years": {
			func(f *fixture) {
				f.member.Birth = date("2008-12-31")
				f.register["A"] = "ageGroup=adult"
				f.line("A", "1", "100")
			},
			lines{"patient-category"}, lines{"100.00"}, lines{"patient-category"}, false,
		},
		"2.3/4 gender other": {
			func(f *fixture) {
				f.member.Sex = ledger.Other
				f.register["A"], f.register["B"] = "sex=male", "sex=female"
				f.line("A", "1", "100").line("B", "1", "100")
			},
			lines{"100.00", "100.00"}, lines{"100.00", "patient-category"}, lines{"100.00", "patient-category"}, false,
		},
		"2.3/10 an in-patient service on one day": {
			func(f *fixture) { f.register["A"] = "careType=in"; f.line("A", "1", "100") },
			lines{"care-type"}, lines{"care-type"}, lines{"100.00"}, false,
		},
		"2.3/5 N days before": {
			func(f *fixture) {
				f.register["A"] = "frequencyDays=10"
				f.provide("A", "2026-04-30")
				f.line("A", "1", "100")
			},
			lines{"100.00"}, lines{"100.00"}, lines{"frequency"}, false,
		},
		"2.3/5 fewer than N days before": {
			func(f *fixture) {
				f.register["A"] = "frequencyDays=10"
				f.provide("A", "2026-05-01")
				f.line("A", "1", "100")
			},
			lines{"frequency"}, lines{"frequency"}, lines{"frequency"}, false,
		},
		"2.3/5 long after": {
			func(f *fixture) {
				f.register["A"] = "frequencyDays=10"
				f.provide("A", "2026-08-30")
				f.line("A", "1", "100")
			},
			lines{"100.00"}, lines{"100.00"}, lines{"frequency"}, false,
		},
		"2.3/5 repeated in the claim": {
			func(f *fixture) { f.register["A"] = "frequencyDays=10"; f.line("A", "1", "100").line("A", "1", "100") },
			lines{"100.00", "frequency"}, lines{"100.00", "100.00"}, lines{"100.00", "100.00"}, false,
		},
		"2.3/16 more than the maximum": {
			func(f *fixture) { f.plan = []string{full + " maxQuantity=3"}; f.line("A", "5", "100") },
			lines{"300.00"}, lines{"500.00"}, lines{"300.00"}, false,
		},
		"2.3/16 more than is left": {
			func(f *fixture) {
				f.plan = []string{full + " maxQuantity=3"}
				f.used("quantity:urn:reg|A", "2")
				f.line("A", "5", "100")
			},
			lines{"100.00"}, lines{"500.00"}, lines{"100.00"}, false,
		},
		"2.3/16 nothing left": {
			func(f *fixture) {
				f.plan = []string{full + " maxQuantity=3"}
				f.used("quantity:urn:reg|A", "3")
				f.line("A", "5", "100")
			},
			lines{"quantity-limit"}, lines{"quantity-limit"}, lines{"quantity-limit"}, false,
		},
		"2.3/16 the claim's own lines": {
			func(f *fixture) {
				f.plan = []string{full + " maxQuantity=3"}
				f.line("A", "2", "100").line("A", "2", "100")
			},
			lines{"200.00", "100.00"}, lines{"200.00", "200.00"}, lines{"200.00", "200.00"}, false,
		},
		"2.3/16 as the plan says": {
			func(f *fixture) {
				f.plan = []string{full + " maxQuantity=3"}
				f.said = "quantityExcess=reject"
				f.line("A", "5", "100")
			},
			lines{"quantity-limit"}, lines{"quantity-limit"}, lines{"quantity-limit"}, false,
		},
		"3.8/16 over the count": {
			func(f *fixture) {
				f.register["B"] = "kind=item"
				f.plan = []string{"plan-category-limit category=visit maxCount=1"}
				f.used("claims:visit", "1")
				f.line("A", "1", "100").line("B", "1", "100")
			},
			lines{"max-visits", "max-visits"}, lines{"max-visits", "max-visits"}, lines{"max-visits", "100.00"}, false,
		},
		"3.8/19 a count of nothing": {
			func(f *fixture) {
				f.plan = []string{"plan-category-limit category=visit maxCount=0"}
				f.line("A", "1", "100")
			},
			lines{"max-visits"}, lines{"max-visits"}, lines{"100.00"}, false,
		},
		"2.3/21 no cover": {
			func(f *fixture) { f.cover.Active = false; f.line("A", "1", "100") },
			lines{"no-cover"}, lines{"not-covered"}, lines{"member-not-valid"}, true,
		},
		"2.3/21 a cover whose policy is not in force": {
			func(f *fixture) { f.policy.InForce = false; f.line("A", "1", "100") },
			lines{"no-cover"}, lines{"not-covered"}, lines{"not-covered"}, true,
		},
		"2.3/9 created before": {
			func(f *fixture) { f.created = "2026-05-01"; f.line("A", "1", "100") },
			lines{"target-date"}, lines{"100.00"}, lines{"target-date"}, true,
		},
		"2.3/3 a stay that began before the cover": {
			func(f *fixture) {
				f.claim, f.dates = stay, ""
				f.register["B"] = "kind=item"
				f.cover.Period.From = date("2026-05-11")
				f.line("A", "1", "100").line("B", "1", "100")
			},
			lines{"100.00", "100.00"}, lines{"100.00", "100.00"}, lines{"100.00", "member-not-valid"}, true,
		},
		"3.8/25 a line without a benefit for the visit type": {
			func(f *fixture) {
				f.plan = []string{"plan-benefit kind=coinsurance percent=100 item=A visitType=emergency", full + " item=B"}
				f.line("A", "1", "100").line("B", "1", "100").line("C", "1", "100")
			},
			lines{"not-covered", "100.00", "not-covered"}, lines{"not-covered", "100.00", "not-covered"}, lines{"not-covered", "not-covered", "not-covered"}, false,
		},
		"3.8/25 a line without any benefit": {
			func(f *fixture) { f.plan = []string{full + " item=B"}; f.line("B", "1", "100").line("C", "1", "100") },
			lines{"100.00", "not-covered"}, lines{"100.00", "not-covered"}, lines{"100.00", "not-covered"}, false,
		},
		"3.8/3 fractions": {
			func(f *fixture) {
				f.plan = []string{"plan-benefit kind=coinsurance percent=50"}
				f.prices["A"] = "10.99"
				f.line("A", "1", "10.99")
			},
			lines{"5.50"}, lines{"5.50"}, lines{"5.00"}, false,
		},
		"3.8/4 a line that the deductible swallows": {
			func(f *fixture) {
				f.plan = []string{"plan-benefit kind=coinsurance percent=90", "plan-limit kind=deductible scope=policy amount=100"}
				f.prices["A"], f.prices["B"] = "80", "200"
				f.line("A", "1", "80").line("B", "1", "200")
			},
			lines{"0.00", "162.00"}, lines{"0.00", "162.00"}, lines{"72.00", "162.00"}, false,
		},
		"3.8/5 a share of nothing": {
			func(f *fixture) {
				f.plan = []string{"plan-benefit kind=coinsurance percent=0"}
				f.line("A", "1", "100")
			},
			lines{"0.00"}, lines{"0.00"}, lines{"100.00"}, false,
		},
		"3.8/6 a fixed amount of nothing": {
			func(f *fixture) { f.plan = []string{"plan-benefit kind=fixed amount=0"}; f.line("A", "1", "100") },
			lines{"0.00"}, lines{"0.00"}, lines{"100.00"}, false,
		},
		"3.8/7 a child's exclusion from ceilings": {
			func(f *fixture) {
				f.member.Birth = date("2020-01-01")
				f.plan = []string{full, full + " ageGroup=child ceilingExclusion=both", "plan-limit kind=ceiling scope=policy amount=60"}
				f.line("A", "1", "100")
			},
			lines{"100.00"}, lines{"100.00"}, lines{"60.00"}, false,
		},
		"3.8/8 nothing said of what is in-patient": {
			func(f *fixture) {
				f.claim, f.dates = stay, ""
				f.plan = []string{"plan-limit kind=ceiling scope=claim setting=inpatient amount=60", "plan-limit id=o kind=ceiling scope=claim setting=outpatient amount=40"}
				f.line("A", "1", "100")
			},
			lines{"60.00"}, lines{"60.00"}, lines{"40.00"}, false,
		},
		"3.8/9 several ceilings": {
			func(f *fixture) {
				f.plan = []string{
					"plan-limit kind=ceiling scope=claim amount=80", "plan-limit kind=ceiling scope=member amount=50", "plan-limit kind=ceiling scope=policy amount=60",
				}
				f.line("A", "1", "100")
			},
			lines{"50.00"}, lines{"60.00"}, lines{"80.00"}, false,
		},
		"3.4 general before the setting's": {
			func(f *fixture) {
				f.plan = []string{"plan-limit kind=ceiling scope=claim setting=outpatient amount=30", "plan-limit kind=ceiling scope=member amount=50"}
				f.line("A", "1", "100")
			},
			lines{"30.00"}, lines{"50.00"}, lines{"50.00"}, false,
		},
		"3.4 a general ceiling of nothing is none": {
			func(f *fixture) {
				f.plan = []string{"plan-limit kind=ceiling scope=claim setting=outpatient amount=30", "plan-limit kind=ceiling scope=member amount=0"}
				f.line("A", "1", "100")
			},
			lines{"0.00"}, lines{"30.00"}, lines{"30.00"}, false,
		},
		"3.4 an out-patient deductible alone": {
			func(f *fixture) {
				f.plan = []string{"plan-limit kind=deductible scope=member setting=outpatient amount=30"}
				f.line("A", "1", "100")
			},
			lines{"70.00"}, lines{"100.00"}, lines{"70.00"}, false,
		},
		"3.4 an out-patient deductible beside an in-patient one": {
			func(f *fixture) {
				f.plan = []string{"plan-limit kind=deductible scope=member setting=outpatient amount=30", "plan-limit kind=deductible scope=member setting=inpatient amount=40"}
				f.line("A", "1", "100")
			},
			lines{"70.00"}, lines{"70.00"}, lines{"70.00"}, false,
		},
		"3.3 items before services": {
			func(f *fixture) {
				f.register["B"] = "kind=item"
				f.plan = []string{"plan-limit kind=ceiling scope=claim amount=120"}
				f.line("A", "1", "100").line("B", "1", "100")
			},
			lines{"100.00", "20.00"}, lines{"20.00", "100.00"}, lines{"20.00", "100.00"}, false,
		},
		"3.8/22 a list price of nothing": {
			func(f *fixture) { f.prices["A"] = "0"; f.line("A", "1", "") },
			lines{"0.00"}, lines{"0.00"}, lines{"70.00"}, false,
		},
		"3.8/23 a price that has changed since": {
			func(f *fixture) {
				f.prices["A"] = "-"
				f.listed = []string{
					`{"entityCodeableConcept":{"coding":[{"system":"urn:reg","code":"A"}]},"unitPrice":{"value":90,"currency":"USD"},"effectiveTime":"2026-01-01T00:00:00+03:00"}`,
					`{"entityCodeableConcept":{"coding":[{"system":"urn:reg","code":"A"}]},"unitPrice":{"value":95,"currency":"USD"},"effectiveTime":"2026-05-20T00:00:00+03:00"}`,
				}
				f.line("A", "1", "100")
			},
			lines{"90.00"}, lines{"95.00"}, lines{"90.00"}, false,
		},
	} {
		t.Run(name, func(t *testing.T) {
			for i, want := range []lines{c.standard, c.legacy, c.release2410} {
				f := newFixture(t)
				c.change(f)
				f.plan = append(f.plan, "plan-settings profile="+profiles[i]+" "+f.said)
				if c.ofInsurer {
					f.plan, f.insurer = f.plan[:len(f.plan)-1], []string{"insurer-settings profile=" + profiles[i]}
				}
				d := f.decide()
				require.Equal(t, want, outcomeOf(d), profiles[i])
				require.NotEqual(t, Failed, d.Outcome)
				require.True(t, d.Totals.sums())
				again, err := d.Basis.Case(f.read(), f.scheme())
				require.NoError(t, err)
				require.Equal(t, d, Decide(again))

				g := newFixture(t)
				c.change(g)
				g.insurer = []string{"insurer-settings profile=" + profiles[i]}
				if g.said != "" {
					g.plan = append(g.plan, "plan-settings "+g.said)
				}
				require.Equal(t, want, outcomeOf(g.decide()), "the insurer's profile, %s", profiles[i])
			}
		})
	}
}

// provide notes an earlier provision in the member's head.
func (f *fixture) provide(code, day string) {
	f.t.Helper()
	e := ledger.Entry{Head: ledger.MemberID("m"), Seq: f.member.Seq + 1, Provisions: []ledger.Provision{{Item: "Organization/ins urn:reg|" + code, Period: dayOf(day), Count: 1, Keep: 400}}}
	f.enter(&e)
}

// used notes the use of a limit of the policy in the member's head.
func (f *fixture) used(limit, amount string) {
	f.t.Helper()
	d, err := money.Parse(amount)
	require.NoError(f.t, err)
	e := ledger.Entry{Head: ledger.MemberID("m"), Seq: f.member.Seq + 1, Uses: []ledger.Use{{
		Policy: f.policy.ID, Limit: limit, Period: day.Period{To: f.policy.Period.To}, Amount: d,
	}}}
	f.enter(&e)
}

func (f *fixture) enter(e *ledger.Entry) {
	f.t.Helper()
	next, err := f.member.With(e)
	require.NoError(f.t, err)
	f.member = *next
}

func dayOf(text string) day.Period { return day.Period{From: date(text), To: date(text)} }

func TestReviewersFiguresUnderEachPractice(t *testing.T) {
	for name, c := range map[string]struct {
		quantity, unit string
		want           lines // by profile
	}{
		"3.8/1 a price":            {"", "37", lines{"148.00", "148.00", "400.00"}},
		"3.8/1 a price above":      {"", "120", lines{"400.00", "480.00", "400.00"}},
		"3.8/2 a quantity of 0":    {"0", "", lines{"0.00", "0.00", "400.00"}},
		"3.8/2 a smaller quantity": {"1", "", lines{"100.00", "100.00", "100.00"}},
		"2.5 a review of 1 for 37": {"1", "37", lines{"37.00", "37.00", "100.00"}},
	} {
		t.Run(name, func(t *testing.T) {
			for i, want := range c.want {
				f := newFixture(t)
				f.settings("profile=" + profiles[i])
				k := f.line("A", "4", "100").makeCase()
				k.Review = review(t, c.quantity, c.unit)
				require.Equal(t, lines{want}, outcomeOf(Decide(k)), profiles[i])
			}
		})
	}
}

func TestThePriceThatIsLiftedIsANegativeReduction(t *testing.T) {
	f := newFixture(t)
	f.settings("profile=legacy")
	d := f.line("A", "7", "11").decide()
	l := d.Lines[0]
	require.Equal(t, []string{"77.00", "-623.00", "700.00", "-623.00", "700.00"}, []string{
		l.Submitted.String(), l.PriceReduction.String(), l.Eligible.String(), l.ProviderBears.String(), l.Paid.String(),
	})
	require.False(t, l.consistent(), "in a practice that pays no more than billed this would be a fault")
	require.Equal(t, "Approved: 700.00 USD of 77.00 USD.", d.Disposition)
	require.Equal(t, []string{"The agreed price is paid although less was billed."}, d.Notes)
}

func TestReasonsFollowTheOrderOfTheChecks(t *testing.T) {
	for name, c := range map[string]struct {
		kind   string
		change func(*fixture)
		want   lines // by profile
	}{
		"a service of the wrong sex, too often": {"kind=service", func(f *fixture) { f.register["A"] += " sex=male" }, lines{"patient-category", "patient-category", "frequency"}},
		"an item of the wrong sex, too often":   {"kind=item", func(f *fixture) { f.register["A"] += " sex=male" }, lines{"patient-category", "patient-category", "patient-category"}},
		"too often, and none left": {"kind=item", func(f *fixture) { f.plan = []string{"plan-benefit kind=coinsurance percent=100 maxQuantity=0"} },
			lines{"frequency", "quantity-limit", "frequency"}},
		"no claims and no quantity left": {"kind=service", func(f *fixture) {
			f.register["A"] = "kind=service"
			f.used("claims:visit", "1")
			f.plan = []string{"plan-benefit kind=coinsurance percent=100 maxQuantity=0", "plan-category-limit category=visit maxCount=1"}
		}, lines{"max-visits", "quantity-limit", "quantity-limit"}},
	} {
		t.Run(name, func(t *testing.T) {
			for i, want := range c.want {
				f := newFixture(t)
				f.register["A"] = c.kind + " frequencyDays=10"
				c.change(f)
				f.provide("A", "2026-05-09")
				f.settings("profile=" + profiles[i])
				require.Equal(t, lines{want}, denied(f.line("A", "1", "100").decide()), profiles[i])
			}
		})
	}
}
