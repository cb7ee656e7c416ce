package engine

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/adjudication/engine/ledger"
)

// another makes the fixture's claims those of another member of the same policy.
func (f *fixture) another(member, subscriber string) {
	f.t.Helper()
	f.makeCase() // makes the account
	groups, policy := f.account.groups, f.account.policy
	m := f.member
	m.ID = member
	cover := f.cover
	cover.Subscriber = subscriber
	m.Covers = []ledger.Cover{cover}
	f.account = &account{member: &m, policy: policy, groups: groups}
}

func TestCeilingsPerFamily(t *testing.T) {
	f := newFixture(t)
	f.plan = []string{"plan-limit id=fam kind=ceiling scope=family amount=250 threshold=2 extraMember=50 maximum=400"}
	f.line("A", "1", "1").another("a", "Patient/head")
	f.lines = nil
	require.Equal(t, "200.00", f.claimOn("2026-05-01", "2"))
	f.line("A", "1", "1").another("b", "Patient/head")
	f.lines = nil
	require.Equal(t, "50.00", f.left("fam"))
	require.Equal(t, "50.00", f.claimOn("2026-05-02", "1"))
	f.line("A", "1", "1").another("c", "Patient/stranger")
	f.lines = nil
	require.Equal(t, "200.00", f.claimOn("2026-05-02", "2"), "another family of the same policy")
	require.Empty(t, f.account.policy.Uses, "families do not grow the policy's head")
	require.Len(t, f.account.groups, 3, "the first makeCase was of a family of one")

	family := ledger.FamilyID(f.policy.ID, "Patient/stranger")
	f.account.groups[family].Steps = []ledger.Step{{At: 1, By: 5}}
	require.Equal(t, "200.00", f.left("fam"), "250 and 50 for each member above two, less 200")
	f.account.groups[family].Steps[0].By = 9
	require.Equal(t, "200.00", f.left("fam"), "at most 400")
	require.Equal(t, "200.00", f.claimOn("2026-05-02", "3"))
}

// Without a Contract a policy is one family's already, and its own head serves.
func TestAFamilyWithoutAContractIsThePolicy(t *testing.T) {
	f := newFixture(t)
	f.plan = []string{"plan-limit id=fam kind=ceiling scope=family amount=150"}
	f.policy = ledger.Policy{ID: ledger.PolicyIDWithoutContract("Organization/ins", "s", "PLAN", f.cover.Period.From)}
	f.cover.Policy = f.policy.ID
	require.Equal(t, "100.00", f.claimOn("2026-05-01", "1"))
	require.Equal(t, "50.00", f.claimOn("2026-05-02", "1"))
	require.Empty(t, f.account.groups)
	require.Equal(t, "0.00", f.left("fam"))
}

func TestOnlyPlansThatAskReadFurtherHeads(t *testing.T) {
	f := newFixture(t)
	f.claim = `"accident":{"date":"2026-05-01"},`
	f.line("A", "1", "100")
	require.Len(t, f.makeCase().Policies, 1)
	require.Len(t, Decide(f.makeCase()).Basis.Heads, 2)
	f.plan = []string{"plan-limit id=fam kind=ceiling scope=family amount=1", "plan-limit id=ev kind=ceiling scope=event amount=1"}
	require.Len(t, f.makeCase().Policies, 3)
	f.dates, f.lines = "2027-05-01", nil
	require.Empty(t, Concerned(f.line("A", "1", "1").read(), f.account.member, f.scheme()), "no cover is in force")
}

func TestCeilingsPerEvent(t *testing.T) {
	const named = `"supportingInfo":[{"sequence":1,"category":{"coding":[{"system":"https://claimwright.org/fhir/CodeSystem/claim-information","code":"event"}]},"valueString":"fall-1"}],`
	for name, c := range map[string]struct{ first, second, third string }{
		"none: each claim is its own":            {"", "", "100.00 100.00 100.00"},
		"named":                                  {named, strings.Replace(named, "fall-1", "fall-2", 1), "100.00 50.00 100.00"},
		"accident":                               {`"accident":{"date":"2026-05-01"},`, `"accident":{"date":"2026-05-02"},`, "100.00 50.00 100.00"},
		"the name comes before the accident":     {named, named + `"accident":{"date":"2026-05-02"},`, "100.00 50.00 0.00"},
		"a name is no accident of the same text": {`"accident":{"date":"2026-05-01"},`, strings.Replace(named, "fall-1", "2026-05-01", 1), "100.00 50.00 100.00"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			f.plan = []string{"plan-limit id=ev kind=ceiling scope=event amount=150"}
			var got []string
			for _, claim := range []string{c.first, c.first, c.second} {
				f.claim = claim
				got = append(got, f.claimOn("2026-05-05", "1"))
			}
			require.Equal(t, c.third, strings.Join(got, " "))
			require.Empty(t, f.account.member.Uses[1:], "only the count of visits is the member's")
		})
	}
}

func TestEventsByEncounter(t *testing.T) {
	f := newFixture(t)
	f.plan = []string{"plan-limit id=ev kind=ceiling scope=event amount=150"}
	visit := func(encounter string) string {
		f.rawLine("B", `"quantity":{"value":0.5}`)
		f.rawLine("A", `"quantity":{"value":1},"encounter":[{"reference":"`+encounter+`"}]`)
		return strings.Join(paid(f.submit()), " ")
	}
	require.Equal(t, "50.00 100.00", visit("Encounter/1"))
	require.Equal(t, "0.00 0.00", visit("Encounter/1"))
	require.Equal(t, "50.00 100.00", visit("Encounter/2"))
	f.claim = `"accident":{"date":"2026-05-01"},`
	require.Equal(t, "50.00 100.00", visit("Encounter/2"), "an accident comes before a visit")
	require.Equal(t, "0.00 0.00", visit("Encounter/3"))

	f.claim = ""
	f.line("A", "1", "1").another("b", "Patient/b")
	f.lines = nil
	require.Equal(t, "50.00 100.00", visit("Encounter/1"), "another member's event is another")
}

func TestEventsThatCannotBeUsed(t *testing.T) {
	info := func(sequence, value string) string {
		return `{"sequence":` + sequence + `,"category":{"coding":[{"system":"https://claimwright.org/fhir/CodeSystem/claim-information","code":"event"}]}` + value + `}`
	}
	for name, list := range map[string]string{
		"The event has no name":             info("1", ""),
		"The name of the event is too long": info("1", `,"valueString":"`+strings.Repeat("x", 201)+`"`),
		"The claim names two events":        info("1", `,"valueString":"x"`) + "," + info("2", `,"valueString":"y"`),
	} {
		f := newFixture(t)
		f.claim = `"supportingInfo":[` + list + `],`
		f.line("A", "1", "1")
		_, issues := ReadClaim(f.parse(f.claimJSON()))
		require.Len(t, issues, 1, name)
		require.Equal(t, name, issues[0].Text)
	}
}
