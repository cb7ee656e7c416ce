package engine

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/ledger"
	"claimwright/adjudication/engine/money"
	"claimwright/adjudication/engine/scheme"
)

// spent is an amount of one line that a limit counts, and for whom.
type spent struct {
	whose  string
	at     day.Date
	amount money.Decimal
}

// counted are the amounts of all claims that stand, by what tells how much and for whom.
func (c *crowd) counted(of func(*crowdClaim, *Line) (string, money.Decimal)) []spent {
	var all []spent
	for _, claim := range c.claims {
		for i := range claim.decision.Lines {
			l := &claim.decision.Lines[i]
			if claim.cancelled || !l.Accepted() {
				continue
			}
			whose, amount := of(claim, l)
			all = append(all, spent{whose, l.Target, amount})
		}
	}
	return all
}

// within demands that no one's sum over a period is above a limit; period tells which days count together with a day.
func within(t *rapid.T, name string, limit int64, all []spent, period func(day.Date) day.Period) {
	for _, s := range all {
		sum, days := money.Decimal{}, period(s.at)
		for _, o := range all {
			if o.whose == s.whose && days.Holds(o.at) {
				sum = sum.Add(o.amount)
			}
		}
		require.LessOrEqual(t, sum.Cmp(money.Whole(limit)), 0, "%s of %q in %s to %s: %s", name, s.whose, days.From, days.To, sum)
	}
}

func rolling(n day.Date) func(day.Date) day.Period {
	return func(d day.Date) day.Period { return day.Period{From: d, To: d + n - 1} }
}

func ever(day.Date) day.Period { return day.Period{} }

// hold checks every limit of the plan against the claims that stand, without a ledger.
func (c *crowd) hold(t *rapid.T) {
	paid := func(whose func(*crowdClaim) string) func(*crowdClaim, *Line) (string, money.Decimal) {
		return func(claim *crowdClaim, l *Line) (string, money.Decimal) {
			if l.Benefit.Unlimited.In(l.Where) {
				return "", money.Decimal{}
			}
			return whose(claim), l.Paid
		}
	}
	member := func(claim *crowdClaim) string { return claim.member }
	family := func(claim *crowdClaim) string { return c.family[claim.member] }
	one := func(claim *crowdClaim) string { return fmt.Sprintf("%p", claim) }
	event := func(claim *crowdClaim) string {
		if claim.event == "" {
			return one(claim)
		}
		return claim.member + claim.event
	}
	anniversary := func(d day.Date) day.Period { return date("2025-06-15").AnniversaryYear(d) }
	byMember, byFamily := c.counted(paid(member)), c.counted(paid(family))
	within(t, "claim", 400, c.counted(paid(one)), ever)
	within(t, "calendar year", 900, byMember, day.Date.Year)
	within(t, "calendar month", 500, byMember, day.Date.Month)
	within(t, "policy year", 800, byMember, anniversary)
	within(t, "rolling", 450, byMember, rolling(20))
	within(t, "policy", 2200, c.counted(paid(func(*crowdClaim) string { return "all" })), ever)
	within(t, "family", 1300, byFamily, day.Date.Year)
	within(t, "event", 350, c.counted(paid(event)), ever)
	deducted := func(whose func(*crowdClaim) string) []spent {
		return c.counted(func(claim *crowdClaim, l *Line) (string, money.Decimal) { return whose(claim), l.Deductible })
	}
	within(t, "deductible", 40, deducted(member), day.Date.Month)
	within(t, "deductible of the family", 60, deducted(family), rolling(30))
	within(t, "surgery", 300, c.counted(func(claim *crowdClaim, l *Line) (string, money.Decimal) {
		if l.Category != scheme.Surgery {
			return "", money.Decimal{}
		}
		return claim.member, l.Paid
	}), rolling(40))
	within(t, "quantity", 6, c.counted(func(claim *crowdClaim, l *Line) (string, money.Decimal) {
		if l.Benefit.Item.Value != "B" {
			return "", money.Decimal{}
		}
		return claim.member, l.Quantity
	}), rolling(25))
	within(t, "consultations", 2, c.consultations(), rolling(15))
}

// consultations are the claims of that category, each on the last day of its lines.
func (c *crowd) consultations() []spent {
	var all []spent
	for _, claim := range c.claims {
		s, accepted := spent{whose: claim.member, amount: money.Whole(1)}, false
		for i := range claim.decision.Lines {
			l := &claim.decision.Lines[i]
			s.at = max(s.at, l.Target)
			accepted = accepted || l.Accepted() && l.Category == scheme.Consultation
		}
		if accepted && !claim.cancelled {
			all = append(all, s)
		}
	}
	return all
}

