package engine

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/ledger"
	"claimwright/adjudication/engine/money"
	"claimwright/adjudication/engine/scheme"
)

func (f *fixture) inquiry(at string) *Inquiry {
	f.t.Helper()
	c := f.makeCase()
	return &Inquiry{Scheme: c.Scheme, Member: c.Member, Policies: []*ledger.Policy{c.Policies[0].Head}, At: date(at)}
}

func TestStandingsTellEveryLimit(t *testing.T) {
	f := newFixture(t)
	f.register["A"] = "category=surgery"
	f.plan = []string{
		"plan-limit id=d kind=deductible scope=member period=calendar-year amount=10",
		"plan-limit id=c kind=ceiling scope=policy amount=100 threshold=1 extraMember=50",
		"plan-limit id=k kind=ceiling scope=claim setting=inpatient amount=70",
		"plan-category-limit category=surgery amount=500 maxCount=2",
	}
	f.policy.Steps = []ledger.Step{{At: 1, By: 2}}
	f.line("A", "1", "100").submit()
	f.line("A", "1", "1").makeCase()
	q := f.inquiry("2026-05-10")
	s := Standings(q)
	require.Len(t, s, 1)
	require.True(t, s[0].InForce)
	var told []string
	for _, b := range s[0].Balances {
		told = append(told, b.Kind.Code()+" "+b.ID+" "+b.Scope.String()+" "+b.Allowed.String()+"-"+b.Used.String()+"="+b.Left.String())
	}
	require.Equal(t, []string{
		"deductible d member 10.00-10.00=0.00", "ceiling c policy 150.00-90.00=60.00", "ceiling k claim 70.00-0.00=70.00",
		"category-amount category:surgery claim 500.00-0.00=500.00", "category-count claims:surgery member 2-1=1",
	}, told)
	require.Equal(t, scheme.InPatient, s[0].Balances[2].Where)
	require.Equal(t, date("2026-12-31"), s[0].Balances[0].Period.To)
}

func TestStandingsTellLimitsOfEveryScopeAndPeriod(t *testing.T) {
	f := newFixture(t)
	f.register["A"] = "category=surgery"
	f.claim = `"accident":{"date":"2026-05-01"},`
	f.policy.Period, f.cover.Period = day.Period{From: date("2025-03-15")}, day.Period{From: date("2025-03-15")}
	f.plan = []string{
		"plan-limit id=month kind=ceiling scope=member period=calendar-month amount=500",
		"plan-limit id=anniversary kind=ceiling scope=policy period=policy-year amount=500",
		"plan-limit id=rolling kind=ceiling scope=member period=rolling days=30 amount=500",
		"plan-limit id=family kind=ceiling scope=family amount=300 threshold=1 extraMember=100",
		"plan-limit id=event kind=ceiling scope=event amount=250",
		"plan-category-limit category=surgery amount=400 amountScope=member period=calendar-month",
		"plan-category-limit category=surgery maxCount=3 period=rolling days=90",
		"plan-benefit kind=coinsurance percent=100 maxQuantity=9 quantityPeriod=rolling quantityDays=60",
	}
	f.line("A", "1", "100").makeCase()
	family := f.account.member.Family(&f.account.member.Covers[0])
	f.account.groups[family].Steps = []ledger.Step{{At: 1, By: 3}}
	f.submit()
	f.dates = "2026-05-30"
	f.line("A", "1", "100").submit()
	q := f.inquiryWithGroups("2026-06-05")
	s := Standings(q)[0]
	var told []string
	for _, b := range s.Balances {
		require.True(t, b.Known)
		told = append(told, fmt.Sprintf("%s %s %s-%s=%s %s..%s", b.ID, b.Scope, b.Allowed, b.Used, b.Left, b.Period.From, b.Period.To))
	}
	require.Equal(t, []string{
		"month member 500.00-0.00=500.00 2026-06-01..2026-06-30",
		"anniversary policy 500.00-200.00=300.00 2026-03-15..2027-03-14",
		"rolling member 500.00-200.00=300.00 2026-05-07..2026-06-05",
		"family family 500.00-200.00=300.00 2025-03-15..",
		"event event 250.00-0.00=250.00 2025-03-15..",
		"category:surgery member 400.00-0.00=400.00 2026-06-01..2026-06-30",
		"claims:surgery member 3-2=1 2026-03-08..2026-06-05",
	}, told)
	o := q.Outlook(&s, scheme.Code{System: "urn:reg", Value: "A"}, scheme.OtherVisit, "")
	require.Equal(t, "7", o.Quantity.Left.String())
	q.At = date("2026-06-09")
	require.Equal(t, "400.00", Standings(q)[0].Balances[2].Left.String(), "the first has left the period")
}

