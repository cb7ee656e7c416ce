// Package heads reads and stages the heads of members and policies: the small versioned records that a decision reads
// instead of searching, and writes if it relies on them.
//
// It owns where heads and ledger entries are kept, and the form of an entry's record. What is in a head, and how it
// changes, is the ledger's business (adjudication/engine/ledger); this package must not know claims or responses.
//
//	member, err := heads.ReadMember(ctx, unit, patientID)
//	if member.Known() { … }
//	policies, err := heads.ReadPolicies(ctx, unit, ids...)
package heads
