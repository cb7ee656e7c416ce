package engine

import (
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/ledger"
)

// The case that users of today's systems give: a woman of 25, 30,000 left, a normal delivery for women only, once in a
// calendar year, 10,000. A window of 365 days would wrongly refuse the third claim.
func TestNormalDeliveryOnceInACalendarYear(t *testing.T) {
	f := newFixture(t)
	f.member.Birth = date("2001-03-01")
	f.register["A"] = "category=delivery sex=female frequencyPeriod=calendar-year manualReview=true"
	f.prices["A"] = "10000"
	f.plan = []string{"plan-limit id=ceiling kind=ceiling scope=policy amount=30000"}
	f.cover.Period.To, f.policy.Period.To = date("2027-12-31"), date("2027-12-31")

	f.dates = "2026-03-10"
	d := f.line("A", "1", "10000").submit()
	require.Equal(t, []string{"10000.00"}, paid(d))
	require.Equal(t, AwaitingReview, d.State)
	require.Equal(t, "20000.00", f.left("ceiling"))

	f.dates = "2026-12-31"
	d = f.line("A", "1", "10000").submit()
	require.Equal(t, []string{"frequency"}, denied(d))
	require.Equal(t, Rejected, d.State)
	require.Equal(t, "20000.00", f.left("ceiling"))

	f.dates = "2027-01-01"
	d = f.line("A", "1", "10000").submit()
	require.Equal(t, []string{""}, denied(d))
	require.Equal(t, "10000.00", f.left("ceiling"))
}

// left asks for a balance as eligibility does.
func (f *fixture) left(limit string) string {
	q := Inquiry{Scheme: f.scheme(), Member: f.account.member, Policies: []*ledger.Policy{f.account.policy}, At: date(f.dates)}
	for _, id := range q.Heads() {
		if head := f.account.groups[id]; head != nil {
			q.Policies = append(q.Policies, head)
		}
	}
	for _, b := range Standings(&q)[0].Balances {
		if b.ID == limit {
			return b.Left.String()
		}
	}
	return "no such limit"
}

func TestFrequencyInDaysLooksBothWays(t *testing.T) {
	f := newFixture(t)
	f.register["A"] = "frequencyDays=30"
	f.dates = "2026-05-31"
	require.Equal(t, []string{""}, denied(f.line("A", "1", "100").submit()))
	for day, denial := range map[string]string{
		"2026-05-01": "", "2026-05-02": "frequency", "2026-05-31": "frequency", "2026-06-29": "frequency", "2026-06-30": "",
	} {
		f.dates = day
		require.Equal(t, []string{denial}, denied(f.line("A", "1", "100").decide()), day)
		f.lines = nil
	}
}

func TestFrequencyCountsInItsPeriod(t *testing.T) {
	for period, c := range map[string]struct{ same, next string }{
		"calendar-year":  {"2026-12-31", "2027-01-01"},
		"calendar-month": {"2026-05-31", "2026-06-01"},
		"policy-year":    {"2027-02-28", "2027-03-01"},
	} {
		t.Run(period, func(t *testing.T) {
			f := newFixture(t)
			f.register["A"] = "frequencyCount=2 frequencyPeriod=" + period
			f.policy.Period.From, f.policy.Period.To, f.cover.Period.To = date("2025-03-01"), 0, 0
			f.line("A", "1", "100").submit()
			f.dates = c.same
			require.Equal(t, []string{""}, denied(f.line("A", "1", "100").submit()))
			require.Equal(t, []string{"frequency"}, denied(f.line("A", "1", "100").submit()))
			f.dates = c.next
			require.Equal(t, []string{""}, denied(f.line("A", "1", "100").submit()))
		})
	}
}

func TestFrequencySeesRepeatsWithinOneClaim(t *testing.T) {
	f := newFixture(t)
	f.register["A"] = "frequencyDays=7"
	f.register["B"] = "frequencyPeriod=calendar-year frequencyCount=2"
	f.line("A", "1", "1").line("A", "1", "1").line("B", "1", "1").line("B", "1", "1").line("B", "1", "1")
	require.Equal(t, []string{"", "frequency", "", "", "frequency"}, denied(f.decide()))
}

func TestADeniedLineDoesNotCount(t *testing.T) {
	f := newFixture(t)
	f.register["A"] = "frequencyPeriod=calendar-year"
	f.plan = []string{"plan-benefit kind=coinsurance percent=100 visitType=emergency"}
	require.Equal(t, []string{"not-covered", "not-covered"}, denied(f.line("A", "1", "1").line("A", "1", "1").submit()))
	f.plan = nil
	require.Equal(t, []string{""}, denied(f.line("A", "1", "1").decide()))
}

