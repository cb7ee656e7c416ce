package server

import (
	"context"
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/codec"
)

// offer adds operations to the server under test.
func (h *house) offer(ops ...*operation) {
	h.server.operations, h.server.methods = append(h.server.operations, ops...), map[string][]string{}
	h.server.mount()
	h.handler = h.server.Handler()
}

// told makes an operation that answers with what it was invoked on and given.
func told(name, resourceType string, levels level, asks bool) *operation {
	return &operation{
		name: name, definition: "http://example.org/OperationDefinition/" + name, resourceType: resourceType, levels: levels, asks: asks, transacts: asks,
		in: []parameter{{"on", "date"}, {"url", "uri"}, {"_type", "code"}, {"count", "integer"}, {"sure", "boolean"}},
		run: func(_ context.Context, c *call) (answered, error) {
			said := fmt.Sprintf("level %d of %s/%s/%d in %t given %s", c.level, c.key.Type, c.key.ID, c.version, c.unit != nil, c.input.Bytes())
			w := codec.NewWriter(nil)
			w.Object("")
			w.String("resourceType", "Basic")
			w.Object("code")
			w.String("text", said)
			w.End()
			w.End()
			return answered{body: w.Bytes()}, nil
		},
	}
}

func TestOperationsOnEveryLevel(t *testing.T) {
	h := open(t, Options{})
	h.offer(told("ask", "", onSystem|onType|onInstance|onVersion, true), told("change", "", onSystem|onInstance, false), told("own", "Patient", onType|onInstance|onVersion, true))
	const nothing = `{"resourceType":"Parameters"}`
	for _, c := range []struct {
		method, path, body, said string
	}{
		{"GET", "/$ask", "", "level 1 of //0 in false given "},
		{"POST", "/$ask", nothing, "level 1 of //0 in false given " + nothing},
		{"POST", "/$change", nothing, "level 1 of //0 in false given " + nothing},
		{"GET", "/Claim/$ask", "", "level 2 of Claim//0 in false given "},
		{"GET", "/Claim/c-1/$ask", "", "level 4 of Claim/c-1/0 in false given "},
		{"GET", "/Claim/c-1/_history/3/$ask", "", "level 8 of Claim/c-1/3 in false given "},
		{"POST", "/Claim/c-1/$change", nothing, "level 4 of Claim/c-1/0 in false given " + nothing},
		{"GET", "/Patient/$own", "", "level 2 of Patient//0 in false given "},
		{"GET", "/Patient/1/$own", "", "level 4 of Patient/1/0 in false given "},
		{"GET", "/Patient/1/_history/7/$own", "", "level 8 of Patient/1/7 in false given "},
	} {
		t.Run(c.method+" "+c.path, func(t *testing.T) {
			got := h.on(t).send(c.method, "/fhir"+c.path, c.body).want(http.StatusOK).valid("Basic")
			require.Equal(t, c.said, got.at("code.text"))
			entry := `{"request":{"method":"` + c.method + `","url":"` + c.path[1:] + `"}`
			if c.body != "" {
				entry += `,"resource":` + c.body
			}
			got = h.on(t).send(http.MethodPost, "/fhir", bundleOf("batch", entry+"}")).want(http.StatusOK)
			require.Equal(t, c.said, got.at("entry.0.resource.code.text"), "as an entry: %s", got.Body)
		})
	}
}

func TestOperationsThatAreNotOfferedThere(t *testing.T) {
	h := open(t, Options{})
	h.offer(told("ask", "", onType|onInstance, true), told("change", "", onSystem|onInstance|onVersion, false), told("own", "Patient", onType, true))
	for _, c := range []struct {
		method, path string
		status       int
		allow        string
	}{
		{"GET", "/$change", 405, "OPTIONS, POST"},
		{"GET", "/Claim/c-1/$change", 405, "OPTIONS, POST"},
		{"GET", "/Claim/c-1/_history/2/$change", 405, "OPTIONS, POST"},
		{"PUT", "/Claim/$ask", 405, "GET, HEAD, OPTIONS, POST"},
		{"DELETE", "/Claim/c-1/$ask", 405, "GET, HEAD, OPTIONS, POST"},
		{"GET", "/$ask", 404, ""},
		{"POST", "/Claim/$change", 404, ""},
		{"GET", "/Claim/$own", 404, ""},
		{"GET", "/Patient/1/$own", 404, ""},
		{"GET", "/Foo/$ask", 404, ""},
		{"GET", "/Claim/c-1/_history/2/$ask", 404, ""},
		{"GET", "/Claim/not_an_id/$ask", 404, ""},
	} {
		t.Run(c.method+" "+c.path, func(t *testing.T) {
			got := h.on(t).send(c.method, "/fhir"+c.path, "")
			got.want(c.status).valid("OperationOutcome")
			require.Equal(t, c.allow, got.Header.Get("Allow"))
		})
	}
	h.send(http.MethodPost, "/fhir/Claim/c-1/_history/0/$change", `{"resourceType":"Parameters"}`).wantOutcome(http.StatusNotFound, "not-found", "")
}

