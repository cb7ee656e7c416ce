package store

import (
	"time"

	"claimwright/fhir/search"
)

// Key names a resource.
type Key struct{ Type, ID string }

// String is "Type/id", as in a relative reference.
func (k Key) String() string { return k.Type + "/" + k.ID }

// Record is one version of a resource. Records are shared and never changed once returned.
type Record struct {
	Key
	// Version counts from 1 without gaps; deletes count.
	Version int64
	// Updated is when this version was written, in milliseconds precision.
	Updated time.Time
	Deleted bool
	// Body is the JSON exactly as it was handed to Commit, with id and meta in it; nil when Deleted.
	Body []byte
	// Audit are the facts of the write.
	Audit Audit
}

// Audit are the facts of who wrote a version and how; AuditEvents are projected from them.
type Audit struct {
	// Principal is who wrote, Request the request id, Interaction how: "create", "update", "delete", "submit", "cancel" …
	Principal, Request, Interaction string
}

// Write is a new version of a resource. It carries its own precondition: the current version must be Version-1.
type Write struct {
	Key
	// Version is the version to write, 1 for a new resource.
	Version int64
	Updated time.Time
	Deleted bool
	// Body is kept as it is handed over, not copied: it must not change after Commit.
	Body []byte
	// Values index this version; nil when Deleted. The backend copies what it keeps.
	Values *search.Values
	// Labels say who may see the resource; see Access. Resources without a label are seen by Everything only.
	Labels []string
	Audit  Audit
}

// Space separates the kinds of internal records.
type Space string

// The spaces.
const (
	// SpaceHead holds the heads of policies and members, and the scheme's epoch.
	SpaceHead Space = "head"
	// SpaceEntry holds the ledger entries beneath the heads; ids are "<head id>/<sortable suffix>".
	SpaceEntry Space = "entry"
	// SpaceGuard holds the guards of identifiers and conditional creates.
	SpaceGuard Space = "guard"
	// SpaceOutbox holds notifications to deliver.
	SpaceOutbox Space = "outbox"
	// SpaceSetting holds what the deployment itself remembers, such as the key that seals cursors.
	SpaceSetting Space = "setting"
	// SpaceJob holds what is worked on in the background, and what came of it until somebody fetches it.
	SpaceJob Space = "job"
)

// InternalKey names an internal record. IDs are at most 512 bytes.
type InternalKey struct {
	Space Space
	ID    string
}

// Internal is an internal record; Version 0 means that there is none. Data is shared and never changed once returned.
type Internal struct {
	Key     InternalKey
	Version int64
	Data    []byte
}

// InternalWrite writes an internal record; the current version must be Version-1, so 1 creates. Delete removes it, and the
// next write of the key starts with 1 again.
type InternalWrite struct {
	Key     InternalKey
	Version int64
	Data    []byte
	Delete  bool
}

// Precondition states a version that was relied on without being written: of a resource (Key) or an internal record
// (Internal). Version 0 means absent; a deleted resource has the version of its delete.
type Precondition struct {
	Key      Key
	Internal InternalKey
	Version  int64
}

// CommitID is drawn once per unit of work, before the first attempt.
type CommitID string

// Commit is what is applied whole or not at all. An empty commit is refused. No key may be written twice.
type Commit struct {
	ID        CommitID
	Resources []Write
	Internals []InternalWrite
	Requires  []Precondition
	// ExtractorVersion is the version of the extractor that made all Values.
	ExtractorVersion int
}
