package server

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/store/resources"
)

func TestPathsThatAreNotServed(t *testing.T) {
	h := open(t, Options{Claims: submitter(nil)})
	cases := []struct {
		method, path string
		status       int
		allow        string
	}{
		{"GET", "/", 404, ""},
		{"GET", "/nothing", 404, ""},
		{"GET", "/fhirr/Patient", 404, ""},
		{"GET", "/fhir/Foo", 404, ""},
		{"GET", "/fhir/patient", 404, ""},
		{"GET", "/fhir/Resource/1", 404, ""},
		{"POST", "/fhir/Foo", 404, ""},
		{"PUT", "/fhir/Foo", 404, ""},
		{"PATCH", "/fhir/Foo/1", 404, ""},
		{"GET", "/fhir/Patient/1/2/3/4/5", 404, ""},
		{"GET", "/fhir/Patient/1/unknown", 404, ""},
		{"GET", "/fhir/Foo/_history", 404, ""},
		{"POST", "/fhir/_history", 405, "GET, HEAD, OPTIONS"},
		{"DELETE", "/fhir/Patient/_history", 405, "GET, HEAD, OPTIONS"},
		{"GET", "/fhir/Patient/", 404, ""},
		{"GET", "/fhir/Claim/$unknown", 404, ""},
		{"POST", "/fhir/Patient/$submit", 404, ""},
		{"POST", "/fhir/CoverageEligibilityRequest/$submit", 404, ""},
		{"POST", "/fhir/$unknown", 404, ""},
		{"PUT", "/fhir", 405, "GET, HEAD, OPTIONS, POST"},
		{"DELETE", "/fhir/", 405, "GET, HEAD, OPTIONS, POST"},
		{"GET", "/fhir/_search", 405, "OPTIONS, POST"},
		{"GET", "/fhir/Claim/1/Patient", 404, ""},
		{"GET", "/fhir/Patient/1/patient", 404, ""},
		{"GET", "/fhir/Patient/1/Task", 404, ""},
		{"GET", "/fhir/Patient/1/$unknown", 404, ""},
		{"GET", "/fhir/Patient/1/_unknown", 404, ""},
		{"PUT", "/fhir/Patient/1/Claim", 405, "GET, HEAD, OPTIONS"},
		{"GET", "/fhir/Claim/$submit", 405, "OPTIONS, POST"},
		{"PUT", "/fhir/Claim/$submit", 405, "OPTIONS, POST"},
		{"GET", "/fhir/Claim/_search", 405, "OPTIONS, POST"},
		{"POST", "/fhir/metadata", 405, "GET, HEAD, OPTIONS"},
		{"DELETE", "/fhir/metadata", 405, "GET, HEAD, OPTIONS"},
		{"POST", "/livez", 405, "GET, HEAD, OPTIONS"},
		{"POST", "/fhir/Patient/1", 405, "DELETE, GET, HEAD, OPTIONS, PATCH, PUT"},
		{"PATCH", "/fhir/Patient/1/_history", 405, "GET, HEAD, OPTIONS"},
		{"DELETE", "/fhir/Patient/1/_history", 405, "GET, HEAD, OPTIONS"},
		{"DELETE", "/fhir/Patient/1/_history/1", 405, "GET, HEAD, OPTIONS"},
		{"BREW", "/fhir/Patient/1", 405, "DELETE, GET, HEAD, OPTIONS, PATCH, PUT"},
		{"BREW", "/fhir/Patient", 405, "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT"},
	}
	for _, c := range cases {
		t.Run(c.method+" "+c.path, func(t *testing.T) {
			got := h.on(t).send(c.method, c.path, "")
			got.wantOutcome(c.status, "not-supported", "")
			require.Equal(t, c.allow, got.Header.Get("Allow"))
			require.NotEmpty(t, got.Header.Get("X-Request-Id"))
		})
	}
	options := h.send(http.MethodOptions, "/fhir/Patient/1", "").want(http.StatusNoContent)
	require.Equal(t, "OPTIONS, DELETE, GET, HEAD, PATCH, PUT", options.Header.Get("Allow"))
}

