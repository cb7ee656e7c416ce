package engine

import (
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/ledger"
	"claimwright/adjudication/engine/money"
)

// second adds a cover beside the fixture's own, of a policy without a Contract.
func (f *fixture) second(change func(*ledger.Cover)) *Case {
	f.t.Helper()
	c := f.makeCase()
	other := f.cover
	other.ID, other.Policy = "z", ledger.PolicyID("q", "PLAN")
	change(&other)
	m, err := c.Member.WithCover(other)
	require.NoError(f.t, err)
	c.Member = m
	return c
}

func TestChoiceAmongCovers(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*ledger.Cover)
		focal  string
		want   string
	}{
		"the focal one":                   {func(c *ledger.Cover) { c.Period.To = date("2026-06-30") }, "k", "k"},
		"the one that ends first":         {func(c *ledger.Cover) { c.Period.To = date("2026-06-30") }, "unknown", "z"},
		"the smaller id":                  {func(*ledger.Cover) {}, "unknown", "k"},
		"one in force before the focal":   {func(c *ledger.Cover) { c.Period.To = date("2026-05-09") }, "z", "k"},
		"one with a plan in force":        {func(c *ledger.Cover) { c.Plan = "NONE" }, "z", "k"},
		"never one of another insurer":    {func(c *ledger.Cover) { c.Insurer = "Organization/other" }, "z", "k"},
		"the focal one by its identifier": {func(c *ledger.Cover) { c.Identifiers = []string{"urn:c|7"} }, "", "z"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			k := f.line("A", "1", "100").second(c.change)
			k.Claim.Insurance[0].Coverage.Key = "Coverage/" + c.focal
			if c.focal == "" {
				k.Claim.Insurance[0].Coverage = Reference{Identifiers: idents("urn:c", "7")}
			}
			d := Decide(k)
			require.Equal(t, c.want, d.Lines[0].Cover.ID)
			require.Equal(t, []string{""}, denied(d))
		})
	}
}

func TestConcernedAreThePoliciesOfTheInsurerInForce(t *testing.T) {
	f := newFixture(t)
	c := f.line("A", "1", "100").second(func(*ledger.Cover) {})
	own, other := ledger.PolicyID("p", "PLAN"), ledger.PolicyID("q", "PLAN")
	require.Equal(t, []string{own, other}, Concerned(c.Claim, c.Member, c.Scheme))

	c = f.second(func(z *ledger.Cover) { z.Period.To = date("2026-05-09") })
	require.Equal(t, []string{own}, Concerned(c.Claim, c.Member, c.Scheme))
	c = f.second(func(z *ledger.Cover) { z.Insurer = "Organization/other" })
	require.Equal(t, []string{own}, Concerned(c.Claim, c.Member, c.Scheme))
	require.Empty(t, Concerned(c.Claim, nil, c.Scheme))
	c.Claim.Insurer.Key = "Organization/none"
	require.Empty(t, Concerned(c.Claim, c.Member, c.Scheme))
}

func TestLinesOfOneClaimMayFallUnderTwoPolicies(t *testing.T) {
	f := newFixture(t)
	f.plan = []string{"plan-limit id=l kind=ceiling scope=policy amount=60"}
	f.cover.Period.To, f.policy.Period.To = date("2026-05-31"), date("2026-05-31")
	f.dates = "2026-05-31"
	f.line("A", "1", "100")
	f.dates = "2026-06-01"
	c := f.line("A", "1", "100").second(func(z *ledger.Cover) { z.Period = day.Period{From: date("2026-06-01")} })
	d := Decide(c)
	require.Equal(t, []string{"60.00", "60.00"}, paid(d), "each policy has its own ceiling")
	var heads []string
	for _, e := range d.Entries {
		heads = append(heads, e.Head)
	}
	require.Equal(t, []string{ledger.MemberID("m"), ledger.PolicyID("p", "PLAN"), ledger.PolicyID("q", "PLAN")}, heads)
}

