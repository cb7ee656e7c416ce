// Package answer writes down what was decided: the ClaimResponse of a decision and the life-cycle Task of a claim.
//
// It owns the form of the two resources (R4 ClaimResponse, Task, and our extensions line-trace and decision-basis); it
// decides nothing and must not know the store. Amounts are copied digit for digit from the engine's decision.
//
//	body := answer.Response(answer.ResponseInput{ID: id, Claim: claim, ClaimID: claimID, Decision: &decision, Created: now})
//	task := answer.Task(answer.TaskInput{ID: id, Claim: claim, ClaimID: claimID, State: decision.State, Now: now})
//
// # The trace
//
// What holds for all lines is said once, in the decision-basis of the response: engine version, scheme digest, the heads
// with the versions that were read, cover, plan, target date, setting, category of the claim. A line's own line-trace
// holds what differs, the versions of the register and the price list that it was valued by, each cut with its amount,
// bearer and rule, and each limit that cut with the state of the ledger before and after.
package answer
