package claims_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/bundle"
	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
	"claimwright/fhir/patch"
	"claimwright/store"
	"claimwright/store/resources"
)

func key(typ, id string) store.Key { return store.Key{Type: typ, ID: id} }

func (w *world) create(body string) *resources.Stored {
	stored, err := w.service.Create(context.Background(), everyone, w.parse(body), resources.CreateOptions{})
	require.NoError(w.t, err)
	return stored
}

// update puts a resource under its own id.
func (w *world) update(body string) (*resources.Stored, error) {
	doc := w.parse(body)
	return w.service.Update(context.Background(), everyone, key(doc.Type(), doc.ID()), doc, resources.UpdateOptions{})
}

func (w *world) mustUpdate(body string) *resources.Stored {
	stored, err := w.update(body)
	require.NoError(w.t, err)
	return stored
}

func (w *world) cancel(claimID string) *resources.Stored {
	return w.mustUpdate(strings.Replace(string(w.get("Claim", claimID).Bytes()), `"status":"active"`, `"status":"cancelled"`, 1))
}

func (w *world) gone(typ, id string) bool {
	records, err := w.store.Get(context.Background(), store.System(), key(typ, id))
	require.NoError(w.t, err)
	return records[0] == nil || records[0].Deleted
}

func requireStatus(t testing.TB, err error, status int, at string) {
	t.Helper()
	var refused *outcome.Error
	require.ErrorAs(t, err, &refused)
	require.Equal(t, status, refused.StatusOr500(), refused)
	require.Equal(t, at, refused.Issues[0].Expression)
}

func TestPlainCreateIsDecided(t *testing.T) {
	w := newMemoryWorld(t)
	stored := w.create(claimSpec{identifier: "P-1"}.json())
	require.NotNil(t, stored.Result)
	response := readResponse(t, stored.Result)
	require.Equal(t, "complete", response.Outcome)
	require.Equal(t, "Claim/"+stored.Key.ID, response.Request.Reference)

	repeated := w.create(claimSpec{identifier: "P-1"}.json())
	require.NotEqual(t, stored.Key.ID, repeated.Key.ID, "a create creates")
	_, denied := amounts(readResponse(t, repeated.Result).Item[0].Adjudication)
	require.Equal(t, "duplicate", denied)
	w.verify()
}

func TestPlainCreateUnderAChosenID(t *testing.T) {
	w := newMemoryWorld(t)
	w.mustUpdate(`{"resourceType":"Task","id":"mine","status":"draft","intent":"order"}`)
	stored := w.mustUpdate(strings.Replace(claimSpec{identifier: "P-2"}.json(), `{"resourceType":"Claim"`, `{"resourceType":"Claim","id":"mine"`, 1))
	require.Equal(t, "claim-mine", stored.Result.ID(), "other types may have resources under the same id")
	require.Equal(t, "Claim/mine", field(w.get("Task", "claim-mine"), "focus", "reference"))
	require.Equal(t, "draft", field(w.get("Task", "mine"), "status"))

	w.mustUpdate(`{"resourceType":"Task","id":"claim-yours","status":"draft","intent":"order"}`)
	_, err := w.update(strings.Replace(claimSpec{identifier: "P-3"}.json(), `{"resourceType":"Claim"`, `{"resourceType":"Claim","id":"yours"`, 1))
	requireStatus(t, err, http.StatusConflict, "Claim.id")
	w.verify()
}

