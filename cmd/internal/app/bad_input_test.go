package app

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const goodClaim = `{"resourceType":"Claim","status":"active","type":{"coding":[{"code":"professional"}]},"use":"claim",
"patient":{"reference":"Patient/p-1001-02"},"created":"2026-03-04","insurer":{"reference":"Organization/umoja"},"provider":{"reference":"Organization/ziwani"},
"priority":{"coding":[{"code":"normal"}]},"insurance":[{"sequence":1,"focal":true,"coverage":{"reference":"Coverage/p-1001-02"}}],
"item":[{"sequence":1,"productOrService":{"coding":[{"system":"https://claimwright.org/sandbox/services","code":"S-CONS"}]},"servicedDate":"2026-03-04","unitPrice":{"value":800.00,"currency":"KES"}}]}`

// TestBadInput holds requests that cannot be processed against the status and the issue that they deserve
// (R4 §3.1.0.1.5 and §2.1.0.1.5 leave the pairing to the server).
func TestBadInput(t *testing.T) {
	a := open(t, true)
	change := func(from, to string) string {
		require.Contains(t, goodClaim, from)
		return strings.Replace(goodClaim, from, to, 1)
	}
	for name, test := range map[string]struct {
		body, contentType string
		status            int
		code, expression  string
	}{
		"not JSON":               {`<Claim/>`, fhirJSON, 400, "structure", ""},
		"nothing":                {``, fhirJSON, 400, "", ""},
		"half a document":        {goodClaim[:200], fhirJSON, 400, "structure", "Claim"},
		"an array":               {`[]`, fhirJSON, 400, "", ""},
		"no resourceType":        {`{"status":"active"}`, fhirJSON, 400, "", ""},
		"unknown type":           {`{"resourceType":"Claimx"}`, fhirJSON, 400, "", ""},
		"another type":           {`{"resourceType":"Patient"}`, fhirJSON, 400, "", "Patient"},
		"wrong type of value":    {change(`"sequence":1,"focal"`, `"sequence":"1","focal"`), fhirJSON, 400, "value", "Claim.insurance[0].sequence"},
		"unknown element":        {change(`"servicedDate"`, `"servicedDay"`), fhirJSON, 400, "structure", "Claim.item[0]"},
		"missing element":        {change(`"use":"claim",`, ``), fhirJSON, 400, "required", "Claim"},
		"unknown code":           {change(`"active"`, `"aktiv"`), fhirJSON, 422, "code-invalid", "Claim.status"},
		"impossible date":        {change(`"created":"2026-03-04"`, `"created":"2026-02-30"`), fhirJSON, 400, "value", "Claim.created"},
		"unknown currency":       {change(`"KES"`, `"XKES"`), fhirJSON, 0, "", "Claim.item[0].unitPrice.currency"},
		"wrong reference":        {change(`Patient/p-1001-02`, `Organization/umoja`), fhirJSON, 400, "", "Claim.patient"},
		"too deep":               {`{"resourceType":"Claim","extension":` + strings.Repeat(`[{"url":"a","extension":`, 5000), fhirJSON, 400, "", "Claim"},
		"duplicate key":          {change(`"status":"active",`, `"status":"active","status":"active",`), fhirJSON, 400, "structure", "Claim"},
		"wrong content type":     {goodClaim, "text/plain", 415, "not-supported", ""},
		"XML of another version": {`<Claim xmlns="http://hl7.org/fhir"/>`, "application/fhir+xml; fhirVersion=5.0", 415, "not-supported", ""},
		"empty XML":              {`<Claim xmlns="http://hl7.org/fhir"/>`, "application/fhir+xml", 400, "required", "Claim.status"},
		"two focal covers":       {change(`"insurance":[`, `"insurance":[{"sequence":2,"focal":true,"coverage":{"reference":"Coverage/x"}},`), fhirJSON, 422, "", "Claim.insurance"},
		"a sequence twice":       {change(`"item":[`, `"item":[{"sequence":1,"productOrService":{"coding":[{"code":"X"}]}},`), fhirJSON, 422, "", "Claim.item[1].sequence"},
		"sums that do not add":   {change(`"item":`, `"total":{"value":1.00,"currency":"KES"},"item":`), fhirJSON, 422, "", "Claim.total"},
		"a draft":                {change(`"active"`, `"draft"`), fhirJSON, 422, "", "Claim.status"},
	} {
		t.Run(name, func(t *testing.T) {
			status, answer := a.send(t, http.MethodPost, "/fhir/Claim/$submit", test.contentType, []byte(test.body))
			require.Equal(t, "OperationOutcome", answer["resourceType"], answer)
			require.GreaterOrEqual(t, status, 400)
			require.Less(t, status, 500, answer)
			if test.status != 0 {
				require.Equal(t, test.status, status, answer)
			}
			requireIssue(t, answer, test.code, test.expression)
		})
	}
}