func TestEveryTypeIsServed(t *testing.T) {
	h := open(t, Options{})
	for _, kind := range []string{"Account", "Basic", "Binary", "Bundle", "Parameters", "Claim", "VisionPrescription"} {
		t.Run(kind, func(t *testing.T) {
			h.on(t).send(http.MethodGet, "/fhir/"+kind, "").want(http.StatusOK).valid("Bundle")
			h.on(t).send(http.MethodGet, "/fhir/"+kind+"/1", "").wantOutcome(http.StatusNotFound, "not-found", "")
		})
	}
}

func TestEscapedPathsMeanTheSame(t *testing.T) {
	var who resources.Principal
	h := open(t, Options{Claims: echoing(&who)})
	h.send(http.MethodPut, "/fhir/Patient/p-1", `{"resourceType":"Patient","id":"p-1"}`).want(http.StatusCreated)
	for _, c := range []struct {
		method, path string
		status       int
	}{
		{"GET", "/fhir/Patient/p%2D1", 200},
		{"GET", "/fhir/%50atient/%70-1/%5Fhistory/1", 200},
		{"POST", "/fhir/Claim/%24submit", 200},
		{"GET", "/fhir/Claim/%24submit", 405},
		{"GET", "/fhir/Patient%2Fp-1", 404},
		{"GET", "/fhir/Claim%2f$submit", 404},
		{"GET", "/fhir/Patient/%2e%2e%2fPatient%2fp-1", 404},
	} {
		t.Run(c.method+" "+c.path, func(t *testing.T) {
			h.on(t).send(c.method, c.path, patient("x")).want(c.status)
		})
	}
}

// oddRequest builds a request as the server would get it, whatever the path is; nil where net/http would not deliver it.
func oddRequest(method, path, accept, contentType, body string) *http.Request {
	if !strings.HasPrefix(path, "/") || strings.ContainsAny(path, " \r\n") || method == "" {
		return nil
	}
	target, err := url.ParseRequestURI(path)
	if err != nil {
		return nil
	}
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
	r.Method, r.URL, r.RequestURI = method, target, path
	r.Header = http.Header{"Accept": {accept}, "Content-Type": {contentType}, "If-Match": {accept}, "If-None-Match": {contentType}}
	return r
}

func FuzzRouter(f *testing.F) {
	for _, method := range []string{"GET", "POST", "PUT", "DELETE", "HEAD", "BREW"} {
		f.Add(method, "/fhir/Patient/1/_history/1", "application/json", "application/fhir+json", "{}")
		f.Add(method, "/fhir/Patient/%2e%2e/$x?_count=-1&_page=a&%zz", "*/*", "application/x-www-form-urlencoded", "a=%zz&_page=_")
		f.Add(method, "/fhir//Claim/%24submit/", "", "", "[]")
		f.Add(method, "//fhir/Claim/_search?_format=xml&_sort=-_id", ";q=,", "text/plain; charset=x", "\x00")
		f.Add(method, "/fhir/:type/:id/_history/*", "W/\"1\"", "*", `{"resourceType":"Bundle","type":"batch"}`)
		f.Add(method, "/fhir?_type=Patient", "*", "application/json", `{"resourceType":"Bundle","type":"transaction","entry":[{}]}`)
	}
	st := openStore(f)
	f.Fuzz(func(t *testing.T, method, path, accept, contentType, body string) {
		r := oddRequest(method, path, accept, contentType, body)
		if r == nil {
			return
		}
		got := openOver(t, st, Options{}).sendRequest(r)
		require.Less(t, got.Status, 500, "%s %s: %s", method, path, got.Body)
		if got.Status >= 400 && method != http.MethodHead {
			if strings.Contains(got.Header.Get("Content-Type"), "xml") {
				require.Contains(t, got.Body, "<issue><severity value=")
				return
			}
			require.NotEmpty(t, got.at("issue.0.code"))
		}
	})
}
