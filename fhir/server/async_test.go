package server

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"claimwright/fhir/search"
	"claimwright/store"
	"claimwright/store/jobs"
	"claimwright/store/resources"
)

const async = "Prefer: respond-async"

// path is an address of the server under test as a path.
func path(address string) string { return strings.TrimPrefix(address, "http://claims.example.org") }

// accepted demands 202 with an absolute address, and gives its path.
func (r *reply) accepted() string {
	r.t.Helper()
	r.want(http.StatusAccepted).valid("OperationOutcome")
	at := r.Header.Get("Content-Location")
	require.True(r.t, strings.HasPrefix(at, base+"/_async/"), at)
	return path(at)
}

// fetched asks until the answer is there.
func (h *house) fetched(at string, headers ...string) *reply {
	h.t.Helper()
	var got *reply
	require.Eventually(h.t, func() bool {
		got = h.send(http.MethodGet, at, "", headers...)
		if got.Status == http.StatusAccepted {
			require.NotEmpty(h.t, got.Header.Get("X-Progress"))
			require.NotEmpty(h.t, got.Header.Get("Retry-After"))
		}
		return got.Status != http.StatusAccepted && got.Status != http.StatusTooManyRequests
	}, 20*time.Second, 300*time.Millisecond)
	return got
}

func TestAsyncAnswers(t *testing.T) {
	h := open(t, Options{})
	h.village()
	for _, c := range []struct{ name, method, path, body, status, resource string }{
		{"a search", "GET", "/Coverage?_count=1", "", "200 OK", "Bundle"},
		{"a search by form", "POST", "/Coverage/_search", "status=active", "200 OK", "Bundle"},
		{"a history", "GET", "/Patient/p1/_history", "", "200 OK", "Bundle"},
		{"everything", "GET", "/Patient/p1/$everything", "", "200 OK", "Bundle"},
		{"an operation", "GET", "/Patient/p1/$meta", "", "200 OK", "Parameters"},
		{"a transaction", "POST", "", bundleOf("transaction", `{"resource":`+patient("async")+`,"request":{"method":"POST","url":"Patient"}}`), "200 OK", "Bundle"},
		{"a bad search", "GET", "/Coverage?_count=many", "", "400 Bad Request", ""},
		{"a failing operation", "GET", "/Patient/none/$everything", "", "404 Not Found", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := h.on(t)
			headers := []string{async}
			if strings.HasSuffix(c.path, "_search") {
				headers = append(headers, "Content-Type: application/x-www-form-urlencoded")
			}
			at := h.send(c.method, "/fhir"+c.path, c.body, headers...).accepted()
			got := h.fetched(at).want(http.StatusOK).valid("Bundle")
			require.Equal(t, "batch-response", got.at("type"))
			require.Equal(t, c.status, got.at("entry.0.response.status"))
			if c.resource == "" {
				require.Equal(t, "OperationOutcome", got.at("entry.0.response.outcome.resourceType"))
			}
			require.Equal(t, c.resource, got.at("entry.0.resource.resourceType"))
			require.NotEmpty(t, got.Header.Get("Expires"))
			require.Equal(t, "no-store", got.Header.Get("Cache-Control"))
			require.Contains(t, h.fetched(at, "Accept: application/fhir+xml").want(http.StatusOK).Body, "batch-response")
		})
	}
	require.Equal(t, "1", h.send(http.MethodGet, "/fhir/Patient?family=async", "").at("total"), "the transaction was executed once")
	h.send(http.MethodGet, "/fhir/Patient/p1", "", async).want(http.StatusOK).valid("Patient")
}

func TestAsyncAnswersAreForgotten(t *testing.T) {
	h := open(t, Options{})
	at := h.send(http.MethodGet, "/fhir/Patient", "", async).accepted()
	h.fetched(at).want(http.StatusOK)
	h.send(http.MethodDelete, at, "").want(http.StatusAccepted)
	h.send(http.MethodGet, at, "").wantOutcome(http.StatusNotFound, "not-found", "")
	h.send(http.MethodDelete, at, "").wantOutcome(http.StatusNotFound, "not-found", "")
	h.send(http.MethodGet, "/fhir/_async/unknown", "").wantOutcome(http.StatusNotFound, "not-found", "")
	left, err := h.store.ScanInternals(t.Context(), store.System(), store.SpaceJob, "", "", 10)
	require.NoError(t, err)
	require.Empty(t, left)
}