func TestClaimsInATransaction(t *testing.T) {
	w := newMemoryWorld(t)
	entry := func(c claimSpec) string {
		return `{"resource":` + c.json() + `,"request":{"method":"POST","url":"Claim"}}`
	}
	body := `{"resourceType":"Bundle","type":"transaction","entry":[` + entry(claimSpec{identifier: "B-1"}) + "," + entry(claimSpec{identifier: "B-2"}) + `]}`
	plan, err := bundle.Read([]byte(body), codec.Limits{}, bundle.Options{})
	require.NoError(t, err)
	_, err = w.service.Transaction(context.Background(), everyone, plan, resources.BundleOptions{})
	require.NoError(t, err)
	require.Equal(t, int64(2), w.count("ClaimResponse"), "two claims on the same heads, decided in one commit")
	w.verify()

	bad := strings.Replace(body, `"sequence":1,"productOrService"`, `"sequence":1,"diagnosisSequence":[7],"productOrService"`, 1)
	plan, err = bundle.Read([]byte(bad), codec.Limits{}, bundle.Options{})
	require.NoError(t, err)
	_, err = w.service.Transaction(context.Background(), everyone, plan, resources.BundleOptions{})
	require.Error(t, err)
	require.Equal(t, int64(2), w.count("Claim"), "all or nothing")
}

func TestDrafts(t *testing.T) {
	w := newMemoryWorld(t)
	draft := strings.Replace(claimSpec{identifier: "L-1"}.json(), `"active"`, `"draft"`, 1)
	stored := w.create(draft)
	require.Nil(t, stored.Result)
	id := stored.Key.ID
	require.True(t, w.gone("ClaimResponse", id), "a draft is not decided")
	task := w.get("Task", id)
	require.Equal(t, "entered", field(task, "businessStatus", "coding", "code"))
	require.Equal(t, "draft", field(task, "status"))

	changed := w.mustUpdate(strings.Replace(string(stored.Doc.Bytes()), "2026-05-05", "2026-05-06", 1))
	require.Equal(t, int64(2), changed.Version)

	active := w.mustUpdate(strings.Replace(string(changed.Doc.Bytes()), `"draft"`, `"active"`, 1))
	require.Equal(t, "complete", readResponse(t, active.Result).Outcome)
	require.Equal(t, "completed", field(w.get("Task", id), "status"))

	other := w.create(strings.Replace(claimSpec{identifier: "L-2"}.json(), `"active"`, `"draft"`, 1))
	_, err := w.service.Delete(context.Background(), everyone, other.Key, resources.DeleteOptions{})
	require.NoError(t, err)
	require.True(t, w.gone("Task", other.Key.ID), "its task goes with it")
	w.verify()
}

func TestDecidedClaimsAreImmutable(t *testing.T) {
	w := newMemoryWorld(t)
	id := w.submit(w.parse(claimSpec{identifier: "L-3"}.json())).ID
	body := string(w.get("Claim", id).Bytes())
	_, err := w.update(strings.Replace(body, "2026-05-05", "2026-05-06", 1))
	requireStatus(t, err, http.StatusUnprocessableEntity, "Claim.status")
	_, err = w.update(strings.Replace(body, `"active"`, `"draft"`, 1))
	requireStatus(t, err, http.StatusUnprocessableEntity, "Claim.status")
	t.Run("D2 a decided claim is not deleted", func(t *testing.T) {
		_, err := w.service.Delete(context.Background(), everyone, key("Claim", id), resources.DeleteOptions{})
		requireStatus(t, err, http.StatusUnprocessableEntity, "Claim")
	})
	_, err = w.update(strings.Replace(strings.Replace(body, `"active"`, `"cancelled"`, 1), "2026-05-05", "2026-05-06", 1))
	requireStatus(t, err, http.StatusUnprocessableEntity, "Claim")
	require.Equal(t, "1", w.get("Claim", id).VersionID())
}

func TestCancelReleasesTheLedger(t *testing.T) {
	w := newMemoryWorld(t)
	before := w.head("policy/p-2001/BASIC")
	first := w.submit(w.parse(claimSpec{identifier: "L-4"}.json()))
	require.NotEqual(t, before.Uses, w.head("policy/p-2001/BASIC").Uses)

	stored := w.cancel(first.ID)
	require.Equal(t, "cancelled", field(stored.Result, "status"))
	require.Equal(t, "cancelled", field(w.get("ClaimResponse", first.ID), "status"))
	task := w.get("Task", first.ID)
	require.Equal(t, "cancelled", field(task, "status"))
	require.Equal(t, "cancelled", field(task, "businessStatus", "coding", "code"))
	require.Equal(t, before.Uses, w.head("policy/p-2001/BASIC").Uses, "what was taken is given back")
	w.verify()

	_, err := w.update(strings.Replace(string(w.get("Claim", first.ID).Bytes()), `"cancelled"`, `"active"`, 1))
	requireStatus(t, err, http.StatusUnprocessableEntity, "Claim.status")
}

