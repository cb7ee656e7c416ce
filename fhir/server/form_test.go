package server

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// subsetted holds a smaller form of the patient "ada" to what R4 wants of all forms.
func (r *reply) subsetted(at string) *reply {
	r.t.Helper()
	require.Equal(r.t, "SUBSETTED", r.at(at+"meta.tag.0.code"), "body: %s", r.Body)
	require.Equal(r.t, "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", r.at(at+"meta.tag.0.system"))
	require.Equal(r.t, "ada", r.at(at+"id"))
	require.Equal(r.t, "1", r.at(at+"meta.versionId"))
	return r
}

func TestSmallerForms(t *testing.T) {
	h := open(t, Options{})
	ada := `{"resourceType":"Patient","id":"ada","text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">Ada</div>"},` +
		`"active":true,"name":[{"family":"Obi"}],"maritalStatus":{"text":"Married"}}`
	h.send("PUT", "/fhir/Patient/ada", ada).want(http.StatusCreated)

	t.Run("C4 R3 read", func(t *testing.T) {
		got := h.on(t).send("GET", "/fhir/Patient/ada?_summary=true", "").want(http.StatusOK).valid("Patient").subsetted("")
		require.Equal(t, "Obi", got.at("name.0.family"))
		require.Empty(t, got.at("maritalStatus"))
		require.Empty(t, got.at("text"))
		require.Equal(t, `W/"1"`, got.Header.Get("ETag"))
	})
	t.Run("C4 R3 vread", func(t *testing.T) {
		got := h.on(t).send("GET", "/fhir/Patient/ada/_history/1?_elements=maritalStatus", "").want(http.StatusOK).valid("Patient").subsetted("")
		require.Equal(t, "Married", got.at("maritalStatus.text"))
		require.Equal(t, "true", got.at("active"), "it modifies the others")
		require.Empty(t, got.at("name"))
	})
	t.Run("C4 R3 search", func(t *testing.T) {
		got := h.on(t).send("GET", "/fhir/Patient?_id=ada&_summary=text", "").want(http.StatusOK).valid("Bundle").subsetted("entry.0.resource.")
		require.Equal(t, "generated", got.at("entry.0.resource.text.status"))
		require.Empty(t, got.at("entry.0.resource.name"))
		require.Equal(t, "/fhir/Patient?_id=ada&_summary=text", got.link("self"))
		require.Empty(t, got.at("entry.1"), "there is nothing to warn about")
	})
	t.Run("C4 search by form", func(t *testing.T) {
		got := h.on(t).send("POST", "/fhir/Patient/_search", "_id=ada&_elements=name", "Content-Type: application/x-www-form-urlencoded")
		got.want(http.StatusOK).subsetted("entry.0.resource.")
		require.Equal(t, "Obi", got.at("entry.0.resource.name.0.family"))
		require.Empty(t, got.at("entry.0.resource.maritalStatus"))
	})
	t.Run("C4 history", func(t *testing.T) {
		got := h.on(t).send("GET", "/fhir/Patient/ada/_history?_summary=data", "").want(http.StatusOK).valid("Bundle").subsetted("entry.0.resource.")
		require.Empty(t, got.at("entry.0.resource.text"))
		require.Equal(t, "Married", got.at("entry.0.resource.maritalStatus.text"))
		require.Contains(t, got.link("self"), "_summary=data")
	})
	for _, c := range []struct{ name, path string }{
		{"C4 across types", "?_type=Patient,Coverage&_id=ada&"},
		{"C4 a compartment", "/Patient/ada/Patient?"},
		{"C4 all of a compartment", "/Patient/ada/*?"},
		{"C4 history of a type", "/Patient/_history?"},
		{"C4 history of everything", "/_history?"},
	} {
		for _, form := range []string{"_summary=data", "_elements=name"} {
			t.Run(c.name+" "+form, func(t *testing.T) {
				got := h.on(t).send("GET", "/fhir"+c.path+form, "").want(http.StatusOK).valid("Bundle").subsetted("entry.0.resource.")
				require.Empty(t, got.at("entry.0.resource.text"))
				require.Equal(t, "Obi", got.at("entry.0.resource.name.0.family"))
				require.Contains(t, got.link("self"), form)
				entry := `{"resourceType":"Bundle","type":"batch","entry":[{"request":{"method":"GET","url":"` + strings.TrimPrefix(c.path, "/") + form + `"}}]}`
				got = h.on(t).send("POST", "/fhir", entry).want(http.StatusOK).valid("Bundle").subsetted("entry.0.resource.entry.0.resource.")
				require.Empty(t, got.at("entry.0.resource.entry.0.resource.text"))
				require.Contains(t, got.at("entry.0.resource.link.0.url"), form)
			})
		}
	}
	t.Run("C4 searches of every form count", func(t *testing.T) {
		for _, path := range []string{"/fhir?_type=Patient&", "/fhir/Patient/ada/*?", "/fhir/Patient/ada/Patient?"} {
			got := h.on(t).send("GET", path+"_summary=count", "").want(http.StatusOK).valid("Bundle")
			require.Equal(t, []string{"1", ""}, []string{got.at("total"), got.at("entry")}, path)
		}
		h.on(t).send("GET", "/fhir/Patient/_history?_summary=count", "").wantOutcome(http.StatusBadRequest, "value", "")
		h.on(t).send("GET", "/fhir/_history?_summary=count", "").wantOutcome(http.StatusBadRequest, "value", "")
	})
	t.Run("C4 an entry of a batch", func(t *testing.T) {
		got := h.on(t).send("POST", "/fhir", `{"resourceType":"Bundle","type":"batch","entry":[{"request":{"method":"GET","url":"Patient/ada?_elements=name"}}]}`)
		got.want(http.StatusOK).subsetted("entry.0.resource.")
		require.Empty(t, got.at("entry.0.resource.maritalStatus"))
	})
	t.Run("C4 metadata", func(t *testing.T) {
		all := h.on(t).send("GET", "/fhir/metadata", "").want(http.StatusOK)
		got := h.on(t).send("GET", "/fhir/metadata?_summary=true", "").want(http.StatusOK).valid("CapabilityStatement")
		require.Equal(t, "SUBSETTED", got.at("meta.tag.0.code"))
		require.Less(t, len(got.Body), len(all.Body))
		require.NotEqual(t, all.Header.Get("ETag"), got.Header.Get("ETag"))
		require.Equal(t, "4.0.1", h.on(t).send("GET", "/fhir/metadata?_elements=fhirVersion", "").want(http.StatusOK).at("fhirVersion"))
	})
	t.Run("the stored resource stays whole", func(t *testing.T) {
		require.Empty(t, h.on(t).send("GET", "/fhir/Patient/ada", "").want(http.StatusOK).at("meta.tag"))
		h.on(t).send("GET", "/fhir/Patient/ada?_summary=true", "", `If-None-Match: W/"1"`).want(http.StatusNotModified)
	})
	t.Run("what cannot be understood", func(t *testing.T) {
		for _, path := range []string{
			"/fhir/Patient/ada?_summary=short", "/fhir/Patient?_summary=short", "/fhir/Patient/ada/_history?_summary=short",
			"/fhir/metadata?_summary=short", "/fhir/Patient/ada?_summary=true&_elements=id", "/fhir/Patient?_elements=Patient.name.family",
		} {
			h.on(t).send("GET", path, "").wantOutcome(http.StatusBadRequest, "value", "")
		}
	})
	t.Run("a write pays no attention", func(t *testing.T) {
		got := h.on(t).send("PUT", "/fhir/Patient/ada?_summary=true", ada).want(http.StatusOK)
		require.Equal(t, "Married", got.at("maritalStatus.text"))
	})
}
