package store

import "errors"

// The conditions that callers branch on; test with errors.Is.
var (
	// ErrConflict: a version or precondition did not hold and nothing was applied.
	ErrConflict = errors.New("conflicting write")
	// ErrUnknown: the outcome of a commit is not known; ask Committed.
	ErrUnknown = errors.New("outcome of the commit is unknown")
	// ErrTooCostly: the query cannot be answered within its bounds, such as a sort over too many candidates.
	ErrTooCostly = errors.New("query is too costly")
	// ErrDeferred: the query has conditions that no store executes; see search.Query.Deferred.
	ErrDeferred = errors.New("query has conditions that must be rewritten first")
	// ErrCursorLost: the position is not, or no longer, known.
	ErrCursorLost = errors.New("position is not known")
	// ErrDenied: internal records were asked for with an access that may not read them.
	ErrDenied = errors.New("access denied")
	// ErrNewerFormat: the data were written by a newer version of Claimwright.
	ErrNewerFormat = errors.New("stored data have a newer format")
	// ErrNotOffered: the backend leaves this to the database's own tools.
	ErrNotOffered = errors.New("not offered by this backend")
	// ErrClosed: the store was closed.
	ErrClosed = errors.New("store is closed")
)
