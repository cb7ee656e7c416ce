package server

import (
	"net/http"
	"strings"
	"testing"
)

// TestBadInput is the table of what may be wrong with a body, with the status and issue that R4 clients look for. What only
// the use cases can tell (an unknown plan, no cover) is tested with them.
func TestBadInput(t *testing.T) {
	h := open(t, Options{Claims: submitter(nil)})
	const claim = `"resourceType":"Claim","status":"active","use":"claim","created":"2026-01-05",` +
		`"type":{"coding":[{"code":"professional"}]},"patient":{"reference":"Patient/1"},"provider":{"reference":"Organization/1"},` +
		`"priority":{"coding":[{"code":"normal"}]},"insurance":[{"sequence":1,"focal":true,"coverage":{"reference":"Coverage/1"}}]`
	deep := func(levels int) string {
		return `{` + claim + `,"extension":[` + strings.Repeat(`{"url":"http://example.org/x","extension":[`, levels) +
			`{"url":"http://example.org/x","valueBoolean":true}` + strings.Repeat(`]}`, levels) + `]}`
	}
	cases := []struct {
		name, contentType, body string
		status                  int
		code, element           string
	}{
		{"empty", "", "", 400, "structure", ""},
		{"not JSON", "", "claim: 1", 400, "structure", ""},
		{"XML announced as JSON", "", "<Claim xmlns=\"http://hl7.org/fhir\"/>", 400, "structure", ""},
		{"half JSON", "", `{"resourceType":"Claim","status":`, 400, "structure", ""},
		{"two documents", "", `{` + claim + `}{}`, 400, "structure", ""},
		{"an array", "", `[{` + claim + `}]`, 400, "structure", ""},
		{"no resourceType", "", `{"status":"active"}`, 400, "", ""},
		{"an unknown resourceType", "", `{"resourceType":"Klaim"}`, 400, "", ""},
		{"another type than the path's", "", patient("x"), 400, "structure", "Patient"},
		{"an unknown element", "", `{` + claim + `,"totalAmount":{"value":1}}`, 400, "structure", "Claim.totalAmount"},
		{"an unknown element inside", "", `{` + claim + `,"item":[{"sequence":1,"productOrService":{"text":"x"},"qty":1}]}`, 400, "structure", "Claim.item[0].qty"},
		{"an object for an array", "", `{` + claim + `,"item":{"sequence":1,"productOrService":{"text":"x"}}}`, 400, "structure", "Claim.item"},
		{"text for a number", "", `{` + claim + `,"item":[{"sequence":"1","productOrService":{"text":"x"}}]}`, 400, "", "Claim.item[0].sequence"},
		{"a negative sequence", "", `{` + claim + `,"item":[{"sequence":-1,"productOrService":{"text":"x"}}]}`, 400, "value", "Claim.item[0].sequence"},
		{"a missing element", "", strings.Replace(`{`+claim+`}`, `"use":"claim",`, "", 1), 400, "required", "Claim.use"},
		{"a bad date", "", strings.Replace(`{`+claim+`}`, "2026-01-05", "5 January", 1), 400, "value", "Claim.created"},
		{"a code that R4 does not have", "", strings.Replace(`{`+claim+`}`, `"active"`, `"running"`, 1), 422, "code-invalid", "Claim.status"},
		{"a reference to a type that does not exist", "", strings.Replace(`{`+claim+`}`, "Patient/1", "Foo/1", 1), 400, "", "Claim.patient.reference"},
		{"too deep", "", deep(100), 400, "", ""},
		{"not UTF-8", "", "{" + claim + ",\"language\":\"\xff\xfe\"}", 400, "", ""},
		{"C1 xml in no namespace", "application/fhir+xml", "<Claim/>", 400, "structure", "Claim"},
		{"C1 broken xml", "application/xml", `<Claim xmlns="http://hl7.org/fhir"><status value="active></Claim>`, 400, "structure", "Claim"},
		{"C1 xml with an entity", "text/xml", `<!DOCTYPE Claim [<!ENTITY a "b">]><Claim xmlns="http://hl7.org/fhir"/>`, 400, "structure", ""},
		{"C1 xml in another encoding", "application/fhir+xml", `<?xml version="1.0" encoding="ISO-8859-1"?><Claim xmlns="http://hl7.org/fhir"/>`, 400, "not-supported", ""},
		{"C1 xml with an unknown element", "application/fhir+xml", `<Claim xmlns="http://hl7.org/fhir"><colour value="red"/></Claim>`, 400, "structure", "Claim.colour"},
		{"C1 xml with a bad value", "application/fhir+xml", `<Claim xmlns="http://hl7.org/fhir"><id value="1"/><status value="running"/></Claim>`, 400, "", ""},
		{"C1 xml called JSON", "application/fhir+json", `<Claim xmlns="http://hl7.org/fhir"/>`, 400, "structure", ""},
		{"C1 JSON called xml", "application/fhir+xml", `{` + claim + `}`, 400, "structure", ""},
		{"C3 xml of another FHIR version", "application/fhir+xml; fhirVersion=5.0", "<Claim/>", 415, "not-supported", ""},
		{"C1 xml in another character set", "application/fhir+xml; charset=utf-16", "<Claim/>", 415, "not-supported", ""},
		{"C1 xml of a patch", "application/xml-patch+xml", "<diff/>", 415, "not-supported", ""},
		{"text", "text/plain", `{` + claim + `}`, 415, "not-supported", ""},
		{"a form", "application/x-www-form-urlencoded", "a=b", 415, "not-supported", ""},
		{"no content type", "none", `{` + claim + `}`, 415, "not-supported", ""},
		{"another character set", "application/fhir+json; charset=iso-8859-1", `{` + claim + `}`, 415, "not-supported", ""},
		{"another FHIR version", "application/fhir+json; fhirVersion=3.0", `{` + claim + `}`, 415, "not-supported", ""},
	}
	for _, path := range []string{"/fhir/Claim", "/fhir/Claim/1", "/fhir/Claim/$submit", "/fhir"} {
		method := http.MethodPost
		if path == "/fhir/Claim/1" {
			method = http.MethodPut
		}
		for _, c := range cases {
			if c.name == "another type than the path's" && path != "/fhir/Claim" { // elsewhere the path says no type, or the id is missed first
				continue
			}
			t.Run(path+"/"+c.name, func(t *testing.T) {
				contentType := c.contentType
				if contentType == "" {
					contentType = "application/fhir+json"
				}
				got := h.on(t).send(method, path, c.body, "Content-Type: "+contentType)
				code := c.code
				if code == "" { // which of several fitting codes is the codec's choice
					code = got.want(c.status).at("issue.0.code")
				}
				got.wantOutcome(c.status, code, c.element)
			})
		}
	}
}

func TestCompressedBodiesAreRefusedAsSuch(t *testing.T) {
	h := open(t, Options{})
	h.send(http.MethodPost, "/fhir/Patient", patient("x"), "Content-Encoding: gzip").
		wantOutcome(http.StatusUnsupportedMediaType, "not-supported", "")
	h.send(http.MethodPost, "/fhir/Patient", patient("x"), "Content-Encoding: identity").want(http.StatusCreated)
}
