package bundle_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/bundle"
	"claimwright/fhir/codec"
)

func document(t *testing.T, body string) *codec.Document {
	t.Helper()
	doc, issues := codec.Parse([]byte(body), codec.Limits{})
	require.Empty(t, issues)
	return doc
}

func TestRewrite(t *testing.T) {
	var links bundle.Links
	links.Add("urn:uuid:11111111-1111-1111-1111-111111111111", bundle.Link{Type: "Patient", ID: "new", Version: 7})
	links.Add("http://old/fhir/Patient/1", bundle.Link{Type: "Patient", ID: "p1", Version: 1})
	links.Add("urn:oid:1.2.3", bundle.Link{Type: "Binary", ID: "b", Version: 1})
	links.Add("", bundle.Link{Type: "Patient", ID: "never"})
	const uuid = "urn:uuid:11111111-1111-1111-1111-111111111111"

	reference := func(to string) string {
		return fmt.Sprintf(`{"resourceType":"Basic","code":{"text":"x"},"subject":{"reference":%q}}`, to)
	}
	for _, c := range []struct{ name, body, fullURL, want string }{
		{"a urn:uuid", reference(uuid), "", reference("Patient/new")},
		{"with a version", reference(uuid + "/_history/3"), "", reference("Patient/new/_history/7")},
		{"an absolute address", reference("http://old/fhir/Patient/1"), "", reference("Patient/p1")},
		{"relative to the entry's own base", reference("Patient/1"), "http://old/fhir/Basic/9", reference("Patient/p1")},
		{"relative to another base", reference("Patient/1"), "http://else/fhir/Basic/9", reference("Patient/1")},
		{"relative beside a urn", reference("Patient/1"), "urn:uuid:2", reference("Patient/1")},
		{"an address that no entry has", reference("http://old/fhir/Patient/2"), "", reference("http://old/fhir/Patient/2")},
		{
			"an element of type url", `{"resourceType":"DocumentReference","status":"current","content":[{"attachment":{"url":"urn:oid:1.2.3"}}]}`, "",
			`{"resourceType":"DocumentReference","status":"current","content":[{"attachment":{"url":"Binary/b"}}]}`,
		},
		{
			"B5 an extension of type uri or url", `{"resourceType":"Basic","extension":[{"url":"http://x","valueUri":"` + uuid + `"},{"url":"http://y","valueUrl":"urn:oid:1.2.3"}],"code":{"text":"x"}}`, "",
			`{"resourceType":"Basic","extension":[{"url":"http://x","valueUri":"Patient/new"},{"url":"http://y","valueUrl":"Binary/b"}],"code":{"text":"x"}}`,
		},
		{
			"B5 a uuid or oid, which cannot hold an address, stays", `{"resourceType":"Basic","extension":[{"url":"http://x","valueUuid":"` + uuid + `"},{"url":"http://y","valueOid":"urn:oid:1.2.3"}],"code":{"text":"x"},"subject":{"reference":"` + uuid + `"}}`, "",
			`{"resourceType":"Basic","extension":[{"url":"http://x","valueUuid":"` + uuid + `"},{"url":"http://y","valueOid":"urn:oid:1.2.3"}],"code":{"text":"x"},"subject":{"reference":"Patient/new"}}`,
		},
		{
			"an identifier keeps its value", `{"resourceType":"Patient","identifier":[{"system":"urn:ietf:rfc:3986","value":"` + uuid + `"}]}`, "",
			`{"resourceType":"Patient","identifier":[{"system":"urn:ietf:rfc:3986","value":"` + uuid + `"}]}`,
		},
		{
			"a canonical stays", `{"resourceType":"Patient","meta":{"profile":["http://old/fhir/Patient/1"]}}`, "",
			`{"resourceType":"Patient","meta":{"profile":["http://old/fhir/Patient/1"]}}`,
		},
		{
			"the resource's own url stays", `{"resourceType":"ValueSet","status":"draft","url":"http://old/fhir/Patient/1"}`, "",
			`{"resourceType":"ValueSet","status":"draft","url":"http://old/fhir/Patient/1"}`,
		},
		{
			"links of the narrative",
			`{"resourceType":"Patient","text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><a title='x' href=\"` + uuid + `\">` + uuid + `</a><img src='urn:oid:1.2.3' alt='x'/></div>"}}`, "",
			`{"resourceType":"Patient","text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><a title='x' href=\"Patient/new\">` + uuid + `</a><img src='Binary/b' alt='x'/></div>"}}`,
		},
		{
			"contained resources", `{"resourceType":"Basic","contained":[{"resourceType":"Basic","id":"c","code":{"text":"x"},"subject":{"reference":"` + uuid + `"}}],"code":{"text":"x"},"extension":[{"url":"http://x","valueReference":{"reference":"#c"}}]}`, "",
			`{"resourceType":"Basic","contained":[{"resourceType":"Basic","id":"c","code":{"text":"x"},"subject":{"reference":"Patient/new"}}],"code":{"text":"x"},"extension":[{"url":"http://x","valueReference":{"reference":"#c"}}]}`,
		},
		{
			"a Bundle inside stays as it is", nested(reference("urn:uuid:1"), reference(uuid), reference("Patient?name=x")), "",
			nested(reference("urn:uuid:1"), reference(uuid), reference("Patient?name=x")),
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			doc, issues := links.Rewrite(document(t, c.body), c.fullURL)
			require.Empty(t, issues)
			require.Equal(t, c.want, string(doc.Bytes()))
		})
	}
	t.Run("nothing to rewrite gives the same document", func(t *testing.T) {
		doc := document(t, reference("Patient/5"))
		same, issues := links.Rewrite(doc, "")
		require.Empty(t, issues)
		require.Same(t, doc, same)
	})
	t.Run("placeholders that lead nowhere", func(t *testing.T) {
		doc, issues := links.Rewrite(document(t, `{"resourceType":"Task","status":"draft","intent":"order","for":{"reference":"urn:uuid:9"},"owner":{"reference":"urn:oid:9"}}`), "")
		require.Nil(t, doc)
		require.Len(t, issues, 2)
		require.Equal(t, "Task.for.reference", issues[0].Expression)
		require.Equal(t, "urn:uuid:9", issues[0].Found)
		require.Equal(t, "Task.owner.reference", issues[1].Expression)
	})
	t.Run("versioned links", func(t *testing.T) {
		require.Equal(t, []bundle.Link{{Type: "Patient", ID: "new", Version: 7}}, links.Versioned(document(t, reference(uuid+"/_history/1")), ""))
		require.Empty(t, links.Versioned(document(t, reference(uuid)), ""))
		require.Empty(t, links.Versioned(document(t, reference("Patient/x/_history/1")), ""))
	})
}