func TestQuantityIsCutWithANote(t *testing.T) {
	f := newFixture(t)
	f.plan = []string{"plan-benefit kind=coinsurance percent=50 item=A maxQuantity=5 quantityPeriod=calendar-year", "plan-benefit kind=coinsurance percent=100"}
	f.line("A", "3", "100").submit()
	d := f.line("A", "4", "110").line("A", "1", "100").submit()
	require.Equal(t, []string{"", "quantity-limit"}, denied(d))
	l := d.Lines[0]
	require.Equal(t, "2", l.Quantity.String())
	require.Equal(t, "220.00", l.Disallowed.String(), "two of four units at the billed price")
	require.Equal(t, "20.00", l.PriceReduction.String())
	require.Equal(t, "100.00", l.Paid.String())
	require.Contains(t, d.Notes, "Line 1: the quantity was cut from 4 to 2, which is what remains of the plan's limit.")
	require.Equal(t, QuantityExceeded, rowOf(l.Rows(nil), "disallowed").Reason)
	require.Equal(t, PartlyApproved, d.State)
}

func TestQuantityOfANetAmountIsCutInProportion(t *testing.T) {
	f := newFixture(t)
	f.plan = []string{"plan-benefit kind=coinsurance percent=100 maxQuantity=1"}
	d := f.rawLine("A", `"quantity":{"value":3},"net":{"value":100,"currency":"USD"}`).decide()
	require.Equal(t, []string{"33.33"}, paid(d))
	require.Equal(t, "66.67", d.Lines[0].Disallowed.String())
}

func TestQuantityMayBeRejectedWhole(t *testing.T) {
	f := newFixture(t)
	f.plan = []string{"plan-settings quantityExcess=reject", "plan-benefit kind=coinsurance percent=100 maxQuantity=5"}
	require.Equal(t, []string{"", "quantity-limit", ""}, denied(f.line("A", "3", "1").line("A", "3", "1").line("A", "2", "1").submit()))
	require.Equal(t, []string{"quantity-limit"}, denied(f.line("A", "1", "1").decide()))
}

func rowOf(rows []Row, code string) Row {
	for _, r := range rows {
		if r.Code == code {
			return r
		}
	}
	return Row{}
}

func TestClaimsOfACategoryAreCounted(t *testing.T) {
	f := newFixture(t)
	f.register["A"], f.register["B"] = "category=consultation", "kind=item"
	f.plan = []string{"plan-category-limit category=consultation maxCount=2"}
	for range 2 {
		require.Equal(t, []string{"", "", ""}, denied(f.line("A", "1", "1").line("A", "1", "1").line("B", "1", "1").submit()))
	}
	d := f.line("A", "1", "1").line("B", "1", "1").submit()
	require.Equal(t, []string{"max-consultations", "max-consultations"}, denied(d), "the whole claim is over the count")
	require.Equal(t, []string{""}, denied(f.line("B", "1", "1").decide()), "items alone are no consultation")
}

func TestForgottenHistoryIsReviewedNotGuessed(t *testing.T) {
	f := newFixture(t)
	f.register["A"] = "frequencyDays=30"
	f.member.Services = []ledger.Service{{Item: "Organization/ins urn:reg|A", Since: date("2026-05-01")}}
	d := f.line("A", "1", "100").decide()
	require.Equal(t, ReviewOfHistory, d.Lines[0].Review)
	require.Equal(t, AwaitingReview, d.State)
	f.dates = "2026-05-30"
	f.lines = nil
	require.Equal(t, NoReview, f.line("A", "1", "100").decide().Lines[0].Review)
}

func TestForgottenUseIsReviewedNotGuessed(t *testing.T) {
	f := newFixture(t)
	f.plan = []string{"plan-limit kind=ceiling scope=member amount=100"}
	f.member.Horizon = date("2027-01-01")
	require.Equal(t, ReviewOfHistory, f.line("A", "1", "100").decide().Lines[0].Review)
	f.account = nil
	f.member.Horizon = date("2026-12-31")
	require.Equal(t, NoReview, f.decide().Lines[0].Review)
}

func TestProvisionsOfOlderHeadsCountForEveryInsurer(t *testing.T) {
	f := newFixture(t)
	f.register["A"] = "frequencyDays=30"
	f.member.Services = []ledger.Service{{Item: "urn:reg|A", Days: []ledger.Count{{Period: day.Period{From: date("2026-05-01"), To: date("2026-05-01")}, Times: 1}}}}
	require.Equal(t, []string{"frequency"}, denied(f.line("A", "1", "100").decide()))
}
