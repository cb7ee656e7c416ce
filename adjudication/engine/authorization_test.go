package engine

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/ledger"
	"claimwright/adjudication/engine/money"
)

// authorize decides a preauthorization of the lines and books it; the next claims name it.
func (f *fixture) authorize(id string) *Decision {
	f.t.Helper()
	f.use, f.id = "preauthorization", id
	d := f.submit()
	f.use, f.id, f.auth = "claim", "c1", AuthorizationRef(id)
	return d
}

// open is the open hold of an authorization as it counts on the fixture's day, nil if there is none.
func (f *fixture) open(id string) *ledger.Hold {
	return f.account.member.On(date(f.now.Format(time.DateOnly))).Hold(id)
}

func TestAnAuthorizationSetsAside(t *testing.T) {
	f := newFixture(t)
	f.plan = []string{"plan-limit id=all kind=ceiling scope=policy amount=500", "plan-limit id=own kind=ceiling scope=member amount=400"}
	d := f.line("A", "3", "100").authorize("pa")
	require.Equal(t, Approved, d.State)
	require.Equal(t, &Authorization{Ref: AuthorizationRef("pa"), Period: d.Authorization.Period, Until: date("2026-07-31")}, d.Authorization)
	require.Equal(t, "2026-05-10", d.Authorization.Period.From.String(), "from the first day asked for")
	require.Equal(t, "2026-07-01", d.Authorization.Period.To.String(), "30 days from the decision")
	require.Equal(t, ledger.Reserved, d.Entries[0].Kind)
	require.Equal(t, "200.00", f.left("all"))
	require.Equal(t, "100.00", f.left("own"))

	f.auth = ""
	require.Equal(t, []string{"100.00"}, paid(f.line("A", "2", "100").submit()), "nobody else's")
}

func TestAClaimUsesWhatIsSetAside(t *testing.T) {
	f := newFixture(t)
	f.plan = []string{"plan-limit id=all kind=ceiling scope=policy amount=300", "plan-limit id=d kind=deductible scope=member amount=30"}
	f.line("A", "3", "100").authorize("pa")
	require.Equal(t, "30.00", f.left("all"))
	d := f.line("A", "3", "100").submit()
	require.Equal(t, []string{"270.00"}, paid(d))
	require.Equal(t, AuthorizationRef("pa"), d.Lines[0].Authorization)
	require.Equal(t, "30.00", f.left("all"))
	require.Nil(t, f.open("pa"))
	require.Equal(t, []string{"30.00"}, paid(f.line("A", "3", "100").submit()), "it is used up: the rest is the ceiling's")
}

func TestTheFirstClaimReleasesTheRest(t *testing.T) {
	for _, c := range []struct{ name, plan, claim, left string }{
		{"by default", "plan-settings adultAge=18", "", "400.00"},
		{"not where several may come", "plan-settings authorizationUse=several", "", "200.00"},
		{"but where one says that it is the last", "plan-settings authorizationUse=several", finalClaim, "400.00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFixture(t)
			f.plan = []string{"plan-limit id=all kind=ceiling scope=policy amount=500", c.plan}
			f.line("A", "3", "100").authorize("pa")
			require.Equal(t, "200.00", f.left("all"))
			f.claim = c.claim
			require.Equal(t, []string{"100.00"}, paid(f.line("A", "1", "100").submit()))
			require.Equal(t, c.left, f.left("all"))
		})
	}
}

const finalClaim = `"supportingInfo":[{"sequence":1,"category":{"coding":[{"system":"https://claimwright.org/fhir/CodeSystem/claim-information","code":"final-claim"}]}}],`

