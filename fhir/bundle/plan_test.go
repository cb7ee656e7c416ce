package bundle_test

import (
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
)

// bundleOf is a Bundle with entries as JSON.
func bundleOf(kind string, entries ...string) string {
	if len(entries) == 0 {
		return `{"resourceType":"Bundle","type":"` + kind + `"}`
	}
	return `{"resourceType":"Bundle","type":"` + kind + `","entry":[` + strings.Join(entries, ",") + `]}`
}

// entryOf is an entry; "" leaves a part out. more are further members of request.
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

const patient = `{"resourceType":"Patient"}`

func patientWithID(id string) string { return fmt.Sprintf(`{"resourceType":"Patient","id":%q}`, id) }

func parse(t *testing.T, body string, o bundle.Options) (*bundle.Plan, *outcome.Error) {
	t.Helper()
	doc, issues := codec.Parse([]byte(body), codec.Limits{})
	require.Empty(t, issues)
	plan, err := bundle.Parse(doc, o)
	if err == nil {
		return plan, nil
	}
	var said *outcome.Error
	require.ErrorAs(t, err, &said)
	require.Nil(t, plan)
	return nil, said
}

func TestParseEntry(t *testing.T) {
	plan, err := parse(t, bundleOf("transaction",
		entryOf("urn:uuid:1", "POST", "Patient", patientWithID("ignored"), `"ifNoneExist":"?identifier=s|1"`),
		entryOf("", "PUT", "Patient/p", patientWithID("p"), `"ifMatch":"W/\"3\""`),
		entryOf("", "GET", "Claim?status=active", "", `"ifNoneMatch":"W/\"1\"","ifModifiedSince":"2026-01-01T00:00:00Z"`),
	), bundle.Options{})
	require.Nil(t, err)
	require.Equal(t, bundle.Transaction, plan.Kind)
	post, put, get := plan.Entries[0], plan.Entries[1], plan.Entries[2]
	require.Equal(t, "urn:uuid:1", post.FullURL)
	require.Equal(t, bundle.POST, post.Method)
	require.Equal(t, "identifier=s|1", post.IfNoneExist)
	require.Equal(t, patientWithID("ignored"), string(post.Resource.Bytes()))
	require.Equal(t, int64(3), put.IfMatch)
	require.Equal(t, bundle.Target{Type: "Patient", ID: "p"}, put.Target)
	require.Equal(t, bundle.Target{Type: "Claim", Query: "status=active"}, get.Target)
	require.Equal(t, `W/"1"`, get.IfNoneMatch)
	require.Equal(t, "2026-01-01T00:00:00Z", get.IfModifiedSince)
	require.Nil(t, get.Resource)
	require.Equal(t, "GET Claim?status=active", get.Name())
	require.Equal(t, "Bundle.entry[2]", get.Path())
}

func TestParseRefusesTheBundle(t *testing.T) {
	get := entryOf("", "GET", "Patient/1", "")
	for _, c := range []struct {
		name, body string
		options    bundle.Options
		status     int
		code, at   string
	}{
		{"no Bundle", patient, bundle.Options{}, 400, outcome.Structure, "resourceType"},
		{"a searchset", bundleOf("searchset"), bundle.Options{}, 400, outcome.NotSupported, "Bundle.type"},
		{"a collection", bundleOf("collection", `{"resource":`+patient+`}`), bundle.Options{}, 400, outcome.NotSupported, "Bundle.type"},
		{"too many entries", bundleOf("batch", get, get, get), bundle.Options{MaxEntries: 2}, 413, outcome.TooLong, "Bundle.entry"},
		{"no request", bundleOf("transaction", `{"resource":`+patient+`}`), bundle.Options{}, 422, outcome.Invariant, "Bundle.entry[0].request"},
		{"a response", bundleOf("batch", `{"request":{"method":"GET","url":"Patient/1"},"response":{"status":"200"}}`), bundle.Options{}, 422, outcome.Invariant, "Bundle.entry[0].response"},
		{"one fullUrl twice", bundleOf("transaction", entryOf("urn:uuid:1", "POST", "Patient", patient), entryOf("urn:uuid:1", "POST", "Patient", patient)), bundle.Options{}, 422, outcome.Invariant, "Bundle.entry[1].fullUrl"},
		{"a resource twice", bundleOf("transaction", entryOf("", "PUT", "Patient/1", patientWithID("1")), entryOf("", "DELETE", "Patient/1", "")), bundle.Options{}, 400, outcome.Duplicate, "Bundle.entry[1].request.url"},
		{"a resource twice, once absolute", bundleOf("transaction", entryOf("", "PUT", "Patient/1", patientWithID("1")), entryOf("", "DELETE", "http://x/fhir/Patient/1", "")), bundle.Options{Base: "http://x/fhir"}, 400, outcome.Duplicate, "Bundle.entry[1].request.url"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := parse(t, c.body, c.options)
			require.NotNil(t, err)
			require.Equal(t, c.status, err.Status)
			require.Equal(t, c.code, err.Issues[0].Code)
			require.Equal(t, c.at, err.Issues[0].Expression)
		})
	}
	t.Run("a resource twice in a batch is two requests", func(t *testing.T) {
		plan, err := parse(t, bundleOf("batch", entryOf("", "PUT", "Patient/1", patientWithID("1")), entryOf("", "DELETE", "Patient/1", "")), bundle.Options{})
		require.Nil(t, err)
		require.Len(t, plan.Entries, 2)
	})
	t.Run("an empty Bundle is fine", func(t *testing.T) {
		for _, kind := range []string{"batch", "transaction"} {
			plan, err := parse(t, bundleOf(kind), bundle.Options{})
			require.Nil(t, err)
			require.Empty(t, plan.Order())
		}
	})
	t.Run("a read and a write of one resource do not overlap", func(t *testing.T) {
		_, err := parse(t, bundleOf("transaction", entryOf("", "PUT", "Patient/1", patientWithID("1")), get), bundle.Options{})
		require.Nil(t, err)
	})
}

