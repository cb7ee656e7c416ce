package server

import (
	"net/http"
	"strings"
)

// returned is what a client wants back from a write (R4 §3.1.0.1.8).
type returned uint8

const (
	returnUnsaid returned = iota
	returnRepresentation
	returnMinimal
	returnOutcome
)

// prefer are the preferences of the Prefer header that are honoured; the zero value is a client without preferences.
type prefer struct {
	returned returned
	// strict refuses unknown search parameters instead of ignoring them, lenient ignores them; without either the server's own
	// choice counts.
	strict, lenient bool
	// async lets the server answer later.
	async bool
}

// parsePrefer reads Prefer headers, which may be repeated or joined by commas. Unknown preferences are ignored, as RFC
// 7240 demands; the first of contradicting ones counts.
func parsePrefer(header http.Header) prefer {
	var p prefer
	lines := header["Prefer"]
	if len(lines) == 0 {
		return p
	}
	seen := map[string]bool{}
	for _, line := range lines {
		for preference := range strings.SplitSeq(line, ",") {
			token, _, _ := strings.Cut(preference, ";")
			key, value, _ := strings.Cut(token, "=")
			key = strings.ToLower(strings.TrimSpace(key))
			if seen[key] {
				continue
			}
			seen[key] = true
			p.apply(key, strings.ToLower(strings.Trim(strings.TrimSpace(value), `"`)))
		}
	}
	return p
}

func (p *prefer) apply(key, value string) {
	switch key + "=" + value {
	case "return=representation":
		p.returned = returnRepresentation
	case "return=minimal":
		p.returned = returnMinimal
	case "return=operationoutcome":
		p.returned = returnOutcome
	case "respond-async=":
		p.async = true
	case "handling=strict":
		p.strict = true
	case "handling=lenient":
		p.lenient = true
	}
}