// nested is a Bundle to be stored as a resource.
func nested(resources ...string) string {
	return `{"resourceType":"Bundle","type":"collection","entry":[{"resource":` + strings.Join(resources, `},{"resource":`) + `}]}`
}

func TestConditions(t *testing.T) {
	inside := `{"resourceType":"Basic","code":{"text":"x"},"subject":{"reference":"Patient?name=x"}}`
	require.Empty(t, bundle.Conditions(document(t, nested(inside))))
	require.Empty(t, new(bundle.Links).Versioned(document(t, nested(inside)), ""))
	doc := document(t, `{"resourceType":"Task","status":"draft","intent":"order",
		"for":{"reference":"Patient?identifier=http://x|1"},"owner":{"reference":"http://x/Organization/1?y"},
		"requester":{"reference":"Organization?name=a"},"focus":{"reference":"Claim/1"}}`)
	found := bundle.Conditions(doc)
	require.Len(t, found, 2)
	require.Equal(t, "Patient", found[0].Type)
	require.Equal(t, "identifier=http://x|1", found[0].Query)
	require.Equal(t, "Task.requester.reference", found[1].At.Path())

	resolved, issues := bundle.Resolve(doc, found, []string{"Patient/7", "Organization/8"})
	require.Empty(t, issues)
	require.Empty(t, bundle.Conditions(resolved))
	require.Contains(t, string(resolved.Bytes()), `"for":{"reference":"Patient/7"}`)
	require.Contains(t, string(resolved.Bytes()), `"requester":{"reference":"Organization/8"}`)
}

func TestB9RespondTellsAFullURLOnce(t *testing.T) {
	plan, err := parse(t, bundleOf("batch", entryOf("", "GET", "Patient/1", "")), bundle.Options{})
	require.Nil(t, err)
	read := bundle.Answer{Status: 200, FullURL: "http://x/fhir/Patient/1", Version: 2, Resource: []byte(`{"resourceType":"Patient","id":"1"}`)}
	old := read
	old.Version = 1
	body := string(plan.Respond([]bundle.Answer{read, read, old, read}))
	require.Equal(t, 2, strings.Count(body, `"fullUrl"`), "B9 bdl-7 once for each version")
	require.Equal(t, 4, strings.Count(body, `"resource":`))
}

func TestRespond(t *testing.T) {
	plan := &bundle.Plan{Kind: bundle.Transaction}
	body := plan.Respond([]bundle.Answer{
		{Status: 201, Location: "Patient/1/_history/1", Version: 1, LastModified: time.Date(2026, 1, 2, 3, 4, 5, 6e6, time.UTC)},
		{Status: 204},
		{Status: 200, FullURL: "http://x/Patient/1", Resource: []byte(patient)},
		{Status: 404, Outcome: []byte(`{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"not-found"}]}`)},
	})
	require.Empty(t, bundle.Check(document(t, string(body))))
	require.JSONEq(t, `{"resourceType":"Bundle","type":"transaction-response","entry":[
		{"response":{"status":"201 Created","location":"Patient/1/_history/1","etag":"W/\"1\"","lastModified":"2026-01-02T03:04:05.006Z"}},
		{"response":{"status":"204 No Content"}},
		{"fullUrl":"http://x/Patient/1","resource":{"resourceType":"Patient"},"response":{"status":"200 OK"}},
		{"response":{"status":"404 Not Found","outcome":{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"not-found"}]}}}]}`, string(body))
	t.Run("no entries", func(t *testing.T) {
		require.JSONEq(t, `{"resourceType":"Bundle","type":"transaction-response"}`, string(plan.Respond(nil)))
	})
}