func TestEntryFaults(t *testing.T) {
	for _, c := range []struct {
		name, entry string
		status      int
		code, at    string
	}{
		{"unknown type", entryOf("", "GET", "Foo/1", ""), 404, outcome.NotSupported, ".request.url"},
		{"type in small letters", entryOf("", "GET", "patient/1", ""), 404, outcome.NotSupported, ".request.url"},
		{"nothing after the slash", entryOf("", "GET", "Patient/", ""), 400, outcome.Value, ".request.url"},
		{"a path too deep", entryOf("", "GET", "Patient/1/x/y", ""), 400, outcome.Value, ".request.url"},
		{"an id that is none", entryOf("", "GET", "Patient/a_b", ""), 400, outcome.Value, ".request.url"},
		{"another server", entryOf("", "GET", "http://other/fhir/Patient/1", ""), 400, outcome.Value, ".request.url"},
		{"no resource in a POST", entryOf("", "POST", "Patient", ""), 400, outcome.Required, ".resource"},
		{"no resource in a PUT", entryOf("", "PUT", "Patient/1", ""), 400, outcome.Required, ".resource"},
		{"POST with an id", entryOf("", "POST", "Patient/1", patient), 400, outcome.Value, ".request.url"},
		{"POST of a search", entryOf("", "POST", "Patient/_search", patient), 400, outcome.Value, ".request.url"},
		{"POST with a query", entryOf("", "POST", "Patient?name=a", patient), 400, outcome.Value, ".request.url"},
		{"PUT of a type", entryOf("", "PUT", "Patient", patient), 400, outcome.Value, ".request.url"},
		{"DELETE of a history", entryOf("", "DELETE", "Patient/1/_history", ""), 400, outcome.Value, ".request.url"},
		{"B8 POST to metadata", entryOf("", "POST", "metadata", patient), 400, outcome.Value, ".request.url"},
		{"B8 DELETE of metadata", entryOf("", "DELETE", "metadata", ""), 400, outcome.Value, ".request.url"},
		{"B7 DELETE of a version", entryOf("", "DELETE", "Patient/1/_history/2", ""), 400, outcome.Value, ".request.url"},
		{"B7 PUT of a version", entryOf("", "PUT", "Patient/1/_history/2", patientWithID("1")), 400, outcome.Value, ".request.url"},
		{"B7 PATCH of a version", entryOf("", "PATCH", "Patient/1/_history/2", `{"resourceType":"Parameters"}`), 400, outcome.Value, ".request.url"},
		{"B7 ifMatch in a create", entryOf("", "POST", "Patient", patient, `"ifMatch":"W/\"1\""`), 400, outcome.Value, ".request.ifMatch"},
		{"B7 ifNoneMatch in a PUT", entryOf("", "PUT", "Patient/1", patientWithID("1"), `"ifNoneMatch":"*"`), 400, outcome.Value, ".request.ifNoneMatch"},
		{"B7 ifModifiedSince in a DELETE", entryOf("", "DELETE", "Patient/1", "", `"ifModifiedSince":"2026-01-01T00:00:00Z"`), 400, outcome.Value, ".request.ifModifiedSince"},
		{"POST of another type", entryOf("", "POST", "Claim", patient), 400, outcome.Structure, ".resource"},
		{"PUT with another id", entryOf("", "PUT", "Patient/1", patientWithID("2")), 400, outcome.Value, ".resource.id"},
		{"PUT without id", entryOf("", "PUT", "Patient/1", patient), 400, outcome.Value, ".resource.id"},
		{"ifMatch that is no version", entryOf("", "PUT", "Patient/1", patientWithID("1"), `"ifMatch":"W/\"x\""`), 400, outcome.Value, ".request.ifMatch"},
		{"PA4 no resource in a PATCH", entryOf("", "PATCH", "Patient/1", ""), 400, outcome.Required, ".resource"},
		{"PA4 PATCH with a resource that is none", entryOf("", "PATCH", "Patient/1", patientWithID("1")), 400, outcome.Structure, ".resource"},
		{"PA4 PATCH with a broken FHIRPath Patch", entryOf("", "PATCH", "Patient/1", `{"resourceType":"Parameters","parameter":[{"name":"x"}]}`), 400, outcome.Structure, ".resource.parameter[0].name"},
		{"PA4 PATCH with a Binary of another kind", entryOf("", "PATCH", "Patient/1", `{"resourceType":"Binary","contentType":"application/xml-patch+xml","data":"PGE+"}`), 415, outcome.NotSupported, ".resource.contentType"},
		{"PA4 PATCH with a Binary that holds no patch", entryOf("", "PATCH", "Patient/1", `{"resourceType":"Binary","contentType":"application/json-patch+json","data":"PGE+"}`), 400, outcome.Structure, ""},
		{"PA4 PATCH of a type", entryOf("", "PATCH", "Patient", `{"resourceType":"Parameters"}`), 400, outcome.Value, ".request.url"},
		{"ifNoneExist in a PUT", entryOf("", "PUT", "Patient/1", patientWithID("1"), `"ifNoneExist":"name=a"`), 400, outcome.Value, ".request.ifNoneExist"},
	} {
		t.Run(c.name, func(t *testing.T) {
			good := entryOf("", "GET", "Patient/1", "")
			_, err := parse(t, bundleOf("transaction", good, c.entry), bundle.Options{Base: "http://x/fhir"})
			require.NotNil(t, err, "a transaction is refused")
			require.Equal(t, c.status, err.Status)
			require.Equal(t, c.code, err.Issues[0].Code)
			require.Equal(t, "Bundle.entry[1]"+c.at, err.Issues[0].Expression)

			plan, err := parse(t, bundleOf("batch", good, c.entry), bundle.Options{Base: "http://x/fhir"})
			require.Nil(t, err, "in a batch the entry alone is at fault")
			require.Nil(t, plan.Entries[0].Fault)
			require.Equal(t, c.code, plan.Entries[1].Fault.Issues[0].Code)
		})
	}
	t.Run("a transaction names all faults", func(t *testing.T) {
		_, err := parse(t, bundleOf("transaction", entryOf("", "GET", "Foo/1", ""), entryOf("", "POST", "Patient", "")), bundle.Options{})
		require.Len(t, err.Issues, 2)
		require.Equal(t, http.StatusNotFound, err.Status)
	})
}

