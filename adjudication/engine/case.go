package engine

import (
	"time"

	"claimwright/adjudication/engine/ledger"
	"claimwright/adjudication/engine/scheme"
)

// Version identifies the engine's behaviour. A change that can alter any decision changes it.
const Version = "2"

// Case is the immutable snapshot that a claim is decided on.
type Case struct {
	Claim  *Claim
	Scheme *scheme.Scheme
	// Member is the member's head; nil when the claim's patient is not known. Its store version is MemberVersion.
	// MemberForm is the head as it is stored, where the caller has it; else it is encoded.
	Member        *ledger.Member
	MemberVersion int64
	MemberForm    []byte
	// Policies are the heads that Concerned named; one that is missing counts as a head without any use.
	Policies []PolicyHead
	// Others are what other payers have paid of the claim already, in the order of Claim.insurance.
	Others []OtherPayment
	// Now is the clock: the same in all attempts of one submission.
	Now time.Time
	// Received is when the claim came in, where that was before Now: a claim that is decided again is as late as it was. The
	// zero Time is Now.
	Received time.Time
	// ClaimID and ResponseID are the ids that were drawn for the Claim and its ClaimResponse.
	ClaimID, ResponseID string
	// DuplicateOf is the id of an earlier, undisputed claim of the same provider that carries the same identifier with
	// other content; empty when there is none. It denies every line.
	DuplicateOf string
	// Replaces is the id of the claim that this one takes the place of. The heads are then those without it; it is recorded.
	Replaces string
	// UnknownPrior names a claim that this one is to take the place of and that is not known; it denies every line.
	UnknownPrior string
	// Review is what a reviewer decided; nil when nobody reviewed the claim. With one the decision is final.
	Review *ReviewResult
}

// PolicyHead is a policy's head and its version in the store. Form is the head as it is stored, where the caller has it.
type PolicyHead struct {
	Head    *ledger.Policy
	Version int64
	Form    []byte
}

// Basis is what a decision was made from, recorded so that it can be made again.
type Basis struct {
	Engine string
	// Scheme is the scheme's digest.
	Scheme              string
	Clock, Received     time.Time
	ClaimID, ResponseID string
	DuplicateOf         string
	Replaces            string
	UnknownPrior        string
	Review              *ReviewResult
	// Others are what other payers had paid.
	Others []OtherPayment
	// Heads are the member's head and the policies', as they were read.
	Heads []HeadState
}

// HeadState is one head as it was read.
type HeadState struct {
	ID      string
	Version int64
	// Data is the head as ledger encodes it: enough to decide again without the store's past.
	Data []byte
}