// requireIssue wants an issue with the code, where one is given, whose expression starts with the one given.
func requireIssue(t *testing.T, answer map[string]any, code, expression string) {
	t.Helper()
	for _, issue := range list(answer, "issue") {
		found := expression == ""
		expressions, _ := issue["expression"].([]any)
		for _, e := range expressions {
			found = found || strings.HasPrefix(e.(string), expression)
		}
		if found && (code == "" || issue["code"] == code) {
			return
		}
	}
	t.Fatalf("no issue %q at %q in %v", code, expression, answer)
}

// TestDenialsAreData: what can be processed is decided, however bad the news.
func TestDenialsAreData(t *testing.T) {
	a := open(t, true)
	change := func(from, to string) []byte { return []byte(strings.Replace(goodClaim, from, to, 1)) }
	for name, test := range map[string]struct {
		body            []byte
		outcome, reason string
	}{
		"unknown service":  {change(`S-CONS`, `S-NOSUCH`), "complete", "not-in-register"},
		"no cover":         {change(`"servicedDate":"2026-03-04"`, `"servicedDate":"2020-03-04"`), "complete", "no-cover"},
		"unknown member":   {change(`Patient/p-1001-02`, `Patient/nobody`), "error", ""},
		"unknown insurer":  {change(`Organization/umoja`, `Organization/nobody`), "error", ""},
		"unknown provider": {change(`Organization/ziwani`, `Organization/nobody`), "error", ""},
	} {
		t.Run(name, func(t *testing.T) {
			status, answer := a.send(t, http.MethodPost, "/fhir/Claim/$submit", fhirJSON, test.body)
			require.Equal(t, http.StatusOK, status, answer)
			require.Equal(t, "ClaimResponse", answer["resourceType"])
			require.Equal(t, test.outcome, answer["outcome"])
			if test.outcome == "error" {
				require.NotEmpty(t, list(answer, "error"))
				require.Empty(t, list(answer, "item"))
				return
			}
			for _, item := range list(answer, "item") {
				require.Contains(t, reasons(item), test.reason)
			}
		})
	}
}

// TestAHundredMegabytes: the body is refused by its announced length, or once it has grown too large.
func TestAHundredMegabytes(t *testing.T) {
	a := open(t, false)
	for name, length := range map[string]int64{"announced": 100 << 20, "chunked": -1} {
		t.Run(name, func(t *testing.T) {
			body := &endless{left: 100 << 20}
			request := httptest.NewRequest(http.MethodPost, "/fhir/Claim/$submit", body)
			request.ContentLength = length
			request.Header.Set("Content-Type", fhirJSON)
			recorder := httptest.NewRecorder()
			a.server.Handler().ServeHTTP(recorder, request)
			require.Equal(t, http.StatusRequestEntityTooLarge, recorder.Code)
			require.Contains(t, recorder.Body.String(), "too-long")
			require.Greater(t, body.left, 80<<20, "most of it is never read")
		})
	}
}

// endless yields blanks.
type endless struct{ left int }

func (e *endless) Read(p []byte) (int, error) {
	n := min(len(p), e.left)
	e.left -= n
	return copy(p, bytes.Repeat([]byte(" "), n)), nil
}

// TestAnotherClaimsIDIsNotTaken: an id that the client sends names nothing, and nothing stored under it changes.
func TestAnotherClaimsIDIsNotTaken(t *testing.T) {
	a := open(t, true)
	status, first := a.send(t, http.MethodPost, "/fhir/Claim/$submit", fhirJSON, []byte(goodClaim))
	require.Equal(t, http.StatusOK, status, first)
	claim := first["request"].(map[string]any)["reference"].(string)
	_, before := a.send(t, http.MethodGet, "/fhir/"+claim, "", nil)
	other := strings.Replace(goodClaim, `"resourceType":"Claim",`, `"resourceType":"Claim","id":"`+strings.TrimPrefix(claim, "Claim/")+`",`, 1)
	status, second := a.send(t, http.MethodPost, "/fhir/Claim/$submit", fhirJSON, []byte(strings.Replace(other, "S-CONS", "S-CBC", 1)))
	require.Less(t, status, 500, second)
	_, after := a.send(t, http.MethodGet, "/fhir/"+claim, "", nil)
	require.Equal(t, before, after)
}