func TestBatchEntriesCannotDependOnEachOther(t *testing.T) {
	claim := `{"resourceType":"Basic","code":{"text":"x"},"subject":{"reference":"urn:uuid:1"}}`
	plan, err := parse(t, bundleOf("batch",
		entryOf("urn:uuid:1", "POST", "Patient", patient),
		entryOf("urn:uuid:2", "POST", "Basic", claim),
		entryOf("urn:uuid:3", "POST", "Basic", strings.ReplaceAll(claim, "urn:uuid:1", "urn:uuid:9")),
	), bundle.Options{})
	require.Nil(t, err)
	require.Nil(t, plan.Entries[0].Fault)
	require.Equal(t, "Bundle.entry[1].resource.subject.reference", plan.Entries[1].Fault.Issues[0].Expression)
	require.Nil(t, plan.Entries[2].Fault, "what no entry creates is no concern of the batch")
}

func TestOrder(t *testing.T) {
	plan, err := parse(t, bundleOf("transaction",
		entryOf("", "GET", "Patient/1", ""),
		entryOf("", "PUT", "Patient/2", patientWithID("2")),
		entryOf("", "HEAD", "Patient/1", ""),
		entryOf("", "POST", "Patient", patient),
		entryOf("", "DELETE", "Patient/3", ""),
		entryOf("", "PATCH", "Patient/4", `{"resourceType":"Parameters"}`),
		entryOf("", "POST", "Patient", patient),
		entryOf("", "DELETE", "Patient/5", ""),
	), bundle.Options{})
	require.Nil(t, err)
	require.Equal(t, []int{4, 7, 3, 6, 1, 5, 0, 2}, plan.Order())
}

