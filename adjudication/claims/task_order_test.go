package claims_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"claimwright/store/resources"
)

// order writes a financial Task and answers with it as it is stored.
func (w *world) order(code, focus string, more ...string) *resources.Stored {
	w.t.Helper()
	return w.create(orderJSON(code, focus, more...))
}

func orderJSON(code, focus string, more ...string) string {
	return fmt.Sprintf(`{"resourceType":"Task","status":"requested","intent":"order","code":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/financialtaskcode","code":%q}]},"focus":%s%s}`,
		code, focus, strings.Join(more, ""))
}

func reference(to string) string { return fmt.Sprintf(`{"reference":%q}`, to) }

func TestReleaseFreesReservedFunds(t *testing.T) {
	for name, focus := range map[string]string{"by the claim": "Claim/", "by the response": "ClaimResponse/", "by address": "https://claims.test/fhir/Claim/"} {
		t.Run(name, func(t *testing.T) {
			w := authorized(t)
			w.several()
			auth, ref := w.authorize(visit{identifier: "T-1", quantity: 6})
			claim := w.visit(visit{identifier: "T-2", ref: ref, quantity: 2})
			task := w.order("release", reference(focus+auth.ID))
			require.Equal(t, "completed", field(task.Doc, "status"))
			require.Equal(t, "ClaimResponse/"+auth.ID, field(task.Doc, "output", "valueReference", "reference"))
			require.Equal(t, "1600.00", w.spent(), "what was claimed stays")
			require.Empty(t, w.member("ten-0").Reserved)
			response := w.get("ClaimResponse", auth.ID)
			require.Equal(t, "none", field(response, "fundsReserve", "coding", "code"))
			require.Equal(t, ref, field(response, "preAuthRef"))
			w.verify()

			again := w.order("release", reference(focus+auth.ID))
			require.Equal(t, "rejected", field(again.Doc, "status"))
			require.Contains(t, field(again.Doc, "output", "valueString"), "released before")
			w.cancel(claim.ID)
			require.Equal(t, "0.00", w.spent(), "what was released is not set aside again")
			late := w.visit(visit{identifier: "T-3", ref: ref})
			require.Contains(t, late.ProcessNote[0].Text, "none of this number")
			w.cancel(auth.ID)
			w.verify()
		})
	}
}

func TestReleaseAfterExpiry(t *testing.T) {
	w := authorized(t)
	w.settings(`{"url":"authorizationDays","valueUnsignedInt":5},{"url":"authorizationGrace","valueUnsignedInt":5}`)
	auth, _ := w.authorize(visit{identifier: "T-1", quantity: 10})
	w.later(11 * 24 * time.Hour)
	w.visit(visit{identifier: "T-2", member: 1}) // the policy's head drops what has lapsed
	task := w.order("release", reference("Claim/"+auth.ID))
	require.Equal(t, "completed", field(task.Doc, "status"))
	require.Contains(t, field(task.Doc, "statusReason", "text"), "Nothing was left")
	require.Equal(t, "800.00", w.spent())
	w.cancel(auth.ID)
	require.Equal(t, "800.00", w.spent())
	w.verify()
}

func TestCancelByTask(t *testing.T) {
	w := authorized(t)
	claim := w.visit(visit{identifier: "T-1", quantity: 2})
	task := w.order("cancel", `{"type":"Claim","identifier":{"system":"urn:test","value":"T-1"}}`, `,"owner":{"reference":"Organization/umoja"}`)
	require.Equal(t, "completed", field(task.Doc, "status"))
	require.Equal(t, "cancelled", field(w.get("Claim", claim.ID), "status"))
	require.Equal(t, "cancelled", field(w.get("ClaimResponse", claim.ID), "status"))
	require.Equal(t, "0.00", w.spent())
	w.verify()

	draft := w.create(strings.Replace(visit{identifier: "T-2"}.json(), `"active"`, `"draft"`, 1))
	w.order("cancel", reference("Claim/"+draft.Key.ID))
	require.Equal(t, "cancelled", field(w.get("Task", draft.Key.ID), "status"))
}

func TestOrdersThatCannotBeCarriedOut(t *testing.T) {
	w := authorized(t)
	w.mustUpdate(`{"resourceType":"Organization","id":"afya","active":true,"name":"Afya","type":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/organization-type","code":"ins"}]}],
		"extension":[{"url":"https://claimwright.org/fhir/StructureDefinition/currency","valueCode":"KES"}]}`)
	claim := w.visit(visit{identifier: "T-1"})
	rejected := w.submit(w.parse(strings.Replace(visit{identifier: "T-4", use: "preauthorization"}.json(), "S-CONS", "S-NONE", 1)))
	cancelled := w.visit(visit{identifier: "T-2"})
	w.cancel(cancelled.ID)
	for name, c := range map[string]struct{ task, status, reason string }{
		"an unknown claim":       {orderJSON("release", reference("Claim/nobody")), "failed", "no claim that is known"},
		"an unknown identifier":  {orderJSON("cancel", `{"identifier":{"system":"urn:test","value":"T-99"}}`), "failed", "no claim that is known"},
		"something else":         {orderJSON("cancel", reference("Patient/ten-0")), "failed", "no claim that is known"},
		"no preauthorization":    {orderJSON("release", reference("Claim/"+claim.ID)), "rejected", "Only a preauthorization"},
		"nothing granted":        {orderJSON("release", reference("Claim/"+rejected.ID)), "rejected", "No funds are reserved"},
		"cancelled before":       {orderJSON("cancel", reference("Claim/"+cancelled.ID)), "rejected", "cancelled before"},
		"another insurer's task": {orderJSON("cancel", reference("Claim/"+claim.ID), `,"owner":{"reference":"Organization/afya"}`), "rejected", "not the insurer"},
	} {
		t.Run(name, func(t *testing.T) {
			task := w.create(c.task)
			require.Equal(t, c.status, field(task.Doc, "status"))
			require.Contains(t, field(task.Doc, "statusReason", "text"), c.reason)
			require.Equal(t, c.status, field(w.get("Task", task.Key.ID), "status"))
		})
	}
	require.Equal(t, "active", field(w.get("Claim", claim.ID), "status"))
	w.verify()
}

func TestOtherTasksAreTheClients(t *testing.T) {
	w := authorized(t)
	claim := w.visit(visit{identifier: "T-1"})
	draft := w.create(strings.Replace(orderJSON("cancel", reference("Claim/"+claim.ID)), `"requested"`, `"draft"`, 1))
	require.Equal(t, "draft", field(draft.Doc, "status"))
	require.Equal(t, "requested", field(w.order("poll", reference("Claim/"+claim.ID)).Doc, "status"))
	foreign := strings.Replace(orderJSON("cancel", reference("Claim/"+claim.ID)), "http://terminology.hl7.org/CodeSystem/financialtaskcode", "urn:mine", 1)
	require.Equal(t, "requested", field(w.create(foreign).Doc, "status"))
	require.Equal(t, "active", field(w.get("Claim", claim.ID), "status"))

	done := w.mustUpdate(strings.Replace(string(draft.Doc.Bytes()), `"draft"`, `"requested"`, 1))
	require.Equal(t, "completed", field(done.Doc, "status"))
	_, err := w.update(strings.Replace(string(done.Doc.Bytes()), `"completed"`, `"requested"`, 1))
	requireStatus(t, err, http.StatusUnprocessableEntity, "Task.status")
	_, err = w.service.Delete(context.Background(), everyone, done.Key, resources.DeleteOptions{})
	require.NoError(t, err)
	w.verify()
}
