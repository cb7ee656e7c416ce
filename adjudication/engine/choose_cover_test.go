package engine

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"claimwright/adjudication/engine/ledger"
)

// several gives the member covers of further plans beside the focal one, each of a policy of its own: in the order of the
// ids, "s0" ending first.
func (f *fixture) several(t testing.TB, plans ...[]string) *Case {
	t.Helper()
	f.plans = map[string][]string{}
	ends := []string{"2026-10-31", "2026-11-30", "2026-12-31"}
	var covers []ledger.Cover
	for i, extensions := range plans {
		code := string(rune('X' + i))
		f.plans[code] = extensions
		c := f.cover
		c.ID, c.Plan, c.Policy = "s"+string(rune('0'+i)), code, ledger.PolicyID("p"+code, code)
		c.Active, c.Period.To = true, date(ends[i])
		covers = append(covers, c)
	}
	k := f.makeCase()
	for i := range covers {
		m, err := k.Member.WithCover(covers[i])
		require.NoError(t, err)
		k.Member = m
	}
	return k
}

func share(percent string) string { return "plan-benefit kind=coinsurance percent=" + percent }

func TestWhichCoverPays(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*fixture)
		others [][]string
		cover  string
		want   lines
	}{
		"the focal one, though another costs less": {func(f *fixture) { f.plan = []string{share("50")} }, [][]string{{share("100")}}, "k", lines{"50.00"}},
		"another where the focal one does not cover": {
			func(f *fixture) { f.plan = []string{share("100") + " item=B"} }, [][]string{{share("60")}}, "s0", lines{"60.00"},
		},
		"another where the focal one waits": {
			func(f *fixture) { f.cover.Stage = ledger.New; f.plan = []string{share("100") + " waitingMonths=9"} }, [][]string{{share("60")}}, "s0", lines{"60.00"},
		},
		"another where the quantity is used up": {
			func(f *fixture) { f.plan = []string{share("100") + " maxQuantity=0"} }, [][]string{{share("60")}}, "s0", lines{"60.00"},
		},
		"another where the claims are used up": {
			func(f *fixture) { f.plan = []string{share("100"), "plan-category-limit category=visit maxCount=0"} }, [][]string{{share("60")}}, "s0", lines{"60.00"},
		},
		"the focal one where its ceiling is used up: it grants the line": {
			func(f *fixture) { f.plan = []string{share("100"), "plan-limit kind=ceiling scope=claim amount=0"} }, [][]string{{share("60")}}, "k", lines{"0.00"},
		},
		"of none, with the first fault": {
			func(f *fixture) { f.cover.Stage = ledger.New; f.plan = []string{share("100") + " waitingMonths=9"} }, [][]string{{share("100") + " maxQuantity=0"}}, "k", lines{"waiting-period"},
		},
		"the one that costs least": {
			func(f *fixture) { f.cover.Active = false }, [][]string{{share("80")}, {share("90")}, {share("70")}}, "s1", lines{"90.00"},
		},
		"least with all limits": {
			func(f *fixture) { f.cover.Active = false },
			[][]string{{share("100"), "plan-limit kind=ceiling scope=claim amount=20"}, {share("50")}}, "s1", lines{"50.00"},
		},
		"of equal ones the one that ends first": {func(f *fixture) { f.cover.Active = false }, [][]string{{share("90")}, {share("90")}}, "s0", lines{"90.00"}},
		"only what grants": {
			func(f *fixture) { f.cover.Active = false }, [][]string{{share("100") + " maxQuantity=0"}, {share("10")}}, "s1", lines{"10.00"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			c.change(f)
			d := Decide(f.line("A", "1", "100").several(t, c.others...))
			require.Equal(t, c.want, outcomeOf(d))
			require.Equal(t, c.cover, d.Lines[0].Cover.ID)
		})
	}
}

func TestPracticesOfTheChoice(t *testing.T) {
	fixed := func(amount string) string { return "plan-benefit kind=fixed amount=" + amount }
	for name, c := range map[string]struct {
		change  func(*fixture)
		plan    string
		other   string
		covers  lines // by profile
		pays    lines
		limited []string
	}{
		"the cheaper though not focal":        {nil, share("50"), share("100"), lines{"k", "s0", "s0"}, lines{"50.00", "100.00", "100.00"}, nil},
		"an amount above the price":           {nil, share("100"), fixed("120"), lines{"k", "s0", "s0"}, lines{"100.00", "100.00", "100.00"}, nil},
		"an amount of 0":                      {nil, share("100"), fixed("0"), lines{"k", "s0", "s0"}, lines{"100.00", "0.00", "100.00"}, nil},
		"the whole before a larger amount":    {nil, share("100"), fixed("90"), lines{"k", "k", "k"}, lines{"100.00", "100.00", "100.00"}, nil},
		"an amount that leaves less":          {nil, share("80"), fixed("90"), lines{"k", "s0", "s0"}, lines{"80.00", "90.00", "90.00"}, nil},
		"a share before an amount of as much": {nil, fixed("80"), share("80"), lines{"k", "s0", "s0"}, lines{"80.00", "80.00", "80.00"}, nil},
		"ceilings do not count in the choice": {
			nil, share("50"), share("100"), lines{"k", "s0", "s0"}, lines{"50.00", "20.00", "20.00"}, []string{"plan-limit kind=ceiling scope=claim amount=20"},
		},
		"one that waits": {
			func(f *fixture) { f.cover.Stage = ledger.New }, share("50"), share("100") + " waitingMonths=9",
			lines{"k", "k", "s0"}, lines{"50.00", "50.00", "waiting-period"}, nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			for i, profile := range profiles {
				f := newFixture(t)
				if c.change != nil {
					c.change(f)
				}
				f.plan = []string{c.plan, "plan-settings profile=" + profile}
				k := f.line("A", "1", "100").several(t, append([]string{c.other, "plan-settings profile=" + profile}, c.limited...))
				d := Decide(k)
				require.Equal(t, lines{c.pays[i]}, outcomeOf(d), profile)
				require.Equal(t, c.covers[i], d.Lines[0].Cover.ID, profile)
			}
		})
	}
}

