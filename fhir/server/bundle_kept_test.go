package server

import (
	"net/http"
	"testing"
)

// TestBundlesThatAreKept: a Bundle that is only stored keeps R4's invariants, whatever its type, and is not processed.
func TestBundlesThatAreKept(t *testing.T) {
	h := open(t, Options{})
	member := `{"resourceType":"Patient"}`
	header := `{"resource":{"resourceType":"MessageHeader","eventCoding":{"code":"x"},"source":{"endpoint":"http://example.org"}}}`
	composition := `{"resource":{"resourceType":"Composition","status":"final","type":{"text":"x"},"date":"2026","author":[{"reference":"Practitioner/1"}],"title":"x"}}`
	document := func(more string) string {
		return `{"resourceType":"Bundle","type":"document",` + more + `"entry":[` + composition + `]}`
	}
	const named, dated = `"identifier":{"system":"http://example.org","value":"1"},`, `"timestamp":"2026-01-01T00:00:00Z",`
	twice := `{"fullUrl":"http://example.org/Patient/1","resource":` + member + `}`
	for _, c := range []struct {
		name, body, at string
	}{
		{"B9 bdl-1", `{"resourceType":"Bundle","type":"collection","total":1}`, "Bundle.total"},
		{"B9 bdl-2", bundleOf("collection", `{"resource":`+member+`,"search":{"mode":"match"}}`), "Bundle.entry[0].search"},
		{"B9 bdl-3", bundleOf("batch", `{"resource":`+member+`}`), "Bundle.entry[0].request"},
		{"B9 bdl-4", bundleOf("batch-response", `{"resource":`+member+`}`), "Bundle.entry[0].response"},
		{"B9 bdl-5", bundleOf("collection", `{"link":[{"relation":"self","url":"http://example.org"}]}`), "Bundle.entry[0]"},
		{"B9 bdl-7", bundleOf("collection", twice, twice), "Bundle.entry[1].fullUrl"},
		{"B9 bdl-8", bundleOf("collection", `{"fullUrl":"http://example.org/Patient/1/_history/2","resource":`+member+`}`), "Bundle.entry[0].fullUrl"},
		{"B9 bdl-9", document(dated), "Bundle.identifier"},
		{"B9 bdl-10", document(named), "Bundle.timestamp"},
		{"B9 bdl-11", `{"resourceType":"Bundle","type":"document",` + named + dated + `"entry":[{"resource":` + member + `}]}`, "Bundle.entry[0].resource"},
		{"B9 bdl-12", bundleOf("message", `{"resource":`+member+`}`), "Bundle.entry[0].resource"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h.on(t).send(http.MethodPost, "/fhir/Bundle", c.body).wantOutcome(http.StatusUnprocessableEntity, "invariant", c.at)
		})
	}
	for name, body := range map[string]string{
		"a document":    document(named + dated),
		"a message":     bundleOf("message", header),
		"a collection":  bundleOf("collection", `{"resource":`+member+`}`),
		"a searchset":   `{"resourceType":"Bundle","type":"searchset","total":0}`,
		"a transaction": bundleOf("transaction", entry("", "DELETE", "Patient/1", "", "")),
	} {
		t.Run(name, func(t *testing.T) {
			h.on(t).send(http.MethodPost, "/fhir/Bundle", body).want(http.StatusCreated).valid("Bundle")
		})
	}
	t.Run("B9 in a transaction, by its entry", func(t *testing.T) {
		h.on(t).send(http.MethodPost, "/fhir", bundleOf("transaction", entry("", "POST", "Bundle", `{"resourceType":"Bundle","type":"collection","total":1}`, ""))).
			wantOutcome(http.StatusUnprocessableEntity, "invariant", "Bundle.entry[0].resource.total")
	})
}
