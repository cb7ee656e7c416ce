package claims_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/ledger"
	"claimwright/store/resources"
)

func (w *world) deny(identifier string) string {
	got := w.submit(w.parse(claimSpec{identifier: identifier}.json()))
	require.Len(w.t, got.Item, 1, string(got.doc.Bytes()))
	_, denied := amounts(got.Item[0].Adjudication)
	return denied
}

func TestHeadsFollowThePatient(t *testing.T) {
	w := newMemoryWorld(t)
	m := w.member("p-1001-01")
	require.Equal(t, ledger.Female, m.Sex)
	require.Equal(t, "1988-04-12", m.Birth.String())
	require.Len(t, m.Covers, 1)

	patient := string(w.get("Patient", "p-1001-01").Bytes())
	w.mustUpdate(strings.Replace(patient, `"gender":"female"`, `"gender":"female","deceasedDateTime":"2026-06-01"`, 1))
	m = w.member("p-1001-01")
	require.Equal(t, "2026-06-01", m.Died.String())
	require.Equal(t, "2", m.Version)
	require.Len(t, m.Covers, 1, "the covers stay")

	_, err := w.service.Delete(context.Background(), everyone, key("Patient", "p-1001-01"), resources.DeleteOptions{})
	require.NoError(t, err)
	require.True(t, w.member("p-1001-01").Inactive)
	w.verify()
}

func TestHeadsFollowTheCover(t *testing.T) {
	w := newMemoryWorld(t)
	at := day.Of(2026, 5, 5)
	count := func(policy string) int { return w.head(policy).MembersAt(at) }
	before := count("policy/p-2001/BASIC")
	require.Positive(t, before)
	require.Empty(t, w.deny("H-1"))

	cover := string(w.get("Coverage", "p-2001-01").Bytes())
	w.mustUpdate(strings.Replace(cover, `"status":"active"`, `"status":"cancelled"`, 1))
	require.Equal(t, before-1, count("policy/p-2001/BASIC"))
	require.Equal(t, "no-cover", w.deny("H-2"))

	w.mustUpdate(strings.Replace(cover, "Contract/p-2001", "Contract/p-2002", 1))
	require.Equal(t, before-1, count("policy/p-2001/BASIC"))
	require.Equal(t, "policy/p-2002/BASIC", w.member("p-2001-01").Covers[0].Policy)

	w.mustUpdate(strings.Replace(cover, `"beneficiary":{"reference":"Patient/p-2001-01"}`, `"beneficiary":{"reference":"Patient/p-2002-01"}`, 1))
	require.Empty(t, w.member("p-2001-01").Covers, "the cover has another beneficiary")
	require.Len(t, w.member("p-2002-01").Covers, 2)
	require.Equal(t, before, count("policy/p-2001/BASIC"))

	_, err := w.service.Delete(context.Background(), everyone, key("Coverage", "p-2001-01"), resources.DeleteOptions{})
	require.NoError(t, err)
	require.Len(t, w.member("p-2002-01").Covers, 1)
	require.Equal(t, before-1, count("policy/p-2001/BASIC"))
	w.verify()
}

func TestHeadsFollowTheContract(t *testing.T) {
	w := newMemoryWorld(t)
	contract := string(w.get("Contract", "p-2001").Bytes())
	require.Empty(t, w.deny("K-1"))
	w.mustUpdate(strings.Replace(contract, `"status":"executed"`, `"status":"revoked"`, 1))
	require.False(t, w.head("policy/p-2001/BASIC").InForce)
	require.NotEmpty(t, w.deny("K-2"))
	w.mustUpdate(contract)
	require.Empty(t, w.deny("K-3"))
	_, err := w.service.Delete(context.Background(), everyone, key("Contract", "p-2001"), resources.DeleteOptions{})
	require.NoError(t, err)
	require.NotEmpty(t, w.deny("K-4"))
	w.verify()
}

