package replay

import "claimwright/store"

// Verdict is how a decision came out when it was made again.
type Verdict uint8

// The verdicts. Different is a fault, Changed is not; Unable could not be made again although it should; NotADecision
// is a response that records no decision: another payer's, or one of outcome error, which rests on nothing that is kept.
const (
	Same Verdict = iota + 1
	Different
	Changed
	Unable
	NotADecision
)

// String is the verdict in words.
func (v Verdict) String() string {
	return [...]string{
		Same: "the same", Different: "DIFFERENT", Changed: "changed", Unable: "CANNOT BE DECIDED AGAIN", NotADecision: "no decision",
	}[v]
}

// Fault tells whether the verdict means that something is wrong.
func (v Verdict) Fault() bool { return v == Different || v == Unable }

// Result is what became of one decision.
type Result struct {
	// Response and Version name the ClaimResponse, Claim the claim that it answers.
	Response store.Key
	Version  int64
	Claim    string
	// Recorded is the version of the engine that decided, Engine the one that did so now.
	Recorded, Engine string
	Verdict          Verdict
	// Reason says why the decision could not be made again, or is none.
	Reason string
	// Differences are in the order of the response; at most MostDifferences.
	Differences []Difference
	// More counts the differences beyond.
	More int
}

// MostDifferences bounds the differences that a Result keeps.
const MostDifferences = 200

// Difference is one value that is not as it was.
type Difference struct {
	// At is the path of the value, with item numbers and categories in place of indexes.
	At string
	// Stored and Again are the values as JSON, empty where there is none. By is by how much a number grew.
	Stored, Again, By string
}

func (r *Result) differ(d Difference) {
	if len(r.Differences) == MostDifferences {
		r.More++
		return
	}
	r.Differences = append(r.Differences, d)
}
