// Package store is the contract of Claimwright's storage: what a backend must do, in types and comments. The suite in
// store/storetest is its executable form; a backend is done when it passes the suite whole.
//
// It owns records and their versions, the atomic Commit with its preconditions, internal records (heads, ledger entries,
// guards), Access, cursors and the Staged overlay. It knows FHIR only as far as a resource has a type, an id, a body and
// search values; it must not know adjudication, HTTP or any database.
//
// A commit states what it writes and what it relied on, and runs no code of the caller inside the database:
//
//	snap, _ := st.Internals(ctx, store.System(), headKey)
//	err := st.Commit(ctx, store.Commit{
//		ID:        store.NewCommitID(),
//		Resources: []store.Write{claim, response},
//		Internals: []store.InternalWrite{{Key: headKey, Version: snap[0].Version + 1, Data: next}},
//	})
//	if errors.Is(err, store.ErrConflict) {
//		// somebody else was faster: read again and decide again
//	}
package store
