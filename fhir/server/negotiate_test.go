package server

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/outcome"
)

func TestNegotiate(t *testing.T) {
	cases := []struct {
		name   string
		accept []string
		query  string
		want   []string // nil: 406
		pretty bool
	}{
		{"nothing said", nil, "", fhirJSON, false},
		{"empty header", []string{""}, "", fhirJSON, false},
		{"C1 fhir json", []string{"application/fhir+json"}, "", fhirJSON, false},
		{"C1 generic json is answered in kind", []string{"application/json"}, "", plainJSON, false},
		{"C1 text json", []string{"text/json"}, "", textJSON, false},
		{"C1 the old type", []string{"application/json+fhir"}, "", legacyJSON, false},
		{"anything", []string{"*/*"}, "", fhirJSON, false},
		{"any application type", []string{"application/*"}, "", fhirJSON, false},
		{"with charset", []string{"application/fhir+json; charset=utf-8"}, "", fhirJSON, false},
		{"upper case", []string{"Application/FHIR+JSON"}, "", fhirJSON, false},
		{"a browser", []string{"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}, "", fhirJSON, false},
		{"the better quality wins", []string{"application/fhir+json;q=0.2, application/json;q=0.7"}, "", plainJSON, false},
		{"the first of equals wins", []string{"application/json, application/fhir+json"}, "", plainJSON, false},
		{"repeated headers", []string{"application/fhir+xml", "application/json"}, "", plainJSON, false},
		{"xml alone", []string{"application/fhir+xml"}, "", nil, false},
		{"json at quality zero", []string{"application/json;q=0"}, "", nil, false},
		{"broken quality", []string{"application/json;q=many"}, "", nil, false},
		{"C3 fhirVersion 4.0", []string{"application/fhir+json; fhirVersion=4.0"}, "", fhirJSON, false},
		{"C3 quoted", []string{`application/fhir+json; fhirVersion="4.0"`}, "", fhirJSON, false},
		{"C3 another version", []string{"application/fhir+json; fhirVersion=3.0"}, "", nil, false},
		{"C3 another version, then any", []string{"application/fhir+json; fhirVersion=5.0, */*;q=0.1"}, "", fhirJSON, false},
		{"C2 _format overrides Accept", []string{"application/fhir+xml"}, "_format=json", fhirJSON, false},
		{"C2 _format as mime", nil, "_format=application/json", fhirJSON, false},
		{"C2 _format fhir mime, plus unescaped", nil, "a=b&_format=application/fhir+json", fhirJSON, false},
		{"C2 _format fhir mime, escaped", nil, "_format=application%2Ffhir%2Bjson", fhirJSON, false},
		{"C2 _format xml", []string{"application/fhir+json"}, "_format=xml", nil, false},
		{"C2 _format unknown", nil, "_format=nonsense", nil, false},
		{"C2 _format empty counts for nothing", []string{"application/json"}, "_format=", plainJSON, false},
		{"C3 _format of another version", nil, "_format=application/fhir%2Bjson%3B%20fhirVersion%3D3.0", nil, false},
		{"C4 _pretty", nil, "_pretty=true", fhirJSON, true},
		{"C4 _pretty=false", nil, "_pretty=false", fhirJSON, false},
		{"C4 both", nil, "_pretty=true&_format=json", fhirJSON, true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			header := http.Header{}
			if c.accept != nil {
				header["Accept"] = c.accept
			}
			got, err := negotiate(header, c.query)
			if c.want == nil {
				var refused *outcome.Error
				require.ErrorAs(t, err, &refused)
				require.Equal(t, http.StatusNotAcceptable, refused.Status)
				require.Equal(t, fhirJSON, got.contentType, "the refusal itself is JSON")
				return
			}
			require.NoError(t, err)
			require.Equal(t, format{contentType: c.want, pretty: c.pretty}, got)
		})
	}
}

func TestResourceContentTypes(t *testing.T) {
	cases := map[string]bool{
		"application/fhir+json":                         true,
		"application/fhir+json; charset=utf-8":          true,
		"application/fhir+json;charset=UTF-8":           true,
		`application/fhir+json; charset="utf-8"`:        true,
		"application/json":                              true,
		"text/json":                                     true,
		"application/json+fhir":                         true,
		"application/fhir+json; fhirVersion=4.0":        true,
		"application/fhir+json; fhirVersion=5.0":        false,
		"application/fhir+json; charset=iso-8859-1":     false,
		"application/fhir+xml":                          false,
		"application/xml":                               false,
		"text/plain":                                    false,
		"application/x-www-form-urlencoded":             false,
		"application/json-patch+json":                   false,
		"":                                              false,
		"*/*":                                           false,
		";;;":                                           false,
		"application/fhir+json, application/fhir+json2": false,
	}
	for given, want := range cases {
		t.Run(given, func(t *testing.T) { require.Equal(t, want, parseMedia(given).resourceServed()) })
	}
}

func TestParsePrefer(t *testing.T) {
	cases := []struct {
		name  string
		lines []string
		want  prefer
	}{
		{"none", nil, prefer{}},
		{"minimal", []string{"return=minimal"}, prefer{returned: returnMinimal}},
		{"representation", []string{"return=representation"}, prefer{returned: returnRepresentation}},
		{"outcome", []string{"return=OperationOutcome"}, prefer{returned: returnOutcome}},
		{"quoted, with parameter", []string{`return="minimal"; foo="bar"`}, prefer{returned: returnMinimal}},
		{"joined", []string{"handling=strict, return=minimal"}, prefer{returned: returnMinimal, strict: true}},
		{"repeated header", []string{"handling=strict", "return=minimal"}, prefer{returned: returnMinimal, strict: true}},
		{"spaced", []string{" return = minimal "}, prefer{returned: returnMinimal}},
		{"the first of two counts", []string{"return=representation, return=minimal"}, prefer{returned: returnRepresentation}},
		{"unknown ones are ignored", []string{"respond-async, wait=10, return=everything"}, prefer{}},
		{"lenient", []string{"handling=lenient"}, prefer{}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			header := http.Header{}
			for _, line := range c.lines {
				header.Add("Prefer", line)
			}
			require.Equal(t, c.want, parsePrefer(header))
		})
	}
}

func FuzzNegotiate(f *testing.F) {
	f.Add("text/html;q=0.8, */*", "_format=json&_pretty=true", "return=minimal, handling=strict")
	f.Add(";q=;;=", "_format=%zz&_format", ",;=\"")
	f.Fuzz(func(t *testing.T, accept, query, preferences string) {
		header := http.Header{"Accept": {accept}, "Prefer": {preferences}}
		got, err := negotiate(header, query)
		require.NotEmpty(t, got.contentType)
		if err != nil {
			var refused *outcome.Error
			require.ErrorAs(t, err, &refused)
			require.Less(t, len(refused.Issues[0].Found), 300)
		}
		_ = parsePrefer(header)
	})
}

func TestBoundedKeepsWholeRunes(t *testing.T) {
	require.Equal(t, "short", bounded("short"))
	long := bounded(strings.Repeat("é", 500))
	require.True(t, strings.HasSuffix(long, "é…"))
	require.Less(t, len(long), 210)
}