func TestClaimsThatCouldNotBeDecided(t *testing.T) {
	w := newMemoryWorld(t)
	failed := w.submit(w.parse(claimSpec{identifier: "L-5", patient: `{"reference":"Patient/nobody"}`}.json()))
	require.Equal(t, "error", failed.Outcome)
	corrected := w.mustUpdate(strings.Replace(string(w.get("Claim", failed.ID).Bytes()), "Patient/nobody", "Patient/p-2001-01", 1))
	response := readResponse(t, corrected.Result)
	require.Equal(t, "complete", response.Outcome)
	require.Equal(t, failed.ID, response.ID, "the answer is a new version of the same response")
	require.Equal(t, "2", corrected.Result.VersionID())
	w.verify()

	failed = w.submit(w.parse(claimSpec{identifier: "L-6", patient: `{"reference":"Patient/nobody"}`}.json()))
	_, err := w.service.Delete(context.Background(), everyone, key("Claim", failed.ID), resources.DeleteOptions{})
	require.NoError(t, err)
	for _, typ := range []string{"Claim", "ClaimResponse", "Task"} {
		require.True(t, w.gone(typ, failed.ID), typ)
	}
	w.cancelError(t)
}

// cancelError cancels a claim that took nothing.
func (w *world) cancelError(t *testing.T) {
	failed := w.submit(w.parse(claimSpec{identifier: "L-7", patient: `{"reference":"Patient/nobody"}`}.json()))
	w.cancel(failed.ID)
	require.Equal(t, "cancelled", field(w.get("ClaimResponse", failed.ID), "status"))
	w.verify()
}

func TestResponsesAndTasksAreTheServersOwn(t *testing.T) {
	w := newMemoryWorld(t)
	id := w.submit(w.parse(claimSpec{identifier: "L-8"}.json())).ID
	failed := w.submit(w.parse(claimSpec{identifier: "L-9", patient: `{"reference":"Patient/nobody"}`}.json())).ID
	for typ, at := range map[string]string{"ClaimResponse": "ClaimResponse.insurer", "Task": "Task.businessStatus"} {
		for _, id := range []string{id, failed} {
			changed := strings.Replace(string(w.get(typ, id).Bytes()), `"`+typ+`"`, `"`+typ+`","language":"en"`, 1)
			_, err := w.update(changed)
			requireStatus(t, err, http.StatusUnprocessableEntity, at)
			t.Run("D2 a "+typ+" of a decision is not deleted", func(t *testing.T) {
				_, err := w.service.Delete(context.Background(), everyone, key(typ, id), resources.DeleteOptions{})
				requireStatus(t, err, http.StatusUnprocessableEntity, at)
			})
		}
	}
	forged := strings.Replace(string(w.get("ClaimResponse", id).Bytes()), id, "forged", 1)
	_, err := w.update(forged)
	requireStatus(t, err, http.StatusUnprocessableEntity, "ClaimResponse.insurer")

	other := `{"resourceType":"ClaimResponse","id":"theirs","status":"active","type":{"text":"t"},"use":"claim","patient":{"reference":"Patient/p-2001-01"},
"created":"2026-01-01","insurer":{"reference":"Organization/another-payer"},"outcome":"complete"}`
	w.mustUpdate(other)
	w.mustUpdate(strings.Replace(other, "complete", "partial", 1))
}