func TestExcessOverAnAuthorization(t *testing.T) {
	for _, c := range []struct {
		name, plan, quantity, price string
		paid, denied, disallowed    string
		state                       State
	}{
		{"units are cut", "authorizationExcess=deny", "5", "100", "300.00", "", "200.00", PartlyApproved},
		{"no more than the authorized amount", "authorizationExcess=deny", "3", "110", "300.00", "", "30.00", PartlyApproved},
		{"of fewer units in proportion", "authorizationExcess=deny", "2", "110", "200.00", "", "20.00", PartlyApproved},
		{"or a person decides on units", "authorizationExcess=review", "5", "100", "500.00", "", "0.00", AwaitingReview},
		{"and on amounts", "authorizationExcess=review", "3", "110", "330.00", "", "0.00", AwaitingReview},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFixture(t)
			f.plan = []string{"plan-settings " + c.plan}
			f.line("A", "3", "100").authorize("pa")
			f.prices["A"] = "120"
			d := f.line("A", c.quantity, c.price).decide()
			require.Equal(t, []string{c.paid}, paid(d))
			require.Equal(t, []string{c.denied}, denied(d))
			require.Equal(t, c.disallowed, d.Lines[0].Disallowed.Round(2).String())
			require.Equal(t, c.state, d.State)
			if c.disallowed != "0.00" {
				require.Equal(t, AuthorizationExceeded, d.Lines[0].reason())
				require.Equal(t, c.disallowed, d.Totals.ProviderBears.String())
			}
		})
	}
}

func TestUnitsThatAreUsedUpAreDenied(t *testing.T) {
	f := newFixture(t)
	f.plan = []string{"plan-settings authorizationUse=several"}
	f.line("A", "2", "100").line("B", "1", "100").authorize("pa")
	d := f.line("A", "2", "100").line("A", "1", "100").submit()
	require.Equal(t, []string{"", "authorization-exceeded"}, denied(d))
	require.Equal(t, []ledger.Held{{Item: f.open("pa").Lines[0].Item, Quantity: money.Whole(1), Amount: money.New(10000, 2)}}, f.open("pa").Lines)
	d = f.line("B", "1", "100").submit()
	require.Equal(t, []string{""}, denied(d))
	require.Nil(t, f.open("pa"), "nothing is left to claim")
}

func TestAuthorizationsThatDoNotFit(t *testing.T) {
	for _, c := range []struct {
		name, note string
		change     func(f *fixture)
	}{
		{"unknown", "the member has none of this number that is open.", func(f *fixture) { f.auth = "PA-UNKNOWN" }},
		{"expired", "the member has none of this number that is open.", func(f *fixture) { f.now = f.now.AddDate(0, 0, 61) }},
		{"another provider's", "it is another provider's.", func(f *fixture) {
			next := *f.account.member
			next.Reserved[0].Provider = "Organization/other"
			f.account.member = &next
		}},
		{"another insurer's", "it is another insurer's.", func(f *fixture) {
			next := *f.account.member
			next.Covers = append([]ledger.Cover{{ID: "j", Policy: "policy/q/X", Insurer: "Organization/other"}}, next.Covers...)
			next.Reserved[0].Uses[0].Policy = "policy/q/X"
			f.account.member = &next
		}},
		{"not decided", "it is not decided yet.", func(f *fixture) {
			next := *f.account.member
			next.Reserved[0].Provisional = true
			f.account.member = &next
		}},
		{"another day", "", func(f *fixture) { f.dates = "2026-07-02" }},
		{"another service", "", func(f *fixture) { f.lines = nil; f.line("B", "1", "100") }},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFixture(t)
			f.plan = []string{"plan-benefit kind=coinsurance percent=100 authorization=required"}
			f.line("A", "1", "100").authorize("pa")
			f.line("A", "1", "100")
			require.Equal(t, []string{""}, denied(f.decide()))
			if c.name == "another day" {
				f.lines = nil
			}
			c.change(f)
			if c.name == "another day" {
				f.line("A", "1", "100")
			}
			d := f.decide()
			require.Equal(t, []string{"authorization-required"}, denied(d))
			if c.note != "" {
				require.Equal(t, "Authorization "+f.auth+": "+c.note, d.Notes[0])
			}
		})
	}
}

func TestWhatNeedsAnAuthorization(t *testing.T) {
	for _, c := range []struct{ name, rule, claim, quantity, denied string }{
		{"up to the total", "above=200", "", "2", ""},
		{"above the total", "above=200", "", "3", "authorization-required"},
		{"the other setting", "setting=inpatient", "", "3", ""},
		{"this setting", "setting=outpatient", "", "3", "authorization-required"},
		{"another type", "claimType=oral", "", "3", ""},
		{"this type", "claimType=professional", "", "3", "authorization-required"},
		{"another visit", "visitType=referral", "", "3", ""},
		{"this visit", "visitType=other", "", "3", "authorization-required"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFixture(t)
			f.plan = []string{"plan-authorization " + c.rule}
			require.Equal(t, []string{c.denied}, denied(f.line("A", c.quantity, "100").decide()))
			f.use = "predetermination"
			require.Equal(t, []string{""}, denied(f.decide()), "who asks before needs none")
			f.authorize("pa")
			require.Equal(t, []string{""}, denied(f.line("A", c.quantity, "100").decide()))
		})
	}
}