func TestParametersOfAQuery(t *testing.T) {
	h := open(t, Options{})
	h.offer(told("ask", "", onSystem, true))
	for _, c := range []struct{ query, given string }{
		{"on=2026-01-02&url=urn%3Ax&_type=Claim", `[{"name":"on","valueDate":"2026-01-02"},{"name":"url","valueUri":"urn:x"},{"name":"_type","valueCode":"Claim"}]`},
		{"_type=B&count=3&_type=A&sure=true", `[{"name":"_type","valueCode":"B"},{"name":"count","valueInteger":3},{"name":"_type","valueCode":"A"},{"name":"sure","valueBoolean":true}]`},
		{"_pretty=false&on=&other=1&count=0", `[{"name":"count","valueInteger":0}]`},
	} {
		got := h.send(http.MethodGet, "/fhir/$ask?"+c.query, "").want(http.StatusOK)
		require.Equal(t, `level 1 of //0 in false given {"resourceType":"Parameters","parameter":`+c.given+`}`, got.at("code.text"))
	}
	for _, query := range []string{"on=soon", "count=many", "sure=maybe", "%zz=1"} {
		h.send(http.MethodGet, "/fhir/$ask?"+query, "").want(http.StatusBadRequest).valid("OperationOutcome")
	}
	got := h.send(http.MethodGet, "/fhir/$ask?count=1&cuont=2", "", "Prefer: handling=strict").wantOutcome(http.StatusBadRequest, "not-supported", "")
	require.Contains(t, got.Body, "count")
}

func TestOperationsInTransactions(t *testing.T) {
	h := open(t, Options{})
	h.offer(told("ask", "", onSystem, true), told("change", "", onSystem, false))
	post := func(name string) string {
		return `{"resource":{"resourceType":"Parameters"},"request":{"method":"POST","url":"$` + name + `"}}`
	}
	got := h.send(http.MethodPost, "/fhir", bundleOf("transaction", post("ask"), `{"request":{"method":"GET","url":"$ask?count=1"}}`)).want(http.StatusOK)
	require.Contains(t, got.at("entry.0.resource.code.text"), "in true")
	require.Contains(t, got.at("entry.1.resource.code.text"), `in true given {"resourceType":"Parameters","parameter":[{"name":"count"`)
	h.send(http.MethodPost, "/fhir", bundleOf("transaction", post("change"))).wantOutcome(http.StatusBadRequest, "not-supported", "Bundle.entry[0].request.url")
	got = h.send(http.MethodPost, "/fhir", bundleOf("batch", `{"request":{"method":"GET","url":"$change"}}`)).want(http.StatusOK)
	require.Equal(t, "405 Method Not Allowed", got.at("entry.0.response.status"))
}

func TestMetadataDeclaresOperationsWhereTheyAreInvoked(t *testing.T) {
	h := open(t, Options{})
	h.offer(told("ask", "", onSystem|onType|onInstance, true), told("own", "Patient", onInstance, false))
	got := h.send(http.MethodGet, "/fhir/metadata", "").want(http.StatusOK).valid("CapabilityStatement")
	require.Contains(t, got.at("rest.0.operation"), `{"definition":"http://example.org/OperationDefinition/ask","name":"ask"}`)
	require.NotContains(t, got.at("rest.0.operation"), "meta-add")
	for _, r := range metadataOf(t, h).Rest[0].Resource {
		var names []string
		for _, op := range r.Operation {
			if !generic[op.Name] {
				names = append(names, op.Name)
			}
		}
		want := []string{"ask"}
		if r.Type == "Patient" {
			want = append(want, "own")
		}
		require.Equal(t, want, names, r.Type)
	}
}
