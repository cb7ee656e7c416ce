package server

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/store/resources"
)

// TestWritesAndReadsInDetail goes through what R4 says of single reads and writes, one rule after the other.
func TestWritesAndReadsInDetail(t *testing.T) {
	h := open(t, Options{})
	h.send(http.MethodPut, "/fhir/Patient/p", patientWithID("p", "A")).want(http.StatusCreated)
	h.send(http.MethodPut, "/fhir/Patient/p", patientWithID("p", "B")).want(http.StatusOK)
	h.send(http.MethodPut, "/fhir/Patient/gone", patientWithID("gone", "A")).want(http.StatusCreated)
	h.send(http.MethodDelete, "/fhir/Patient/gone", "").want(http.StatusNoContent)
	lied := strings.Replace(patientWithID("q", "A"), `"id":"q"`, `"id":"q","meta":{"versionId":"77","lastUpdated":"1999-01-01T00:00:00Z"}`, 1)
	subsetted := `{"resourceType":"Patient","id":"q","meta":{"tag":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationValue","code":"SUBSETTED"}]},"gender":"male"}`
	cases := []struct {
		name, method, path, body string
		headers                  []string
		status                   int
		code                     string // of the outcome; empty for none
		etag                     string
	}{
		{"M1 read", "GET", "/Patient/p", "", nil, 200, "", "2"},
		{"M1 vread", "GET", "/Patient/p/_history/1", "", nil, 200, "", "1"},
		{"M1 update", "PUT", "/Patient/q", lied, nil, 201, "", "1"},
		{"M2 If-None-Match of another version", "GET", "/Patient/p", "", []string{`If-None-Match: W/"1"`}, 200, "", "2"},
		{"M2 If-None-Match", "GET", "/Patient/p", "", []string{`If-None-Match: W/"2"`}, 304, "", "2"},
		{"M2 If-Modified-Since", "GET", "/Patient/p", "", []string{"If-Modified-Since: Fri, 31 Dec 2100 00:00:00 GMT"}, 304, "", "2"},
		{"M2 of a version", "GET", "/Patient/p/_history/1", "", []string{`If-None-Match: "1"`}, 304, "", "1"},
		{"M3 strong", "GET", "/Patient/p", "", []string{`If-None-Match: "2"`}, 304, "", "2"},
		{"R1 unknown id", "GET", "/Patient/never", "", nil, 404, "not-found", ""},
		{"R1 deleted", "GET", "/Patient/gone", "", nil, 410, "deleted", "2"},
		{"R1 unknown type", "GET", "/Nothing/p", "", nil, 404, "not-supported", ""},
		{"R2 version", "GET", "/Patient/p/_history/2", "", nil, 200, "", "2"},
		{"R2 version of a delete", "GET", "/Patient/gone/_history/2", "", nil, 410, "deleted", "2"},
		{"R2 unknown version", "GET", "/Patient/p/_history/3", "", nil, 404, "not-found", ""},
		{"R2 no version", "GET", "/Patient/p/_history/x", "", nil, 404, "not-found", ""},
		{"CR1 another type", "POST", "/Coverage", patient("A"), nil, 400, "structure", ""},
		{"CR2 no JSON", "POST", "/Patient", "{", nil, 400, "structure", ""},
		{"CR2 no such element", "POST", "/Patient", `{"resourceType":"Patient","x":1}`, nil, 400, "structure", ""},
		{"CR2 no such code", "POST", "/Patient", `{"resourceType":"Patient","gender":"x"}`, nil, 422, "code-invalid", ""},
		{"CR2 unknown type", "POST", "/Nothing", patient("A"), nil, 404, "not-supported", ""},
		{"U1 no id", "PUT", "/Patient/p", patient("A"), nil, 400, "value", ""},
		{"U1 another id", "PUT", "/Patient/p", patientWithID("x", "A"), nil, 400, "value", ""},
		{"U1 another type", "PUT", "/Coverage/p", patientWithID("p", "A"), nil, 400, "structure", ""},
		{"U3 stale", "PUT", "/Patient/p", patientWithID("p", "C"), []string{`If-Match: W/"1"`}, 412, "conflict", ""},
		{"U3 nothing there", "PUT", "/Patient/none", patientWithID("none", "C"), []string{`If-Match: W/"1"`}, 412, "conflict", ""},
		{"U3 any, nothing there", "PUT", "/Patient/none", patientWithID("none", "C"), []string{"If-Match: *"}, 412, "conflict", ""},
		{"U3 deleted", "PUT", "/Patient/gone", patientWithID("gone", "C"), []string{`If-Match: W/"2"`}, 412, "conflict", ""},
		{"U5 the same content", "PUT", "/Patient/p", patientWithID("p", "B"), nil, 200, "", "2"},
		{"U3 weak", "PUT", "/Patient/p", patientWithID("p", "C"), []string{`If-Match: W/"2"`}, 200, "", "3"},
		{"U3 strong", "PUT", "/Patient/p", patientWithID("p", "D"), []string{`If-Match: "3"`}, 200, "", "4"},
		{"U3 any", "PUT", "/Patient/p", patientWithID("p", "E"), []string{"If-Match: *"}, 200, "", "5"},
		{"R3 a part of a resource does not replace it", "PUT", "/Patient/q", subsetted, nil, 422, "business-rule", ""},
		{"R3 but may be put where there is none", "PUT", "/Patient/part", strings.ReplaceAll(subsetted, `"q"`, `"part"`), nil, 201, "", "1"},
		{"R3 and be replaced by another", "PUT", "/Patient/part", strings.ReplaceAll(strings.ReplaceAll(subsetted, `"q"`, `"part"`), "male", "female"), nil, 200, "", "2"},
		{"U3 a condition that an update has not", "PUT", "/Patient/q", lied, []string{"If-Unmodified-Since: Fri, 31 Dec 1999 00:00:00 GMT"}, 400, "value", ""},
		{"U3 a create's condition", "PUT", "/Patient/q", lied, []string{"If-None-Exist: name=a"}, 400, "value", ""},
		{"CR3 an update's condition", "POST", "/Patient", patient("A"), []string{`If-Match: W/"1"`}, 400, "value", ""},
		{"D1 a read's condition", "DELETE", "/Patient/q", "", []string{`If-None-Match: W/"1"`}, 400, "value", ""},
		{"C4 an element that there is not", "GET", "/Patient/q?_elements=nom", "", nil, 400, "value", ""},
		{"C4 nor in a version", "GET", "/Patient/q/_history/1?_elements=name,nom", "", nil, 400, "value", ""},
		{"C4 nor in a history", "GET", "/Patient/q/_history?_elements=nom", "", nil, 400, "value", ""},
		{"C4 nor in a search", "GET", "/Patient?_elements=Patient.nom", "", nil, 400, "value", ""},
		{"C4 but in another type", "GET", "/Patient/q?_elements=deceasedBoolean,deceased,multipleBirth[x],resourceType,Claim.nom", "", nil, 200, "", "1"},
		{"C4 a read does not count", "GET", "/Patient/q?_summary=count", "", nil, 400, "value", ""},
		{"C4 nor does a vread", "GET", "/Patient/q/_history/1?_summary=count", "", nil, 400, "value", ""},
		{"C4 nor a history", "GET", "/Patient/q/_history?_summary=count", "", nil, 400, "value", ""},
		{"C4 nor the capabilities", "GET", "/metadata?_summary=count", "", nil, 400, "value", ""},
		{"P2 a read's unknown parameter", "GET", "/Patient/q?nonsense=1", "", nil, 200, "", "1"},
		{"P2 strictly", "GET", "/Patient/q?_pretty=false&nonsense=1", "", []string{"Prefer: handling=strict"}, 400, "not-supported", ""},
		{"P2 strictly, a version", "GET", "/Patient/q/_history/1?_count=1", "", []string{"Prefer: handling=strict"}, 400, "not-supported", ""},
		{"P2 strictly, known ones", "GET", "/Patient/q?_format=json&_pretty=true&_summary=false", "", []string{"Prefer: handling=strict"}, 200, "", "1"},
		{"D1 unknown", "DELETE", "/Patient/never", "", nil, 204, "", ""},
		{"D1 deleted already", "DELETE", "/Patient/gone", "", nil, 204, "", "2"},
		{"D1 stale", "DELETE", "/Patient/p", "", []string{`If-Match: W/"1"`}, 412, "conflict", ""},
		{"D1 with a version", "DELETE", "/Patient/p", "", []string{`If-Match: W/"5"`}, 204, "", "6"},
		{"D1 then gone", "GET", "/Patient/p", "", nil, 410, "deleted", "6"},
		{"U1 brought back", "PUT", "/Patient/p", patientWithID("p", "F"), nil, 201, "", "7"},
		{"D4 a history", "DELETE", "/Patient/p/_history", "", nil, 405, "not-supported", ""},
		{"D4 a version", "DELETE", "/Patient/p/_history/1", "", nil, 405, "not-supported", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := h.on(t).send(c.method, "/fhir"+c.path, c.body, c.headers...).want(c.status)
			if c.code != "" {
				got.wantOutcome(c.status, c.code, "")
			}
			require.Equal(t, c.etag, strings.Trim(got.Header.Get("ETag"), `W/"`))
			if c.etag != "" && c.method != "DELETE" {
				require.NotEmpty(t, got.Header.Get("Last-Modified"))
			}
		})
	}
	for _, method := range []string{"POST /fhir/Patient", "PUT /fhir/Patient/q"} {
		verb, path, _ := strings.Cut(method, " ")
		got := h.send(verb, path, `{"resourceType":"Observation","id":"q"}`).wantOutcome(http.StatusBadRequest, "structure", "Observation")
		require.Contains(t, got.Body, "found Observation; expected Patient", "CR1 U1 the type is what is wrong, not what an Observation lacks")
	}
	require.Equal(t, "1", h.send(http.MethodGet, "/fhir/Patient/q", "").at("meta.versionId"), "U1 the client's version does not count")
}

