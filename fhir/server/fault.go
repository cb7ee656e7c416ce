package server

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"claimwright/fhir/outcome"
	"claimwright/store"
)

// storeFaults are the storage conditions that may reach the edge, with what the client is told.
var storeFaults = []struct {
	is   error
	says *outcome.Error
}{
	{store.ErrConflict, &outcome.Error{Status: http.StatusServiceUnavailable, RetryAfter: time.Second,
		Issues: []outcome.Issue{{Code: outcome.LockError, Text: "others are writing the same data; try again"}}}},
	{store.ErrUnknown, &outcome.Error{Status: http.StatusServiceUnavailable, RetryAfter: time.Second,
		Issues: []outcome.Issue{{Code: outcome.NoStore, Text: "the connection to the store was lost while writing; it is not known whether the write was applied"}}}},
	{store.ErrTooCostly, &outcome.Error{Status: http.StatusUnprocessableEntity,
		Issues: []outcome.Issue{{Code: outcome.TooCostly, Text: "this search would look at too many resources; narrow it or drop its sort order"}}}},
	{store.ErrCursorLost, badPage},
	{store.ErrBadSeal, badPage},
	{store.ErrDenied, &outcome.Error{Status: http.StatusForbidden,
		Issues: []outcome.Issue{{Code: outcome.Forbidden, Text: "access denied"}}}},
	{store.ErrClosed, &outcome.Error{Status: http.StatusServiceUnavailable, RetryAfter: 5 * time.Second,
		Issues: []outcome.Issue{{Code: outcome.NoStore, Text: "the server is stopping"}}}},
}

var badPage = &outcome.Error{Status: http.StatusBadRequest,
	Issues: []outcome.Issue{{Code: outcome.Value, Text: "this page link is not, or no longer, valid; start the search again"}}}

// fault maps any error to what the client is told about it. Errors made for clients pass as they are; of all others only
// the kind is told, never the text, which may speak of databases, files or patients.
func fault(err error) *outcome.Error {
	var known *outcome.Error
	if errors.As(err, &known) {
		return known
	}
	var routed *echo.HTTPError
	if errors.As(err, &routed) {
		return outcome.New(routed.Code, outcome.NotSupported, "", "%s", http.StatusText(routed.Code))
	}
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return timedOut()
	}
	for _, f := range storeFaults {
		if errors.Is(err, f.is) {
			return f.says
		}
	}
	return outcome.New(http.StatusInternalServerError, outcome.Exception, "",
		"the server failed to process this request; its log has the reason under the request's id")
}

func timedOut() *outcome.Error {
	err := outcome.New(http.StatusServiceUnavailable, outcome.Timeout, "", "the request took longer than the server allows")
	err.RetryAfter = time.Second
	return err
}

func throttled(text string) *outcome.Error {
	err := outcome.New(http.StatusTooManyRequests, outcome.Throttled, "", "%s", text)
	err.RetryAfter = time.Second
	return err
}
