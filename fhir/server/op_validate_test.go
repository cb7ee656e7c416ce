package server

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/store"
)

const ownPatient = `{"resourceType":"StructureDefinition","id":"own","url":"http://x/StructureDefinition/own-patient","version":"1.0.0","name":"OwnPatient",
 "status":"active","kind":"resource","abstract":false,"type":"Patient","baseDefinition":"http://hl7.org/fhir/StructureDefinition/Patient","derivation":"constraint",
 "differential":{"element":[
  {"id":"Patient","path":"Patient","constraint":[{"key":"own-1","severity":"error","human":"A name or an identifier","expression":"name.exists() or identifier.exists()"}]},
  {"id":"Patient.birthDate","path":"Patient.birthDate","min":1},
  {"id":"Patient.maritalStatus","path":"Patient.maritalStatus","binding":{"strength":"required","valueSet":"http://x/ValueSet/marital"}}]}}`

const narrated = `"text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">x</div>"}`

func validationHouse(t *testing.T) *house {
	t.Helper()
	h := open(t, Options{})
	h.send(http.MethodPut, "/fhir/StructureDefinition/own", ownPatient).want(http.StatusCreated)
	h.send(http.MethodPut, "/fhir/ValueSet/m", `{"resourceType":"ValueSet","id":"m","url":"http://x/ValueSet/marital","status":"active",
	 "compose":{"include":[{"system":"http://x/marital","concept":[{"code":"M"},{"code":"S"}]}]}}`).want(http.StatusCreated)
	h.send(http.MethodPut, "/fhir/Patient/p", `{"resourceType":"Patient","id":"p",`+narrated+`}`).want(http.StatusCreated)
	return h
}

