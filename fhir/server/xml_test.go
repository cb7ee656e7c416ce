package server

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/codec"
	"claimwright/fhir/xmlform"
	"claimwright/store/resources"
)

const (
	sendsXML = "Content-Type: application/fhir+xml"
	wantsXML = "Accept: application/fhir+xml"
)

// asXML is a resource in XML.
func asXML(t testing.TB, body string) string {
	t.Helper()
	doc, issues := codec.Parse([]byte(body), codec.Limits{})
	require.Empty(t, issues)
	return string(xmlform.Append(nil, doc))
}

// fromXML is the same reply with its body in JSON, for the assertions that read JSON.
func (r *reply) fromXML() *reply {
	r.t.Helper()
	require.Equal(r.t, "application/fhir+xml; charset=utf-8", r.Header.Get("Content-Type"), r.Body)
	require.Equal(r.t, strconv.Itoa(len(r.Body)), r.Header.Get("Content-Length"))
	body, issues := xmlform.Read([]byte(r.Body), codec.Limits{MaxBytes: 64 << 20})
	require.Empty(r.t, issues, "%.2000s", r.Body)
	same := *r
	same.Body, same.Header = string(body), r.Header.Clone()
	same.Header.Set("Content-Type", "application/fhir+json")
	return &same
}

func TestResourcesInXML(t *testing.T) {
	h := open(t, Options{})
	created := h.send(http.MethodPost, "/fhir/Patient", asXML(t, patient("Obi")), sendsXML, wantsXML).want(http.StatusCreated)
	id := created.fromXML().valid("Patient").at("id")
	path := "/fhir/Patient/" + id

	inJSON := h.send(http.MethodGet, path, "").want(http.StatusOK)
	inXML := h.send(http.MethodGet, path, "", wantsXML).want(http.StatusOK)
	require.Equal(t, asXML(t, inJSON.Body), inXML.Body, "C1 both formats are made of the same bytes")
	require.Equal(t, inJSON.Header.Get("ETag"), inXML.Header.Get("ETag"))
	require.Equal(t, []string{"Accept"}, inXML.Header["Vary"])
	require.Equal(t, []string{"Accept"}, inJSON.Header["Vary"])

	head := h.send(http.MethodHead, path, "", wantsXML).want(http.StatusOK)
	require.Equal(t, inXML.Header.Get("Content-Length"), head.Header.Get("Content-Length"))
	pretty := h.send(http.MethodGet, path+"?_format=xml&_pretty=true", "").want(http.StatusOK)
	require.Contains(t, pretty.Body, "\n  <id value=\""+id+"\"/>\n")
	require.JSONEq(t, inJSON.Body, pretty.fromXML().Body)
	h.send(http.MethodGet, path, "", wantsXML, "If-None-Match: "+inXML.Header.Get("ETag")).want(http.StatusNotModified)

	changed := strings.Replace(inXML.Body, `"Obi"`, `"Obi-Wan &amp; Co&#10;"`, 2)
	h.send(http.MethodPut, path, changed, sendsXML, "If-Match: "+inXML.Header.Get("ETag")).want(http.StatusOK)
	require.Equal(t, "Obi-Wan & Co\n", h.send(http.MethodGet, path, "").at("name.0.family"))
	require.Equal(t, "2", h.send(http.MethodGet, path+"/_history/2", "", wantsXML).want(200).fromXML().at("meta.versionId"))
	require.Equal(t, 2, h.send(http.MethodGet, path+"/_history", "", wantsXML).want(200).fromXML().valid("Bundle").count("entry"))
	h.send(http.MethodPut, path, changed, sendsXML, wantsXML, "If-Match: W/\"1\"").want(http.StatusPreconditionFailed).
		fromXML().wantOutcome(http.StatusPreconditionFailed, "conflict", "")
	h.send(http.MethodDelete, path, "", wantsXML, "Prefer: return=OperationOutcome").want(http.StatusOK).fromXML().valid("OperationOutcome")
}

