// Package replay makes stored decisions again, from what was recorded when they were made, and tells whether they come out
// the same.
//
// It owns the finding of the inputs: the basis in the ClaimResponse, the heads in the records beneath the ledger's entries,
// the Claim, other payers' responses in the versions that were read, and the scheme of then, made again from the history of
// its resources and known by its digest. It writes nothing and must not know how anything is decided: the case goes
// through engine.Basis.Case.
//
//	r := replay.New(st)
//	results, err := r.Response(ctx, "01a2…") // one result for each version that is a decision
//
// The same version of the engine must give the same bytes, and what was booked in the ledger must follow from them: each
// difference is a fault. Another version may decide otherwise; then the figures that changed are told.
package replay