func TestAPlanMayLetTheAdmissionDecide(t *testing.T) {
	f := newFixture(t)
	f.claim = `"billablePeriod":{"start":"2026-05-10","end":"2026-05-12"},`
	f.dates = ""
	f.cover.Period.To = date("2026-05-11")
	f.line("A", "1", "100")
	require.Equal(t, []string{"no-cover"}, denied(f.decide()))
	f.settings("coverDate=admission")
	d := f.decide()
	require.Equal(t, []string{""}, denied(d))
	require.Equal(t, date("2026-05-12"), d.Lines[0].Target, "everything else goes by the target date")
}

func TestTargetDateIsTheFirstPresent(t *testing.T) {
	billable := `"billablePeriod":{"start":"2026-05-03","end":"2026-05-04"},`
	for name, c := range map[string]struct{ claim, line, want string }{
		"end of the line's period":          {billable, `"servicedPeriod":{"start":"2026-05-01","end":"2026-05-02"}`, "2026-05-02"},
		"the line's day":                    {billable, `"servicedDate":"2026-05-01"`, "2026-05-01"},
		"end of the claim's period":         {billable, `"quantity":{"value":1}`, "2026-05-04"},
		"a line's start alone is passed by": {billable, `"servicedPeriod":{"start":"2026-05-01"}`, "2026-05-04"},
		"start of the claim's period":       {`"billablePeriod":{"start":"2026-05-03"},`, `"quantity":{"value":1}`, "2026-05-03"},
		"none, though it was created":       {"", `"quantity":{"value":1}`, ""},
		"midnight in Nairobi":               {"", `"servicedPeriod":{"end":"2026-05-01T21:00:00Z"}`, "2026-05-02"},
		"before midnight in Nairobi":        {"", `"servicedPeriod":{"end":"2026-05-01T20:59:59Z"}`, "2026-05-01"},
		"the last day of a month":           {"", `"servicedPeriod":{"end":"2026-05"}`, "2026-05-31"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			f.claim, f.dates = c.claim, ""
			require.Equal(t, c.want, f.rawLine("A", c.line).decide().Lines[0].Target.String())
		})
	}
}

func TestTheInsurerMayComeFromTheFocalCover(t *testing.T) {
	f := newFixture(t)
	c := f.line("A", "1", "100").makeCase()
	c.Claim.Insurer = Reference{}
	require.Equal(t, "Organization/ins", Decide(c).Insurer.Key)
	c.Claim.Insurance[0].Coverage.Key = "Coverage/unknown"
	require.Equal(t, UnknownInsurer, Decide(c).Faults[0].Code)
}

// A line that is denied at last has used up no claim of its policy, whatever another policy pays of the same claim.
func TestAClaimCountsOnlyWhereALineIsAccepted(t *testing.T) {
	f := newFixture(t)
	f.plan = []string{
		"plan-settings quantityExcess=reject", "plan-category-limit category=consultation maxCount=5",
		"plan-benefit item=A kind=coinsurance percent=100 maxQuantity=1",
	}
	f.register["A"], f.register["B"] = "category=consultation", "category=consultation"
	f.rawLine("A", `"quantity":{"value":2},"servicedDate":"2026-05-10"`).rawLine("B", `"servicedDate":"2026-05-20"`)
	f.cover.Period.To = date("2026-05-15")
	c := f.second(func(z *ledger.Cover) { z.Period = day.Period{From: date("2026-05-16"), To: date("2026-12-31")} })
	d := Decide(c)
	require.Equal(t, []string{"quantity-limit", ""}, denied(d))
	require.Len(t, d.Entries, 1)
	require.Equal(t, []ledger.Use{
		{Policy: ledger.PolicyID("q", "PLAN"), Limit: "claims:consultation", Period: day.Period{To: date("2026-12-31")}, Amount: money.Whole(1)},
	}, d.Entries[0].Uses)
}
