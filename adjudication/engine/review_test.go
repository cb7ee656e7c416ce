package engine

import (
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/adjudication/engine/money"
	"claimwright/adjudication/engine/scheme"
)

func amount(t testing.TB, text string) money.Decimal {
	t.Helper()
	d, err := money.Parse(text)
	require.NoError(t, err)
	return d
}

// review is a review of line 1: quantity and unit price, empty where the reviewer left them.
func review(t testing.TB, quantity, unit string) *ReviewResult {
	t.Helper()
	l := LineReview{Sequence: 1}
	if quantity != "" {
		l.Quantity, l.HasQuantity = amount(t, quantity), true
	}
	if unit != "" {
		l.Unit, l.HasUnit = amount(t, unit), true
	}
	return &ReviewResult{Lines: []LineReview{l}}
}

func TestReviewersFigures(t *testing.T) {
	for name, c := range map[string]struct {
		quantity, unit string
		billed, list   string
		disallowed     string
		reduction      string
		paid           string
	}{
		"nothing said":                         {"", "", "100", "100", "0.00", "0.00", "400.00"},
		"less of it":                           {"3", "", "100", "100", "100.00", "0.00", "300.00"},
		"none of it":                           {"0", "", "100", "100", "400.00", "0.00", "0.00"},
		"more than was billed":                 {"9", "", "100", "100", "0.00", "0.00", "400.00"},
		"less than nothing":                    {"-1", "", "100", "100", "400.00", "0.00", "0.00"},
		"a lower price":                        {"", "37", "100", "100", "0.00", "252.00", "148.00"},
		"a price above the list":               {"", "90", "100", "80", "0.00", "40.00", "360.00"},
		"a price above the billed one":         {"", "150", "100", "80", "0.00", "0.00", "400.00"},
		"a price of nothing":                   {"", "0", "100", "100", "0.00", "400.00", "0.00"},
		"both":                                 {"1", "37", "100", "100", "300.00", "63.00", "37.00"},
		"a line billed without a price":        {"1", "", "", "53", "159.00", "0.00", "53.00"},
		"both, of a line billed without price": {"1", "37", "", "53", "159.00", "16.00", "37.00"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			f.prices["A"] = c.list
			k := f.line("A", "4", c.billed).makeCase()
			k.Review = review(t, c.quantity, c.unit)
			d := Decide(k)
			l := d.Lines[0]
			require.Equal(t, []string{c.disallowed, c.reduction, c.paid}, []string{
				l.Disallowed.Round(2).String(), l.PriceReduction.Round(2).String(), l.Paid.String(),
			})
			require.True(t, l.ProviderBears.Equal(l.Disallowed.Add(l.PriceReduction)), "what a reviewer takes off the provider bears")
			require.True(t, l.consistent())
		})
	}
}

func TestTheUpstreamReview(t *testing.T) {
	f := newFixture(t)
	k := f.line("A", "2", "100").line("B", "3", "100").makeCase()
	k.Review = review(t, "1", "37")
	k.Review.Lines = append(k.Review.Lines, LineReview{Sequence: 2, Quantity: money.Whole(1), HasQuantity: true, Unit: money.Whole(53), HasUnit: true})
	require.Equal(t, "90.00", Decide(k).Totals.Paid.String())
}

func TestWhatAReviewerRejectsIsDeniedWithTheReason(t *testing.T) {
	f := newFixture(t)
	f.register["A"] = "frequencyDays=30"
	k := f.line("A", "1", "100").line("A", "1", "100").makeCase()
	k.Review = &ReviewResult{Lines: []LineReview{{Sequence: 1, Rejected: true, Justification: "No indication."}}}
	d := Decide(k)
	require.Equal(t, []string{"rejected-by-reviewer", ""}, denied(d), "what was rejected counts against nothing")
	require.Equal(t, PartlyApproved, d.State)
	require.Equal(t, "Rejected by the medical reviewer: No indication.", d.Notes[d.Lines[0].Notes[0]-1])

	k.Review.Lines = append(k.Review.Lines, LineReview{Sequence: 2, Rejected: true, Justification: "Twice."})
	d = Decide(k)
	require.Equal(t, Rejected, d.State)
	require.Equal(t, Complete, d.Outcome)
	require.Empty(t, d.Entries)
}

func TestWhatAReviewerApprovesNothingOfDoesNotCount(t *testing.T) {
	f := newFixture(t)
	f.register["A"] = "category=consultation frequencyDays=30"
	f.insurer = []string{"check-setting check=duplicate-content"}
	f.plan = append(f.plan, "plan-category-limit category=consultation maxCount=1")
	k := f.line("A", "1", "100").makeCase()
	require.NotEmpty(t, Decide(k).Entries)
	k.Review = review(t, "0", "")
	require.Empty(t, Decide(k).Entries, "neither claims of the category, nor frequency, nor content")
}

func TestWhatAReviewerRejectsDoesNotMakeTheCategory(t *testing.T) {
	f := newFixture(t)
	f.register["A"] = "category=consultation"
	f.plan = append(f.plan, "plan-category-limit category=consultation maxCount=1 amount=50")
	k := f.line("A", "1", "100").line("B", "1", "100").makeCase()
	require.Equal(t, scheme.Consultation, Decide(k).Lines[1].Category)
	k.Review = &ReviewResult{Lines: []LineReview{{Sequence: 1, Rejected: true, Justification: "another visit's"}}}
	d := Decide(k)
	require.Equal(t, []string{"rejected-by-reviewer", ""}, denied(d))
	require.Equal(t, scheme.Visit, d.Lines[1].Category)
	require.Equal(t, "100.00", d.Lines[1].Paid.String(), "the amount of a consultation does not cut it")
}

func TestAReviewedDecisionIsFinal(t *testing.T) {
	for name, change := range map[string]func(*fixture){
		"by service": func(f *fixture) { f.register["A"] = "manualReview=true" },
		"of history, by a ceiling": func(f *fixture) {
			f.plan = []string{"plan-limit kind=ceiling scope=policy amount=500"}
			f.policy.Horizon = date("2027-06-01")
		},
		"by plan": func(f *fixture) { f.settings("manualReview=true") },
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			change(f)
			k := f.line("A", "1", "100").makeCase()
			require.Equal(t, AwaitingReview, Decide(k).State)
			k.Review = &ReviewResult{}
			d := Decide(k)
			require.Equal(t, Approved, d.State)
			require.Equal(t, Complete, d.Outcome)
		})
	}
}

func TestAnAutomaticReasonStands(t *testing.T) {
	f := newFixture(t)
	k := f.line("Z", "1", "100").makeCase()
	k.Review = &ReviewResult{Lines: []LineReview{{Sequence: 1, Rejected: true, Justification: "x"}}}
	require.Equal(t, []string{"not-in-register"}, denied(Decide(k)))
}

func TestAReviewedDecisionIsReplayable(t *testing.T) {
	f := newFixture(t)
	k := f.line("A", "4", "100").makeCase()
	k.Review = review(t, "3", "50")
	first := Decide(k)
	again, err := first.Basis.Case(f.read(), f.scheme())
	require.NoError(t, err)
	require.Equal(t, first, Decide(again))
}