func (c *crowd) prove(t *rapid.T) {
	for head, entries := range c.entries {
		for _, m := range c.members {
			if ledger.MemberID(m.ID) == head {
				c.account.member = m
			}
		}
		require.Empty(t, ledger.Prove(head, c.tally(head), entries))
	}
}

// Whatever is claimed and cancelled, in whatever order: no limit is overspent, sums are exact, heads are what their entries
// say, and nothing is left when everything is cancelled.
func TestNoLimitOfAnyScopeIsOverspent(t *testing.T) {
	f := crowdFixture(t)
	sch := f.scheme()
	rapid.Check(t, func(rt *rapid.T) {
		c := newCrowd(t, sch, f)
		for range rapid.IntRange(1, 14).Draw(rt, "steps") {
			if n := len(c.claims); n > 0 && rapid.IntRange(0, 3).Draw(rt, "cancels") == 0 {
				if claim := c.claims[rapid.IntRange(0, n-1).Draw(rt, "which")]; !claim.cancelled {
					c.cancel(claim)
				}
				continue
			}
			claim := c.draw(rt)
			c.take(claim)
			requireSums(rt, claim.decision)
		}
		c.hold(rt)
		c.prove(rt)
		for _, claim := range c.claims {
			if !claim.cancelled {
				c.cancel(claim)
			}
		}
		c.prove(rt)
		for head := range c.entries {
			tally := c.tally(head)
			require.Empty(rt, tally.Uses)
			require.Empty(rt, tally.Rolling)
		}
	})
}

func requireSums(t *rapid.T, d *Decision) {
	var sum Amounts
	for i := range d.Lines {
		l := &d.Lines[i]
		require.True(t, l.consistent())
		require.LessOrEqual(t, l.Paid.Cmp(l.Submitted), 0)
		require.GreaterOrEqual(t, l.Paid.Sign(), 0)
		sum.plus(&l.Amounts)
	}
	require.Equal(t, sum, d.Totals)
}

// Claims of members who share no limit are decided alike in any order, though they are of one policy.
func TestTheOrderOfUnrelatedClaimsDoesNotMatter(t *testing.T) {
	f := crowdFixture(t)
	for i, l := range f.plan {
		if l == "plan-limit id=policy kind=ceiling scope=policy amount=2200" {
			f.plan = append(f.plan[:i], f.plan[i+1:]...)
			break
		}
	}
	sch := f.scheme()
	rapid.Check(t, func(rt *rapid.T) {
		type drawn struct {
			claim crowdClaim
			lines []string
		}
		queues := map[string][]drawn{}
		c := newCrowd(t, sch, f)
		for range rapid.IntRange(2, 10).Draw(rt, "claims") {
			claim := c.draw(rt)
			if claim.member == "b" {
				claim.member = "a" // a and c share nothing
			}
			queues[claim.member] = append(queues[claim.member], drawn{*claim, c.lines})
		}
		decide := func(pick func(left map[string][]drawn) string) map[string][]*Decision {
			c := newCrowd(t, sch, f)
			left, decided := map[string][]drawn{"a": queues["a"], "c": queues["c"]}, map[string][]*Decision{}
			for len(left["a"])+len(left["c"]) > 0 {
				who := pick(left)
				next := left[who][0]
				left[who] = left[who][1:]
				c.lines = next.lines
				claim := next.claim
				c.take(&claim)
				decided[who] = append(decided[who], claim.decision)
			}
			return decided
		}
		first := decide(func(left map[string][]drawn) string {
			if len(left["a"]) > 0 {
				return "a"
			}
			return "c"
		})
		mixed := decide(func(left map[string][]drawn) string {
			if len(left["c"]) > 0 && (len(left["a"]) == 0 || rapid.Bool().Draw(rt, "c first")) {
				return "c"
			}
			return "a"
		})
		for who := range queues {
			for i, want := range first[who] {
				got := mixed[who][i]
				require.Equal(rt, want.Totals, got.Totals)
				require.Equal(rt, want.Notes, got.Notes)
				require.Equal(rt, want.Entries, got.Entries)
				require.Equal(rt, want.Basis, got.Basis)
				for j := range want.Lines {
					require.Equal(rt, want.Lines[j].Checks, got.Lines[j].Checks)
				}
			}
		}
	})
}
