package server

import "strings"

// accept is an Accept header, its media ranges in their order (RFC 9110 §12.5.1).
type accept []media

// mostRanges bounds how much of an Accept header is read; browsers send some ten.
const mostRanges = 32

// parseAccept appends the ranges of a header to room that the caller has.
func parseAccept(ranges accept, header string) accept {
	for part := range strings.SplitSeq(header, ",") {
		if len(ranges) == mostRanges {
			break
		}
		ranges = append(ranges, parseMedia(part))
	}
	return ranges
}

// wildcards are the ranges that name no format, with what is answered to them, best first.
var wildcards = map[string][]string{
	"*/*":           {"application/fhir+json", "application/fhir+xml", "application/json", "application/xml"},
	"application/*": {"application/fhir+json", "application/fhir+xml", "application/json", "application/xml"},
	"text/*":        {"text/json", "text/xml"},
}

// best is the format with the highest quality; of equals a type that is named comes before a wildcard, and the first
// before the others. It is zero where nothing is acceptable.
func (a accept) best() served {
	var best served
	var quality float64
	named := false
	for _, m := range a {
		if !m.versionServed() || m.quality == 0 {
			continue
		}
		found, isNamed := formats[m.name]
		if !isNamed {
			found = a.first(wildcards[m.name])
		}
		if found.contentType != nil && (m.quality > quality || m.quality == quality && isNamed && !named) {
			best, quality, named = found, m.quality, isNamed
		}
	}
	return best
}

// first is the first of some types that the header does not exclude by a quality of zero.
func (a accept) first(names []string) served {
	for _, name := range names {
		if !a.excludes(name) {
			return formats[name]
		}
	}
	return served{}
}

func (a accept) excludes(name string) bool {
	for _, m := range a {
		if m.name == name && m.quality == 0 {
			return true
		}
	}
	return false
}

// browser tells whether a person waits for a page: HTML is asked for, anything else would do, and no type of FHIR's is
// named. (R4 leaves open what is answered then.)
func (a accept) browser() bool {
	html, anything := false, false
	for _, m := range a {
		switch {
		case strings.Contains(m.name, "fhir"):
			return false
		case m.quality == 0:
		case m.name == "text/html":
			html = true
		case m.name == "*/*":
			anything = true
		}
	}
	return html && anything
}
