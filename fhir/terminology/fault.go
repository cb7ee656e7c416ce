package terminology

import (
	"fmt"

	"claimwright/fhir/outcome"
)

// Error says why a definition cannot be used. Code is an issue type of outcome: NotFound where a definition is not known,
// TooCostly beyond the bounds, NotSupported and Invalid where it cannot be computed.
type Error struct {
	Code string
	// URL names the value set or code system.
	URL  string
	Text string
}

func (e *Error) Error() string { return e.Text + ": " + e.URL }

// Outcome is the refusal for a client whose request names the definition.
func (e *Error) Outcome(status int) *outcome.Error {
	said := outcome.New(status, e.Code, "", "%s", e.Text)
	said.Issues[0].Found = shorten(e.URL)
	return said
}

func faulty(code, url, format string, args ...any) *Error {
	return &Error{Code: code, URL: url, Text: fmt.Sprintf(format, args...)}
}

// shorten keeps what is quoted to what a person still reads.
func shorten(s string) string {
	const most = 200
	if len(s) <= most {
		return s
	}
	return s[:most] + "…"
}
