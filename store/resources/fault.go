package resources

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"claimwright/fhir/outcome"
	"claimwright/store"
)

// retryAfter is what a client is told to wait before it tries again.
const retryAfter = time.Second

// storeFault gives an error of the store the outcome that a client sees, and keeps the error for logs and errors.Is.
// Conflicts stay as they are: they are answered by running the work again.
func storeFault(err error) error {
	var said *outcome.Error
	switch {
	case err == nil, errors.As(err, &said),
		errors.Is(err, store.ErrConflict), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.Is(err, store.ErrTooCostly):
		return withCause(outcome.New(http.StatusUnprocessableEntity, outcome.TooCostly, "", "the search is too costly; narrow it or leave out _sort"), err)
	case errors.Is(err, store.ErrCursorLost), errors.Is(err, store.ErrBadSeal):
		return withCause(outcome.New(http.StatusBadRequest, outcome.Value, "", "the page link is not valid, or no longer; start the search anew"), err)
	case errors.Is(err, store.ErrNotStaged):
		return withCause(outcome.New(http.StatusUnprocessableEntity, outcome.NotSupported, "", "the search cannot be answered inside a transaction that writes this type"), err)
	case errors.Is(err, store.ErrDenied):
		return withCause(outcome.New(http.StatusForbidden, outcome.Forbidden, "", "there is no right to read this"), err)
	}
	return withCause(again(outcome.NoStore, "the store does not answer; try again"), err)
}

// explain gives what is left of a unit of work's errors their outcome; work that failed for reasons of its own keeps its
// error.
func explain(err error) error {
	var said *outcome.Error
	switch {
	case err == nil, errors.As(err, &said), errors.Is(err, context.Canceled):
		return err
	case errors.Is(err, context.DeadlineExceeded):
		return withCause(again(outcome.Timeout, "the request took too long; nothing was written"), err)
	}
	return err
}

// readFault is storeFault for a read that stands alone.
func readFault(err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return withCause(again(outcome.Timeout, "the request took too long; ask for less or try again"), err)
	}
	return storeFault(err)
}

// tooBusy is for those whose turn did not come; a client that has gone is no matter of locks.
func tooBusy(err error) error {
	if errors.Is(err, context.Canceled) {
		return err
	}
	return withCause(again(outcome.LockError, "many requests want to change the same at once; nothing was written, try again"), err)
}

func outcomeUnknown() *outcome.Error {
	return again(outcome.Timeout, "the store was lost while it wrote: the change may have been made or not; look before trying again")
}

func again(code, text string) *outcome.Error {
	err := outcome.New(http.StatusServiceUnavailable, code, "", "%s", text)
	err.RetryAfter = retryAfter
	return err
}

func withCause(said *outcome.Error, cause error) error { return fmt.Errorf("%w (%w)", said, cause) }

func notFound(key store.Key) error {
	return outcome.New(http.StatusNotFound, outcome.NotFound, "", "%s is not known", key)
}

// Gone is the error of a read that finds a delete. It is an outcome.Error too, 410.
type Gone struct {
	// Version and Updated are those of the delete.
	Version int64
	Updated time.Time
	said    *outcome.Error
}

// Error implements error.
func (g *Gone) Error() string { return g.said.Error() }

// Unwrap is what the client is told.
func (g *Gone) Unwrap() error { return g.said }

func gone(r *store.Record) error {
	return &Gone{r.Version, r.Updated, outcome.New(http.StatusGone, outcome.Deleted, "", "%s was deleted", r.Key)}
}