func TestValidate(t *testing.T) {
	h := validationHouse(t)
	const own = "profile=http://x/StructureDefinition/own-patient"
	good := `{"resourceType":"Patient",` + narrated + `,"name":[{"family":"A"}],"birthDate":"2000-01-01"}`
	parameters := func(resource, rest string) string {
		return `{"resourceType":"Parameters","parameter":[{"name":"resource","resource":` + resource + `}` + rest + `]}`
	}
	cases := []struct {
		name, method, path, body string
		status                   int
		want                     []string
	}{
		{"$validate all OK is one informational issue", "POST", "Patient/$validate", good, 200, []string{`"information"`, "all OK"}},
		{"$validate on the system", "POST", "$validate", good, 200, []string{"all OK"}},
		{"$validate of Parameters", "POST", "Patient/$validate", parameters(good, ""), 200, []string{"all OK"}},
		{"$validate warns of a missing narrative", "POST", "Patient/$validate", `{"resourceType":"Patient"}`, 200, []string{`"warning"`, "dom-6"}},
		{"$validate by R4's invariants", "POST", "Patient/$validate", `{"resourceType":"Patient",` + narrated + `,"contact":[{"gender":"male"}]}`, 200,
			[]string{`"error"`, `"invariant"`, "pat-1", "Patient.contact[0]"}},
		{"$validate tells what the codec refuses", "POST", "Patient/$validate", `{"resourceType":"Patient","gender":"x","birthDate":"2000-13"}`, 200,
			[]string{"Patient.gender", "code-invalid", "Patient.birthDate"}},
		{"$validate tells where the JSON broke", "POST", "Patient/$validate", `{"resourceType":"Patient","gender":`, 200, []string{`"fatal"`, "Patient"}},
		{"$validate of a broken resource in Parameters", "POST", "Patient/$validate", parameters(`{"resourceType":"Patient","gender":"x"}`, ""), 200,
			[]string{`"Patient.gender"`}},
		{"$validate of another type", "POST", "Patient/$validate", `{"resourceType":"Basic","code":{"text":"x"},` + narrated + `}`, 200, []string{"not of the type in the path"}},
		{"$validate of nothing", "POST", "Patient/$validate", "", 400, []string{"no resource to validate"}},
		{"$validate of no JSON", "POST", "Patient/$validate", "hello", 400, []string{"structure"}},
		{"$validate of no resource of R4", "POST", "Patient/$validate", `{"resourceType":"Thing"}`, 400, []string{"not one of R4"}},
		{"$validate by a stored profile", "POST", "Patient/$validate?" + own, `{"resourceType":"Patient",` + narrated + `}`, 200,
			[]string{"Patient.birthDate", `"required"`, "own-1", "own-patient|1.0.0"}},
		{"$validate says that it does not know a parameter", "POST", "Patient/$validate?profil=http://x/y", good, 200, []string{`"warning"`, "not-supported", "expected profile"}},
		{"$validate says so of Parameters", "POST", "Patient/$validate", parameters(good, `,{"name":"modus","valueCode":"create"}`), 200, []string{`"warning"`, "found modus"}},
		{"$validate by a version of a profile", "POST", "Patient/$validate?" + own + "%7C1.0.0", good, 200, []string{"all OK"}},
		{"$validate by a profile in Parameters", "POST", "Patient/$validate",
			parameters(`{"resourceType":"Patient",`+narrated+`}`, `,{"name":"profile","valueUri":"http://x/StructureDefinition/own-patient"}`), 200, []string{"own-1"}},
		{"$validate by meta.profile", "POST", "Patient/$validate",
			`{"resourceType":"Patient","meta":{"profile":["http://x/StructureDefinition/own-patient"]},` + narrated + `}`, 200, []string{"own-1"}},
		{"$validate by an unknown meta.profile", "POST", "Patient/$validate",
			`{"resourceType":"Patient","meta":{"profile":["http://x/nobody"]},` + narrated + `}`, 200, []string{`"warning"`, "not loaded", "Patient.meta.profile[0]"}},
		{"$validate by R4's own profile", "POST", "Patient/$validate?profile=http://hl7.org/fhir/StructureDefinition/Patient", good, 200, []string{"all OK"}},
		{"$validate by a stored value set", "POST", "Patient/$validate?" + own,
			strings.Replace(good, `"name"`, `"maritalStatus":{"coding":[{"system":"http://x/marital","code":"W"}]},"name"`, 1), 200,
			[]string{"code-invalid", "http://x/marital|W", "http://x/ValueSet/marital"}},
		{"$validate by an unknown profile is an error", "POST", "Patient/$validate?profile=http://x/nobody", good, 404, []string{"not-supported", "http://x/nobody"}},
		{"$validate by an unknown version is an error", "POST", "Patient/$validate?" + own + "%7C9", good, 404, []string{"not-supported"}},
		{"$validate of a stored resource", "GET", "Patient/p/$validate", "", 200, []string{"all OK"}},
		{"$validate of a stored resource by a profile", "GET", "Patient/p/$validate?mode=profile&" + own, "", 200, []string{"own-1"}},
		{"$validate of a resource that is not there", "GET", "Patient/nobody/$validate", "", 404, []string{"not-found"}},
		{"$validate asks no type without a resource", "GET", "Patient/$validate", "", 400, []string{"no resource"}},
		{"$validate mode create", "POST", "Patient/$validate?mode=create", good, 200, []string{"all OK"}},
		{"$validate mode update", "POST", "Patient/p/$validate?mode=update", strings.Replace(good, `{`, `{"id":"p",`, 1), 200, []string{"all OK"}},
		{"$validate mode update with another id", "POST", "Patient/p/$validate?mode=update", strings.Replace(good, `{`, `{"id":"q",`, 1), 200, []string{`"error"`, "Patient.id"}},
		{"$validate mode update on the type", "POST", "Patient/$validate?mode=update", good, 400, []string{"stored resource"}},
		{"$validate mode delete", "POST", "Patient/p/$validate?mode=delete", "", 200, []string{"all OK"}},
		{"$validate mode delete on the type", "POST", "Patient/$validate?mode=delete", good, 400, []string{"stored resource"}},
		{"$validate mode profile without one", "POST", "Patient/$validate?mode=profile", good, 400, []string{"needs a profile"}},
		{"$validate in an unknown mode", "POST", "Patient/$validate?mode=updat", good, 400, []string{"expected update"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := h.on(t).send(c.method, "/fhir/"+c.path, c.body, "Content-Type: application/fhir+json")
			require.Equal(t, c.status, got.Status, got.Body)
			for _, want := range c.want {
				require.Contains(t, got.Body, want)
			}
		})
	}
	records, err := h.store.Get(t.Context(), store.System(), store.Key{Type: "Patient", ID: "p"})
	require.NoError(t, err)
	require.EqualValues(t, 1, records[0].Version, "validating writes nothing")
}