// TestOrderOfEntries: a cover may be written before its patient and its policy, in one transaction or in several.
func TestOrderOfEntries(t *testing.T) {
	cover := `{"resourceType":"Coverage","id":"c","status":"active","beneficiary":{"reference":"Patient/n"},"payor":[{"reference":"Organization/umoja"}],
"period":{"start":"2026-01-01","end":"2026-12-31"},"class":[{"type":{"coding":[{"code":"plan"}]},"value":"BASIC"}],"contract":[{"reference":"Contract/n"}]}`
	patient := `{"resourceType":"Patient","id":"n","gender":"male","birthDate":"1980-01-01"}`
	contract := `{"resourceType":"Contract","id":"n","status":"executed","type":{"coding":[{"system":"https://claimwright.org/fhir/CodeSystem/contract-type","code":"policy"}]},
"applies":{"start":"2026-01-01","end":"2026-12-31"},"authority":[{"reference":"Organization/umoja"}]}`
	claim := claimSpec{identifier: "O-1", patient: `{"reference":"Patient/n"}`, coverage: `{"reference":"Coverage/c"}`}.json()
	accepted := func(t *testing.T, w *world) {
		got := w.submit(w.parse(claim))
		require.Equal(t, "complete", got.Outcome, string(got.doc.Bytes()))
		_, denied := amounts(got.Item[0].Adjudication)
		require.Empty(t, denied)
		w.verify()
	}
	t.Run("one by one", func(t *testing.T) {
		w := newMemoryWorld(t)
		w.mustUpdate(cover)
		require.Equal(t, "error", w.submit(w.parse(claim)).Outcome, "a cover does not make a member")
		w.mustUpdate(patient)
		w.mustUpdate(contract)
		accepted(t, w)
	})
	t.Run("in one transaction", func(t *testing.T) {
		w := newMemoryWorld(t)
		var entries []string
		for _, body := range []string{cover, patient, contract} {
			doc := w.parse(body)
			entries = append(entries, `{"resource":`+body+`,"request":{"method":"PUT","url":"`+doc.Type()+`/`+doc.ID()+`"}}`)
		}
		w.transact(`{"resourceType":"Bundle","type":"transaction","entry":[` + strings.Join(entries, ",") + `]}`)
		accepted(t, w)
	})
}

func TestCoversThatSayNothing(t *testing.T) {
	w := newMemoryWorld(t)
	_, err := w.update(`{"resourceType":"Coverage","id":"bad","status":"active","beneficiary":{"reference":"Patient/p-2001-01"},"payor":[{"reference":"Organization/umoja"}],"period":{"start":"2026-12-31","end":"2026-01-01"}}`)
	require.Error(t, err)
	w.mustUpdate(`{"resourceType":"Coverage","id":"foreign","status":"active","beneficiary":{"identifier":{"value":"x"}},"payor":[{"display":"somebody"}]}`)
	w.mustUpdate(`{"resourceType":"Coverage","id":"private","status":"active","beneficiary":{"reference":"Patient/p-2001-01"},"payor":[{"identifier":{"value":"x"}}],"subscriberId":"s-1"}`)
	require.Len(t, w.member("p-2001-01").Covers, 2)
	_, err = w.update(`{"resourceType":"Coverage","id":"long","status":"active","beneficiary":{"reference":"Patient/p-2001-01"},"payor":[{"identifier":{"value":"x"}}],"subscriberId":"` + strings.Repeat("s", 600) + `"}`)
	requireStatus(t, err, 422, "Coverage.class")
	w.verify()
}

// Without a Contract, too, a policy that ends on another day than was said keeps what was used of it.
func TestACoverThatIsProlongedKeepsItsUse(t *testing.T) {
	w := newMemoryWorld(t)
	w.mustUpdate(`{"resourceType":"Patient","id":"n-1","gender":"female","birthDate":"1990-01-01"}`)
	cover := `{"resourceType":"Coverage","id":"n-1","status":"active","beneficiary":{"reference":"Patient/n-1"},
"subscriber":{"reference":"Patient/n-1"},"period":{"start":"2026-01-01","end":"2026-11-30"},"payor":[{"reference":"Organization/umoja"}],
"class":[{"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/coverage-class","code":"plan"}]},"value":"BASIC"}]}`
	w.mustUpdate(cover)
	pay := func(identifier string) string {
		got := w.submit(w.parse(claimSpec{
			identifier: identifier, patient: `{"reference":"Patient/n-1"}`, coverage: `{"reference":"Coverage/n-1"}`, service: "S-CT", price: "9000.00",
		}.json()))
		paid, _ := amounts(got.Item[0].Adjudication)
		return paid["benefit"]
	}
	for _, identifier := range []string{"N-1", "N-2", "N-3", "N-4"} {
		require.Equal(t, "7200.00", pay(identifier))
	}
	require.Equal(t, "1200.00", pay("N-5"), "what is left of 30,000")
	for _, end := range []string{`,"end":"2026-12-31"`, `,"end":"2026-06-30"`, ``} {
		w.mustUpdate(strings.Replace(cover, `,"end":"2026-11-30"`, end, 1))
		require.Equal(t, "0.00", pay("N-6"+end))
	}
	w.verify()
}