func TestClaimsThatWereNeverSent(t *testing.T) {
	w := newMemoryWorld(t)
	stored := w.create(strings.Replace(claimSpec{identifier: "L-10"}.json(), `"active"`, `"entered-in-error"`, 1))
	require.Nil(t, stored.Result)
	body := string(stored.Doc.Bytes())
	require.True(t, w.gone("Task", stored.Key.ID))
	draft := w.mustUpdate(strings.Replace(body, `"entered-in-error"`, `"draft"`, 1))
	require.Equal(t, "entered", field(w.get("Task", stored.Key.ID), "businessStatus", "coding", "code"))
	w.mustUpdate(strings.Replace(string(draft.Doc.Bytes()), `"draft"`, `"cancelled"`, 1))
	require.Equal(t, "cancelled", field(w.get("Task", stored.Key.ID), "businessStatus", "coding", "code"), "a draft that is withdrawn")
	active := w.mustUpdate(strings.Replace(body, `"entered-in-error"`, `"active"`, 1))
	require.Equal(t, "complete", readResponse(t, active.Result).Outcome, "whatever becomes active is decided")
	w.verify()

	other := w.create(strings.Replace(claimSpec{identifier: "L-11"}.json(), `"active"`, `"entered-in-error"`, 1))
	_, err := w.service.Delete(context.Background(), everyone, other.Key, resources.DeleteOptions{})
	require.NoError(t, err)
	_, err = w.service.Read(context.Background(), everyone, other.Key)
	requireStatus(t, err, http.StatusGone, "")
}

// TestStrangersUnderTheCompanionsKeys: what others keep where a claim's companions would be is left alone.
func TestStrangersUnderTheCompanionsKeys(t *testing.T) {
	w := newMemoryWorld(t)
	w.mustUpdate(`{"resourceType":"Task","id":"claim-x","status":"draft","intent":"order"}`)
	w.mustUpdate(`{"resourceType":"ClaimResponse","id":"claim-x","status":"active","type":{"text":"t"},"use":"claim","patient":{"reference":"Patient/1"},
"created":"2026-01-01","insurer":{"reference":"Organization/another-payer"},"outcome":"error"}`)
	claim := strings.Replace(claimSpec{identifier: "L-12"}.json(), `{"resourceType":"Claim"`, `{"resourceType":"Claim","id":"x"`, 1)
	w.mustUpdate(strings.Replace(claim, `"active"`, `"entered-in-error"`, 1))
	for _, status := range []string{"active", "draft"} {
		_, err := w.update(strings.Replace(claim, `"active"`, `"`+status+`"`, 1))
		requireStatus(t, err, http.StatusConflict, "Claim.id")
	}
	_, err := w.service.Delete(context.Background(), everyone, key("Claim", "x"), resources.DeleteOptions{})
	require.NoError(t, err)
	require.False(t, w.gone("Task", "claim-x"))
	require.False(t, w.gone("ClaimResponse", "claim-x"))
}

// A claim may come with its member and cover in any order of entries, created or updated.
func TestATransactionDecidesItsClaimsLast(t *testing.T) {
	const member = `{"resourceType":"Patient","id":"t-1","gender":"female","birthDate":"1990-01-01"}`
	const cover = `{"resourceType":"Coverage","id":"t-1","status":"active","beneficiary":{"reference":"Patient/t-1"},
"subscriber":{"reference":"Patient/t-1"},"period":{"start":"2026-01-01","end":"2026-12-31"},"payor":[{"reference":"Organization/umoja"}],
"class":[{"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/coverage-class","code":"plan"}]},"value":"BASIC"}]}`
	entry := func(method, url, resource string) string {
		return `{"request":{"method":"` + method + `","url":"` + url + `"},"resource":` + resource + `}`
	}
	claim := claimSpec{identifier: "TX-1", patient: `{"reference":"Patient/t-1"}`, coverage: `{"reference":"Coverage/t-1"}`}.json()
	written := []string{entry("PUT", "Patient/t-1", member), entry("PUT", "Coverage/t-1", cover)}
	for name, claim := range map[string]string{
		"created": entry("POST", "Claim", claim),
		"updated": entry("PUT", "Claim/t-1", strings.Replace(claim, `{"resourceType":"Claim",`, `{"resourceType":"Claim","id":"t-1",`, 1)),
	} {
		for at := range len(written) + 1 {
			t.Run(fmt.Sprintf("%s as entry %d", name, at), func(t *testing.T) {
				w := newMemoryWorld(t)
				entries := slices.Insert(slices.Clone(written), at, claim)
				w.transact(`{"resourceType":"Bundle","type":"transaction","entry":[` + strings.Join(entries, ",") + `]}`)
				responses := w.all("ClaimResponse")
				require.Len(t, responses, 1)
				got := readResponse(t, parse(t, string(responses[0].Body)))
				require.Equal(t, "complete", got.Outcome)
				paid, denied := amounts(got.Item[0].Adjudication)
				require.Empty(t, denied)
				require.Equal(t, "640.00", paid["benefit"])
				w.verify()
			})
		}
	}
}

