package server

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/outcome"
)

func TestNegotiate(t *testing.T) {
	const browser = "text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8"
	none := served{} // 406
	cases := []struct {
		name   string
		accept []string
		query  string
		want   served
		pretty bool
	}{
		{"C1 nothing said", nil, "", fhirJSON, false},
		{"C1 empty header", []string{""}, "", fhirJSON, false},
		{"C1 fhir json", []string{"application/fhir+json"}, "", fhirJSON, false},
		{"C1 generic json is answered in kind", []string{"application/json"}, "", plainJSON, false},
		{"C1 text json", []string{"text/json"}, "", textJSON, false},
		{"C1 the old type", []string{"application/json+fhir"}, "", legacyJSON, false},
		{"C1 fhir xml", []string{"application/fhir+xml"}, "", fhirXML, false},
		{"C1 generic xml is answered in kind", []string{"application/xml"}, "", plainXML, false},
		{"C1 text xml", []string{"text/xml"}, "", textXML, false},
		{"C1 the old xml type", []string{"application/xml+fhir"}, "", legacyXML, false},
		{"C1 anything", []string{"*/*"}, "", fhirJSON, false},
		{"C1 any application type", []string{"application/*"}, "", fhirJSON, false},
		{"C1 any text type", []string{"text/*"}, "", textJSON, false},
		{"C1 anything but JSON", []string{"application/fhir+json;q=0, */*"}, "", fhirXML, false},
		{"C1 with charset", []string{"application/fhir+xml; charset=utf-8"}, "", fhirXML, false},
		{"C1 upper case", []string{"Application/FHIR+JSON"}, "", fhirJSON, false},
		{"C1 the better quality wins", []string{"application/fhir+json;q=0.2, application/fhir+xml;q=0.7"}, "", fhirXML, false},
		{"C1 the better quality wins, whatever the order", []string{"application/fhir+xml;q=0.2, application/json;q=0.21"}, "", plainJSON, false},
		{"C1 the first of equals wins", []string{"application/json, application/fhir+json"}, "", plainJSON, false},
		{"C1 a name before a wildcard", []string{"*/*, application/fhir+xml"}, "", fhirXML, false},
		{"C1 a wildcard of better quality", []string{"application/fhir+xml;q=0.5, */*"}, "", fhirJSON, false},
		{"C1 repeated headers", []string{"text/turtle", "application/json"}, "", plainJSON, false},
		{"C1 turtle alone", []string{"text/turtle"}, "", none, false},
		{"C1 html alone", []string{"text/html"}, "", none, false},
		{"C1 json at quality zero", []string{"application/json;q=0"}, "", none, false},
		{"C1 broken quality", []string{"application/json;q=many"}, "", none, false},
		{"C1 a browser is shown JSON", []string{browser}, "", plainJSON, true},
		{"C1 a browser that asks for a type of FHIR's", []string{"application/fhir+xml," + browser}, "", fhirXML, false},
		{"C1 html or xml, but nothing else", []string{"text/html, application/xml;q=0.9"}, "", plainXML, false},
		{"C3 fhirVersion 4.0", []string{"application/fhir+json; fhirVersion=4.0"}, "", fhirJSON, false},
		{"C3 fhirVersion 4.0.1", []string{"application/fhir+xml; fhirVersion=4.0.1"}, "", fhirXML, false},
		{"C3 quoted", []string{`application/fhir+json; fhirVersion="4.0"`}, "", fhirJSON, false},
		{"C3 another version", []string{"application/fhir+json; fhirVersion=3.0"}, "", none, false},
		{"C3 another version, then any", []string{"application/fhir+json; fhirVersion=5.0, */*;q=0.1"}, "", fhirJSON, false},
		{"C3 one version in each format", []string{"application/fhir+json; fhirVersion=5.0, application/fhir+xml; fhirVersion=4.0"}, "", fhirXML, false},
		{"C2 _format overrides Accept", []string{"application/fhir+xml"}, "_format=json", fhirJSON, false},
		{"C2 _format overrides an Accept that is not served", []string{"text/turtle"}, "_format=xml", fhirXML, false},
		{"C2 _format as mime", nil, "_format=application/json", plainJSON, false},
		{"C2 _format fhir mime, plus unescaped", nil, "a=b&_format=application/fhir+json", fhirJSON, false},
		{"C2 _format fhir mime, escaped", nil, "_format=application%2Ffhir%2Bxml", fhirXML, false},
		{"C2 _format xml", []string{"application/fhir+json"}, "_format=xml", fhirXML, false},
		{"C2 _format text/xml", nil, "_format=text/xml", textXML, false},
		{"C2 _format application/xml", nil, "_format=application/xml", plainXML, false},
		{"C2 _format fhir xml, plus unescaped", nil, "_format=application/fhir+xml", fhirXML, false},
		{"C2 _format the old xml type, plus unescaped", nil, "_format=application/xml+fhir", legacyXML, false},
		{"C2 _format unknown", nil, "_format=nonsense", none, false},
		{"C2 _format turtle", []string{"application/fhir+json"}, "_format=ttl", none, false},
		{"C2 _format empty counts for nothing", []string{"application/json"}, "_format=", plainJSON, false},
		{"C3 _format of this version", nil, "_format=application/fhir%2Bxml%3B%20fhirVersion%3D4.0", fhirXML, false},
		{"C3 _format of another version", nil, "_format=application/fhir%2Bjson%3B%20fhirVersion%3D3.0", none, false},
		{"C4 _pretty", nil, "_pretty=true", fhirJSON, true},
		{"C4 _pretty=false", nil, "_pretty=false", fhirJSON, false},
		{"C4 both", nil, "_pretty=true&_format=xml", fhirXML, true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			header := http.Header{}
			if c.accept != nil {
				header["Accept"] = c.accept
			}
			got, err := negotiate(header, c.query)
			if c.want.contentType == nil {
				var refused *outcome.Error
				require.ErrorAs(t, err, &refused)
				require.Equal(t, http.StatusNotAcceptable, refused.Status)
				require.Equal(t, fhirJSON, got.served, "the refusal itself is JSON")
				return
			}
			require.NoError(t, err)
			require.Equal(t, format{served: c.want, pretty: c.pretty}, got)
		})
	}
}

