package resources_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/bundle"
	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
	"claimwright/store/resources"
	"claimwright/store/storetest"
)

// entryOf is an entry of a Bundle; "" leaves a part out. more are further members of request.
func entryOf(fullURL, method, url, resource string, more ...string) string {
	var members []string
	if fullURL != "" {
		members = append(members, fmt.Sprintf(`"fullUrl":%q`, fullURL))
	}
	if resource != "" {
		members = append(members, `"resource":`+resource)
	}
	request := append([]string{fmt.Sprintf(`"method":%q,"url":%q`, method, url)}, more...)
	members = append(members, `"request":{`+strings.Join(request, ",")+`}`)
	return "{" + strings.Join(members, ",") + "}"
}

func planOf(t testing.TB, kind string, entries ...string) *bundle.Plan {
	t.Helper()
	plan, err := bundle.Read(fmt.Appendf(nil, `{"resourceType":"Bundle","type":%q,"entry":[%s]}`, kind, strings.Join(entries, ",")), codec.Limits{}, bundle.Options{})
	require.NoError(t, err)
	return plan
}

// responseBundle is what tests look at.
type responseBundle struct {
	Type  string
	Entry []struct {
		FullURL  string
		Resource json.RawMessage
		Response struct {
			Status, Location, Etag, LastModified string
			Outcome                              json.RawMessage
		}
	}
}

func responseOf(t *testing.T, body []byte) responseBundle {
	t.Helper()
	require.Empty(t, bundle.Check(document(t, "%s", body)), "the answer is a valid Bundle")
	var r responseBundle
	require.NoError(t, json.Unmarshal(body, &r))
	return r
}

func (r responseBundle) statuses() []string {
	var out []string
	for _, e := range r.Entry {
		out = append(out, e.Response.Status[:3])
	}
	return out
}

func TestBatch(t *testing.T) {
	b := decidingBench(t)
	b.put(t, `{"resourceType":"Patient","id":"p","active":true}`)
	b.put(t, `{"resourceType":"Patient","id":"q"}`)
	body, err := b.Process(t.Context(), clerk, planOf(t, "batch",
		entryOf("", "GET", "Patient/new", ""),
		entryOf("", "PUT", "Patient/new", `{"resourceType":"Patient","id":"new"}`),
		entryOf("", "POST", "Patient", `{"resourceType":"Patient","gender":"male"}`),
		entryOf("", "POST", "Patient", `{"resourceType":"Patient","nickname":"x"}`),
		entryOf("", "POST", "Patient", `{"resourceType":"Patient","active":true}`, `"ifNoneExist":"active=true"`),
		entryOf("", "PUT", "Patient/p", `{"resourceType":"Patient","id":"p"}`, `"ifMatch":"W/\"9\""`),
		entryOf("", "DELETE", "Patient/q", ""),
		entryOf("", "DELETE", "Patient/never", ""),
		entryOf("", "GET", "Patient/q", ""),
		entryOf("", "POST", "Basic", `{"resourceType":"Basic","code":{"text":"x"},"subject":{"reference":"Patient/denied"}}`),
		entryOf("", "POST", "Patient", `{"resourceType":"Patient","managingOrganization":{"reference":"Organization?name=x"}}`),
		entryOf("", "PATCH", "Patient/p", `{"resourceType":"Parameters"}`),
		entryOf("", "PUT", "Patient?language=de", `{"resourceType":"Patient","language":"de"}`),
		entryOf("", "DELETE", "Patient?language=fr", ""),
		entryOf("", "POST", "Basic/$x", `{"resourceType":"Parameters"}`),
		entryOf("", "GET", "Patient?active=true", ""),
		entryOf("", "GET", "Patient/p/_history/1", ""),
		entryOf("", "HEAD", "Patient/p", ""),
		entryOf("", "GET", "Patient/p/_history", ""),
	), resources.BundleOptions{Base: "http://x/fhir/"})
	require.NoError(t, err)
	r := responseOf(t, body)
	require.Equal(t, "batch-response", r.Type)
	require.Equal(t, []string{
		"200", "201", "201", "400", "200", "412", "204", "204", "410", "422", "400", "200", "201", "204", "400", "400", "200", "200", "400",
	}, r.statuses())
	require.Equal(t, "Patient/new/_history/1", r.Entry[1].Response.Location)
	require.Equal(t, `W/"1"`, r.Entry[1].Response.Etag)
	require.Equal(t, "2026-11-02T07:00:00.123Z", r.Entry[1].Response.LastModified)
	require.Equal(t, "http://x/fhir/Patient/new", r.Entry[0].FullURL)
	require.JSONEq(t, `{"resourceType":"Patient","id":"new","meta":{"versionId":"1","lastUpdated":"2026-11-02T07:00:00.123Z"}}`, string(r.Entry[0].Resource))
	require.Equal(t, "Patient/p/_history/1", r.Entry[4].Response.Location, "the match of a conditional create")
	require.Nil(t, r.Entry[2].Resource)
	require.Nil(t, r.Entry[17].Resource, "HEAD has no content")
	for i, at := range map[int]string{3: "Bundle.entry[3].resource.nickname", 9: "Bundle.entry[9].resource.subject", 10: "Bundle.entry[10].resource.managingOrganization.reference"} {
		require.Contains(t, string(r.Entry[i].Response.Outcome), at)
	}
	require.Empty(t, headValue(t, b.st))
}

