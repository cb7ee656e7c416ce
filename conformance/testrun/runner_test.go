package testrun

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const (
	isOK    = `"assert":{"response":"okay"}`
	isNotOK = `"assert":{"response":"created"}`
)

func TestAFailureEndsItsTestAndNoOther(t *testing.T) {
	r := run(t, &server{}, Options{}, script(t, `"test":[`+test(readPatient, isNotOK, isOK)+`,`+test(isOK)+`]`))
	require.Equal(t, Fail, r.Verdict)
	require.Equal(t, []Verdict{Pass, Fail, Skip, Pass}, verdicts(r))
	passed, all := r.Count()
	require.Equal(t, []int{1, 3}, []int{passed, all})
}

func TestAFailureInSetupSkipsTheTestsAndNotTheTeardown(t *testing.T) {
	s := &server{}
	setup := strings.Replace(test(readPatient, isNotOK, isOK), `"name":"it",`, "", 1)
	teardown := strings.Replace(test(readPatient), `"name":"it",`, "", 1)
	r := run(t, s, Options{}, script(t, `"setup":`+setup, `"test":[`+test(isOK)+`]`, `"teardown":`+teardown))
	require.Equal(t, Fail, r.Verdict)
	require.Equal(t, "setup failed", r.Reason)
	require.Equal(t, []Verdict{Skip}, verdicts(r))
	require.Len(t, s.got, 2)
	require.Equal(t, Pass, r.Teardown[0].Verdict)
}

func TestWarningOnlyAndGoOn(t *testing.T) {
	warns := strings.Replace(test(readPatient, isNotOK, isOK), `"warningOnly":false,"response":"created"`, `"warningOnly":true,"response":"created"`, 1)
	r := run(t, &server{}, Options{}, script(t, `"test":[`+warns+`]`))
	require.Equal(t, Pass, r.Verdict)
	require.Equal(t, []Verdict{Pass, Warning, Pass}, verdicts(r))
	require.Equal(t, Warning, r.Tests[0].Verdict)

	goesOn := strings.Replace(test(readPatient, isNotOK, isOK), `"response":"created"`, `"response":"created","extension":[{
		"url":"http://touchstone.aegis.net/touchstone/fhir/testing/StructureDefinition/testscript-assert-stopTestOnFail","valueBoolean":false}]`, 1)
	r = run(t, &server{}, Options{}, script(t, `"test":[`+goesOn+`]`))
	require.Equal(t, Fail, r.Verdict)
	require.Equal(t, []Verdict{Pass, Fail, Pass}, verdicts(r))
}

func TestFixturesAreCreatedAndDeleted(t *testing.T) {
	s := &server{answer: func(r *http.Request) *http.Response {
		if r.Method == http.MethodPost {
			return reply(http.StatusCreated, "", "Location: "+base+"/Patient/77/_history/1")
		}
		return reply(http.StatusOK, patient)
	}}
	r := run(t, s, Options{}, script(t, `"contained":[{"resourceType":"Patient","id":"p1"},{"resourceType":"Basic","id":"b","code":{"text":"x"}}],
		"fixture":[{"id":"kept","autocreate":true,"autodelete":true,"resource":{"reference":"#p1"}},{"id":"idle","autocreate":false,"autodelete":true,"resource":{"reference":"#b"}}]`,
		`"test":[`+test(`"operation":{"type":{"code":"create"},"sourceId":"kept"}`, `"operation":{"type":{"code":"vread"},"targetId":"kept"}`)+`]`))
	require.Equal(t, Pass, r.Verdict, text(r))
	var sent []string
	for _, g := range s.got {
		sent = append(sent, g.Method+" "+g.URL.Path)
	}
	require.Equal(t, []string{"PUT /r4/Patient/p1", "POST /r4/Patient", "GET /r4/Patient/77/_history/1", "DELETE /r4/Patient/77"}, sent)
}

func TestAFixtureThatIsNotCreated(t *testing.T) {
	s := &server{answer: func(*http.Request) *http.Response { return reply(http.StatusForbidden, "") }}
	r := run(t, s, Options{}, script(t, strings.Replace(fixtures, `"autocreate":false`, `"autocreate":true`, 1), `"test":[`+test(isOK)+`]`))
	require.Equal(t, Fail, r.Verdict)
	require.Equal(t, "403 Forbidden", r.Setup[0].Found)
	require.Equal(t, []Verdict{Skip}, verdicts(r))
	require.Len(t, s.got, 1)
}

