package engine

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/money"
)

// claimOn submits a claim of one line of A, 100 each, and tells what it pays.
func (f *fixture) claimOn(at, quantity string) string {
	f.t.Helper()
	f.dates = at
	return f.line("A", quantity, "100").submit().Lines[0].Paid.String()
}

func TestCeilingsCountInTheirPeriod(t *testing.T) {
	for name, c := range map[string]struct{ limit, first, same, next string }{
		"policy":         {"", "2026-01-01", "2026-12-31", ""},
		"calendar year":  {"period=calendar-year", "2026-03-01", "2026-12-31", "2027-01-01"},
		"calendar month": {"period=calendar-month", "2026-05-01", "2026-05-31", "2026-06-01"},
		"policy year":    {"period=policy-year", "2026-03-15", "2027-03-14", "2027-03-15"},
		"rolling":        {"period=rolling days=30", "2026-05-01", "2026-05-30", "2026-05-31"},
		"rolling back":   {"period=rolling days=30", "2026-05-31", "2026-05-02", "2026-05-01"},
		"rolling a day":  {"period=rolling days=1", "2026-05-01", "2026-05-01", "2026-05-02"},
	} {
		for _, scope := range []string{"member", "policy", "family"} {
			t.Run(name+" "+scope, func(t *testing.T) {
				f := newFixture(t)
				f.policy.Period = day.Period{From: date("2025-03-15")}
				f.cover.Period = f.policy.Period
				f.plan = []string{"plan-limit id=x kind=ceiling scope=" + scope + " amount=150 " + c.limit}
				require.Equal(t, "100.00", f.claimOn(c.first, "1"))
				require.Equal(t, "50.00", f.claimOn(c.same, "1"))
				require.Equal(t, "0.00", f.claimOn(c.same, "1"))
				if c.next != "" {
					require.Equal(t, "100.00", f.claimOn(c.next, "1"))
				}
			})
		}
	}
}

// Where no Contract says when the policy began, its years are counted from the start of the cover.
func TestPolicyYearsOfTheCover(t *testing.T) {
	f := newFixture(t)
	f.plan = []string{"plan-limit id=x kind=ceiling scope=member period=policy-year amount=150"}
	f.policy.Contract, f.policy.Period, f.cover.Period = "", day.Period{}, day.Period{From: date("2024-02-29")}
	require.Equal(t, "100.00", f.claimOn("2026-02-27", "1"))
	require.Equal(t, "100.00", f.claimOn("2026-02-28", "1"), "the anniversary of 29 February")
	require.Equal(t, "50.00", f.claimOn("2027-02-27", "1"))
}

func TestARollingClaimMustFitEveryPeriod(t *testing.T) {
	f := newFixture(t)
	f.plan = []string{"plan-limit id=x kind=ceiling scope=member period=rolling days=10 amount=300"}
	require.Equal(t, "200.00", f.claimOn("2026-05-01", "2"))
	require.Equal(t, "200.00", f.claimOn("2026-05-15", "2"))
	f.dates = "2026-05-08"
	require.Equal(t, "100.00", f.left("x"), "both neighbours are within ten days, but not of each other")
	d := f.line("A", "2", "100").submit()
	require.Equal(t, []string{"100.00"}, paid(d))
	check := d.Lines[0].Checks[0]
	require.Equal(t, "200.00", check.Before.String())
	require.Equal(t, "300.00", check.After.String())
	require.True(t, check.Period.Holds(date("2026-05-08")))
	require.Equal(t, day.Date(9), check.Period.To-check.Period.From)
	require.Equal(t, "0.00", f.claimOn("2026-05-10", "1"))
	require.Equal(t, "100.00", f.claimOn("2026-05-25", "1"))
}

func TestLinesOfSeveralDaysShareARollingLimit(t *testing.T) {
	f := newFixture(t)
	f.plan = []string{
		"plan-limit id=x kind=ceiling scope=member period=rolling days=10 amount=250",
		"plan-limit id=y kind=deductible scope=member period=rolling days=10 amount=30",
	}
	for _, at := range []string{"2026-05-01", "2026-05-05", "2026-05-12"} {
		f.rawLine("A", `"servicedDate":"`+at+`","quantity":{"value":2},"unitPrice":{"value":100,"currency":"USD"}`)
	}
	d := f.submit()
	require.Equal(t, []string{"170.00", "80.00", "170.00"}, paid(d))
	require.Equal(t, "30.00", d.Lines[0].Deductible.String())
	require.Equal(t, "30.00", d.Lines[2].Deductible.String(), "the first was taken off more than ten days before")
	require.Len(t, d.Entries[0].Daily, 5)
}

func TestQuantitiesAndCountsInAnyPeriod(t *testing.T) {
	f := newFixture(t)
	f.register["A"] = "category=consultation"
	f.plan = []string{
		"plan-category-limit category=consultation maxCount=2 period=rolling days=30",
		"plan-benefit kind=coinsurance percent=100 maxQuantity=3 quantityPeriod=calendar-month",
	}
	require.Equal(t, "200.00", f.claimOn("2026-05-20", "2"))
	require.Equal(t, "100.00", f.claimOn("2026-05-21", "2"), "three in May")
	f.dates = "2026-06-18"
	require.Equal(t, []string{"max-consultations"}, denied(f.line("A", "1", "100").submit()))
	f.dates = "2026-06-19"
	require.Equal(t, []string{""}, denied(f.line("A", "1", "100").submit()))
	require.Equal(t, "0", f.left("claims:consultation"))
}

