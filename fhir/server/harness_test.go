package server

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/codec"
	"claimwright/store"
	"claimwright/store/jobs"
	"claimwright/store/resources"
	"claimwright/store/sqlite"
)

// base is the base URL of every server under test.
const base = "http://claims.example.org/fhir"

// house is a server over a real store, spoken to in process.
type house struct {
	t       testing.TB
	server  *Server
	service *resources.Service
	store   store.Store
	handler http.Handler
}

// open makes a house over a store of its own; the options that a test does not care for are filled in.
func open(t *testing.T, o Options) *house {
	t.Helper()
	return openOver(t, openStore(t), o)
}

func openStore(t testing.TB) store.Store {
	t.Helper()
	st, err := sqlite.Open(context.Background(), filepath.Join(t.TempDir(), "claims.db"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, st.Close()) })
	return st
}

func openOver(t testing.TB, st store.Store, o Options) *house {
	t.Helper()
	if o.Resources == nil {
		o.Resources = resources.New(st, resources.Options{})
	}
	o.Store, o.BaseURL = st, base
	if o.Jobs == nil {
		o.Jobs = jobs.New(st, jobs.Options{})
		t.Cleanup(func() { require.NoError(t, o.Jobs.Stop(context.Background())) })
	}
	s := New(o)
	return &house{t: t, server: s, service: o.Resources, store: st, handler: s.Handler()}
}

// on is the same house for a subtest.
func (h *house) on(t testing.TB) *house {
	same := *h
	same.t = t
	return &same
}

// reply is an answer with its body read.
type reply struct {
	t      testing.TB
	Status int
	Header http.Header
	Body   string
}

// send sends a request. Headers are "Name: value" lines.
func (h *house) send(method, path, body string, headers ...string) *reply {
	h.t.Helper()
	return h.sendRequest(h.request(method, path, strings.NewReader(body), headers...))
}

// request makes a request with a body of any kind, for tests that change it before they send it.
func (h *house) request(method, path string, body io.Reader, headers ...string) *http.Request {
	h.t.Helper()
	r := httptest.NewRequest(method, path, body)
	for _, line := range headers {
		name, value, _ := strings.Cut(line, ": ")
		r.Header.Add(name, value)
	}
	return r
}

// sendRequest serves a request. A resource is announced as such where the test says nothing else.
func (h *house) sendRequest(r *http.Request) *reply {
	h.t.Helper()
	if _, said := r.Header["Content-Type"]; !said && r.ContentLength != 0 {
		r.Header.Set("Content-Type", "application/fhir+json")
	}
	if r.Header.Get("Content-Type") == "none" {
		r.Header.Del("Content-Type")
	}
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, r)
	return &reply{t: h.t, Status: w.Code, Header: w.Result().Header, Body: w.Body.String()}
}

// at reads a value of the JSON body by a dotted path with indices ("issue.0.code"); a missing one is "".
func (r *reply) at(path string) string {
	r.t.Helper()
	decoder := json.NewDecoder(strings.NewReader(r.Body))
	decoder.UseNumber()
	var value any
	require.NoError(r.t, decoder.Decode(&value), "body: %s", r.Body)
	for step := range strings.SplitSeq(path, ".") {
		switch node := value.(type) {
		case map[string]any:
			value = node[step]
		case []any:
			i, err := strconv.Atoi(step)
			require.NoError(r.t, err)
			if i >= len(node) {
				return ""
			}
			value = node[i]
		default:
			return ""
		}
	}
	switch leaf := value.(type) {
	case nil:
		return ""
	case string:
		return leaf
	}
	text, err := json.Marshal(value)
	require.NoError(r.t, err)
	return string(text)
}

// count is how many entries an array of the body has.
func (r *reply) count(path string) int {
	r.t.Helper()
	text := r.at(path)
	if text == "" {
		return 0
	}
	var list []json.RawMessage
	require.NoError(r.t, json.Unmarshal([]byte(text), &list))
	return len(list)
}

// want demands a status.
func (r *reply) want(status int) *reply {
	r.t.Helper()
	require.Equal(r.t, status, r.Status, "body: %s", r.Body)
	return r
}

// wantOutcome demands a valid OperationOutcome with a first issue of this code, and the element it names.
func (r *reply) wantOutcome(status int, code, expression string) *reply {
	r.t.Helper()
	r.want(status)
	require.Contains(r.t, r.Header.Get("Content-Type"), "json")
	doc, issues := codec.Parse([]byte(r.Body), codec.Limits{})
	require.Empty(r.t, issues, "body: %s", r.Body)
	require.Equal(r.t, "OperationOutcome", doc.Type())
	require.Equal(r.t, code, r.at("issue.0.code"), "body: %s", r.Body)
	require.NotEmpty(r.t, r.at("issue.0.details.text"), "body: %s", r.Body)
	if expression != "" {
		require.Equal(r.t, expression, r.at("issue.0.expression.0"), "body: %s", r.Body)
	}
	return r
}

// valid demands that the body is a valid R4 resource of this type.
func (r *reply) valid(resourceType string) *reply {
	r.t.Helper()
	doc, issues := codec.Parse([]byte(r.Body), codec.Limits{})
	require.Empty(r.t, issues, "body: %.2000s", r.Body)
	require.Equal(r.t, resourceType, doc.Type())
	return r
}

// create posts a resource and gives its id.
func (h *house) create(body string) string {
	h.t.Helper()
	doc, issues := codec.Parse([]byte(body), codec.Limits{})
	require.Empty(h.t, issues)
	return h.send(http.MethodPost, "/fhir/"+doc.Type(), body).want(http.StatusCreated).at("id")
}

func patient(family string) string {
	return `{"resourceType":"Patient","identifier":[{"system":"http://example.org/members","value":"` + family + `"}],` +
		`"name":[{"family":"` + family + `"}],"gender":"female","birthDate":"1990-05-01"}`
}

func patientWithID(id, family string) string {
	return strings.Replace(patient(family), `"resourceType":"Patient"`, `"resourceType":"Patient","id":"`+id+`"`, 1)
}

// submitter answers every submission with the same function.
type submitter func(ctx context.Context, p resources.Principal, input *codec.Document) (*codec.Document, error)

func (f submitter) Submit(ctx context.Context, p resources.Principal, input *codec.Document) (*codec.Document, error) {
	return f(ctx, p, input)
}

// logTo makes a logger that writes JSON lines of every level into a buffer.
func logTo(w io.Writer) *slog.Logger {
	return slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{Level: slog.LevelDebug}))
}
