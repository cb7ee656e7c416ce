package server

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
	"claimwright/store/resources"
)

// entry is one entry of a Bundle for the tests; parts that are empty are left out.
func entry(fullURL, method, url, resource, extra string) string {
	var parts []string
	if fullURL != "" {
		parts = append(parts, `"fullUrl":"`+fullURL+`"`)
	}
	if resource != "" {
		parts = append(parts, `"resource":`+resource)
	}
	parts = append(parts, fmt.Sprintf(`"request":{"method":%q,"url":%q%s}`, method, url, extra))
	return "{" + strings.Join(parts, ",") + "}"
}

func bundleOf(kind string, entries ...string) string {
	return `{"resourceType":"Bundle","type":"` + kind + `","entry":[` + strings.Join(entries, ",") + `]}`
}

func coverage(beneficiary string) string {
	return `{"resourceType":"Coverage","status":"active","beneficiary":{"reference":"` + beneficiary + `"},"payor":[{"display":"x"}]}`
}

const urn = "urn:uuid:7a0c2a5e-1c1d-4f6b-9d9e-2f4f0c9a1b11"

func TestTransactionRewritesAndAnswersInOrder(t *testing.T) {
	h := open(t, Options{})
	h.send(http.MethodPut, "/fhir/Patient/old", patientWithID("old", "Old")).want(http.StatusCreated)
	got := h.send(http.MethodPost, "/fhir", bundleOf("transaction",
		entry("", "GET", "Patient/old", "", ""),
		entry("", "POST", "Coverage", coverage(urn), ""),
		entry(urn, "POST", "Patient", patient("New"), ""),
		entry("", "PUT", "Patient/own", patientWithID("own", "Own"), ""),
		entry("", "GET", "Patient?family=New", "", ""),
		entry("", "GET", "Patient/old/_history", "", ""),
	)).want(http.StatusOK).valid("Bundle")
	require.Equal(t, "transaction-response", got.at("type"))
	require.Equal(t, 6, got.count("entry"))
	for i, status := range []string{"200 OK", "201 Created", "201 Created", "201 Created", "200 OK", "200 OK"} {
		require.Equal(t, status, got.at(fmt.Sprintf("entry.%d.response.status", i)))
	}
	require.Equal(t, "Old", got.at("entry.0.resource.name.0.family"))
	require.Empty(t, got.at("entry.1.resource"), "P1 no preference, no resource")
	require.Equal(t, "searchset", got.at("entry.4.resource.type"))
	require.Equal(t, "1", got.at("entry.4.resource.total"), "a GET sees what the transaction wrote")
	require.Equal(t, "history", got.at("entry.5.resource.type"))

	location := got.at("entry.2.response.location")
	id := strings.Split(location[strings.Index(location, "Patient/")+len("Patient/"):], "/")[0]
	stored := h.send(http.MethodGet, "/fhir/Coverage?beneficiary="+id, "").want(http.StatusOK)
	require.Equal(t, "Patient/"+id, stored.at("entry.0.resource.beneficiary.reference"), "B5")
}

func TestTransactionIsAllOrNothing(t *testing.T) {
	h := open(t, Options{})
	cases := []struct {
		name    string
		entries []string
		status  int
		element string
	}{
		{"B3 an invalid resource", []string{entry("", "POST", "Patient", `{"resourceType":"Patient","gender":"x"}`, "")}, 422, "Bundle.entry[1].resource.gender"},
		{"B3 B7 a stale version", []string{entry("", "PUT", "Patient/p", patientWithID("p", "x"), `,"ifMatch":"W/\"9\""`)}, 412, "Bundle.entry[1]"},
		{"an unknown type", []string{entry("", "POST", "Foo", patient("x"), "")}, 404, "Bundle.entry[1].request.url"},
		{"a read of nothing", []string{entry("", "GET", "Patient/unknown", "", "")}, 404, "Bundle.entry[1]"},
		{"an operation", []string{entry("", "POST", "Claim/$submit", patient("x"), "")}, 400, "Bundle.entry[1].request.url"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			body := bundleOf("transaction", append([]string{entry("", "POST", "Patient", patient("Leftover"), "")}, c.entries...)...)
			got := h.on(t).send(http.MethodPost, "/fhir", body).want(c.status).valid("OperationOutcome")
			require.True(t, strings.HasPrefix(got.at("issue.0.expression.0"), c.element), got.Body)
			require.Equal(t, "0", h.on(t).send(http.MethodGet, "/fhir/Patient?family=Leftover", "").at("total"))
		})
	}
}

