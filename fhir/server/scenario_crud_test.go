package server

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCreateThenRead(t *testing.T) {
	h := open(t, Options{})
	created := h.send(http.MethodPost, "/fhir/Patient", patientWithID("mine", "Abara")).want(http.StatusCreated).valid("Patient")
	id := created.at("id")
	require.NotEqual(t, "mine", id, "CR1 the client's id is replaced")
	require.Equal(t, base+"/Patient/"+id+"/_history/1", created.Header.Get("Location"))
	require.Equal(t, `W/"1"`, created.Header.Get("ETag"))
	require.NotEmpty(t, created.Header.Get("Last-Modified"))
	require.Equal(t, "1", created.at("meta.versionId"))
	require.NotEmpty(t, created.at("meta.lastUpdated"))

	read := h.send(http.MethodGet, "/fhir/Patient/"+id, "").want(http.StatusOK)
	require.Equal(t, created.Body, read.Body, "what is read is what was stored, byte for byte")
	require.Equal(t, "application/fhir+json; charset=utf-8", read.Header.Get("Content-Type"))
	require.Equal(t, created.Header.Get("ETag"), read.Header.Get("ETag"))
	require.Equal(t, created.Header.Get("Last-Modified"), read.Header.Get("Last-Modified"))

	require.Equal(t, "private, no-cache", read.Header.Get("Cache-Control"))
	require.Equal(t, "nosniff", read.Header.Get("X-Content-Type-Options"))

	head := h.send(http.MethodHead, "/fhir/Patient/"+id, "").want(http.StatusOK)
	require.Equal(t, read.Header.Get("ETag"), head.Header.Get("ETag"))
	require.Equal(t, read.Header.Get("Content-Length"), head.Header.Get("Content-Length"))
}

func TestStoredBytesKeepTheirSpelling(t *testing.T) {
	h := open(t, Options{})
	odd := `{ "resourceType" : "Observation",  "status":"final","code":{"text":"a\u00e9\/b"},
	  "valueQuantity":{"value":125.00,"unit":"x"} }`
	id := h.create(odd)
	body := h.send(http.MethodGet, "/fhir/Observation/"+id, "").want(200).Body
	require.Contains(t, body, `125.00`)
	require.Contains(t, body, `"a\u00e9\/b"`)
}

func TestPreferReturn(t *testing.T) {
	h := open(t, Options{})
	cases := []struct {
		prefer   string
		wantType string // "" for no body
	}{
		{"return=representation", "Patient"},
		{"return=minimal", ""},
		{"return=OperationOutcome", "OperationOutcome"},
		{"respond-async", "Patient"},
	}
	for _, c := range cases {
		t.Run(c.prefer, func(t *testing.T) {
			got := h.on(t).send(http.MethodPost, "/fhir/Patient", patient("Bello"), "Prefer: "+c.prefer).want(http.StatusCreated)
			require.NotEmpty(t, got.Header.Get("Location"))
			require.Equal(t, `W/"1"`, got.Header.Get("ETag"))
			if c.wantType == "" {
				require.Empty(t, got.Body)
				return
			}
			got.valid(c.wantType)
		})
	}
}

func TestUpdate(t *testing.T) {
	h := open(t, Options{})
	path := "/fhir/Patient/own-id"
	created := h.send(http.MethodPut, path, patientWithID("own-id", "Chidi")).want(http.StatusCreated)
	require.Equal(t, base+"/Patient/own-id/_history/1", created.Header.Get("Location"), "U1")

	updated := h.send(http.MethodPut, path, patientWithID("own-id", "Dike")).want(http.StatusOK)
	require.Equal(t, "2", updated.at("meta.versionId"))
	require.Equal(t, `W/"2"`, updated.Header.Get("ETag"))

	same := h.send(http.MethodPut, path, patientWithID("own-id", "Dike")).want(http.StatusOK)
	require.Equal(t, `W/"2"`, same.Header.Get("ETag"), "U5 an update that changes nothing keeps the version")

	h.send(http.MethodPut, path, patientWithID("own-id", "Eze"), `If-Match: W/"1"`).
		wantOutcome(http.StatusPreconditionFailed, "conflict", "")
	h.send(http.MethodPut, path, patientWithID("own-id", "Eze"), `If-Match: W/"nonsense"`).
		wantOutcome(http.StatusPreconditionFailed, "conflict", "")
	require.Equal(t, "Dike", h.send(http.MethodGet, path, "").at("name.0.family"), "U3 nothing was written")
	h.send(http.MethodPut, path, patientWithID("own-id", "Eze"), `If-Match: W/"2"`).want(http.StatusOK)
	h.send(http.MethodPut, path, patientWithID("own-id", "Femi"), `If-Match: "3"`).want(http.StatusOK)

	h.send(http.MethodPut, path, patient("Gani")).wantOutcome(http.StatusBadRequest, "value", "Patient.id")
	h.send(http.MethodPut, path, patientWithID("other", "Gani")).wantOutcome(http.StatusBadRequest, "value", "Patient.id")
	h.send(http.MethodPut, path, patientWithID("own-id", "Gani"), "If-None-Match: *").
		wantOutcome(http.StatusBadRequest, "value", "")
	h.send(http.MethodPut, "/fhir/Coverage/own-id", patientWithID("own-id", "Gani")).want(http.StatusBadRequest)
	h.send(http.MethodPut, "/fhir/Patient/not_an_id", patientWithID("own-id", "Gani")).
		wantOutcome(http.StatusBadRequest, "value", "Patient.id")
}