func TestValidateJudgesXML(t *testing.T) {
	h := open(t, Options{})
	got := h.send("POST", "/fhir/Patient/$validate", `<Patient xmlns="http://hl7.org/fhir"><gendre value="male"/></Patient>`,
		"Content-Type: application/fhir+xml", "Accept: application/fhir+xml")
	require.Equal(t, http.StatusOK, got.Status, got.Body)
	require.Contains(t, got.Body, "<OperationOutcome")
	require.Contains(t, got.Body, "gendre")
}

func TestValidateInABatch(t *testing.T) {
	h := validationHouse(t)
	got := h.send(http.MethodPost, "/fhir", bundleOf("batch",
		`{"resource":{"resourceType":"Patient","contact":[{"gender":"male"}]},"request":{"method":"POST","url":"Patient/$validate"}}`,
		`{"request":{"method":"GET","url":"Patient/p/$validate?profile=http://x/StructureDefinition/own-patient"}}`)).want(http.StatusOK)
	require.Contains(t, got.at("entry.0.resource"), "pat-1")
	require.Contains(t, got.at("entry.1.resource"), "own-1")
}

func TestValidateFollowsWhatIsStored(t *testing.T) {
	h := validationHouse(t)
	path := "/fhir/Patient/$validate?profile=" + url.QueryEscape("http://x/StructureDefinition/own-patient")
	body := `{"resourceType":"Patient",` + narrated + `,"name":[{"family":"A"}]}`
	require.Contains(t, h.send("POST", path, body).Body, "Patient.birthDate")
	h.send(http.MethodPut, "/fhir/StructureDefinition/own", strings.Replace(ownPatient, `"min":1`, `"min":0`, 1)).want(http.StatusOK)
	require.Contains(t, h.send("POST", path, body).Body, "all OK")
	h.send(http.MethodPut, "/fhir/StructureDefinition/own", strings.Replace(ownPatient, `fhir/StructureDefinition/Patient`, `fhir/StructureDefinition/Nothing`, 1)).want(http.StatusOK)
	got := h.send("POST", path, body)
	require.Equal(t, http.StatusBadRequest, got.Status)
	require.Contains(t, got.Body, "StructureDefinition/Nothing is not loaded")
}

func TestValidateHeedsTheQueryInABatchAndStrictClients(t *testing.T) {
	h := validationHouse(t)
	got := h.send(http.MethodPost, "/fhir", `{"resourceType":"Bundle","type":"batch","entry":[
		{"request":{"method":"POST","url":"Patient/$validate?profile=http://x/nobody"},"resource":{"resourceType":"Patient"}}]}`).want(http.StatusOK)
	require.Equal(t, "404 Not Found", got.at("entry.0.response.status"), "$validate by an unknown profile is an error")
	h.send(http.MethodPost, "/fhir/Patient/$validate?profil=http://x/y", `{"resourceType":"Patient"}`, "Prefer: handling=strict").
		wantOutcome(http.StatusBadRequest, "not-supported", "")
}