func TestAsyncAnswersAreForWhoAsked(t *testing.T) {
	h := open(t, Options{})
	at := h.send(http.MethodGet, "/fhir/Patient", "", async).accepted()
	h.fetched(at).want(http.StatusOK)
	other := openOver(t, h.store, Options{Resources: h.service, Principal: func(*http.Request) resources.Principal {
		return resources.Principal{ID: "other", Access: store.Everything("other")}
	}})
	other.send(http.MethodGet, at, "").wantOutcome(http.StatusNotFound, "not-found", "")
	other.send(http.MethodDelete, at, "").wantOutcome(http.StatusNotFound, "not-found", "")
	again := openOver(t, h.store, Options{Resources: h.service})
	again.send(http.MethodGet, at, "").want(http.StatusOK).valid("Bundle")
}

// blocking is an operation that waits until it is released.
func blocking(release chan struct{}) *operation {
	return &operation{name: "wait", definition: "http://example.org/wait", levels: onSystem, asks: true, run: func(ctx context.Context, c *call) (answered, error) {
		select {
		case <-release:
			return answered{body: []byte(`{"resourceType":"Parameters"}`)}, nil
		case <-ctx.Done():
			return answered{}, ctx.Err()
		}
	}}
}

func TestAsyncPolling(t *testing.T) {
	h := open(t, Options{})
	release := make(chan struct{})
	h.offer(blocking(release))
	at := h.send(http.MethodGet, "/fhir/$wait", "", async).accepted()
	var statuses []int
	for range 12 {
		statuses = append(statuses, h.send(http.MethodGet, at, "").Status)
	}
	require.Contains(t, statuses, http.StatusAccepted)
	require.Contains(t, statuses, http.StatusTooManyRequests, "too fast")
	require.Equal(t, http.StatusAccepted, statuses[0])
	close(release)
	h.fetched(at).want(http.StatusOK)

	stuck := h.send(http.MethodGet, "/fhir/$wait", "", async).accepted()
	h.send(http.MethodDelete, stuck, "").want(http.StatusAccepted)
	h.send(http.MethodGet, stuck, "").want(http.StatusNotFound)
}

func TestAsyncRequestsAreBounded(t *testing.T) {
	st := openStore(t)
	leaks := goleak.IgnoreCurrent()
	runner := jobs.New(st, jobs.Options{Workers: 1, Waiting: 2})
	h := openOver(t, st, Options{Jobs: runner})
	h.offer(blocking(nil))
	var at []string
	for range 3 {
		at = append(at, h.send(http.MethodGet, "/fhir/$wait", "", async).accepted())
	}
	got := h.send(http.MethodGet, "/fhir/$wait", "", async).wantOutcome(http.StatusTooManyRequests, "throttled", "")
	require.NotEmpty(t, got.Header.Get("Retry-After"))
	h.send(http.MethodDelete, at[0], "").want(http.StatusAccepted)
	require.NoError(t, runner.Stop(t.Context()))
	for _, p := range at[1:] {
		h.send(http.MethodGet, p, "").wantOutcome(http.StatusInternalServerError, "transient", "")
	}
	h.send(http.MethodGet, "/fhir/$wait", "", async).wantOutcome(http.StatusServiceUnavailable, "transient", "")
	require.Zero(t, h.server.bodies.held.Load(), "what jobs held was given back")
	goleak.VerifyNone(t, leaks)
}