// What was authorized counts against frequency and counts of others, not against its own claim.
func TestAuthorizedServicesAreCountedOnce(t *testing.T) {
	f := newFixture(t)
	f.register["A"] = "frequencyPeriod=calendar-year category=surgery"
	f.plan = []string{"plan-category-limit category=surgery maxCount=1"}
	f.line("A", "1", "100").authorize("pa")
	ref := f.auth
	f.auth = ""
	require.Equal(t, []string{"frequency"}, denied(f.line("A", "1", "100").decide()))
	f.lines, f.register["B"] = nil, "category=surgery"
	require.Equal(t, []string{"max-surgeries"}, denied(f.line("B", "1", "100").decide()))
	f.lines, f.auth = nil, ref
	require.Equal(t, []string{"", "frequency"}, denied(f.line("A", "1", "100").line("A", "1", "100").decideExcessAsOther()))
	f.lines = nil
	require.Equal(t, []string{""}, denied(f.line("A", "1", "100").submit()))
	f.auth = ""
	require.Equal(t, []string{"frequency"}, denied(f.line("A", "1", "100").decide()))
}

// decideExcessAsOther decides with a second line that the authorization does not know, on another day of the year.
func (f *fixture) decideExcessAsOther() *Decision {
	f.lines[1] = f.lines[1][:len(f.lines[1])-len(`2026-05-10"}`)] + `2026-09-10"}`
	return f.decide()
}

// A line that is not authorized finds what is set aside for others taken, although its own claim names the authorization.
func TestOtherLinesDoNotUseWhatIsSetAside(t *testing.T) {
	f := newFixture(t)
	f.plan = []string{"plan-limit id=all kind=ceiling scope=policy amount=250"}
	f.line("A", "2", "100").authorize("pa")
	d := f.line("B", "1", "100").line("A", "2", "100").submit()
	require.Equal(t, []string{"50.00", "200.00"}, paid(d))
	require.Equal(t, "0.00", f.left("all"))
}

func TestExpiryNeedsNoEntry(t *testing.T) {
	f := newFixture(t)
	f.plan = []string{"plan-limit id=all kind=ceiling scope=policy amount=300", "plan-settings authorizationDays=5 authorizationGrace=2"}
	f.line("A", "3", "100").authorize("pa")
	f.now = f.now.AddDate(0, 0, 7)
	f.auth = ""
	require.Equal(t, []string{"0.00"}, paid(f.line("A", "1", "100").decide()), "the last day")
	f.now = f.now.AddDate(0, 0, 1)
	require.Equal(t, []string{"100.00"}, paid(f.submit()))
	require.Empty(t, f.account.member.Reserved)
	require.Empty(t, f.account.policy.Reserved)
}

func TestAuthorizationsAreBounded(t *testing.T) {
	f := newFixture(t)
	d := f.line("A", "1", "100").authorize("pa")
	require.Equal(t, Approved, d.State)
	next := *f.account.member
	for len(next.Reserved) < ledger.MaxHolds {
		next.Reserved = append(next.Reserved, next.Reserved[0])
	}
	f.account.member = &next
	f.use, f.auth = "preauthorization", ""
	require.Equal(t, []string{"too-many-authorizations"}, denied(f.line("A", "1", "100").decide()))
}

func TestProvisionalAuthorizations(t *testing.T) {
	f := newFixture(t)
	f.register["A"] = "manualReview=true"
	d := f.line("A", "1", "100").authorize("pa")
	require.Equal(t, AwaitingReview, d.State)
	require.True(t, d.Authorization.Provisional)
	require.True(t, f.open("pa").Provisional)
}

