package server

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

const asJSONPatch = "Content-Type: application/json-patch+json"

// familyTo is a FHIRPath Patch that changes the family name.
func familyTo(family string) string {
	return `{"resourceType":"Parameters","parameter":[{"name":"operation","part":[{"name":"type","valueCode":"replace"},` +
		`{"name":"path","valueString":"Patient.name.family"},{"name":"value","valueString":"` + family + `"}]}]}`
}

func familyToJSON(family string) string {
	return `[{"op":"replace","path":"/name/0/family","value":"` + family + `"}]`
}

func TestPatch(t *testing.T) {
	h := open(t, Options{})
	const path = "/fhir/Patient/p"
	h.send(http.MethodPut, path, patientWithID("p", "A")).want(http.StatusCreated)

	t.Run("PA1 JSON Patch", func(t *testing.T) {
		got := h.on(t).send(http.MethodPatch, path, familyToJSON("B"), asJSONPatch).want(http.StatusOK).valid("Patient")
		require.Equal(t, "B", got.at("name.0.family"))
		require.Equal(t, `W/"2"`, got.Header.Get("ETag"), "M1")
		require.NotEmpty(t, got.Header.Get("Last-Modified"))
		require.Equal(t, base+"/Patient/p/_history/2", got.Header.Get("Location"))
	})
	t.Run("PA1 FHIRPath Patch", func(t *testing.T) {
		got := h.on(t).send(http.MethodPatch, path, familyTo("C")).want(http.StatusOK).valid("Patient")
		require.Equal(t, "C", got.at("name.0.family"))
		require.Equal(t, "3", got.at("meta.versionId"))
	})
	t.Run("PA1 with If-Match", func(t *testing.T) {
		h.on(t).send(http.MethodPatch, path, familyTo("D"), `If-Match: W/"2"`).wantOutcome(http.StatusPreconditionFailed, "conflict", "")
		h.on(t).send(http.MethodPatch, path, familyTo("D"), `If-Match: W/"3"`).want(http.StatusOK)
		h.on(t).send(http.MethodPatch, path, familyTo("E"), "If-Match: *").want(http.StatusOK)
	})
	t.Run("P1 with Prefer", func(t *testing.T) {
		require.Empty(t, h.on(t).send(http.MethodPatch, path, familyTo("F"), "Prefer: return=minimal").want(http.StatusOK).Body)
		h.on(t).send(http.MethodPatch, path, familyTo("G"), "Prefer: return=OperationOutcome").want(http.StatusOK).valid("OperationOutcome")
		h.on(t).send(http.MethodPatch, path, familyTo("H"), "Prefer: handling=strict", "Prefer: return=representation").want(http.StatusOK).valid("Patient")
	})
	t.Run("U5 that changes nothing", func(t *testing.T) {
		got := h.on(t).send(http.MethodPatch, path, familyTo("H")).want(http.StatusOK)
		require.Equal(t, `W/"8"`, got.Header.Get("ETag"))
	})
	t.Run("H3 shows as PUT", func(t *testing.T) {
		got := h.on(t).send(http.MethodGet, path+"/_history", "").want(http.StatusOK)
		require.Equal(t, "PUT", got.at("entry.0.request.method"))
	})
}