// A claim of several days counts once in a rolling count, on its last day; otherwise a hospital stay would use it up.
func TestARollingCountCountsAClaimOnce(t *testing.T) {
	f := newFixture(t)
	f.register["A"] = "category=consultation"
	f.plan = []string{"plan-category-limit category=consultation maxCount=2 period=rolling days=30"}
	for _, at := range []string{"2026-05-01", "2026-05-03", "2026-05-02"} {
		f.rawLine("A", `"servicedDate":"`+at+`"`)
	}
	require.Equal(t, []string{"", "", ""}, denied(f.submit()))
	f.dates = "2026-06-01"
	require.Equal(t, []string{""}, denied(f.line("A", "1", "100").submit()))
	require.Equal(t, []string{"max-consultations"}, denied(f.line("A", "1", "100").submit()))
	f.dates = "2026-04-03"
	require.Equal(t, []string{""}, denied(f.line("A", "1", "100").submit()), "30 days before 3 May")
}

func TestCategoryAmountsPerMember(t *testing.T) {
	f := newFixture(t)
	f.register["A"] = "category=surgery"
	f.plan = []string{"plan-category-limit category=surgery amount=250 amountScope=member period=calendar-month"}
	require.Equal(t, "200.00", f.claimOn("2026-05-01", "2"))
	f.dates = "2026-05-02"
	d := f.line("A", "2", "100").submit()
	require.Equal(t, []string{"50.00"}, paid(d))
	require.Equal(t, "150.00", d.Lines[0].OverCategory.String())
	require.Contains(t, d.Notes, "Claims of this category (surgery) are paid up to 250.00 USD per member.")
	require.Equal(t, "0.00", f.left("category:surgery"))
	require.Equal(t, "200.00", f.claimOn("2026-06-01", "2"))
}

// What was counted under another period is not counted again, and not guessed either.
func TestALimitThatChangesItsPeriodIsReviewed(t *testing.T) {
	f := newFixture(t)
	f.plan = []string{"plan-limit id=x kind=ceiling scope=member period=calendar-year amount=150"}
	f.claimOn("2026-05-01", "1")
	f.plan = []string{"plan-limit id=x kind=ceiling scope=member period=calendar-month amount=150"}
	d := f.line("A", "1", "100").decide()
	require.Equal(t, ReviewOfHistory, d.Lines[0].Review)
	f.dates, f.lines = "2027-05-01", nil
	f.account.member.Covers[0].Period.To, f.account.policy.Period.To = 0, 0
	require.Equal(t, NoReview, f.line("A", "1", "100").decide().Lines[0].Review)
}

func TestForgottenRollingUseIsReviewed(t *testing.T) {
	f := newFixture(t)
	f.plan = []string{"plan-limit id=x kind=ceiling scope=member period=rolling days=30 amount=150"}
	f.policy.Period, f.cover.Period = day.Period{}, day.Period{}
	f.claimOn("2020-01-01", "1")
	f.claimOn("2026-05-01", "1")
	f.dates = "2020-01-15"
	require.Equal(t, ReviewOfHistory, f.line("A", "1", "100").decide().Lines[0].Review)
	f.lines, f.dates = nil, "2020-03-01"
	require.Equal(t, NoReview, f.line("A", "1", "100").decide().Lines[0].Review)
}

// A rolling ceiling is never overspent in any of its periods, in whatever order claims arrive and are cancelled.
func TestARollingCeilingIsNeverOverspent(t *testing.T) {
	start := date("2026-03-01")
	rapid.Check(t, func(rt *rapid.T) {
		days := rapid.SampledFrom([]int{1, 2, 7, 30}).Draw(rt, "days")
		f := newFixture(t)
		f.plan = []string{"plan-limit id=x kind=ceiling scope=member period=rolling amount=500 days=" + money.Whole(int64(days)).String()}
		spent := make([]money.Decimal, 60)
		var last [][2]any // day and amount of what may be cancelled
		for range rapid.IntRange(1, 25).Draw(rt, "claims") {
			if len(last) > 0 && rapid.IntRange(0, 4).Draw(rt, "cancel") == 0 {
				i := rapid.IntRange(0, len(last)-1).Draw(rt, "which")
				d := last[i][1].(*Decision)
				for _, e := range d.Entries {
					back := e.Reversal(f.tally(e.Head).Seq+1, f.now, e.Today)
					f.book(&back)
				}
				for j, at := range last[i][0].([]int) {
					spent[at] = spent[at].Sub(d.Lines[j].Paid)
				}
				last = append(last[:i], last[i+1:]...)
				continue
			}
			var on []int
			for range rapid.IntRange(1, 3).Draw(rt, "lines") {
				at := rapid.IntRange(0, len(spent)-1).Draw(rt, "day")
				on = append(on, at)
				f.rawLine("A", `"servicedDate":"`+(start+day.Date(at)).String()+`","quantity":{"value":`+rapid.SampledFrom([]string{"1", "2", "4"}).Draw(rt, "quantity")+`}`)
			}
			d := f.submit()
			for j, at := range on {
				spent[at] = spent[at].Add(d.Lines[j].Paid)
			}
			last = append(last, [2]any{on, d})
			for from := range spent {
				var sum money.Decimal
				for at := from; at < min(from+days, len(spent)); at++ {
					sum = sum.Add(spent[at])
				}
				require.LessOrEqual(rt, sum.Cmp(money.Whole(500)), 0, "%d days from day %d: %s", days, from, sum)
			}
		}
	})
}