func TestBatchReturns(t *testing.T) {
	b := newBench(t)
	plan := planOf(t, "batch", entryOf("", "PUT", "Patient/p", `{"resourceType":"Patient","id":"p"}`), entryOf("", "DELETE", "Patient/never", ""))
	body, err := b.Batch(t.Context(), clerk, plan, resources.BundleOptions{Return: resources.Representation})
	require.NoError(t, err)
	r := responseOf(t, body)
	require.Contains(t, string(r.Entry[0].Resource), `"versionId":"1"`)
	require.Nil(t, r.Entry[1].Resource)

	body, err = b.Batch(t.Context(), clerk, plan, resources.BundleOptions{Return: resources.OperationOutcome})
	require.NoError(t, err)
	r = responseOf(t, body)
	require.Equal(t, "200", r.Entry[0].Response.Status[:3], "the same content again")
	require.Contains(t, string(r.Entry[0].Response.Outcome), "information")
}

func TestBatchCallsBack(t *testing.T) {
	b := newBench(t)
	o := resources.BundleOptions{
		Fetch: func(ctx context.Context, p resources.Principal, r *resources.Reads, e *bundle.Entry) (*bundle.Answer, error) {
			require.Equal(t, "name=x", e.Target.Query)
			return &bundle.Answer{Status: 200, Resource: []byte(`{"resourceType":"Bundle","type":"searchset"}`)}, nil
		},
		Operate: func(ctx context.Context, p resources.Principal, u *resources.Unit, e *bundle.Entry) (*bundle.Answer, error) {
			require.Nil(t, u)
			require.Equal(t, "$submit", e.Target.Operation)
			return nil, errors.New("something internal with a patient's name")
		},
	}
	body, err := b.Batch(t.Context(), clerk, planOf(t, "batch",
		entryOf("", "GET", "Patient?name=x", ""),
		entryOf("", "POST", "Claim/$submit", `{"resourceType":"Parameters"}`),
	), o)
	require.NoError(t, err)
	r := responseOf(t, body)
	require.Equal(t, []string{"200", "500"}, r.statuses())
	require.NotContains(t, string(r.Entry[1].Response.Outcome), "patient's name")
}

func TestBatchOfAnEndedRequest(t *testing.T) {
	b := newBench(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := b.Batch(ctx, clerk, planOf(t, "batch", entryOf("", "GET", "Patient/p", "")), resources.BundleOptions{})
	require.ErrorIs(t, err, context.Canceled)
}

func TestBatchOverAStoreThatFails(t *testing.T) {
	b := benchOver(t, &broken{Store: storetest.NewMemory()})
	body, err := b.Batch(t.Context(), clerk, planOf(t, "batch", entryOf("", "POST", "Patient", `{"resourceType":"Patient"}`)), resources.BundleOptions{})
	require.NoError(t, err)
	r := responseOf(t, body)
	require.Equal(t, fmt.Sprint(http.StatusServiceUnavailable), r.Entry[0].Response.Status[:3])
	require.Contains(t, string(r.Entry[0].Response.Outcome), outcome.NoStore)
}
