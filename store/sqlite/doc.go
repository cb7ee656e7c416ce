// Package sqlite is the embedded store: one file, one process, no other program needed.
//
// It owns the file: its tables, the one goroutine that writes them, the connections that read them, and the caches and
// overlays in front of them. It knows a resource by its key, its bytes and its search values; it must not know what a
// search parameter means, nor FHIR, nor adjudication, nor HTTP. SQL stays in this package.
//
//	st, err := sqlite.Open(ctx, "claims.db")
//	if err != nil {
//		return err
//	}
//	defer st.Close()
//
// # How a commit is written
//
// Commit encodes what it can on the caller's goroutine (commit.go, entries.go, body.go) and queues it. The writer takes what
// is queued as one group (writer.go), checks each member against the file and the members before it (group.go), appends
// the versions to the log, rewrites the rows that say which version is current, and syncs the disk once (writer_group.go).
// Everyone is answered when the group is durable and visible.
//
// A row of an index costs a page of the file wherever it falls. So index entries and internal records are not written to
// their tables with the group: the log and the journal make them durable, and an overlay in memory (overlay.go, chain.go)
// keeps them for readers. A full overlay is frozen, sorted and merged into the tables (merge.go, writer_merge.go), a
// slice with each following group, so that each page is touched once for many rows. Opening a file builds the overlay
// anew from the log (recover.go); merging something twice changes nothing.
//
// # How a search is answered
//
// Resources have numbers, rids, that keep the order of the ids that the server makes (rid.go). The index holds, under
// the hash of a type, a parameter and a value (keys.go), the rids that have it, in blocks of many (blocktable.go,
// internal/posting), and in the same form the values that resources sort by (column.go). Intervals and folded texts have
// rows (span.go). A search takes a snapshot of the file and of the overlays (reader.go), intersects lists, driven by the
// shortest (execution.go, rids.go, postinglist.go), collects the rest or checks it on the candidates (collect.go, query.go),
// and orders what is left (search.go, ordering.go). What it costs follows from what it finds, not from what is stored.
//
// The tables are described in schema.go. The statements that run while the store is in use each find their rows by a key;
// a test reads their plans.
package sqlite