func TestPreferGovernsTheEntries(t *testing.T) {
	h := open(t, Options{})
	for preference, want := range map[string][2]string{
		"return=minimal":          {"", ""},
		"return=representation":   {"Patient", ""},
		"return=OperationOutcome": {"", "OperationOutcome"},
	} {
		t.Run(preference, func(t *testing.T) {
			got := h.on(t).send(http.MethodPost, "/fhir/", bundleOf("transaction", entry("", "POST", "Patient", patient("x"), "")),
				"Prefer: "+preference).want(http.StatusOK).valid("Bundle")
			require.Equal(t, want, [2]string{got.at("entry.0.resource.resourceType"), got.at("entry.0.response.outcome.resourceType")})
		})
	}
}

func TestBatchEntriesStandAlone(t *testing.T) {
	submitted := 0
	h := open(t, Options{Claims: submitter(func(_ context.Context, p resources.Principal, input *codec.Document) (*codec.Document, error) {
		submitted++
		require.Equal(t, "anonymous", p.ID)
		if input.Type() != "Patient" {
			return nil, outcome.New(422, outcome.BusinessRule, input.Type()+".status", "no")
		}
		return input, nil
	})})
	h.send(http.MethodPut, "/fhir/Patient/p", patientWithID("p", "x")).want(http.StatusCreated)
	got := h.send(http.MethodPost, "/fhir", bundleOf("batch",
		entry("", "GET", "Patient/unknown", "", ""),
		entry("", "POST", "Patient", patient("Good"), ""),
		entry("", "POST", "Patient", `{"resourceType":"Patient","nonsense":1}`, ""),
		entry("", "POST", "Claim/$submit", patient("x"), ""),
		entry("", "POST", "Claim/$submit", `{"resourceType":"Basic","code":{"text":"x"}}`, ""),
		entry("", "POST", "Claim/$unknown", patient("x"), ""),
		entry("", "GET", "Claim/$submit", "", ""),
		entry("", "POST", "Claim/$submit", "", ""),
		entry("", "GET", "Patient?family=Good", "", ""),
		entry("", "GET", "Patient/_history", "", ""),
		entry("", "GET", "Patient/p", "", `,"ifNoneMatch":"W/\"1\""`),
		entry("", "GET", "Patient/p", "", `,"ifModifiedSince":"2999-01-01T00:00:00Z"`),
		entry("", "GET", "Patient/p/_history/1", "", ""),
		entry("", "DELETE", "Patient/never-was", "", ""),
		entry("", "HEAD", "Patient/p", "", ""),
	)).want(http.StatusOK).valid("Bundle")
	require.Equal(t, "batch-response", got.at("type"))
	for i, status := range []string{"404", "201", "400", "200", "422", "400", "405", "400", "200", "200", "304", "304", "200", "204", "200"} {
		at := fmt.Sprintf("entry.%d.response.", i)
		require.Equal(t, status, got.at(at + "status")[:3], "B2 entry %d: %s", i, got.at(fmt.Sprintf("entry.%d", i)))
		if status[0] == '4' {
			require.Equal(t, "OperationOutcome", got.at(at+"outcome.resourceType"), "entry %d", i)
		}
	}
	require.Equal(t, 2, submitted)
	require.Equal(t, "Patient", got.at("entry.3.resource.resourceType"))
	require.Equal(t, base+"/Patient/p", got.at("entry.12.fullUrl"))
}