func TestRefusalsAreReadable(t *testing.T) {
	cases := []struct {
		name, accept, query string
		want                served
	}{
		{"C3 xml of another version", "application/fhir+xml; fhirVersion=5.0", "", fhirXML},
		{"C3 _format: xml of another version", "", "_format=application/fhir%2Bxml%3BfhirVersion%3D5.0", fhirXML},
		{"C1 some other xml", "application/atom+xml", "", fhirXML},
		{"C1 a page", "application/xhtml+xml, text/html", "", fhirJSON},
		{"C1 either, of another version", "application/fhir+xml; fhirVersion=5.0, application/fhir+json; fhirVersion=5.0", "", fhirJSON},
		{"C1 turtle", "text/turtle", "", fhirJSON},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := negotiate(http.Header{"Accept": {c.accept}}, c.query)
			require.Error(t, err)
			require.Equal(t, c.want, got.served)
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
		"application/fhir+xml":                          true,
		"application/xml; charset=UTF-8":                true,
		"text/xml":                                      true,
		"application/xml+fhir":                          true,
		"application/fhir+xml; fhirVersion=3.0":         false,
		"application/fhir+xml; charset=utf-16":          false,
		"application/xhtml+xml":                         false,
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
		{"lenient", []string{"handling=lenient"}, prefer{lenient: true}},
		{"unknown ones are ignored", []string{"wait=10, return=everything"}, prefer{}},
		{"to be answered later", []string{"wait=10, respond-async"}, prefer{async: true}},
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

// BenchmarkNegotiate reads what a library sends that knows both formats; it allocates nothing.
func BenchmarkNegotiate(b *testing.B) {
	header := http.Header{"Accept": {"application/fhir+json; fhirVersion=4.0; q=1.0, application/fhir+xml; q=0.9, */*; q=0.1"}}
	b.ReportAllocs()
	for b.Loop() {
		_, _ = negotiate(header, "patient=Patient/1")
	}
}