// TestPatchIsAnUpdate: a patch goes the way of every change of a claim.
func TestPatchIsAnUpdate(t *testing.T) {
	w := newMemoryWorld(t)
	stored := w.create(claimSpec{identifier: "PATCH-1"}.json())
	patched := func(operations string) (*resources.Stored, error) {
		p, err := patch.ParseJSON([]byte(operations))
		require.NoError(t, err)
		return w.service.Patch(context.Background(), everyone, stored.Key, p, resources.UpdateOptions{})
	}
	_, err := patched(`[{"op":"replace","path":"/created","value":"2020-01-01"}]`)
	requireStatus(t, err, 422, "Claim.status")
	_, err = patched(`[{"op":"replace","path":"/created","value":"2020-01-01"},{"op":"replace","path":"/status","value":"cancelled"}]`)
	requireStatus(t, err, 422, "Claim")
	cancelled, err := patched(`[{"op":"replace","path":"/status","value":"cancelled"}]`)
	require.NoError(t, err)
	require.Equal(t, "cancelled", field(cancelled.Doc, "status"))
	require.Equal(t, "cancelled", field(w.get("ClaimResponse", stored.Key.ID), "status"))
	w.verify()
}

// TestSubmitInATransaction: B8: $submit as an entry is part of the transaction's commit, and known again like any other.
func TestSubmitInATransaction(t *testing.T) {
	w := newMemoryWorld(t)
	operate := func(ctx context.Context, _ resources.Principal, u *resources.Unit, e *bundle.Entry) (*bundle.Answer, error) {
		response, err := w.claims.SubmitIn(ctx, u, e.Resource)
		if err != nil {
			return nil, err
		}
		return &bundle.Answer{Status: http.StatusOK, Resource: response.Bytes()}, nil
	}
	process := func(entries ...string) (string, error) {
		body := `{"resourceType":"Bundle","type":"transaction","entry":[` + strings.Join(entries, ",") + `]}`
		plan, err := bundle.Read([]byte(body), codec.Limits{}, bundle.Options{})
		require.NoError(t, err)
		answer, err := w.service.Transaction(context.Background(), everyone, plan, resources.BundleOptions{Operate: operate})
		return string(answer), err
	}
	submit := func(c claimSpec) string {
		return `{"resource":` + c.json() + `,"request":{"method":"POST","url":"Claim/$submit"}}`
	}
	answer, err := process(submit(claimSpec{identifier: "S-1"}), submit(claimSpec{identifier: "S-2"}))
	require.NoError(t, err)
	require.Equal(t, 2, strings.Count(answer, `"resourceType":"ClaimResponse"`))
	require.Equal(t, int64(2), w.count("ClaimResponse"))
	w.verify()

	_, err = process(submit(claimSpec{identifier: "S-3"}), `{"request":{"method":"GET","url":"Patient/never"}}`)
	require.Error(t, err)
	require.Equal(t, int64(2), w.count("Claim"), "all or nothing")

	again, err := process(submit(claimSpec{identifier: "S-1"}))
	require.NoError(t, err)
	require.Contains(t, again, `"resourceType":"ClaimResponse"`)
	require.Equal(t, int64(2), w.count("Claim"), "the same submission gets the same answer")
	w.verify()
}