func TestBundlesThatAreNotProcessed(t *testing.T) {
	h := open(t, Options{})
	cases := []struct {
		name, body string
		status     int
		code       string
		element    string
	}{
		{"another resource", patient("x"), 400, "structure", ""},
		{"B1 another type of Bundle", bundleOf("collection", `{"resource":`+patient("x")+`}`), 400, "not-supported", "Bundle.type"},
		{"B1 a history", bundleOf("history", `{"request":{"method":"DELETE","url":"Patient/1"},"response":{"status":"204"}}`), 400, "not-supported", "Bundle.type"},
		{"B9 a fullUrl twice", bundleOf("batch", entry(urn, "POST", "Patient", patient("x"), ""), entry(urn, "POST", "Patient", patient("x"), "")), 422, "invariant", "Bundle.entry[1].fullUrl"},
		{"B4 the same resource twice", bundleOf("transaction", entry("", "PUT", "Patient/p", patientWithID("p", "x"), ""), entry("", "DELETE", "Patient/p", "", "")), 400, "duplicate", "Bundle.entry[1].request.url"},
		{"no type", `{"resourceType":"Bundle"}`, 400, "required", "Bundle.type"},
		{"no JSON", `<Bundle/>`, 400, "structure", ""},
		{"an entry without a request", bundleOf("batch", `{"resource":`+patient("x")+`}`), 422, "invariant", "Bundle.entry[0].request"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			h.on(t).send(http.MethodPost, "/fhir", c.body).wantOutcome(c.status, c.code, c.element)
		})
	}
	empty := h.send(http.MethodPost, "/fhir", `{"resourceType":"Bundle","type":"transaction"}`).want(http.StatusOK).valid("Bundle")
	require.Equal(t, "transaction-response", empty.at("type"), "B1 an empty bundle is fine")
}

// TestEveryMethodInABundle does everything that an entry can ask for, in a batch and in a transaction, and wants of each what
// it would have got alone.
func TestEveryMethodInABundle(t *testing.T) {
	for _, kind := range []string{"batch", "transaction"} {
		t.Run(kind, func(t *testing.T) {
			h := open(t, Options{}).on(t)
			for _, id := range []string{"read", "deleted", "patched", "updated", "known"} {
				h.send(http.MethodPut, "/fhir/Patient/"+id, numberedPatient(id, id, "Old")).want(http.StatusCreated)
			}
			where := func(number string) string { return "Patient?identifier=http://example.org/members%7C" + number }
			binary := `{"resourceType":"Binary","contentType":"application/json-patch+json","data":"` +
				base64.StdEncoding.EncodeToString([]byte(familyToJSON("Patched"))) + `"}`
			got := h.send(http.MethodPost, "/fhir", bundleOf(kind,
				entry("", "GET", "Patient/read", "", ""),
				entry("", "HEAD", "Patient/read", "", ""),
				entry("", "GET", "Patient/read", "", `,"ifNoneMatch":"W/\"1\""`),
				entry("", "GET", where("updated"), "", ""),
				entry("", "GET", "Patient/_history?_count=1", "", ""),
				entry("", "GET", "Patient/patched/_history/1", "", ""),
				entry("", "PATCH", "Patient/patched", binary, `,"ifMatch":"W/\"1\""`),
				entry("", "PUT", where("updated"), numberedPatient("", "updated", "New"), ""),
				entry("", "PUT", where("new"), numberedPatient("", "new", "New"), ""),
				entry("", "PATCH", where("known"), familyTo("Patched"), `,"ifMatch":"*"`),
				entry("", "POST", "Patient", numberedPatient("", "read", "New"), `,"ifNoneExist":"identifier=http://example.org/members%7Cread"`),
				entry("", "POST", "Patient", numberedPatient("", "other", "New"), ""),
				entry("", "DELETE", where("deleted"), "", ""),
				entry("", "DELETE", where("never"), "", ""),
			), "Prefer: return=representation").want(http.StatusOK).valid("Bundle")
			require.Equal(t, kind+"-response", got.at("type"))
			for i, want := range []struct{ name, status, etag, location string }{
				{"B8 GET", "200 OK", "1", ""},
				{"B8 HEAD", "200 OK", "1", ""},
				{"B7 ifNoneMatch", "304 Not Modified", "1", ""},
				{"B8 search", "200 OK", "", ""},
				{"B8 history", "200 OK", "", ""},
				{"B8 vread", "200 OK", "1", ""},
				{"PA4 JSON Patch in a Binary", "200 OK", "2", "Patient/patched/_history/2"},
				{"U4 conditional update", "200 OK", "2", "Patient/updated/_history/2"},
				{"U4 conditional update that creates", "201 Created", "1", "Patient/*/_history/1"},
				{"PA4 conditional FHIRPath Patch", "200 OK", "2", "Patient/known/_history/2"},
				{"CR4 ifNoneExist", "200 OK", "1", "Patient/read/_history/1"},
				{"B7 create", "201 Created", "1", "Patient/*/_history/1"},
				{"D3 conditional delete", "204 No Content", "2", ""},
				{"D3 conditional delete of nothing", "204 No Content", "", ""},
			} {
				at := fmt.Sprintf("entry.%d.", i)
				require.Equal(t, want.status, got.at(at+"response.status"), want.name)
				require.Equal(t, want.etag, strings.Trim(got.at(at+"response.etag"), `W/"`), want.name)
				require.Regexp(t, "^"+strings.ReplaceAll(want.location, "*", "[^/]+")+"$", got.at(at+"response.location"), want.name)
				if want.etag != "" {
					require.NotEmpty(t, got.at(at+"response.lastModified"), want.name)
				}
			}
			require.Equal(t, "New", got.at("entry.3.resource.entry.0.resource.name.0.family"), "B4 reads come last")
			require.Equal(t, "Patched", got.at("entry.6.resource.name.0.family"))
			require.Equal(t, "Old", got.at("entry.5.resource.name.0.family"))
			require.Empty(t, got.at("entry.1.resource"))
			h.send(http.MethodGet, "/fhir/Patient/deleted", "").want(http.StatusGone)
		})
	}
}

