package server

import (
	"net/http"
	"strings"
	"testing"

	"claimwright/store/resources"
)

// A patient's contact must say who it is (pat-1).
const nobodysContact = `{"resourceType":"Patient","contact":[{"gender":"male"}]}`

func TestInvariantsOfWrites(t *testing.T) {
	st := openStore(t)
	h := openOver(t, st, Options{Resources: resources.New(st, resources.Options{Invariants: true})})
	const element = "Patient.contact[0]"
	h.send("PUT", "/fhir/Patient/p", patientWithID("p", "Obi")).want(http.StatusCreated)

	t.Run("CR2 1.12 create", func(t *testing.T) {
		h.on(t).send("POST", "/fhir/Patient", nobodysContact).wantOutcome(http.StatusUnprocessableEntity, "invariant", element)
	})
	t.Run("U1 update", func(t *testing.T) {
		body := strings.Replace(nobodysContact, `"Patient"`, `"Patient","id":"p"`, 1)
		h.on(t).send("PUT", "/fhir/Patient/p", body).wantOutcome(http.StatusUnprocessableEntity, "invariant", element)
	})
	t.Run("PA3 patch", func(t *testing.T) {
		h.on(t).send("PATCH", "/fhir/Patient/p", `[{"op":"add","path":"/contact","value":[{"gender":"male"}]}]`, "Content-Type: application/json-patch+json").
			wantOutcome(http.StatusUnprocessableEntity, "invariant", element)
	})
	t.Run("B3 transaction", func(t *testing.T) {
		body := `{"resourceType":"Bundle","type":"transaction","entry":[{"resource":` + patient("Eze") + `,"request":{"method":"POST","url":"Patient"}},` +
			`{"resource":` + nobodysContact + `,"request":{"method":"POST","url":"Patient"}}]}`
		h.on(t).send("POST", "/fhir", body).wantOutcome(http.StatusUnprocessableEntity, "invariant", "Bundle.entry[1].resource.contact[0]")
	})
	t.Run("nothing was written", func(t *testing.T) {
		got := h.on(t).send("GET", "/fhir/Patient?_total=accurate", "").want(http.StatusOK)
		if got.at("total") != "1" || got.at("entry.0.resource.meta.versionId") != "1" {
			t.Fatal(got.Body)
		}
	})
	t.Run("switched off", func(t *testing.T) {
		st := openStore(t)
		lax := openOver(t, st, Options{Resources: resources.New(st, resources.Options{})})
		lax.send("POST", "/fhir/Patient", nobodysContact).want(http.StatusCreated)
	})
}