func TestWithin(t *testing.T) {
	plan, err := parse(t, bundleOf("batch", entryOf("", "POST", "Patient", patient), entryOf("", "GET", "Patient/1", "")), bundle.Options{})
	require.Nil(t, err)
	for _, c := range []struct {
		entry    int
		in, want string
	}{
		{0, "Patient.name[0].given", "Bundle.entry[0].resource.name[0].given"},
		{0, "Patient", "Bundle.entry[0].resource"},
		{0, "PatientX.name", "Bundle.entry[0].resource.PatientX.name"},
		{0, "", "Bundle.entry[0]"},
		{0, "Bundle.entry[0].request.url", "Bundle.entry[0].request.url"},
		{1, "Patient.name", "Bundle.entry[1]"},
	} {
		got := plan.Entries[c.entry].Within([]outcome.Issue{{Expression: c.in}})
		require.Equal(t, c.want, got[0].Expression, c.in)
	}
}

func TestRead(t *testing.T) {
	good := entryOf("", "POST", "Patient", patient)
	bad := entryOf("", "POST", "Patient", `{"resourceType":"Patient","nickname":"x","gender":"?"}`)
	t.Run("a batch keeps its valid entries", func(t *testing.T) {
		plan, err := bundle.Read([]byte(bundleOf("batch", good, bad, good)), codec.Limits{}, bundle.Options{})
		require.NoError(t, err)
		require.Nil(t, plan.Entries[0].Fault)
		require.Nil(t, plan.Entries[2].Fault)
		fault := plan.Entries[1].Fault
		require.Equal(t, http.StatusBadRequest, fault.Status)
		require.Len(t, fault.Issues, 2)
		require.Equal(t, "Bundle.entry[1].resource.nickname", fault.Issues[0].Expression)
	})
	t.Run("also when the codec stops early", func(t *testing.T) {
		plan, err := bundle.Read([]byte(bundleOf("batch", bad, good, bad, bad)), codec.Limits{MaxProblems: 2}, bundle.Options{})
		require.NoError(t, err)
		require.Nil(t, plan.Entries[1].Fault)
		for _, i := range []int{0, 2, 3} {
			require.NotNil(t, plan.Entries[i].Fault, i)
		}
	})
	for _, c := range []struct{ name, body, at string }{
		{"a transaction is refused whole", bundleOf("transaction", good, bad), "Bundle.entry[1].resource.nickname"},
		{"a batch that is broken itself", strings.Replace(bundleOf("batch", bad), `"type":`, `"kind":"x","type":`, 1), "Bundle.kind"},
		{"no JSON", `{`, "Bundle"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := bundle.Read([]byte(c.body), codec.Limits{}, bundle.Options{})
			var said *outcome.Error
			require.ErrorAs(t, err, &said)
			require.Equal(t, http.StatusBadRequest, said.Status)
			if c.name != "no JSON" {
				require.Equal(t, c.at, said.Issues[0].Expression)
			}
		})
	}
	t.Run("a good one", func(t *testing.T) {
		plan, err := bundle.Read([]byte(bundleOf("transaction", good)), codec.Limits{}, bundle.Options{})
		require.NoError(t, err)
		require.Len(t, plan.Entries, 1)
	})
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(bundleOf("transaction", entryOf("urn:uuid:1", "POST", "Patient", patient))))
	f.Add([]byte(bundleOf("batch", entryOf("", "GET", "Patient/1/_history/2", ""), entryOf("", "POST", "Patient", `{"resourceType":"Patient","x":1}`))))
	f.Add([]byte(bundleOf("batch", entryOf("", "PUT", "Patient?identifier=a|b", patientWithID("p"), `"ifMatch":"W/\"1\""`))))
	f.Fuzz(func(t *testing.T, body []byte) {
		plan, err := bundle.Read(body, codec.Limits{}, bundle.Options{Base: "http://x/fhir"})
		if err != nil {
			var said *outcome.Error
			if !errors.As(err, &said) || said.Status < 400 || said.Status > 499 || len(said.Issues) == 0 {
				t.Fatalf("%v", err)
			}
			return
		}
		if len(plan.Order()) != len(plan.Entries) {
			t.Fatal("the order loses entries")
		}
		var links bundle.Links
		for i := range plan.Entries {
			links.Add(plan.Entries[i].FullURL, bundle.Link{Type: "Patient", ID: "1", Version: 1})
		}
		for i := range plan.Entries {
			e := &plan.Entries[i]
			if e.Resource == nil || e.Fault != nil {
				continue
			}
			if doc, issues := links.Rewrite(e.Resource, e.FullURL); doc != nil && !json.Valid(doc.Bytes()) || doc == nil && len(issues) == 0 {
				t.Fatalf("entry %d: rewritten to nothing valid", i)
			}
		}
		if !json.Valid(plan.Respond(make([]bundle.Answer, len(plan.Entries)))) {
			t.Fatal("the response is no JSON")
		}
	})
}
