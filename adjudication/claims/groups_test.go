package claims_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/ledger"
)

// planOf is a plan that pays all of everything up to its limits, each "extension part=value …".
func planOf(code string, limits ...string) string {
	var extensions strings.Builder
	for _, l := range limits {
		words := strings.Fields(l)
		var parts []string
		for _, part := range words[1:] {
			name, value, _ := strings.Cut(part, "=")
			switch name {
			case "amount", "extraMember":
				value = `"valueMoney":{"value":` + value + `,"currency":"KES"}`
			case "threshold", "days", "maxCount":
				value = `"valueUnsignedInt":` + value
			case "id":
				value = `"valueString":"` + value + `"`
			default:
				value = `"valueCode":"` + value + `"`
			}
			parts = append(parts, `{"url":"`+name+`",`+value+`}`)
		}
		extensions.WriteString(`{"url":"https://claimwright.org/fhir/StructureDefinition/` + words[0] + `","extension":[` + strings.Join(parts, ",") + `]},`)
	}
	return `{"resourceType":"InsurancePlan","id":"` + strings.ToLower(code) + `","status":"active","identifier":[{"value":"` + code + `"}],"period":{"start":"2026-01-01"},
"ownedBy":{"reference":"Organization/umoja"},"extension":[` + extensions.String() + `
{"url":"https://claimwright.org/fhir/StructureDefinition/plan-benefit","extension":[{"url":"kind","valueCode":"coinsurance"},{"url":"percent","valueDecimal":100}]}]}`
}

// enrol makes a member with a cover of the Contract g.
func (w *world) enrol(member, subscriber, plan string) {
	w.mustUpdate(fmt.Sprintf(`{"resourceType":"Patient","id":%q,"gender":"female","birthDate":"1990-01-01"}`, member))
	w.mustUpdate(fmt.Sprintf(`{"resourceType":"Coverage","id":%[1]q,"status":"active","beneficiary":{"reference":"Patient/%[1]s"},"subscriber":{"reference":"Patient/%[2]s"},
"payor":[{"reference":"Organization/umoja"}],"period":{"start":"2026-01-01","end":"2026-12-31"},
"class":[{"type":{"coding":[{"code":"plan"}]},"value":%[3]q}],"contract":[{"reference":"Contract/g"}]}`, member, subscriber, plan))
}

// group is a Contract of several families under a plan with a limit for each, and one for each event.
func (w *world) group() {
	w.mustUpdate(planOf("FAM", "plan-limit id=family kind=ceiling scope=family amount=1500 threshold=1 extraMember=100",
		"plan-limit id=event kind=ceiling scope=event amount=1000"))
	w.contractOfGroup()
}

// contractOfGroup is the Contract with three members of two families under the plan FAM.
func (w *world) contractOfGroup() {
	w.mustUpdate(`{"resourceType":"Contract","id":"g","status":"executed","type":{"coding":[{"system":"https://claimwright.org/fhir/CodeSystem/contract-type","code":"policy"}]},
"applies":{"start":"2026-01-01","end":"2026-12-31"},"authority":[{"reference":"Organization/umoja"}]}`)
	w.enrol("f-1", "f-1", "FAM")
	w.enrol("f-2", "f-1", "FAM")
	w.enrol("g-1", "g-1", "FAM")
}

// bill is a claim of 640, the negotiated price of a consultation, of one event.
func (w *world) bill(identifier, member, event string) (id, paid string) {
	members := ""
	if event != "" {
		members = `,"accident":{"date":"` + event + `"}`
	}
	got := w.submit(w.parse(claimSpec{
		identifier: identifier, patient: `{"reference":"Patient/` + member + `"}`, coverage: `{"reference":"Coverage/` + member + `"}`, members: members,
	}.json()))
	require.Equal(w.t, "complete", got.Outcome, string(got.doc.Bytes()))
	by, _ := amounts(got.Total)
	return got.ID, by["benefit"]
}

