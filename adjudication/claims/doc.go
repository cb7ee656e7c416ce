// Package claims holds the use cases of a Claim: submit it, decide it, cancel it, and keep what decisions rest on.
//
// It joins the engine, which decides and knows no store, with store/resources, which writes and knows no adjudication:
//
//   - Claims.Submit is Claim/$submit in all its input shapes (submit.go). A Claim that is created or made active by any other
//     route is decided by the same code, through the behaviour of its type (behaviour_claim.go).
//   - The behaviours of Patient, Coverage and Contract keep the heads of members and policies: what a decision reads
//     instead of searching (behaviour_patient.go and its neighbours).
//   - Schemes keeps the compiled scheme fresh. VerifyLedger proves the heads from their entries.
//
// It must not know HTTP, nor any database; what was sent is read by the package intake, what R4 demands of a claim is
// checked by the package formal.
//
//	schemes := claims.NewSchemes(st)
//	c := claims.New(service, schemes, claims.Options{}) // registers the behaviours
//	answer, err := c.Submit(ctx, principal, input)
//
// # One claim, three resources
//
// A decided Claim, its ClaimResponse and its life-cycle Task have ids that follow from one another (Companion), so that each
// finds the others by key. They are written in one commit, together with the heads that the decision relied on, the
// ledger entries that explain the heads, and the guard that recognises the same submission.
//
// # Reads
//
// A decision reads by key only: the member's head, the scheme's epoch and the guards in one round trip, the heads of
// policies, families and events in a second; one more for a member who is named by identifier, and one for a claim that
// brings an id. Neither the number of lines nor the member's past adds any.
//
// # Decided here
//
// A claim with the identifier of an earlier one (same insurer, provider and use) and the same content is the same
// submission, and $submit gives the same answer. With other content it is a duplicate and every line is denied, unless the
// earlier claim was rejected as a whole or cancelled, or Options.Duplicates says otherwise. A plain create is never
// replayed (If-None-Exist is FHIR's way to say that), but falls under the duplicate rule.
//
// A claim that could not be decided (outcome error) has taken nothing from any ledger: it may be corrected by an update,
// which decides again, or deleted. Every other active claim is immutable but for its cancellation.
package claims