func TestCachesTellFormatsApart(t *testing.T) {
	h := open(t, Options{Origins: []string{"*"}})
	require.Equal(t, []string{"Origin", "Accept"}, h.send(http.MethodGet, "/fhir/Patient/1", "", "Origin: https://a.example.org").Header["Vary"])
	require.Equal(t, []string{"Origin", "Accept"}, h.send(http.MethodGet, "/fhir/Patient/1", "").Header["Vary"])
	require.Equal(t, []string{"Origin"}, h.send(http.MethodPost, "/fhir/Patient", patient("x")).Header["Vary"])
}

func TestSearchInXML(t *testing.T) {
	h := open(t, Options{})
	id := h.create(patient("Eze"))
	const form = "Content-Type: application/x-www-form-urlencoded"
	for name, got := range map[string]*reply{
		"C1 by GET":                  h.send(http.MethodGet, "/fhir/Patient?family=Eze", "", wantsXML),
		"C2 with _format":            h.send(http.MethodGet, "/fhir/Patient?family=Eze&_format=xml", ""),
		"C1 by POST":                 h.send(http.MethodPost, "/fhir/Patient/_search", "family=Eze", form, wantsXML),
		"C2 by POST with _format":    h.send(http.MethodPost, "/fhir/Patient/_search", "family=Eze&_format=application/fhir%2Bxml", form),
		"C1 with a warning entry":    h.send(http.MethodGet, "/fhir/Patient?family=Eze&nonsense=1", "", wantsXML),
		"C4 with elements left out":  h.send(http.MethodGet, "/fhir/Patient?family=Eze&_elements=identifier", "", wantsXML),
		"C4 with the text left over": h.send(http.MethodGet, "/fhir/Patient?family=Eze&_summary=text", "", wantsXML),
	} {
		t.Run(name, func(t *testing.T) {
			got.t = t
			bundle := got.want(http.StatusOK).fromXML()
			require.Equal(t, "Bundle", bundle.at("resourceType"))
			require.Equal(t, id, bundle.at("entry.0.resource.id"))
		})
	}
}

func TestBundlesInXML(t *testing.T) {
	h := open(t, Options{})
	transaction := bundleOf("transaction",
		`{"fullUrl":"urn:uuid:61ebe359-bfdc-4613-8bf2-c5e300945f0a","resource":`+patient("Ada")+`,"request":{"method":"POST","url":"Patient"}}`,
		`{"resource":{"resourceType":"Basic","code":{"text":"x"},"subject":{"reference":"urn:uuid:61ebe359-bfdc-4613-8bf2-c5e300945f0a"}},"request":{"method":"POST","url":"Basic"}}`)
	got := h.send(http.MethodPost, "/fhir", asXML(t, transaction), sendsXML, wantsXML, "Prefer: return=representation").
		want(http.StatusOK).fromXML().valid("Bundle")
	require.Equal(t, "transaction-response", got.at("type"))
	require.Equal(t, "Patient/"+got.at("entry.0.resource.id"), got.at("entry.1.resource.subject.reference"))

	batch := strings.Replace(asXML(t, strings.Replace(transaction, `"transaction"`, `"batch"`, 1)), `<gender value="female"/>`, `<gender value="girl"/>`, 1)
	got = h.send(http.MethodPost, "/fhir", batch, sendsXML, wantsXML).want(http.StatusOK).fromXML().valid("Bundle")
	require.Equal(t, "422 Unprocessable Entity", got.at("entry.0.response.status"), "the entries of a batch stand alone in XML, too")
	require.Equal(t, "Bundle.entry[0].resource.gender", got.at("entry.0.response.outcome.issue.0.expression.0"))
}

func TestOperationsInXML(t *testing.T) {
	var who resources.Principal
	h := open(t, Options{Claims: echoing(&who)})
	for _, body := range []string{patient("x"), `{"resourceType":"Parameters","parameter":[{"name":"resource","resource":` + patient("x") + `}]}`} {
		got := h.send(http.MethodPost, "/fhir/Claim/$submit", asXML(t, body), "Content-Type: text/xml; charset=utf-8", wantsXML).want(http.StatusOK)
		require.JSONEq(t, body, got.fromXML().Body)
		got = h.send(http.MethodPost, "/fhir/Claim/$submit", asXML(t, body), sendsXML).want(http.StatusOK)
		require.JSONEq(t, body, got.Body, "C1 who says nothing of the answer's format gets JSON, whatever was sent")
	}
	h.send(http.MethodGet, "/fhir/metadata", "", wantsXML).want(http.StatusOK).fromXML().valid("CapabilityStatement")
}