func TestExport(t *testing.T) {
	h := open(t, Options{})
	h.village()
	h.keep("Group/g", `"type":"person","actual":true,"member":[{"entity":{"reference":"Patient/p2"}},{"entity":{"reference":"Patient/p1"},"inactive":true}]`)
	for _, c := range []struct {
		name, method, path, body string
		want                     []string
	}{
		{"the system", "GET", "/$export", "", []string{"Basic/unrelated", "Condition/d1", "Coverage/c1", "Coverage/c2", "Encounter/e1", "Group/g", "Observation/o1",
			"Organization/insurer", "Organization/other", "Patient/p1", "Patient/p2", "Practitioner/doctor", "Task/t1"}},
		{"patients", "GET", "/Patient/$export", "", []string{"Condition/d1", "Coverage/c1", "Coverage/c2", "Encounter/e1", "Group/g", "Observation/o1", "Patient/p1", "Patient/p2", "Task/t1"}},
		{"a group", "GET", "/Group/g/$export", "", []string{"Coverage/c2", "Group/g", "Patient/p2"}},
		{"some types", "GET", "/$export?_type=Coverage,Task&_outputFormat=ndjson", "", []string{"Coverage/c1", "Coverage/c2", "Task/t1"}},
		{"a filter", "GET", "/$export?_type=Coverage&_typeFilter=Coverage%3Fbeneficiary%3DPatient%2Fp1", "", []string{"Coverage/c1"}},
		{"since the future", "GET", "/$export?_since=2199-01-01T00:00:00Z", "", nil},
		{"one patient", "POST", "/Patient/$export", `{"resourceType":"Parameters","parameter":[{"name":"patient","valueReference":{"reference":"Patient/p2"}},{"name":"_type","valueString":"Coverage,Patient"}]}`,
			[]string{"Coverage/c2", "Patient/p2"}},
		{"nobody", "POST", "/Patient/$export", `{"resourceType":"Parameters","parameter":[{"name":"patient","valueReference":{"reference":"Patient/none"}}]}`, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := h.on(t)
			at := h.send(c.method, "/fhir"+c.path, c.body, async, "Accept: application/fhir+json").accepted()
			got := h.fetched(at, "Accept: application/json").want(http.StatusOK)
			require.Contains(t, got.Header.Get("Content-Type"), "application/json")
			require.NotEmpty(t, got.Header.Get("Expires"))
			require.Equal(t, base+c.path, got.at("request"))
			require.Equal(t, "false", got.at("requiresAccessToken"))
			require.NotEmpty(t, got.at("transactionTime"))
			require.Equal(t, "[]", got.at("error"))
			require.ElementsMatch(t, c.want, h.files(got))
			h.send(http.MethodDelete, at, "").want(http.StatusAccepted)
			h.send(http.MethodGet, at, "").want(http.StatusNotFound)
		})
	}
}

// files are the keys of all resources in the files of a manifest.
func (h *house) files(manifest *reply) []string {
	h.t.Helper()
	var keys []string
	for i := range manifest.count("output") {
		entry := fmt.Sprintf("output.%d.", i)
		file := h.send(http.MethodGet, path(manifest.at(entry+"url")), "", "Accept: application/fhir+ndjson").want(http.StatusOK)
		require.Equal(h.t, "application/fhir+ndjson", file.Header.Get("Content-Type"))
		lines := slices.Collect(strings.Lines(file.Body))
		require.Equal(h.t, manifest.at(entry+"count"), fmt.Sprint(len(lines)))
		for _, line := range lines {
			r := &reply{t: h.t, Body: line}
			require.Equal(h.t, manifest.at(entry+"type"), r.at("resourceType"))
			keys = append(keys, r.at("resourceType")+"/"+r.at("id"))
		}
	}
	return keys
}

func TestExportIsRefused(t *testing.T) {
	h := open(t, Options{})
	const json = "Accept: application/fhir+json"
	for _, c := range []struct {
		name, path string
		headers    []string
		status     int
	}{
		{"without Prefer", "/$export", []string{json}, 400},
		{"without Accept", "/$export", []string{async}, 400},
		{"with another Accept", "/$export", []string{async, "Accept: text/html"}, 400},
		{"with XML", "/$export", []string{async, "Accept: application/fhir+xml"}, 400},
		{"in another format", "/$export?_outputFormat=text/csv", []string{async, json}, 400},
		{"of an unknown type", "/$export?_type=Clam", []string{async, json}, 400},
		{"since no time", "/$export?_since=yesterday", []string{async, json}, 400},
		{"with a bad filter", "/$export?_typeFilter=Claim", []string{async, json}, 400},
		{"with a filter of another type", "/$export?_type=Claim&_typeFilter=Patient%3Fgender%3Dmale", []string{async, json}, 400},
		{"with an unknown parameter of a filter", "/$export?_typeFilter=Claim%3Fnone%3D1", []string{async, json}, 400},
		{"of an unknown group", "/Group/none/$export", []string{async, json}, 404},
		{"with an unknown parameter, strictly", "/$export?_none=1", []string{async, "Prefer: handling=strict", json}, 400},
		{"of another type", "/Claim/$export", []string{async, json}, 404},
	} {
		t.Run(c.name, func(t *testing.T) {
			h.on(t).send(http.MethodGet, "/fhir"+c.path, "", c.headers...).want(c.status)
		})
	}
	h.send(http.MethodGet, "/fhir/$export?_none=1", "", async, json).accepted()
	h.send(http.MethodPost, "/fhir", bundleOf("batch", `{"request":{"method":"GET","url":"$export"}}`)).want(200)
}

