package search

import (
	"fmt"
	"net/http"
	"strings"

	"claimwright/fhir/outcome"
)

// invalidValue says that a parameter's value is not of its type's form.
func invalidValue(name, found, expected string) *outcome.Issue {
	return &outcome.Issue{
		Code: outcome.Value, Text: fmt.Sprintf("invalid value of search parameter %s", shown(name)),
		Found: excerpt(found), Expected: expected,
	}
}

// notSupported says that something of R4 is not offered here.
func notSupported(what, found, expected string) *outcome.Issue {
	return &outcome.Issue{Code: outcome.NotSupported, Text: what, Found: excerpt(found), Expected: expected}
}

// tooMuch says that a query is beyond its bounds.
func tooMuch(what string, most int) *outcome.Issue {
	return &outcome.Issue{Code: outcome.TooCostly, Text: what, Expected: fmt.Sprintf("at most %d", most)}
}

func refused(issues []outcome.Issue) error {
	for i := range issues {
		issues[i].Severity = outcome.Failure
	}
	return outcome.Of(http.StatusBadRequest, issues)
}

// shown is a parameter's name as it may stand in a text that is logged. What does not look like a name could be anything,
// so it is only shown as what was found.
func shown(name string) string {
	if len(name) == 0 || len(name) > 64 {
		return "(see what was found)"
	}
	for i := range len(name) {
		if c := name[i]; !isLetter(c) && !isDigit(c) && strings.IndexByte("-_.:", c) < 0 {
			return "(see what was found)"
		}
	}
	return name
}

// excerpt keeps what is quoted of a request short.
func excerpt(s string) string {
	const most = 200
	if len(s) <= most {
		return s
	}
	return cut(s, most) + "…"
}