func TestLimitsPerFamilyAndEvent(t *testing.T) {
	w := newMemoryWorld(t)
	w.group()
	policy := ledger.PolicyID("g", "FAM")
	family := ledger.FamilyID(policy, "Patient/f-1")
	at := day.Of(2026, 5, 5)
	require.Equal(t, 3, w.head(policy).MembersAt(at))
	require.Equal(t, 2, w.head(family).MembersAt(at))

	first, paid := w.bill("F-1", "f-1", "2026-05-01")
	full := paid
	_, paid = w.bill("F-2", "f-1", "2026-05-01")
	require.NotEqual(t, full, paid, "the event is used up")
	_, paid = w.bill("F-3", "f-2", "2026-05-01")
	require.NotEqual(t, full, paid, "the family has 1,600, of which 1,000 are used")
	_, paid = w.bill("G-1", "g-1", "2026-05-01")
	require.Equal(t, full, paid)
	require.Len(t, w.head(family).Uses, 1)
	require.Empty(t, w.head(policy).Uses)
	w.verify()

	before := w.head(family).Uses[0].Amount
	w.cancel(first)
	require.Equal(t, before.Sub(w.head(ledger.FamilyID(policy, "Patient/g-1")).Uses[0].Amount).String(), w.head(family).Uses[0].Amount.String())
	_, paid = w.bill("F-4", "f-1", "2026-05-01")
	require.Equal(t, full, paid, "the event has room again")
	w.verify()

	w.enrol("f-2", "g-1", "FAM") // moves to the other family
	require.Equal(t, 3, w.head(policy).MembersAt(at))
	require.Equal(t, 1, w.head(family).MembersAt(at))
	require.Equal(t, 2, w.head(ledger.FamilyID(policy, "Patient/g-1")).MembersAt(at))
	w.verify()
}

// However many claims of a family arrive at once, on two servers, its ceiling is never overspent.
func TestAFamilysCeilingUnderLoad(t *testing.T) {
	one := newMemoryWorld(t)
	one.group()
	servers := [...]*world{one, joinWorld(t, one.store)}
	var group sync.WaitGroup
	for i := range 16 {
		group.Go(func() {
			member := [...]string{"f-1", "f-2", "g-1"}[i%3]
			servers[i%2].bill(fmt.Sprintf("L-%d", i), member, fmt.Sprintf("2026-05-%02d", i+1))
		})
	}
	group.Wait()
	for subscriber, ceiling := range map[string]string{"f-1": "1600.00", "g-1": "1500.00"} {
		require.Equal(t, ceiling, one.head(ledger.FamilyID(ledger.PolicyID("g", "FAM"), "Patient/"+subscriber)).Uses[0].Amount.String())
	}
	one.verify()
}

func TestRollingLimitsAndContentAreGivenBack(t *testing.T) {
	w := newMemoryWorld(t)
	w.mustUpdate(planOf("FAM", "check-setting check=duplicate-content", "plan-limit id=rolling kind=ceiling scope=member period=rolling days=30 amount=700"))
	w.contractOfGroup()
	first, paid := w.bill("R-1", "f-1", "")
	_, again := w.bill("R-2", "f-1", "")
	require.Equal(t, "0.00", again, "the same was claimed before")
	w.verify()
	w.cancel(first)
	require.Empty(t, w.member("f-1").Rolling)
	_, again = w.bill("R-3", "f-1", "")
	require.Equal(t, paid, again)
	require.Len(t, w.member("f-1").Rolling, 1)
	w.verify()
}

// Claims of policies without such limits write no such heads.
func TestNoHeadsForLimitsThatAreNotThere(t *testing.T) {
	w := newMemoryWorld(t)
	got := w.submit(w.parse(claimSpec{identifier: "N-1", members: `,"accident":{"date":"2026-05-01"}`}.json()))
	require.NotContains(t, string(got.doc.Bytes()), "family/")
	require.NotContains(t, string(got.doc.Bytes()), "event/")
}
