package engine

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/ledger"
	"claimwright/adjudication/engine/scheme"
)

// crowd are members of several families in one policy, with their claims.
type crowd struct {
	*fixture
	sch     *scheme.Scheme
	members map[string]*ledger.Member
	// family is each member's subscriber.
	family  map[string]string
	entries map[string][]ledger.Entry
	claims  []*crowdClaim
}

type crowdClaim struct {
	member, event string
	decision      *Decision
	cancelled     bool
}

func newCrowd(t testing.TB, sch *scheme.Scheme, f *fixture) *crowd {
	c := &crowd{fixture: f, sch: sch, members: map[string]*ledger.Member{}, family: map[string]string{"a": "x", "b": "x", "c": "y"}, entries: map[string][]ledger.Entry{}}
	for id, subscriber := range c.family {
		cover := f.cover
		cover.Subscriber = subscriber
		c.members[id] = &ledger.Member{ID: id, Covers: []ledger.Cover{cover}}
	}
	policy := f.policy
	f.account = &account{policy: &policy, groups: map[string]*ledger.Policy{}}
	return c
}

// crowdFixture has a limit of every scope and period; A is surgery, B is limited in quantity, C is not counted by ceilings.
func crowdFixture(t testing.TB) *fixture {
	f := newFixture(t)
	f.register["A"] = "category=surgery"
	f.register["D"] = "category=consultation"
	f.policy.Period, f.cover.Period = day.Period{From: date("2025-06-15")}, day.Period{From: date("2025-06-15")}
	f.plan = []string{
		"plan-limit id=ded kind=deductible scope=member period=calendar-month amount=40",
		"plan-limit id=fam-ded kind=deductible scope=family period=rolling days=30 amount=60",
		"plan-limit id=claim kind=ceiling scope=claim amount=400",
		"plan-limit id=year kind=ceiling scope=member period=calendar-year amount=900",
		"plan-limit id=month kind=ceiling scope=member period=calendar-month amount=500",
		"plan-limit id=anniversary kind=ceiling scope=member period=policy-year amount=800",
		"plan-limit id=rolling kind=ceiling scope=member period=rolling days=20 amount=450",
		"plan-limit id=policy kind=ceiling scope=policy amount=2200",
		"plan-limit id=family kind=ceiling scope=family period=calendar-year amount=1300",
		"plan-limit id=event kind=ceiling scope=event amount=350",
		"plan-category-limit category=surgery amount=300 amountScope=member period=rolling days=40",
		"plan-category-limit category=consultation maxCount=2 period=rolling days=15",
		"plan-benefit kind=coinsurance percent=90",
		"plan-benefit item=B kind=coinsurance percent=100 maxQuantity=6 quantityPeriod=rolling quantityDays=25",
		"plan-benefit item=C kind=coinsurance percent=70 ceilingExclusion=both",
	}
	return f
}

// draw draws a claim of a member.
func (c *crowd) draw(t *rapid.T) *crowdClaim {
	claim := &crowdClaim{
		member: rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "member"),
		event:  rapid.SampledFrom([]string{"", "", "2026-06-01", "2026-06-02"}).Draw(t, "event"),
	}
	c.lines = nil
	for range rapid.IntRange(1, 4).Draw(t, "lines") {
		at := date("2026-05-20") + day.Date(rapid.IntRange(0, 60).Draw(t, "day"))
		c.rawLine(rapid.SampledFrom([]string{"A", "B", "C", "D"}).Draw(t, "code"), fmt.Sprintf(
			`"servicedDate":%q,"quantity":{"value":%s},"unitPrice":{"value":%s,"currency":"USD"}`, at,
			rapid.SampledFrom([]string{"1", "2", "4.5"}).Draw(t, "quantity"), decimals(t, 120, 2, "unit")))
	}
	return claim
}

// take decides a claim and books it.
func (c *crowd) take(claim *crowdClaim) {
	if c.claim = ""; claim.event != "" {
		c.claim = fmt.Sprintf(`"accident":{"date":%q},`, claim.event)
	}
	c.account.member = c.members[claim.member]
	claim.decision = Decide(c.caseOf(c.sch))
	for i := range claim.decision.Entries {
		c.enter(claim.decision.Entries[i])
	}
	c.claims = append(c.claims, claim)
}

func (c *crowd) enter(e ledger.Entry) {
	c.book(&e)
	c.entries[e.Head] = append(c.entries[e.Head], e)
	c.members[c.account.member.ID] = c.account.member
}

func (c *crowd) cancel(claim *crowdClaim) {
	claim.cancelled = true
	c.account.member = c.members[claim.member]
	for _, e := range claim.decision.Entries {
		c.enter(e.Reversal(c.tally(e.Head).Seq+1, c.now, e.Today))
	}
}
