package outcome

import (
	"fmt"
	"net/http"
	"time"
)

// Error is a refused request: the HTTP status and at least one issue. It is the only error type that the server shows
// to a client; every other error is reported as an internal one without its text.
type Error struct {
	// Status is the HTTP status; zero counts as 500.
	Status int
	Issues []Issue
	// RetryAfter, when positive, tells the client when to try again (503 and 429).
	RetryAfter time.Duration
}

// New makes an Error with a single issue of severity Failure.
func New(status int, code, expression, format string, args ...any) *Error {
	return &Error{Status: status, Issues: []Issue{{
		Severity: Failure, Code: code, Expression: expression, Text: fmt.Sprintf(format, args...),
	}}}
}

// Of wraps issues that were found together, such as all problems of one resource.
func Of(status int, issues []Issue) *Error { return &Error{Status: status, Issues: issues} }

// Error gives the first issue's text and how many more there are; it quotes nothing of the request.
func (e *Error) Error() string {
	if len(e.Issues) == 0 {
		return http.StatusText(e.StatusOr500())
	}
	first := e.Issues[0]
	text := first.Text
	if first.Expression != "" {
		text = first.Expression + ": " + text
	}
	if more := len(e.Issues) - 1; more > 0 {
		text = fmt.Sprintf("%s (and %d more)", text, more)
	}
	return text
}

// StatusOr500 is the HTTP status, 500 when none was set.
func (e *Error) StatusOr500() int {
	if e.Status == 0 {
		return http.StatusInternalServerError
	}
	return e.Status
}
