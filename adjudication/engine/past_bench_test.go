package engine

import (
	"fmt"
	"testing"

	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/ledger"
)

// allLimits is a plan with a limit of every kind, scope and period, and every check on that looks into the past.
var allLimits = []string{
	"check-setting check=duplicate-content match=near",
	"plan-limit id=d kind=deductible scope=member period=calendar-year amount=10",
	"plan-limit id=e kind=deductible scope=policy period=rolling days=365 amount=10",
	"plan-limit id=claim kind=ceiling scope=claim amount=100000",
	"plan-limit id=member kind=ceiling scope=member amount=100000000",
	"plan-limit id=year kind=ceiling scope=member period=calendar-year amount=100000000",
	"plan-limit id=month kind=ceiling scope=member period=calendar-month amount=100000000",
	"plan-limit id=anniversary kind=ceiling scope=member period=policy-year amount=100000000",
	"plan-limit id=rolling kind=ceiling scope=member period=rolling days=30 amount=100000000",
	"plan-limit id=policy kind=ceiling scope=policy period=calendar-year amount=100000000",
	"plan-limit id=family kind=ceiling scope=family period=calendar-month amount=100000000 threshold=1 extraMember=10",
	"plan-limit id=event kind=ceiling scope=event amount=100000",
	"plan-category-limit category=visit amount=1000000 amountScope=member period=calendar-month",
	"plan-category-limit category=visit maxCount=100000 period=rolling days=365",
	"plan-benefit kind=coinsurance percent=80",
	"plan-benefit item=A kind=coinsurance percent=80 maxQuantity=100000 quantityPeriod=rolling quantityDays=90",
}

// withPast is a case of ten lines for a member who had so many claims before, one every 17 hours until the day before.
func withPast(t testing.TB, claims int) *Case {
	f := newFixture(t)
	f.plan = allLimits
	f.register["B"] = "frequencyDays=1"
	f.register["C"] = "frequencyPeriod=calendar-month frequencyCount=1000"
	f.cover.Period, f.policy.Period = day.Period{From: date("2010-03-15")}, day.Period{From: date("2010-03-15")}
	sch := f.scheme()
	today := date("2026-06-01")
	for i := range claims {
		at := today - day.Date((claims-i)*17/24) - 1
		f.dates, f.lines = at.String(), nil
		f.claim = fmt.Sprintf(`"accident":{"date":%q},`, at)
		c := f.line("A", "1", "90").line("B", "1", "80").line("C", "1", "70").caseOf(sch)
		c.Now = f.now.AddDate(0, 0, int(at-today))
		d := Decide(c)
		for i := range d.Entries {
			f.book(&d.Entries[i])
		}
	}
	f.dates, f.lines, f.claim = today.String(), nil, `"accident":{"date":"2026-06-01"},`
	for range 5 {
		f.line("A", "1", "90").line("B", "1", "80")
	}
	c := f.caseOf(sch)
	c.MemberForm = c.Member.Encode()
	for i := range c.Policies {
		c.Policies[i].Form = c.Policies[i].Head.Encode()
	}
	return c
}

// BenchmarkDecideAfterClaims decides ten lines under all kinds of limits, for a member who had few claims and for one who
// had many: the second costs at most 1.2 times the first.
func BenchmarkDecideAfterClaims(b *testing.B) {
	for _, claims := range []int{5, 5000} {
		b.Run(fmt.Sprint(claims), func(b *testing.B) {
			c := withPast(b, claims)
			b.ReportAllocs()
			for b.Loop() {
				if d := Decide(c); d.Outcome == Failed {
					b.Fatal(d.Faults)
				}
			}
			b.ReportMetric(float64(len(c.Member.Encode())), "B/head")
		})
	}
}

// BenchmarkHeadAfterClaims reads, changes and writes the head of such a member, as a submission does beside deciding.
func BenchmarkHeadAfterClaims(b *testing.B) {
	for _, claims := range []int{5, 5000} {
		b.Run(fmt.Sprint(claims), func(b *testing.B) {
			c := withPast(b, claims)
			d := Decide(c)
			data := c.Member.Encode()
			b.ReportAllocs()
			for b.Loop() {
				m, err := ledger.DecodeMember(data)
				if err != nil {
					b.Fatal(err)
				}
				for i := range d.Entries {
					if e := &d.Entries[i]; e.Head == ledger.MemberID(m.ID) {
						if m, err = m.With(e); err != nil {
							b.Fatal(err)
						}
					}
				}
				m.Encode()
			}
		})
	}
}