func TestACountMayDecideForAllCovers(t *testing.T) {
	count := "plan-category-limit category=visit maxCount=1"
	for i, want := range []lines{{"60.00"}, {"max-visits"}, {"max-visits"}} {
		f := newFixture(t)
		f.cover.Period.To = date("2026-09-30") // the first to be tried
		f.used("claims:visit", "1")
		f.plan = []string{share("100"), count, "plan-settings profile=" + profiles[i]}
		d := Decide(f.line("A", "1", "100").several(t, []string{share("60"), "plan-settings profile=" + profiles[i]}))
		require.Equal(t, want, outcomeOf(d), profiles[i])
	}
}

func TestATrialLeavesNothing(t *testing.T) {
	f := newFixture(t)
	f.register["A"] = "frequencyDays=5"
	f.plan = []string{share("100") + " item=Z"}
	k := f.line("A", "1", "100").line("B", "1", "100").several(t,
		[]string{share("50"), "plan-limit id=l kind=ceiling scope=policy amount=60", "plan-benefit item=B kind=coinsurance percent=50 maxQuantity=1"},
		[]string{share("40"), "plan-limit id=l kind=ceiling scope=policy amount=60"})
	d := Decide(k)
	require.Equal(t, lines{"50.00", "40.00"}, outcomeOf(d), "after the first line, the first cover has 10 left")
	require.Equal(t, []string{"s0", "s1"}, []string{d.Lines[0].Cover.ID, d.Lines[1].Cover.ID})
	require.Equal(t, []string{"The cover pays 50 %.", "The cover pays 40 %."}, d.Notes)
	require.Len(t, d.Lines[1].Checks, 1)
	require.Equal(t, "40.00", d.Lines[1].Checks[0].After.String())
	require.Equal(t, []string{ledger.MemberID("m"), ledger.PolicyID("pX", "X"), ledger.PolicyID("pY", "Y")}, headsOf(d))
}

func headsOf(d *Decision) []string {
	var heads []string
	for _, e := range d.Entries {
		heads = append(heads, e.Head)
	}
	return heads
}

func TestConcernedAreAllPoliciesThatMayPay(t *testing.T) {
	f := newFixture(t)
	k := f.line("A", "1", "100").several(t, []string{share("50")}, []string{share("40")})
	require.Equal(t, []string{ledger.PolicyID("p", "PLAN"), ledger.PolicyID("pX", "X"), ledger.PolicyID("pY", "Y")}, Concerned(k.Claim, k.Member, k.Scheme))

	f = newFixture(t)
	f.claim, f.dates = `"billablePeriod":{"start":"2026-05-10","end":"2026-05-12"},`, ""
	f.cover.Period.To = date("2026-05-11")
	f.settings("profile=24.10")
	k = f.line("A", "1", "100").makeCase()
	require.Equal(t, []string{f.policy.ID}, Concerned(k.Claim, k.Member, k.Scheme), "an item's cover may have been in force at the start only")
}

// Whatever the profile and however many covers: the sums hold, nothing is overspent, and the same case gives the same.
func TestEveryProfileKeepsItsSums(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		profile := rapid.SampledFrom(profiles[:]).Draw(rt, "profile")
		f := busyFixture(t)
		f.register["C"] += " frequencyDays=3"
		f.plan = append(f.plan, "plan-settings profile="+profile)
		drawClaim(rt, f)
		k := f.several(t, []string{share("70"), "plan-limit id=p kind=ceiling scope=policy amount=500", "plan-settings profile=" + profile},
			[]string{"plan-benefit kind=fixed amount=90 maxQuantity=4", "plan-category-limit category=surgery maxCount=0", "plan-settings profile=" + profile})
		d := Decide(k)
		require.NotEqual(rt, Failed, d.Outcome)
		sum := Sum(d.Lines)
		require.Equal(rt, sum, d.Totals)
		for i := range d.Lines {
			require.True(rt, d.Lines[i].sums())
			require.True(rt, profile != "default" || d.Lines[i].consistent())
		}
		for _, e := range d.Entries {
			for _, u := range e.Uses {
				if u.Limit == "p" {
					require.LessOrEqual(rt, u.Amount.Cmp(amount(t, "1500")), 0)
				}
			}
		}
		again, err := d.Basis.Case(f.read(), f.scheme())
		require.NoError(rt, err)
		require.Equal(rt, d.Totals, Decide(again).Totals)
	})
}
