package testreport_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"claimwright/conformance/testreport"
	"claimwright/conformance/testrun"
	"claimwright/conformance/testscript"
	"claimwright/fhir/codec"
)

type answers func(*http.Request) *http.Response

func (a answers) RoundTrip(r *http.Request) (*http.Response, error) { return a(r), nil }

func result(t *testing.T, status int, members string) *testrun.Result {
	t.Helper()
	s, err := testscript.Read("folder/some.json", []byte(`{"resourceType":"TestScript","url":"http://example.org/some","name":"some","title":"Some script","status":"active",
		"profile":[{"id":"own","reference":"http://example.org/own"}],`+members+`}`), nil)
	require.NoError(t, err)
	r, err := testrun.New(testrun.Options{BaseURL: "http://fhir.example.org", Now: func() time.Time { return time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC) },
		Transport: answers(func(*http.Request) *http.Response {
			return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("{\"resourceType\":\"Patient\",\"id\":\"\\u0007\"}"))}
		})})
	require.NoError(t, err)
	return r.Run(t.Context(), s)
}

const (
	setup = `"setup":{"action":[{"operation":{"type":{"code":"read"},"resource":"Patient","params":"/1","encodeRequestUrl":true}},{"assert":{"responseCode":"200","warningOnly":false}}]}`
	tests = `"test":[{"id":"first","name":"The first","description":"of them","action":[{"assert":{"expression":"Patient.id","value":"1","warningOnly":false}},{"assert":{"response":"okay","warningOnly":false}}]},
		{"id":"second","action":[{"assert":{"response":"okay","warningOnly":false}},{"assert":{"response":"created","warningOnly":true}}]}]`
	teardown = `"teardown":{"action":[{"operation":{"type":{"code":"delete"},"resource":"Patient","params":"/1","encodeRequestUrl":true}}]}`
)

func TestResource(t *testing.T) {
	for name, c := range map[string]struct {
		status                        int
		members, result, state, score string
	}{
		"one failed":   {200, setup + "," + tests + "," + teardown, "fail", "completed", "60.0"},
		"setup failed": {500, setup + "," + tests, "fail", "stopped", "0.0"},
		"passed":       {200, setup, "pass", "completed", "100.0"},
		"nothing":      {200, teardown, "pass", "completed", "100.0"},
	} {
		t.Run(name, func(t *testing.T) {
			body := testreport.Resource(result(t, c.status, c.members), testreport.About{Server: "http://fhir.example.org", Tester: "me", Engine: "1.0"})
			doc, issues := codec.Parse(body, codec.Limits{})
			require.Empty(t, issues, string(body))
			root := doc.Root()
			require.Equal(t, "TestReport", doc.Type())
			require.Equal(t, c.result, root.Field("result").Text())
			require.Equal(t, c.state, root.Field("status").Text())
			require.Equal(t, c.score, root.Field("score").Text())
			require.Equal(t, "2026-03-04T05:06:07.000Z", root.Field("issued").Text())
			require.Equal(t, "http://example.org/some", root.Field("testScript").Field("reference").Text())
		})
	}
}

func TestResourceTellsEveryAction(t *testing.T) {
	doc, issues := codec.Parse(testreport.Resource(result(t, 200, setup+","+tests+","+teardown), testreport.About{Server: "http://x"}), codec.Limits{})
	require.Empty(t, issues)
	root := doc.Root()
	require.Equal(t, 2, root.Field("setup").Field("action").Len())
	require.Equal(t, "read Patient (GET http://fhir.example.org/Patient/1: 200)", root.Field("setup").Field("action").Index(0).Field("operation").Field("message").Text())
	first := root.Field("test").Index(0)
	require.Equal(t, "first", first.Field("id").Text())
	require.Equal(t, "fail", first.Field("action").Index(0).Field("assert").Field("result").Text())
	require.Contains(t, first.Field("action").Index(0).Field("assert").Field("message").Text(), `expected "1", found `)
	require.Equal(t, "skip", first.Field("action").Index(1).Field("assert").Field("result").Text())
	require.Equal(t, "warning", root.Field("test").Index(1).Field("action").Index(1).Field("assert").Field("result").Text())
	require.Equal(t, 1, root.Field("teardown").Field("action").Len())
}

func TestJUnit(t *testing.T) {
	var out strings.Builder
	skipped := result(t, 200, setup)
	skipped.Verdict, skipped.Reason = testrun.Skip, "not offered"
	require.NoError(t, testreport.JUnit(&out, []*testrun.Result{result(t, 200, tests+","+setup), result(t, 500, setup+","+tests), skipped}))
	text := out.String()
	require.Contains(t, text, `<testsuites tests="6" failures="2" skipped="3">`)
	require.Contains(t, text, `<testcase name="The first" classname="folder/some.json" file="folder/some.json"`)
	require.Contains(t, text, `message="setup failed"`)
	require.Contains(t, text, `<skipped message="not offered">`)
	require.Contains(t, text, `expected  &#34;1&#34;`)
}