func TestDeleteAndBringBack(t *testing.T) {
	h := open(t, Options{})
	path := "/fhir/Patient/gone"
	h.send(http.MethodPut, path, patientWithID("gone", "Hassan")).want(http.StatusCreated)
	h.send(http.MethodDelete, path, "", `If-Match: W/"7"`).wantOutcome(http.StatusPreconditionFailed, "conflict", "")

	deleted := h.send(http.MethodDelete, path, "").want(http.StatusNoContent)
	require.Empty(t, deleted.Body)
	require.Equal(t, `W/"2"`, deleted.Header.Get("ETag"))

	gone := h.send(http.MethodGet, path, "").wantOutcome(http.StatusGone, "deleted", "")
	require.Equal(t, `W/"2"`, gone.Header.Get("ETag"), "R1 the delete's own version")
	require.NotEmpty(t, gone.Header.Get("Last-Modified"))
	h.send(http.MethodHead, path, "").want(http.StatusGone)
	h.send(http.MethodGet, path+"/_history/1", "").want(http.StatusOK)
	h.send(http.MethodGet, path+"/_history/2", "").wantOutcome(http.StatusGone, "deleted", "")
	require.Equal(t, "0", h.send(http.MethodGet, "/fhir/Patient?_id=gone", "").want(200).at("total"))

	h.send(http.MethodDelete, path, "").want(http.StatusNoContent)
	h.send(http.MethodDelete, "/fhir/Patient/never-was", "").want(http.StatusNoContent)
	told := h.send(http.MethodDelete, path, "", "Prefer: return=OperationOutcome").want(http.StatusOK)
	told.valid("OperationOutcome")

	back := h.send(http.MethodPut, path, patientWithID("gone", "Hassan")).want(http.StatusCreated)
	require.Equal(t, `W/"3"`, back.Header.Get("ETag"))
	h.send(http.MethodGet, path, "").want(http.StatusOK)
}

func TestConditionalRead(t *testing.T) {
	h := open(t, Options{})
	path := "/fhir/Patient/" + h.create(patient("Ibe"))
	first := h.send(http.MethodGet, path, "").want(200)

	for _, condition := range []string{`If-None-Match: W/"1"`, `If-None-Match: "1"`, "If-Modified-Since: " + first.Header.Get("Last-Modified")} {
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			t.Run(method+" "+condition, func(t *testing.T) {
				got := h.on(t).send(method, path, "", condition).want(http.StatusNotModified)
				require.Empty(t, got.Body)
				require.Equal(t, `W/"1"`, got.Header.Get("ETag"))
			})
		}
	}
	h.send(http.MethodGet, path, "", `If-None-Match: W/"2"`).want(http.StatusOK)
	h.send(http.MethodGet, path, "", "If-Modified-Since: Wed, 04 Mar 2020 05:06:06 GMT").want(http.StatusOK)
}

