package server

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestSearchByValues: the kinds of parameters, modifiers and orders, as a client asks for them.
func TestSearchByValues(t *testing.T) {
	h := open(t, Options{})
	put := func(key, body string) { h.send(http.MethodPut, "/fhir/"+key, body).want(http.StatusCreated) }
	put("Patient/a", `{"resourceType":"Patient","id":"a","gender":"female","birthDate":"1990-05-01","name":[{"family":"Ouédraogo"}],
		"identifier":[{"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"MR"}],"text":"Medical record number"},"system":"urn:mrn","value":"7"}]}`)
	put("Patient/b", `{"resourceType":"Patient","id":"b","gender":"male","name":[{"family":"Achieng"}],
		"text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">Known allergy: penicillin</div>"}}`)
	put("Patient/c", `{"resourceType":"Patient","id":"c"}`)
	put("Encounter/none", `{"resourceType":"Encounter","id":"none","status":"finished","class":{"code":"AMB"}}`)
	put("Encounter/one", `{"resourceType":"Encounter","id":"one","meta":{"profile":["http://acme.org/fhir/StructureDefinition/visit|2.1"],"tag":[{"code":"t"}],
		"security":[{"code":"R"}],"source":"http://acme.org/source"},"status":"finished","class":{"code":"AMB"}}`)
	put("Location/dar", `{"resourceType":"Location","id":"dar","position":{"latitude":-6.8161,"longitude":39.2804}}`)
	put("Location/nbo", `{"resourceType":"Location","id":"nbo","position":{"latitude":-1.2864,"longitude":36.8172}}`)
	put("ValueSet/v", `{"resourceType":"ValueSet","id":"v","status":"active","url":"http://acme.org/fhir/ValueSet/v"}`)
	for _, tc := range []struct {
		name, query string
		want        []string
	}{
		{":missing=true", "Patient?gender:missing=true", []string{"c"}},
		{":missing=false", "Patient?birthdate:missing=false", []string{"a"}},
		{":not with what lacks the element", "Patient?gender:not=male", []string{"a", "c"}},
		{":text", "Patient?identifier:text=record", []string{"a"}},
		{":of-type", "Patient?identifier:of-type=http://terminology.hl7.org/CodeSystem/v2-0203|MR|7", []string{"a"}},
		{":exact and :contains", "Patient?family:exact=Ouédraogo&family:contains=drao", []string{"a"}},
		{"uri :below", "ValueSet?url:below=http://acme.org/fhir", []string{"v"}},
		{"uri :above", "ValueSet?url:above=http://acme.org/fhir/ValueSet/v/history", []string{"v"}},
		{"_text", "Patient?_text=penicillin allergy", []string{"b"}},
		{"near", "Location?near=-6.8|39.3|20|km", []string{"dar"}},
		{"near, both", "Location?near=-4|38|600", []string{"dar", "nbo"}},
		{"_sort by a token", "Patient?_sort=-gender", []string{"b", "a", "c"}},
		{"_sort by a date, missing last", "Patient?_sort=birthdate,-_id", []string{"a", "c", "b"}},
		{"_sort by a string", "Patient?_sort=family", []string{"b", "a", "c"}},
		{"_profile", "Encounter?_profile=http://acme.org/fhir/StructureDefinition/visit", []string{"one"}},
		{"_profile with its version", "Encounter?_profile=http://acme.org/fhir/StructureDefinition/visit|2.1", []string{"one"}},
		{"_profile of another version", "Encounter?_profile=http://acme.org/fhir/StructureDefinition/visit|2", nil},
		{"_profile:below a version", "Encounter?_profile:below=http://acme.org/fhir/StructureDefinition/visit|2", []string{"one"}},
		{"_profile:missing=true", "Encounter?_profile:missing=true", []string{"none"}},
		{"_profile:missing=false", "Encounter?_profile:missing=false", []string{"one"}},
		{"_tag:missing", "Encounter?_tag:missing=true&_security:missing=true&_source:missing=true", []string{"none"}},
		{"_source:missing=false", "Encounter?_source:missing=false", []string{"one"}},
		{"S8 empty value", "Patient?gender=&family=achieng", []string{"b"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			h := h.on(t)
			path, query, _ := strings.Cut(tc.query, "?")
			escaped := strings.ReplaceAll(url.PathEscape(query), "%3D", "=")
			found := h.send(http.MethodGet, "/fhir/"+path+"?"+escaped, "").want(http.StatusOK).valid("Bundle")
			require.Equal(t, tc.want, found.ids())
			require.Empty(t, found.link("next"))
		})
	}
	page := h.send(http.MethodGet, "/fhir/Patient?_sort=-gender&_count=1", "").want(http.StatusOK)
	require.Equal(t, []string{"b"}, page.ids())
	page = h.send(http.MethodGet, page.link("next"), "").want(http.StatusOK)
	require.Equal(t, []string{"a"}, page.ids())
	page = h.send(http.MethodGet, page.link("next"), "").want(http.StatusOK)
	require.Equal(t, []string{"c"}, page.ids())
	require.Empty(t, page.link("next"))

	for _, tc := range []struct{ name, query, code string }{
		{"S7 modifier of another type", "Patient?gender:exact=male", "not-supported"},
		{"S7 modifier that does not exist", "Patient?family:sounds-like=x", "not-supported"},
		{"S7 modifier, lenient or not", "Patient?birthdate:contains=1", "not-supported"},
		{"S8 bad date", "Patient?birthdate=1990-5-1", "value"},
		{"S8 bad prefix", "Patient?birthdate=zz1990", "value"},
		{"S8 bad :missing", "Patient?gender:missing=maybe", "value"},
		{"S8 bar in a contact", "Patient?phone=phone|1", "value"},
		{"_content", "Patient?_content=x", "not-supported"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			h := h.on(t)
			h.send(http.MethodGet, "/fhir/"+strings.ReplaceAll(tc.query, "|", "%7C"), "", "Prefer: handling=lenient").wantOutcome(http.StatusBadRequest, tc.code, "")
		})
	}
}
