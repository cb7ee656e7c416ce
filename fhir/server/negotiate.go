package server

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"claimwright/fhir/outcome"
)

// format is how the client wants its answer written.
type format struct {
	// contentType is the ready header value; it is shared and must not be changed.
	contentType []string
	pretty      bool
}

// The JSON types that are answered in kind (R4 §3.1.0.1.9); FHIR's own is the default.
var (
	fhirJSON   = []string{"application/fhir+json; charset=utf-8"}
	legacyJSON = []string{"application/json+fhir; charset=utf-8"}
	plainJSON  = []string{"application/json; charset=utf-8"}
	textJSON   = []string{"text/json; charset=utf-8"}
)

// formats maps what a client may name, in Accept or _format, to the type that is answered.
var formats = map[string][]string{
	"application/fhir+json": fhirJSON,
	"application/json+fhir": legacyJSON,
	"application/json":      plainJSON,
	"text/json":             textJSON,
	"*/*":                   fhirJSON,
	"application/*":         fhirJSON,
	"text/*":                textJSON,
}

// negotiate finds the answer's format from the query (_format, _pretty) and the Accept header, the query first. It fails
// with 406 when the client accepts nothing that is served.
func negotiate(header http.Header, rawQuery string) (format, error) {
	var f format
	if strings.Contains(rawQuery, "_format") || strings.Contains(rawQuery, "_pretty") {
		query, _ := url.ParseQuery(rawQuery) // what cannot be decoded is reported by the search itself
		f.pretty = query.Get("_pretty") == "true"
		if asked := query.Get("_format"); asked != "" {
			f.contentType = formatParameter(asked)
			if f.contentType == nil {
				return format{contentType: fhirJSON}, notAcceptable("_format", asked)
			}
			return f, nil
		}
	}
	accept := header["Accept"]
	f.contentType = acceptable(accept)
	if f.contentType == nil {
		return format{contentType: fhirJSON}, notAcceptable("Accept", strings.Join(accept, ", "))
	}
	return f, nil
}

// formatParameter reads a value of _format. A plus sign that was not escaped arrives as a blank.
func formatParameter(value string) []string {
	if value == "json" {
		return fhirJSON
	}
	m := parseMedia(value)
	if formats[strings.ReplaceAll(m.name, " ", "+")] == nil || !m.versionServed() {
		return nil
	}
	return fhirJSON
}

// acceptable picks the best type of the Accept header: the highest quality, the first of equals. No header accepts all.
func acceptable(accept []string) []string {
	if len(accept) == 0 || len(accept) == 1 && accept[0] == "" {
		return fhirJSON
	}
	if len(accept) == 1 { // nearly every client sends one plain type
		if served := formats[accept[0]]; served != nil {
			return served
		}
	}
	var best []string
	var bestQuality float64
	for _, line := range accept {
		for part := range strings.SplitSeq(line, ",") {
			m := parseMedia(part)
			if served := formats[m.name]; served != nil && m.quality > bestQuality && m.versionServed() {
				best, bestQuality = served, m.quality
			}
		}
	}
	return best
}

// media is a media type as far as FHIR cares for it.
type media struct {
	name                 string
	quality              float64
	fhirVersion, charset string
}

// parseMedia reads one media type with its parameters; what it cannot read it leaves out, so that a broken type is not
// served rather than refused with an error of its own.
func parseMedia(text string) media {
	name, parameters, _ := strings.Cut(text, ";")
	m := media{name: strings.ToLower(strings.TrimSpace(name)), quality: 1}
	for parameter := range strings.SplitSeq(parameters, ";") {
		key, value, _ := strings.Cut(parameter, "=")
		value = strings.Trim(strings.TrimSpace(value), `"`)
		switch strings.ToLower(strings.TrimSpace(key)) {
		case "q":
			m.quality = parseQuality(value)
		case "fhirversion":
			m.fhirVersion = value
		case "charset":
			m.charset = strings.ToLower(value)
		}
	}
	return m
}

func parseQuality(text string) float64 {
	q, err := strconv.ParseFloat(text, 64)
	if err != nil || q < 0 || q > 1 {
		return 0
	}
	return q
}

// versionServed tells whether the media type asks for R4 or for no version at all.
func (m media) versionServed() bool {
	return m.fhirVersion == "" || m.fhirVersion == "4.0" || m.fhirVersion == fhirVersion
}

// resourceServed tells whether a body of this type is read as a resource.
func (m media) resourceServed() bool {
	switch m.name {
	case "application/fhir+json", "application/json", "application/json+fhir", "text/json":
		return m.versionServed() && m.utf8()
	}
	return false
}

// formServed tells whether a body of this type is read as a form.
func (m media) formServed() bool { return m.name == "application/x-www-form-urlencoded" && m.utf8() }

func (m media) utf8() bool {
	return m.charset == "" || m.charset == "utf-8" || m.charset == "utf8" || m.charset == "us-ascii"
}

func notAcceptable(where, found string) error {
	err := outcome.New(http.StatusNotAcceptable, outcome.NotSupported, "", "%s asks for a format that is not served", where)
	err.Issues[0].Found, err.Issues[0].Expected = bounded(found), "application/fhir+json, in FHIR version 4.0"
	return err
}

// bounded shortens what is quoted from a request to what a person still reads.
func bounded(text string) string {
	const most = 200
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}