// TestNothingIsOverspent: whatever is authorized, claimed, released and left to expire, what the heads hold never exceeds
// the ceilings, is proved by the entries, and ends where it began.
func TestNothingIsOverspent(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		f := newFixture(t)
		f.plan = []string{
			"plan-limit id=all kind=ceiling scope=policy amount=700", "plan-limit id=own kind=ceiling scope=member period=calendar-year amount=600",
			"plan-limit id=d kind=deductible scope=member amount=50", "plan-limit id=roll kind=ceiling scope=member period=rolling days=8 amount=400", "plan-settings authorizationDays=5 authorizationGrace=5 authorizationUse=" +
				rapid.SampledFrom([]string{"single", "several"}).Draw(rt, "use") + " authorizationExcess=" + rapid.SampledFrom([]string{"deny", "review"}).Draw(rt, "excess"),
			"plan-benefit kind=coinsurance percent=80", "plan-category-limit category=visit maxCount=6",
		}
		f.register["B"] = "frequencyDays=3"
		f.cover.Period.To, f.policy.Period.To = date("2027-12-31"), date("2027-12-31")
		f.now = time.Date(2026, 12, 25, 8, 0, 0, 0, time.UTC)
		entries := map[string][]ledger.Entry{}
		book := func(all []ledger.Entry) {
			for i := range all {
				e := &all[i]
				entries[e.Head] = append(entries[e.Head], *e)
				var err error
				if e.Head == f.account.policy.ID {
					f.account.policy, err = f.account.policy.With(e)
				} else {
					f.account.member, err = f.account.member.With(e)
				}
				require.NoError(rt, err)
			}
		}
		var claims [][]ledger.Entry
		var refs []string
		for i := range rapid.IntRange(1, 10).Draw(rt, "steps") {
			f.lines, f.auth, f.use, f.claim, f.id = nil, "", "claim", "", string(rune('a'+i))
			f.dates = f.now.Format(time.DateOnly)
			for range rapid.IntRange(1, 3).Draw(rt, "lines") {
				f.line(rapid.SampledFrom([]string{"A", "B", "C"}).Draw(rt, "code"), rapid.SampledFrom([]string{"1", "2", "3"}).Draw(rt, "quantity"), rapid.SampledFrom([]string{"80", "100"}).Draw(rt, "price"))
			}
			switch rapid.IntRange(0, 3).Draw(rt, "what") {
			case 0:
				f.use = "preauthorization"
				refs = append(refs, AuthorizationRef(f.id))
				d := f.decide()
				requireSums(rt, d)
				book(d.Entries)
			case 1, 2:
				if len(refs) > 0 {
					f.auth = rapid.SampledFrom(refs).Draw(rt, "auth")
				}
				if rapid.Bool().Draw(rt, "final") {
					f.claim = finalClaim
				}
				d := f.decide()
				requireSums(rt, d)
				book(d.Entries)
				claims = append(claims, d.Entries)
			case 3:
				f.now = f.now.AddDate(0, 0, rapid.IntRange(1, 12).Draw(rt, "days"))
			}
			if f.account == nil {
				continue
			}
			all, _ := f.account.policy.Used("", "all", day.Period{To: f.policy.Period.To})
			require.LessOrEqual(rt, all.Cmp(money.Whole(700)), 0, "used and set aside: %s", all)
			for _, u := range f.account.member.Uses {
				if u.Limit == "own" {
					require.LessOrEqual(rt, u.Amount.Cmp(money.Whole(600)), 0)
				}
			}
			for at := date("2026-12-20"); at < date("2027-03-01"); at += 4 {
				_, roll, _ := f.account.member.Fullest(f.account.policy.ID, "roll", at, 8, nil)
				require.LessOrEqual(rt, roll.Cmp(money.Whole(400)), 0, "in eight days: %s", roll)
			}
			for head, of := range entries {
				tally := &f.account.member.Tally
				if head == f.account.policy.ID {
					tally = &f.account.policy.Tally
				}
				require.Empty(rt, ledger.Prove(head, tally, of))
			}
		}
		if f.account == nil {
			return
		}
		f.now = f.now.AddDate(0, 0, 30) // all that is open expires
		today := date(f.now.Format(time.DateOnly))
		for _, of := range claims {
			for i := range of {
				e := of[i]
				seq := f.account.member.Seq
				if e.Head == f.account.policy.ID {
					seq = f.account.policy.Seq
				}
				back := e.Reversal(seq+1, f.now, today)
				book([]ledger.Entry{back})
			}
		}
		require.Empty(rt, f.account.member.On(today).Uses)
		for _, s := range f.account.member.On(today).Services {
			require.Empty(rt, s.Days)
		}
		require.Empty(rt, f.account.policy.On(today).Uses)
		require.Empty(rt, f.account.member.On(today).Rolling)
	})
}