func TestExportOfManyPages(t *testing.T) {
	h := open(t, Options{})
	const many = 450
	var entries []string
	for i := range many {
		entries = append(entries, fmt.Sprintf(`{"resource":{"resourceType":"Basic","code":{"text":"%d\n"}},"request":{"method":"POST","url":"Basic"}}`, i))
	}
	h.send(http.MethodPost, "/fhir", bundleOf("transaction", entries...)).want(http.StatusOK)
	h.send(http.MethodPost, "/fhir/Basic", "{\n  \"resourceType\": \"Basic\",\r\n  \"code\": {\"text\": \"spread over lines\"}\n}").want(http.StatusCreated)
	at := h.send(http.MethodGet, "/fhir/$export", "", async, "Accept: application/fhir+json").accepted()
	got := h.fetched(at).want(http.StatusOK)
	keys := h.files(got)
	slices.Sort(keys)
	require.Len(t, slices.Compact(keys), many+1)
	require.Equal(t, fmt.Sprint(many+1), got.at("output.0.count"))
}

// TestExportThatIsTooMuch: what can never succeed says why, instead of that the server failed.
func TestExportThatIsTooMuch(t *testing.T) {
	const json = "Accept: application/fhir+json"
	t.Run("for the space that one may take", func(t *testing.T) {
		st := openStore(t)
		runner := jobs.New(st, jobs.Options{MaxBytes: 500})
		t.Cleanup(func() { require.NoError(t, runner.Stop(context.Background())) })
		h := openOver(t, st, Options{Jobs: runner})
		h.village()
		at := h.send(http.MethodGet, "/fhir/$export", "", async, json).accepted()
		h.fetched(at).wantOutcome(http.StatusUnprocessableEntity, "too-costly", "")
		h.send(http.MethodGet, at+"/Patient.1.ndjson", "").wantOutcome(http.StatusNotFound, "not-found", "")
		at = h.send(http.MethodGet, "/fhir/$export?_type=Task", "", async, json).accepted()
		require.Equal(t, []string{"Task/t1"}, h.files(h.fetched(at).want(http.StatusOK)))
	})
	t.Run("for a filter", func(t *testing.T) {
		st := openStore(t)
		h := openOver(t, st, Options{Resources: resources.New(refusing{st}, resources.Options{})})
		at := h.send(http.MethodGet, "/fhir/$export?_type=Patient", "", async, json).accepted()
		h.fetched(at).wantOutcome(http.StatusUnprocessableEntity, "too-costly", "")
		h.fetched(at, "Accept: application/fhir+xml").want(http.StatusUnprocessableEntity)
	})
}

// refusing is a store to which every search is too much.
type refusing struct{ store.Store }

func (refusing) Search(context.Context, store.Access, *search.Query, store.Position) (store.Page, error) {
	return store.Page{}, store.ErrTooCostly
}

func TestHeadStartsNothing(t *testing.T) {
	h := open(t, Options{})
	h.village()
	h.send(http.MethodPut, "/fhir/Group/g", `{"resourceType":"Group","id":"g","type":"person","actual":true}`).want(http.StatusCreated)
	for _, path := range []string{"/fhir/$export", "/fhir/Patient/$export", "/fhir/Group/g/$export"} {
		t.Run(path, func(t *testing.T) {
			got := h.on(t).send(http.MethodHead, path, "", async, "Accept: application/fhir+json").want(http.StatusMethodNotAllowed)
			require.Equal(t, "GET, OPTIONS, POST", got.Header.Get("Allow"))
			require.Empty(t, got.Header.Get("Content-Location"))
		})
	}
	for _, path := range []string{"/fhir/Patient", "/fhir/Patient/p1/$everything", "/fhir/_history"} {
		t.Run(path, func(t *testing.T) {
			got := h.on(t).send(http.MethodHead, path, "", async).want(http.StatusOK)
			require.Empty(t, got.Header.Get("Content-Location"))
		})
	}
}
