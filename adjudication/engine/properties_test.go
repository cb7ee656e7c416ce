package engine

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"claimwright/adjudication/engine/ledger"
	"claimwright/adjudication/engine/money"
)

// busyFixture has a rule of every kind.
func busyFixture(t testing.TB) *fixture {
	f := newFixture(t)
	f.register = map[string]string{
		"A": "category=consultation frequencyDays=20",
		"B": "category=surgery frequencyPeriod=calendar-month frequencyCount=2",
		"C": "kind=item",
		"D": "manualReview=true frequencyDays=5 frequencyPeriod=calendar-year frequencyCount=4",
	}
	f.plan = []string{
		"plan-limit id=d kind=deductible scope=member period=calendar-year amount=120",
		"plan-limit id=e kind=deductible scope=policy amount=300",
		"plan-limit id=k kind=ceiling scope=claim amount=400",
		"plan-limit id=m kind=ceiling scope=member period=calendar-year amount=900",
		"plan-limit id=p kind=ceiling scope=policy amount=1500",
		"plan-category-limit category=surgery amount=250 maxCount=3",
		"plan-benefit kind=coinsurance percent=90",
		"plan-benefit item=C kind=fixed amount=60 maxQuantity=9 quantityPeriod=calendar-year",
		"plan-benefit item=D kind=coinsurance percent=66.6 ceilingExclusion=both",
	}
	f.cover.Period.To, f.policy.Period.To = 0, 0
	return f
}

// drawClaim puts a random claim into the fixture.
func drawClaim(t *rapid.T, f *fixture) {
	f.lines = nil
	f.dates = fmt.Sprintf("2026-%02d-%02d", rapid.IntRange(1, 12).Draw(t, "month"), rapid.IntRange(1, 28).Draw(t, "day"))
	for range rapid.IntRange(1, 5).Draw(t, "lines") {
		f.line(rapid.SampledFrom([]string{"A", "B", "C", "D", "Z"}).Draw(t, "code"),
			rapid.SampledFrom([]string{"1", "2", "5.5"}).Draw(t, "quantity"), decimals(t, 300, 3, "unit"))
	}
}

func TestNothingIsOverspentAndHeadsAreProved(t *testing.T) {
	ceilings := map[string]money.Decimal{"m": money.Whole(900), "p": money.Whole(1500), "d": money.Whole(120), "e": money.Whole(300)}
	rapid.Check(t, func(rt *rapid.T) {
		f := busyFixture(t)
		entries := map[string][]ledger.Entry{}
		for range rapid.IntRange(1, 12).Draw(rt, "claims") {
			drawClaim(rt, f)
			d := f.submit()
			checkAmounts(rt, d)
			for _, e := range d.Entries {
				entries[e.Head] = append(entries[e.Head], e)
			}
		}
		member, policy := f.account.member, f.account.policy
		for _, u := range append(append([]ledger.Use{}, member.Uses...), policy.Uses...) {
			if limit, limited := ceilings[u.Limit]; limited {
				require.LessOrEqual(rt, u.Amount.Cmp(limit), 0, "%s used %s", u.Limit, u.Amount)
			}
		}
		require.Empty(rt, ledger.Prove(ledger.MemberID("m"), &member.Tally, entries[ledger.MemberID("m")]))
		require.Empty(rt, ledger.Prove(policy.ID, &policy.Tally, entries[policy.ID]))
	})
}

// checkAmounts checks a decision of the busy fixture: its sums, and its ceiling per claim.
func checkAmounts(t require.TestingT, d *Decision) {
	checkSums(t, d)
	claim := money.New(0, 2)
	for i := range d.Lines {
		if l := &d.Lines[i]; l.Benefit != nil && l.Benefit.Item.Value != "D" {
			claim = claim.Add(l.Paid)
		}
	}
	require.LessOrEqual(t, claim.Cmp(money.Whole(400)), 0, "the ceiling per claim")
}

// checkSums checks what holds for every decision.
func checkSums(t require.TestingT, d *Decision) {
	var sum Amounts
	for i := range d.Lines {
		l := &d.Lines[i]
		require.True(t, l.consistent())
		require.LessOrEqual(t, l.Paid.Cmp(l.Submitted), 0)
		require.GreaterOrEqual(t, l.Paid.Sign(), 0)
		for _, c := range l.Cuts {
			require.Positive(t, c.Amount.Sign())
			require.True(t, c.Before.Sub(c.Amount).Equal(c.After))
		}
		sum.plus(&l.Amounts)
	}
	require.Equal(t, sum, d.Totals)
}

func TestReleasingEverythingLeavesNothing(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		f := busyFixture(t)
		var entries []ledger.Entry
		for range rapid.IntRange(1, 6).Draw(rt, "claims") {
			drawClaim(rt, f)
			entries = append(entries, f.submit().Entries...)
		}
		member, policy := f.account.member, f.account.policy
		for _, e := range entries {
			var err error
			if e.Head == policy.ID {
				back := e.Reversal(policy.Seq+1, f.now, e.Today)
				policy, err = policy.With(&back)
			} else {
				back := e.Reversal(member.Seq+1, f.now, e.Today)
				member, err = member.With(&back)
			}
			require.NoError(rt, err)
		}
		require.Empty(rt, member.Uses)
		require.Empty(rt, member.Services)
		require.Empty(rt, policy.Uses)
	})
}

func TestDecisionsAreReplayable(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		f := busyFixture(t)
		drawClaim(rt, f)
		f.submit()
		drawClaim(rt, f)
		c := f.makeCase()
		first := Decide(c)
		again, err := first.Basis.Case(f.read(), f.scheme())
		require.NoError(rt, err)
		second := Decide(again)
		for i := range first.Lines { // another reading of the same claim
			require.Equal(rt, first.Lines[i].Item, second.Lines[i].Item)
		}
		require.Equal(rt, first.Totals, second.Totals)
		require.Equal(rt, first.Entries, second.Entries)
		require.Equal(rt, first.Basis, second.Basis)
		require.Equal(rt, first.Notes, second.Notes)
	})
}

func TestDecideChangesNothingInItsCase(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		f := busyFixture(t)
		drawClaim(rt, f)
		f.submit()
		drawClaim(rt, f)
		c := f.makeCase()
		member, policy := c.Member.Encode(), c.Policies[0].Head.Encode()
		Decide(c)
		require.Equal(rt, member, c.Member.Encode())
		require.Equal(rt, policy, c.Policies[0].Head.Encode())
	})
}