func (f *fixture) inquiryWithGroups(at string) *Inquiry {
	f.t.Helper()
	q := &Inquiry{Scheme: f.scheme(), Member: f.account.member, Policies: []*ledger.Policy{f.account.policy}, At: date(at)}
	for _, id := range q.Heads() {
		if head := f.account.groups[id]; head != nil {
			q.Policies = append(q.Policies, head)
		}
	}
	return q
}

func TestStandingsInForceForAllDaysAskedFor(t *testing.T) {
	for name, c := range map[string]struct {
		at, until string
		change    func(*fixture)
		want      bool
	}{
		"a day":                {"2026-05-10", "", func(*fixture) {}, true},
		"until the end":        {"2026-05-10", "2026-12-31", func(*fixture) {}, true},
		"beyond the end":       {"2026-05-10", "2027-01-01", func(*fixture) {}, false},
		"before":               {"2025-12-31", "", func(*fixture) {}, false},
		"policy not in force":  {"2026-05-10", "", func(f *fixture) { f.policy.InForce = false }, false},
		"plan unknown":         {"2026-05-10", "", func(f *fixture) { f.cover.Plan = "NONE" }, false},
		"inactive member":      {"2026-05-10", "", func(f *fixture) { f.member.Inactive = true }, false},
		"died within the time": {"2026-05-10", "2026-05-20", func(f *fixture) { f.member.Died = date("2026-05-15") }, false},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			c.change(f)
			q := f.line("A", "1", "1").inquiry(c.at)
			if c.until != "" {
				q.Until = date(c.until)
			}
			require.Equal(t, c.want, Standings(q)[0].InForce)
		})
	}
}

func TestStandingsOfOneInsurerOrAll(t *testing.T) {
	f := newFixture(t)
	c := f.line("A", "1", "1").second(func(z *ledger.Cover) { z.Insurer = "Organization/other" })
	q := &Inquiry{Scheme: c.Scheme, Member: c.Member, At: date("2026-05-10")}
	all := Standings(q)
	require.Len(t, all, 2)
	require.Equal(t, "k", all[0].Cover.ID, "those in force come first")
	require.Nil(t, all[1].Plan)
	q.Insurer = "Organization/ins"
	require.Len(t, Standings(q), 1)
}

func TestOutlookAgreesWithTheDecision(t *testing.T) {
	for name, change := range map[string]func(*fixture){
		"free":           func(*fixture) {},
		"not listed":     func(f *fixture) { f.prices["A"] = "-" },
		"for men":        func(f *fixture) { f.register["A"] = "sex=male" },
		"for children":   func(f *fixture) { f.register["A"] = "ageGroup=child" },
		"excluded":       func(f *fixture) { f.plan = []string{"plan-benefit item=A excluded=true"} },
		"waiting":        func(f *fixture) { f.cover.Stage = ledger.New; f.waiting(12) },
		"no quantity":    func(f *fixture) { f.plan = []string{"plan-benefit kind=coinsurance percent=100 maxQuantity=0"} },
		"not registered": func(f *fixture) { f.lines = nil; f.line("Z", "1", "1") },
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			f.line("A", "1", "1")
			change(f)
			q := f.inquiry("2026-05-10")
			s := Standings(q)
			d := f.decide()
			o := q.Outlook(&s[0], d.Lines[0].Item.Codes[0], scheme.OtherVisit, "Organization/fac")
			require.Equal(t, d.Lines[0].Denial, o.Denial)
		})
	}
}

func TestOutlookTellsWhatRemains(t *testing.T) {
	f := newFixture(t)
	f.register["A"] = "frequencyPeriod=calendar-year frequencyCount=3"
	f.register["B"] = "frequencyDays=30"
	f.plan = []string{"plan-benefit kind=coinsurance percent=80 maxQuantity=5 waitingMonths=2"}
	f.cover.Stage = ledger.New
	f.dates = "2026-05-10"
	f.line("A", "2", "1").line("B", "1", "1").submit()
	f.dates = "2026-06-08"
	f.line("B", "1", "1").submit()
	f.dates = "2026-06-09"
	f.line("B", "1", "1").submit()
	f.line("A", "1", "1")
	q := f.inquiry("2026-05-20")
	s := Standings(q)
	code := func(c string) scheme.Code { return scheme.Code{System: "urn:reg", Value: c} }

	o := q.Outlook(&s[0], code("A"), scheme.OtherVisit, "")
	require.Equal(t, NotDenied, o.Denial)
	require.Equal(t, "2", o.Frequency.Left.String())
	require.Equal(t, "3", o.Quantity.Left.String())
	require.Equal(t, money.Whole(80), o.Percent)
	require.Equal(t, date("2026-03-01"), o.WaitingUntil)

	o = q.Outlook(&s[0], code("B"), scheme.OtherVisit, "")
	require.Equal(t, TooFrequent, o.Denial)
	require.Equal(t, date("2026-07-09"), o.NotBefore, "30 days after the last that stands in the way")
}