func TestPatchesThatAreRefused(t *testing.T) {
	h := open(t, Options{})
	h.send(http.MethodPut, "/fhir/Patient/p", patientWithID("p", "A")).want(http.StatusCreated)
	h.send(http.MethodPut, "/fhir/Patient/gone", patientWithID("gone", "A")).want(http.StatusCreated)
	h.send(http.MethodDelete, "/fhir/Patient/gone", "").want(http.StatusNoContent)
	cases := []struct {
		name, path, body, contentType string
		status                        int
		code                          string
	}{
		{"PA1 XML Patch", "/p", "<diff/>", "application/xml-patch+xml", 415, "not-supported"},
		{"PA1 no patch at all", "/p", "x", "text/plain", 415, "not-supported"},
		{"PA1 another charset", "/p", "[]", "application/json-patch+json; charset=utf-16", 415, "not-supported"},
		{"PA5 a broken JSON Patch", "/p", `[{"op":"remove"}]`, "application/json-patch+json", 400, "structure"},
		{"PA5 broken JSON", "/p", `[{"op":`, "application/json-patch+json", 400, "structure"},
		{"PA5 a resource that is no patch", "/p", patientWithID("p", "B"), "application/fhir+json", 400, "structure"},
		{"PA5 invalid Parameters", "/p", `{"resourceType":"Parameters","parameter":[{"nam":"operation"}]}`, "application/fhir+json", 400, "structure"},
		{"PA5 a failing test", "/p", `[{"op":"test","path":"/gender","value":"male"}]`, "application/json-patch+json", 422, "conflict"},
		{"PA5 a path that is not there", "/p", `[{"op":"remove","path":"/photo"}]`, "application/json-patch+json", 422, "not-found"},
		{"PA5 an invalid result", "/p", `[{"op":"replace","path":"/gender","value":"x"}]`, "application/json-patch+json", 422, "code-invalid"},
		{"PA5 another id", "/p", `[{"op":"replace","path":"/id","value":"q"}]`, "application/json-patch+json", 422, "business-rule"},
		{"PA5 another type", "/p", `[{"op":"replace","path":"","value":{"resourceType":"Basic","id":"p","code":{"text":"x"}}}]`, "application/json-patch+json", 422, "business-rule"},
		{"R1 nothing there", "/never", familyTo("B"), "application/fhir+json", 404, "not-found"},
		{"R1 deleted", "/gone", familyTo("B"), "application/fhir+json", 410, "deleted"},
		{"PA2 no match", "?identifier=9", familyTo("B"), "application/fhir+json", 404, "not-found"},
		{"PA2 no condition", "", familyTo("B"), "application/fhir+json", 400, "required"},
		{"PA2 a condition that says nothing", "?_count=1", familyTo("B"), "application/fhir+json", 400, "value"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			h.on(t).send(http.MethodPatch, "/fhir/Patient"+c.path, c.body, "Content-Type: "+c.contentType).wantOutcome(c.status, c.code, "")
		})
	}
	require.Equal(t, "1", h.send(http.MethodGet, "/fhir/Patient/p", "").at("meta.versionId"), "nothing was written")
	refused := h.send(http.MethodPatch, "/fhir/Patient/p", "<diff/>", "Content-Type: application/xml-patch+xml").want(http.StatusUnsupportedMediaType)
	require.Equal(t, "application/json-patch+json, application/fhir+json, application/fhir+xml", refused.Header.Get("Accept-Patch"), "PA1 what is taken")
}

func TestConditionalPatch(t *testing.T) {
	h := open(t, Options{})
	for _, id := range []string{"two-a", "two-b"} {
		h.send(http.MethodPut, "/fhir/Patient/"+id, numberedPatient(id, "2", "A")).want(http.StatusCreated)
	}
	h.send(http.MethodPut, "/fhir/Patient/one", numberedPatient("one", "1", "A")).want(http.StatusCreated)
	t.Run("PA2 one match", func(t *testing.T) {
		got := h.on(t).send(http.MethodPatch, byNumber+"1", familyToJSON("B"), asJSONPatch).want(http.StatusOK)
		require.Equal(t, base+"/Patient/one/_history/2", got.Header.Get("Location"))
		require.Equal(t, "B", got.at("name.0.family"))
	})
	t.Run("PA2 one match, another version", func(t *testing.T) {
		h.on(t).send(http.MethodPatch, byNumber+"1", familyTo("C"), `If-Match: W/"1"`).wantOutcome(http.StatusPreconditionFailed, "conflict", "")
	})
	t.Run("PA2 several matches", func(t *testing.T) {
		h.on(t).send(http.MethodPatch, byNumber+"2", familyTo("C")).wantOutcome(http.StatusPreconditionFailed, "multiple-matches", "")
	})
}

// TestPatchKeepsDigits: what a float would round, a patch beside it does not touch.
func TestPatchKeepsDigits(t *testing.T) {
	h := open(t, Options{})
	id := h.create(`{"resourceType":"Observation","status":"final","code":{"text":"a"},"valueQuantity":{"value":125.00,"unit":"x"}}`)
	got := h.send(http.MethodPatch, "/fhir/Observation/"+id, `[{"op":"add","path":"/referenceRange","value":[{"low":{"value":0.10}}]}]`, asJSONPatch).want(http.StatusOK)
	require.Contains(t, got.Body, `"value":125.00`)
	require.Contains(t, got.Body, `"value":0.10`)
	require.Contains(t, h.send(http.MethodGet, "/fhir/Observation/"+id, "").Body, `125.00`)
}
