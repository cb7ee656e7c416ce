package server

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"claimwright/fhir/outcome"
)

// negotiate finds the answer's format from the query (_format, _pretty) and the Accept header, the query first (R4
// §3.1.0.1.9). It fails with 406 when the client accepts nothing that is served; the format is then the one in which it
// will most probably read why.
func negotiate(header http.Header, rawQuery string) (format, error) {
	var f format
	if strings.Contains(rawQuery, "_format") || strings.Contains(rawQuery, "_pretty") {
		query, _ := url.ParseQuery(rawQuery) // what cannot be decoded is reported by the search itself
		f.pretty = query.Get("_pretty") == "true"
		if asked := query.Get("_format"); asked != "" {
			f.served = formatParameter(asked)
			if f.contentType == nil {
				f.served = nearestFormat(asked)
				return f, notAcceptable("_format", asked)
			}
			return f, nil
		}
	}
	accept := header["Accept"]
	if len(accept) == 0 || len(accept) == 1 && accept[0] == "" {
		f.served = fhirJSON
		return f, nil
	}
	if len(accept) == 1 { // nearly every client sends one plain type
		if f.served = formats[accept[0]]; f.contentType != nil {
			return f, nil
		}
	}
	return f.accepted(strings.Join(accept, ","))
}

// accepted picks the format that the Accept header likes best. A browser is shown JSON that people can read: it likes
// XML better than anything, but as a page.
func (f format) accepted(accept string) (format, error) {
	var room [8]media
	a := parseAccept(room[:0], accept)
	if f.served = a.best(); f.contentType == nil {
		f.served = nearestFormat(accept)
		return f, notAcceptable("Accept", accept)
	}
	if a.browser() {
		f.served, f.pretty = plainJSON, true
	}
	return f, nil
}

// formatParameter reads a value of _format: a media type, or the short name of one. A plus sign that was not escaped
// arrives as a blank.
func formatParameter(value string) served {
	m := parseMedia(value)
	switch {
	case !m.versionServed():
		return served{}
	case m.name == "json":
		return fhirJSON
	case m.name == "xml":
		return fhirXML
	}
	return formats[strings.ReplaceAll(m.name, " ", "+")]
}

// nearestFormat is what a client can probably read that asked for something that is not served, such as XML of another
// version.
func nearestFormat(asked string) served {
	asked = strings.ToLower(asked)
	if strings.Contains(asked, "xml") && !strings.Contains(asked, "json") && !strings.Contains(asked, "html") {
		return fhirXML
	}
	return fhirJSON
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
		switch key = strings.TrimSpace(key); {
		case strings.EqualFold(key, "q"):
			m.quality = parseQuality(value)
		case strings.EqualFold(key, "fhirVersion"):
			m.fhirVersion = value
		case strings.EqualFold(key, "charset"):
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
	return formats[m.name].contentType != nil && m.versionServed() && m.utf8()
}

// formServed tells whether a body of this type is read as a form.
func (m media) formServed() bool { return m.name == "application/x-www-form-urlencoded" && m.utf8() }

func (m media) utf8() bool {
	return m.charset == "" || m.charset == "utf-8" || m.charset == "utf8" || m.charset == "us-ascii"
}

func notAcceptable(where, found string) error {
	err := outcome.New(http.StatusNotAcceptable, outcome.NotSupported, "", "%s asks for a format that is not served", where)
	err.Issues[0].Found, err.Issues[0].Expected = bounded(found), "application/fhir+json or application/fhir+xml, in FHIR version 4.0"
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