func TestConditionalCreate(t *testing.T) {
	h := open(t, Options{})
	condition := "If-None-Exist: identifier=http://example.org/members|Jaja"
	first := h.send(http.MethodPost, "/fhir/Patient", patient("Jaja"), condition).want(http.StatusCreated)
	again := h.send(http.MethodPost, "/fhir/Patient", patient("Jaja"), condition).want(http.StatusOK)
	require.Equal(t, first.Header.Get("Location"), again.Header.Get("Location"), "CR3 the match is named")
	require.Equal(t, first.Body, again.Body)
	h.send(http.MethodPost, "/fhir/Patient", patient("Jaja"), strings.Replace(condition, ": ", ": ?", 1)).want(http.StatusOK)

	h.create(patient("Jaja"))
	h.send(http.MethodPost, "/fhir/Patient", patient("Jaja"), condition).
		wantOutcome(http.StatusPreconditionFailed, "multiple-matches", "")
	h.send(http.MethodPost, "/fhir/Patient", patient("Jaja"), "If-None-Exist: ?").wantOutcome(http.StatusBadRequest, "value", "")
	h.send(http.MethodPost, "/fhir/Patient", patient("Jaja"), "If-None-Exist: nonsense=1").want(http.StatusBadRequest)
	h.send(http.MethodPost, "/fhir/Patient", patient("Jaja"), "If-None-Exist: ").wantOutcome(http.StatusBadRequest, "value", "")
	h.send(http.MethodPost, "/fhir/Patient", patient("Jaja"), condition, condition).wantOutcome(http.StatusBadRequest, "value", "")
}

func TestReadsThatFindNothing(t *testing.T) {
	h := open(t, Options{})
	h.send(http.MethodPut, "/fhir/Patient/one", patientWithID("one", "Kalu")).want(http.StatusCreated)
	for _, path := range []string{
		"/fhir/Patient/unknown", "/fhir/Patient/ONE", "/fhir/Coverage/one", "/fhir/Patient/one/_history/2",
		"/fhir/Patient/one/_history/0", "/fhir/Patient/one/_history/-1", "/fhir/Patient/one/_history/x",
		"/fhir/Patient/one/_history/99999999999999999999", "/fhir/Patient/unknown/_history", "/fhir/Patient/unknown/_history/1",
		"/fhir/Patient/not_an_id", "/fhir/Patient/" + strings.Repeat("a", 65),
	} {
		t.Run(path, func(t *testing.T) {
			h.on(t).send(http.MethodGet, path, "").wantOutcome(http.StatusNotFound, "not-found", "")
		})
	}
	h.send(http.MethodGet, "/fhir/Patient/one/_history/1", "").want(http.StatusOK).valid("Patient")
}

func TestFormatOfTheAnswer(t *testing.T) {
	h := open(t, Options{})
	path := "/fhir/Patient/" + h.create(patient("Lawal"))
	cases := []struct {
		name, query, accept string
		status              int
		contentType         string
	}{
		{"default", "", "", 200, "application/fhir+json; charset=utf-8"},
		{"generic json", "", "application/json", 200, "application/json; charset=utf-8"},
		{"C1 xml", "", "application/fhir+xml", 200, "application/fhir+xml; charset=utf-8"},
		{"C1 turtle", "", "text/turtle", 406, "application/fhir+json; charset=utf-8"},
		{"C2 _format wins", "?_format=json", "application/fhir+xml", 200, "application/fhir+json; charset=utf-8"},
		{"C2 _format xml", "?_format=xml", "", 200, "application/fhir+xml; charset=utf-8"},
		{"C3 another version", "", "application/fhir+json; fhirVersion=5.0", 406, "application/fhir+json; charset=utf-8"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var headers []string
			if c.accept != "" {
				headers = append(headers, "Accept: "+c.accept)
			}
			got := h.on(t).send(http.MethodGet, path+c.query, "", headers...)
			if c.status != 200 {
				got.wantOutcome(c.status, "not-supported", "")
			}
			got.want(c.status)
			require.Equal(t, c.contentType, got.Header.Get("Content-Type"))
		})
	}
	plain := h.send(http.MethodGet, path, "").Body
	pretty := h.send(http.MethodGet, path+"?_pretty=true", "").want(200)
	require.JSONEq(t, plain, pretty.Body)
	require.Contains(t, pretty.Body, "\n  \"")
	lost := h.send(http.MethodGet, "/fhir/Foo?_pretty=true", "", "Accept: application/json").wantOutcome(404, "not-supported", "")
	require.Contains(t, lost.Body, "\n  \"", "errors, too, are answered in the format that was asked for")
	require.Equal(t, "application/json; charset=utf-8", lost.Header.Get("Content-Type"))
}
