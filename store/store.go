package store

import (
	"context"
	"io"
	"time"

	"claimwright/fhir/search"
)

// Store keeps resources in all their versions and internal records. Implementations are safe for concurrent use.
//
// Every method that reads takes the reader's Access; a record that the access does not allow is, to the reader, not
// there: it is neither returned nor counted. Errors are ErrConflict, ErrUnknown, ErrTooCostly, ErrCursorLost, ErrClosed,
// the context's error, or a backend fault that callers treat as "try again later".
type Store interface {
	Reader
	Versions
	Maintainer

	// Commit applies a commit whole or not at all, durably before it returns nil.
	//
	//   - ErrConflict: a version or precondition did not hold; nothing was applied. Read and decide again.
	//   - ErrUnknown: the connection was lost while committing; ask Committed with the same ID, never decide again.
	//   - anything else: nothing was applied.
	//
	// A commit with an ID that was already applied is not applied twice: it returns nil. Ids are remembered for at least
	// an hour.
	Commit(ctx context.Context, c Commit) error
	// Committed tells whether the commit with this ID was applied, within the time that ids are remembered.
	Committed(ctx context.Context, id CommitID) (bool, error)

	// Changes follows the writes of all resources from a position: every version, at least once, ordered per record. An
	// empty position starts with the next write; a position that the backend no longer has gives ErrCursorLost and the
	// caller must scan anew.
	Changes(ctx context.Context, a Access, from Position) (Feed, error)
}

// Reader is the reading half of a Store; Staged offers it too.
type Reader interface {
	// Get reads the current version of many resources by key, in one round trip. The answer has an entry per key in the
	// keys' order; nil where there is none or the access does not allow it. Deleted resources come with Deleted set.
	Get(ctx context.Context, a Access, keys ...Key) ([]*Record, error)
	// Internals reads internal records by key, in one round trip: an entry per key in the keys' order, Version 0 where
	// there is none. Only System may read them, but for guards, which any access that allows something may.
	Internals(ctx context.Context, a Access, keys ...InternalKey) ([]Internal, error)
	// Search runs a query and returns one page. Its order is the query's Sort, then the id. A query that is Deferred gives
	// ErrDeferred, from Count as well.
	Search(ctx context.Context, a Access, q *search.Query, after Position) (Page, error)
	// Count counts the matches of a query, whatever its Count. With CountTo an answer beyond it says only that there may be
	// more matches than that; one within it is exact, and whoever is asked about few stored resources gives that.
	Count(ctx context.Context, a Access, q *search.Query) (int64, error)
	// Behind is the position in a query's order behind a resource with this id and last update, whether there is one or
	// not. The query's Sort is empty, _id or _lastUpdated, alone; the id may be any text. Whoever lays several searches
	// together in one order needs it to go on in each of them.
	Behind(q *search.Query, id string, updated time.Time) Position
}

// Versions is the history half of a Store.
type Versions interface {
	// Version reads one version of a resource; nil where there is none. The version of a delete has Deleted set and no
	// body. The access is judged by that version's own labels and by the current one's: both must allow it.
	Version(ctx context.Context, a Access, k Key, version int64) (*Record, error)
	// History pages through versions, newest first.
	History(ctx context.Context, a Access, h HistoryQuery) (Page, error)
}

// Maintainer is what operators need of every backend from the first day.
type Maintainer interface {
	// ScanInternals pages through the internal records of a space whose id starts with prefix, in id order, starting
	// after the id given ("" for the first page). Fewer than limit records means the end.
	ScanInternals(ctx context.Context, a Access, s Space, prefix, after string, limit int) ([]Internal, error)
	// Reindex replaces the index values of resources whose extractor version is older than the extractor's. It is
	// resumable, may run while the store is used, and reports progress after each batch.
	Reindex(ctx context.Context, e Extractor, progress func(Progress)) error
	// Verify checks what the backend itself can check: format, versions without gaps, index rows that point nowhere. It
	// reports each finding and returns an error only if it could not check.
	Verify(ctx context.Context, report func(Finding), progress func(Progress)) error
	// Backup writes a consistent copy of the whole store while it is in use. Backends whose database brings its own tools
	// return ErrNotOffered with the command to use.
	Backup(ctx context.Context, w io.Writer) error
	// Stats counts what the store holds, cheaply; figures may be estimates.
	Stats(ctx context.Context) (Stats, error)
	// Health performs a real read and tells whether writes would be accepted.
	Health(ctx context.Context) error
	// Close finishes what was accepted and releases the backend. Later calls give ErrClosed.
	Close() error
}

// Extractor makes index values anew from a stored body; search.Extract behind codec.Parse, kept out of the backends so
// that they need no parser.
type Extractor interface {
	// Version is search.ExtractorVersion.
	Version() int
	Extract(k Key, body []byte) (*search.Values, []string, error)
}

// Progress is how far a long operation is; Total 0 means unknown.
type Progress struct {
	Stage       string
	Done, Total int64
}

// Finding is something that Verify found wrong with the stored data.
type Finding struct {
	Key  string
	Text string
}

// Stats are figures for operators and for the benchmark.
type Stats struct {
	// Resources counts current, undeleted resources; Versions all versions; Internals the internal records; IndexRows
	// the rows (or array entries) of the search index.
	Resources, Versions, Internals, IndexRows int64
	// Bytes is the size on disk where known, else the data size.
	Bytes int64
}

// HistoryQuery selects versions: of one resource (Type and ID), of a type (ID empty), or of all (both empty).
type HistoryQuery struct {
	Type, ID string
	// Since is inclusive, zero for all. Until is exclusive, zero for all.
	Since, Until time.Time
	Limit        int
	After        Position
}

// Feed delivers changes; it is not safe for concurrent use.
type Feed interface {
	// Next waits for the next change or for the context's end.
	Next(ctx context.Context) (Change, error)
	Close() error
}

// Change is one stored version and the position after it.
type Change struct {
	Record   *Record
	Position Position
}

// Page is one page of records. Next is empty on the last page.
type Page struct {
	Records []*Record
	Next    Position
}

// Position is a place in an ordered result, opaque to everyone but the backend that made it. It is not secret and not
// authenticated: Sealer wraps it before it goes to a client.
type Position string
