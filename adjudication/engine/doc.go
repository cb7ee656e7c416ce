// Package engine decides claims. It is pure: no I/O, no clock, no randomness, no global state. The same engine version and
// the same Case give the same Decision.
//
// It owns the typed view of a Claim (ReadClaim), the snapshot it is decided on (Case), the decision itself (Decide) with
// the trace that explains every amount, and what remains of a cover (Standings, Outlook). It must not know the store,
// HTTP, or how a ClaimResponse is put together: it says what is decided, the use cases write it down. Its parts are money
// (exact decimals), day (dates), scheme (plans, register, prices) and ledger (what was used before).
//
//	claim, issues := engine.ReadClaim(doc)
//	policies := engine.Concerned(claim, member, sch) // heads to read
//	decision := engine.Decide(&engine.Case{Claim: claim, Scheme: sch, Member: member, Policies: heads, Now: now})
//	for _, line := range decision.Lines {
//		for _, row := range line.Rows(nil) { … } // ClaimResponse.item.adjudication
//	}
//	for _, entry := range decision.Entries { … } // what the ledger heads gain
//
// # The way of a line
//
// A line is an item, or, where it has details, each of these or of their sub-details. Lines are taken in the order of their
// sequences. Each passes the checks of checks.go until one denies it; a denied line carries
// exactly one reason, the first. The lines that pass are valued, in the same order and by the cuts of valuation.go. The
// order of checks and cuts is the decision's meaning, so it is written in one place each. A check may be set to let a line
// pass, to ask a person, or to deny the whole claim; then all lines are decided a second time.
//
// What systems differ in, the engine asks of scheme.Practice, one field for each point; it does not know profiles. Where
// several covers are in force, a line is tried under each (choose_cover.go) before it is decided under one.
//
// # Identities
//
// For each line and for the totals, in the currency's digits:
//
//	submitted = eligible + price reduction + disallowed
//	eligible  = over fixed limit + deductible + co-payment + other payers + over category + over ceiling + benefit
//	submitted = benefit + borne by the provider + borne by the member + borne by other payers
//
// What a fixed limit cuts is the member's: the price is agreed, the plan just does not pay all of it. The engine checks
// the identities of every decision and refuses to answer (fault "internal") rather than give numbers that do not add up.
// No figure is negative, but for the price reduction, and what the provider bears, of a line whose practice pays the list
// price although less was billed.
//
// # Other payers
//
// What payers before this one have paid of a line (Case.Others) first relieves the member, whose cuts are then borne by
// them, and then the plan: it pays the lesser of its own benefit and what they left of the eligible amount.
//
// # Uses other than claim
//
// A predetermination is decided like a claim, on the same ledger, but takes nothing from it. A preauthorization sets aside
// what it would use, until a day: see ledger.Hold. A claim that names it is decided as if that were not set aside, and the
// entries of its decision turn what it uses of it into use.
package engine