// TestErrorsInXML shows that every error is told in the format that was asked for, be it before or behind the routes.
func TestErrorsInXML(t *testing.T) {
	h := open(t, Options{Limits: Limits{Body: 4096, URL: 300}})
	cases := []struct {
		name, method, path, body, contentType string
		status                                int
		code, element                         string
	}{
		{"C1 nothing there", "GET", "/nowhere", "", "", 404, "not-supported", ""},
		{"C1 no such type", "GET", "/fhir/Foo", "", "", 404, "not-supported", ""},
		{"C1 no such method", "PUT", "/fhir/metadata", "", "", 405, "not-supported", ""},
		{"C1 too long a URL", "GET", "/fhir/Patient?family=" + strings.Repeat("a", 300), "", "", 414, "too-long", ""},
		{"C1 too large a body", "POST", "/fhir/Patient", strings.Repeat(" ", 5000), "application/fhir+xml", 413, "too-long", ""},
		{"C1 no such resource", "GET", "/fhir/Patient/1", "", "", 404, "not-found", ""},
		{"C1 broken XML", "POST", "/fhir/Patient", "<Patient", "application/fhir+xml", 400, "structure", ""},
		{"C1 an unknown element", "POST", "/fhir/Patient", asXML(t, patient("x"))[:38] + `<Patient xmlns="http://hl7.org/fhir"><color value="x"/></Patient>`, "application/fhir+xml", 400, "structure", "Patient.color"},
		{"C1 a code that R4 does not have", "POST", "/fhir/Patient", `<Patient xmlns="http://hl7.org/fhir"><name/><gender value="x"/></Patient>`, "application/fhir+xml", 400, "structure", "Patient.name[0]"},
		{"C1 another type of body", "POST", "/fhir/Patient", "x", "text/plain", 415, "not-supported", ""},
		{"C3 another version of the body", "POST", "/fhir/Patient", asXML(t, patient("x")), "application/fhir+xml; fhirVersion=3.0", 415, "not-supported", ""},
		{"C1 a form that is none", "POST", "/fhir/Patient/_search", "x", "application/fhir+xml", 415, "not-supported", ""},
		{"C1 a bad search", "GET", "/fhir/Patient?birthdate=x", "", "", 400, "value", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			headers := []string{wantsXML}
			if c.contentType != "" {
				headers = append(headers, "Content-Type: "+c.contentType)
			}
			h.on(t).send(c.method, c.path, c.body, headers...).want(c.status).fromXML().wantOutcome(c.status, c.code, c.element)
		})
	}
}

// TestTwoVersionsInOneRequest: whichever of the two is not ours, nothing is written.
func TestTwoVersionsInOneRequest(t *testing.T) {
	h := open(t, Options{})
	cases := []struct {
		name, sends, accepts string
		status               int
	}{
		{"C3 the answer in another version", "application/fhir+xml; fhirVersion=4.0", "application/fhir+xml; fhirVersion=5.0", 406},
		{"C3 the body in another version", "application/fhir+xml; fhirVersion=5.0", "application/fhir+xml; fhirVersion=4.0", 415},
		{"C3 both in ours", "application/fhir+xml; fhirVersion=4.0", "application/fhir+xml; fhirVersion=4.0.1", 201},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			h.on(t).send(http.MethodPost, "/fhir/Patient", asXML(t, patient("Two")), "Content-Type: "+c.sends, "Accept: "+c.accepts).
				want(c.status).fromXML()
		})
	}
	require.Equal(t, 1, h.send(http.MethodGet, "/fhir/Patient?family=Two", "").count("entry"))
}