// TestConditionalReferencesStandInTransactionsOnly: elsewhere nothing says when they would be resolved.
func TestConditionalReferencesStandInTransactionsOnly(t *testing.T) {
	h := open(t, Options{})
	h.send(http.MethodPut, "/fhir/Patient/p", numberedPatient("p", "1", "A")).want(http.StatusCreated)
	about := coverage("Patient?identifier=http://example.org/members|1")
	withID := strings.Replace(about, `"Coverage"`, `"Coverage","id":"c"`, 1)
	t.Run("B6 create", func(t *testing.T) {
		h.on(t).send(http.MethodPost, "/fhir/Coverage", about).wantOutcome(http.StatusBadRequest, "value", "Coverage.beneficiary.reference")
	})
	t.Run("B6 update", func(t *testing.T) {
		h.on(t).send(http.MethodPut, "/fhir/Coverage/c", withID).wantOutcome(http.StatusBadRequest, "value", "Coverage.beneficiary.reference")
	})
	t.Run("B6 conditional update", func(t *testing.T) {
		h.on(t).send(http.MethodPut, "/fhir/Coverage?identifier=9", about).wantOutcome(http.StatusBadRequest, "value", "Coverage.beneficiary.reference")
	})
	t.Run("B6 batch", func(t *testing.T) {
		got := h.on(t).send(http.MethodPost, "/fhir", bundleOf("batch", entry("", "POST", "Coverage", about, ""))).want(http.StatusOK)
		require.Equal(t, "400 Bad Request", got.at("entry.0.response.status"))
	})
	t.Run("B6 transaction", func(t *testing.T) {
		got := h.on(t).send(http.MethodPost, "/fhir", bundleOf("transaction", entry("", "PUT", "Coverage/c", withID, "")), "Prefer: return=representation").want(http.StatusOK)
		require.Equal(t, "Patient/p", got.at("entry.0.resource.beneficiary.reference"))
	})
	t.Run("B6 a patch in a transaction", func(t *testing.T) {
		got := h.on(t).send(http.MethodPost, "/fhir", bundleOf("transaction", entry("", "PATCH", "Coverage/c",
			`{"resourceType":"Parameters","parameter":[{"name":"operation","part":[{"name":"type","valueCode":"add"},{"name":"path","valueString":"Coverage"},`+
				`{"name":"name","valueString":"subscriber"},{"name":"value","valueReference":{"reference":"Patient?identifier=http://example.org/members|1"}}]}]}`, "")),
			"Prefer: return=representation").want(http.StatusOK)
		require.Equal(t, "Patient/p", got.at("entry.0.resource.subscriber.reference"))
	})
}
