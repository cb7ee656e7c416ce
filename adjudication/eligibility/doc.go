// Package eligibility answers CoverageEligibilityRequests: whether a cover is in force, what remains of its limits, what
// needs an authorization, and which covers a patient has at all.
//
// It owns the use case and the form of the CoverageEligibilityResponse. It asks the same engine, over the same heads and the
// same scheme, as the decision on a claim, and takes nothing from them: an answer holds for its moment and promises
// nothing. It must not know HTTP, nor any database.
//
//	e := eligibility.New(service, schemes, eligibility.Options{}) // registers the behaviours
//	answer, err := e.Submit(ctx, principal, input)
//
// # Purposes
//
//	validation         insurance.inforce: every day of the period asked for
//	benefits           an item for each limit of the plan, with allowed and used; what is left is in its description. For
//	                   each item asked about: what cover and register say, and what plan and member would pay
//	auth-requirements  item.authorizationRequired for each item asked about
//	discovery          every cover of the patient, whoever insures; without it those of the insurer asked
//
// What something would cost is a dry run of the decision (trial.go): the items are decided as one predetermination under each
// cover asked about, on the same heads, and thrown away. It says what a claim with these items alone would get now.
//
// Balance and Balances say what remains of covers, without a request ($balance).
//
// A patient or insurer who is not known is an answer with outcome error. Each request is answered anew, and stored with its
// response in one commit; their ids follow from one another as those of claims do (claims.Companion).
package eligibility
