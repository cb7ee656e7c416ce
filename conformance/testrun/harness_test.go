package testrun

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"claimwright/conformance/testscript"
)

const base = "http://fhir.example.org/r4"

// server stands in for a FHIR server: it notes what it is sent and answers what a test wants.
type server struct {
	t    *testing.T
	got  []*http.Request
	sent []string
	// answer gives the answer to a request; nil is a Patient.
	answer func(*http.Request) *http.Response
}

func (s *server) RoundTrip(r *http.Request) (*http.Response, error) {
	body := ""
	if r.Body != nil {
		text, err := io.ReadAll(r.Body)
		require.NoError(s.t, err)
		body = string(text)
	}
	s.got, s.sent = append(s.got, r), append(s.sent, body)
	if s.answer != nil {
		return s.answer(r), nil
	}
	return reply(http.StatusOK, patient, "Content-Type: application/fhir+json;charset=utf-8", `ETag: W/"3"`), nil
}

const patient = `{"resourceType":"Patient","id":"p1","meta":{"versionId":"3"},"name":[{"family":"Mwangi","given":["Asha","Njeri"]},{"family":"Otieno"}],
"multipleBirthInteger":2,"link":[{"other":{"reference":"Patient/p2"},"type":"seealso"}]}`

func reply(status int, body string, headers ...string) *http.Response {
	h := http.Header{}
	for _, line := range headers {
		name, value, _ := strings.Cut(line, ": ")
		h.Add(name, value)
	}
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body))}
}

// script makes a script of the parts that a test cares for, each the JSON of a member.
func script(t *testing.T, members ...string) *testscript.Script {
	t.Helper()
	s, err := testscript.Read("test.json", []byte(`{"resourceType":"TestScript","url":"http://example.org/t","name":"t","status":"active",`+
		strings.Join(members, ",")+`}`), nil)
	require.NoError(t, err)
	return s
}

// fixtures are a Patient of id p1 named "one" and one without id named "two".
const fixtures = `"contained":[{"resourceType":"Patient","id":"p1","name":[{"family":"Mwangi"}]}],
"fixture":[{"id":"one","autocreate":false,"autodelete":false,"resource":{"reference":"#p1"}}]`

// test makes a test of actions, each the JSON of an operation or assert without what every one must have.
func test(actions ...string) string {
	all := make([]string, len(actions))
	for i, a := range actions {
		a = strings.Replace(a, `"operation":{`, `"operation":{"encodeRequestUrl":true,`, 1)
		all[i] = "{" + strings.Replace(a, `"assert":{`, `"assert":{"warningOnly":false,`, 1) + "}"
	}
	return `{"name":"it","action":[` + strings.Join(all, ",") + `]}`
}

func run(t *testing.T, s *server, o Options, script *testscript.Script) *Result {
	t.Helper()
	s.t = t
	o.BaseURL, o.Transport = base, s
	if o.Now == nil {
		o.Now = func() time.Time { return time.Date(2026, 3, 4, 10, 0, 0, 0, time.UTC) }
	}
	r, err := New(o)
	require.NoError(t, err)
	return r.Run(t.Context(), script)
}

// verdicts are those of the steps of a result's tests.
func verdicts(r *Result) (all []Verdict) {
	for i := range r.Tests {
		for j := range r.Tests[i].Steps {
			all = append(all, r.Tests[i].Steps[j].Verdict)
		}
	}
	return all
}

// readPatient reads and keeps the answer as "answer", the request as "asked".
const readPatient = `"operation":{"type":{"code":"read"},"resource":"Patient","params":"/p1","responseId":"answer","requestId":"asked"}`

func text(v any) string {
	body, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(body)
}