// TestHostileServers: what comes back never harms who asks.
func TestHostileServers(t *testing.T) {
	for name, c := range map[string]struct {
		answer func(*http.Request) *http.Response
		assert string
		want   []Verdict
	}{
		"a redirect elsewhere": {func(*http.Request) *http.Response { return reply(302, "", "Location: http://169.254.169.254/") }, `"responseCode":"302"`, []Verdict{Pass, Pass}},
		"a body without end": {func(*http.Request) *http.Response {
			return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(endless{})}
		}, `"response":"okay"`, []Verdict{Error, Skip}},
		"HTML":              {func(*http.Request) *http.Response { return reply(200, "<html><body>hello") }, `"expression":"Patient.id","value":"x"`, []Verdict{Pass, Error}},
		"no JSON":           {func(*http.Request) *http.Response { return reply(200, `{"resourceType":`) }, `"path":"Patient/id","value":"x"`, []Verdict{Pass, Error}},
		"an array":          {func(*http.Request) *http.Response { return reply(200, `[1]`) }, `"path":"Patient/id","value":"x"`, []Verdict{Pass, Fail}},
		"nested deep":       {func(*http.Request) *http.Response { return reply(200, strings.Repeat("[", 100_000)) }, `"expression":"Patient.id","value":"x"`, []Verdict{Pass, Error}},
		"an unknown status": {func(*http.Request) *http.Response { return reply(799, "") }, `"responseCode":"799"`, []Verdict{Pass, Pass}},
	} {
		t.Run(name, func(t *testing.T) {
			s := &server{answer: c.answer}
			r := run(t, s, Options{MaxBody: 1 << 20}, script(t, `"test":[`+test(readPatient, `"assert":{`+c.assert+`}`)+`]`))
			require.Equal(t, c.want, verdicts(r), text(r.Tests))
			require.Len(t, s.got, 1)
		})
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

// TestVariablesThatGrow: names that double one another are stopped long before memory is.
func TestVariablesThatGrow(t *testing.T) {
	var all []string
	for i := range 40 {
		all = append(all, fmt.Sprintf(`{"name":"v%d","defaultValue":"${v%d}${v%d}"}`, i, i+1, i+1))
	}
	all = append(all, `{"name":"v40","defaultValue":"x"}`)
	r := run(t, &server{}, Options{}, script(t, `"variable":[`+strings.Join(all, ",")+`]`,
		`"test":[`+test(`"operation":{"type":{"code":"read"},"resource":"Patient","params":"/${v0}"}`)+`]`))
	require.Equal(t, []Verdict{Error}, verdicts(r))
}

func TestVariables(t *testing.T) {
	s := &server{}
	r := run(t, s, Options{Variables: map[string]string{"given": "by the tester"}}, script(t, fixtures, `"variable":[
		{"name":"given","defaultValue":"by the script"},{"name":"other","defaultValue":"by ${given}"},
		{"name":"tag","headerField":"ETag"},{"name":"later","sourceId":"answer","expression":"Patient.id","defaultValue":"not yet"}]`,
		`"test":[`+test(`"operation":{"type":{"code":"search"},"resource":"Patient","params":"?a=${later}"}`,
			readPatient, `"assert":{"expression":"'${other}'","value":"by by the tester"}`, `"assert":{"headerField":"ETag","value":"${tag}"}`,
			`"operation":{"type":{"code":"search"},"resource":"Patient","params":"?a=${later}"}`)+`]`))
	require.Equal(t, Pass, r.Verdict, text(r))
	require.Equal(t, "a=not%20yet", s.got[0].URL.RawQuery)
	require.Equal(t, "a=p1", s.got[2].URL.RawQuery)
}

func TestPlaceholders(t *testing.T) {
	s := newSession(&Runner{options: Options{Now: func() time.Time { return time.Date(2026, 3, 31, 23, 59, 0, 0, time.UTC) }}}, nil)
	for name, pattern := range map[string]string{
		"UUID":                               `^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`,
		"UUID-NODASH":                        `^[0-9a-f]{32}$`,
		"C6":                                 `^[a-z]{6}$`,
		"D9":                                 `^[1-9]{9}$`,
		"CD14":                               `^[a-z1-9]{14}$`,
		"CURRENTDATE":                        `^2026-03-31$`,
		"CURRENTDATE, d, 1":                  `^2026-04-01$`,
		"CURRENTDATE, y, -1, M, 1":           `^2025-05-01$`,
		"CURRENTDATETIME":                    `^2026-03-31T23:59:00.000Z$`,
		"CURRENTDATETIME, H, -1, m, 1, s, 3": `^2026-03-31T23:00:03.000Z$`,
	} {
		value, ok := s.placeholder(name)
		require.True(t, ok, name)
		require.Regexp(t, pattern, value, name)
		again, _ := s.placeholder(name)
		require.Equal(t, value, again, name)
	}
	for _, name := range []string{"C", "C0", "C21", "D99", "uuid", "CURRENTDATE, d", "CURRENTDATE, x, 1", ""} {
		_, ok := s.placeholder(name)
		require.False(t, ok, name)
	}
}

func TestCapabilities(t *testing.T) {
	const wants = `{"resourceType":"CapabilityStatement","id":"c","status":"active","date":"2026","kind":"requirements","fhirVersion":"4.0.1","format":["json"],
		"rest":[{"mode":"server","interaction":[{"code":"transaction"}],"resource":[{"type":"Patient","conditionalDelete":"single","interaction":[{"code":"patch"}]}]}]}`
	wantsXML := strings.Replace(wants, `"format":["json"]`, `"format":["xml"]`, 1)
	for name, c := range map[string]struct {
		has    string
		how    string
		want   Verdict
		reason string
	}{
		"all there":               {`{"mode":"server","interaction":[{"code":"transaction"}],"resource":[{"type":"Patient","conditionalDelete":"multiple","interaction":[{"code":"patch"}]}]}`, `"required":true,"validated":false`, Pass, ""},
		"an interaction missing":  {`{"mode":"server","interaction":[{"code":"transaction"}],"resource":[{"type":"Patient","conditionalDelete":"multiple"}]}`, `"required":true,"validated":false`, Skip, "the server does not offer the interaction patch of Patient"},
		"conditions not offered":  {`{"mode":"server","interaction":[{"code":"transaction"}],"resource":[{"type":"Patient","conditionalDelete":"not-supported","interaction":[{"code":"patch"}]}]}`, `"required":true,"validated":false`, Skip, "the server does not offer conditionalDelete of Patient"},
		"the type missing":        {`{"mode":"server","interaction":[{"code":"transaction"}]}`, `"required":true,"validated":false`, Skip, "the server does not offer Patient"},
		"missing, to be shown":    {`{"mode":"server","interaction":[]}`, `"required":false,"validated":true`, Fail, "the server does not offer the interaction transaction"},
		"missing, but not needed": {`{"mode":"server","interaction":[]}`, `"required":false,"validated":false`, Pass, ""},
		"another format":          {`{"mode":"server"}`, `"required":true,"validated":false`, Skip, "the server does not offer the format xml"},
		"no server":               {`{"mode":"client"}`, `"required":true,"validated":false`, Skip, "the server does not offer anything as a server"},
	} {
		t.Run(name, func(t *testing.T) {
			s := &server{answer: func(r *http.Request) *http.Response {
				if r.URL.Path == "/r4/metadata" {
					return reply(200, `{"resourceType":"CapabilityStatement","format":["application/fhir+json"],"rest":[`+c.has+`]}`)
				}
				return reply(200, patient)
			}}
			needs := wants
			if name == "another format" {
				needs = wantsXML
			}
			r := run(t, s, Options{}, script(t, `"contained":[`+needs+`]`, `"metadata":{"capability":[{`+c.how+`,"capabilities":"#c"}]}`,
				`"test":[`+test(readPatient, isOK)+`]`))
			require.Equal(t, c.want, r.Verdict)
			require.Equal(t, c.reason, r.Reason)
		})
	}
}

func TestBaseURL(t *testing.T) {
	for _, bad := range []string{"", "fhir.example.org", "ftp://x/y", "http://", "http://x/y?z", "http://x/\x7f"} {
		_, err := New(Options{BaseURL: bad})
		require.Error(t, err, bad)
	}
}

func TestAStoppedRunStillCleansUp(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s := &server{t: t}
	s.answer = func(r *http.Request) *http.Response { cancel(); return reply(200, patient) }
	r, err := New(Options{BaseURL: base, Transport: s})
	require.NoError(t, err)
	result := r.Run(ctx, script(t, `"test":[`+test(readPatient, isOK)+`]`, `"teardown":`+strings.Replace(test(readPatient), `"name":"it",`, "", 1)))
	require.Equal(t, Fail, result.Verdict)
	require.Equal(t, Pass, result.Teardown[0].Verdict)
}

// TestPolling: a script may ask again while the answer is not there yet, as long as it says, with the pauses that the server wants.
func TestPolling(t *testing.T) {
	const asks = `"operation":{"extension":[{"url":"https://claimwright.org/fhir/StructureDefinition/testscript-poll","valueInteger":10}],"method":"get","url":"job"}`
	for name, c := range map[string]struct {
		done   int // the request that gets the answer
		after  string
		want   Verdict
		sent   int
		pauses time.Duration
	}{
		"at once":            {1, "", Pass, 1, 0},
		"the third time":     {3, "", Pass, 3, 2 * leastPause},
		"as the server asks": {3, "3", Pass, 3, leastPause + 3*time.Second},
		"not for ever":       {1000, "60", Fail, 4, leastPause + 2*mostPause},
	} {
		t.Run(name, func(t *testing.T) {
			s := &server{}
			s.answer = func(*http.Request) *http.Response {
				if len(s.got) >= c.done {
					return reply(200, patient)
				}
				return reply(202, "", "Retry-After: "+c.after)
			}
			var paused time.Duration
			r := run(t, s, Options{Pause: func(_ context.Context, d time.Duration) error { paused += d; return nil }}, script(t, `"test":[`+test(asks, isOK)+`]`))
			require.Equal(t, c.want, r.Verdict)
			require.Len(t, s.got, c.sent)
			require.Equal(t, c.pauses, paused)
		})
	}
	s := &server{answer: func(*http.Request) *http.Response { return reply(202, "") }}
	require.Equal(t, Pass, run(t, s, Options{}, script(t, `"test":[`+test(`"operation":{"method":"get","url":"job"}`, `"assert":{"responseCode":"202"}`)+`]`)).Verdict)
	require.Len(t, s.got, 1, "nobody asked for it")
}