func TestUpdateThatMayNotCreate(t *testing.T) {
	st := openStore(t)
	h := openOver(t, st, Options{Resources: resources.New(st, resources.Options{NoUpdateCreate: true})})
	t.Run("U2 unknown id", func(t *testing.T) {
		h.on(t).send(http.MethodPut, "/fhir/Patient/p", patientWithID("p", "A")).wantOutcome(http.StatusMethodNotAllowed, "not-supported", "")
	})
	t.Run("U2 declared", func(t *testing.T) {
		require.False(t, metadataOf(t, h.on(t)).Rest[0].Resource[0].UpdateCreate)
	})
}

// TestPreferOnEveryWrite: what comes back is the client's choice, however he says it.
func TestPreferOnEveryWrite(t *testing.T) {
	h := open(t, Options{})
	writes := []struct{ name, method, path, body string }{
		{"create", "POST", "/Patient", patient("A")},
		{"conditional create", "POST", "/Patient", numberedPatient("", "conditional", "A")},
		{"update", "PUT", "/Patient/p", patientWithID("p", "A")},
		{"conditional update", "PUT", "?identifier=http://example.org/members%7C1", numberedPatient("", "1", "A")},
		{"patch", "PATCH", "/Patient/p", familyTo("B")},
	}
	for prefer, want := range map[string]string{
		"": "Patient", "Prefer: return=representation": "Patient", "Prefer: return=minimal": "", "Prefer: return=OperationOutcome": "OperationOutcome",
		"Prefer: handling=lenient, return=minimal": "", "Prefer: handling=lenient|Prefer: return=minimal": "", "Prefer: return=minimal|Prefer: return=representation": "",
	} {
		for _, w := range writes {
			t.Run("P1 "+w.name+" "+prefer, func(t *testing.T) {
				var headers []string
				if prefer != "" {
					headers = strings.Split(prefer, "|")
				}
				if w.name == "conditional create" {
					headers = append(headers, "If-None-Exist: identifier=http://example.org/members%7Cconditional")
				}
				path := "/fhir" + w.path
				if w.path[0] == '?' {
					path = "/fhir/Patient" + w.path
				}
				got := h.on(t).send(w.method, path, w.body, headers...)
				require.Contains(t, []int{200, 201}, got.Status, got.Body)
				require.NotEmpty(t, got.Header.Get("Location"))
				require.NotEmpty(t, got.Header.Get("ETag"))
				if want == "" {
					require.Empty(t, got.Body)
					return
				}
				got.valid(want)
			})
		}
	}
	t.Run("P1 delete return=OperationOutcome", func(t *testing.T) {
		h.on(t).send(http.MethodDelete, "/fhir/Patient/p", "", "Prefer: return=OperationOutcome").want(http.StatusOK).valid("OperationOutcome")
	})
	t.Run("P1 failures are told anyhow", func(t *testing.T) {
		h.on(t).send(http.MethodPost, "/fhir/Patient", "{", "Prefer: return=minimal").wantOutcome(http.StatusBadRequest, "structure", "")
	})
}
