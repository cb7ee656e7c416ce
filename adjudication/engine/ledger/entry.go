package ledger

import (
	"time"

	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/money"
)

// Kind says what an entry means; all kinds add their numbers to the head alike.
type Kind uint8

// The kinds.
const (
	// Reserved: the decision is provisional, but what it would pay is set aside.
	Reserved Kind = iota + 1
	// Used: the decision is final.
	Used
	// Released takes back what an earlier entry added.
	Released
	// Changed: the claim was decided again; what it took before is taken back, and what it takes now added.
	Changed
)

// String is the kind as in messages.
func (k Kind) String() string {
	switch k {
	case Reserved:
		return "reserved"
	case Used:
		return "used"
	case Released:
		return "released"
	case Changed:
		return "changed by review"
	}
	return "unknown"
}

// Entry is what one decision adds to one head. Entries beneath a head are append-only and numbered without gaps; their
// sum is the head's Tally.
type Entry struct {
	// Head is the head's id. Seq is the entry's number beneath it, from 1: one more than the head's Seq.
	Head string
	Seq  uint64
	// Claim is the Claim's id.
	Claim string
	Kind  Kind
	// At is the clock of the decision, in milliseconds precision; Today its day in the insurer's time zone, from which
	// forgetting counts.
	At    time.Time
	Today day.Date
	// Uses and Provisions are what is added; amounts and counts of a release are negative.
	Uses       []Use
	Provisions []Provision
	// Daily is sorted by Policy, Limit, At.
	Daily        []Daily
	Fingerprints []Fingerprint
	// Holds are what is set aside from now on or, negative, no longer; the sums change with them.
	Holds []Hold
}

// Empty tells whether the entry adds nothing.
func (e *Entry) Empty() bool {
	return len(e.Uses)+len(e.Provisions)+len(e.Daily)+len(e.Fingerprints)+len(e.Holds) == 0
}

// Use is an amount, a count or a quantity of one limit in one period.
type Use struct {
	// Policy is the head id of the policy whose limit it is; empty beneath a policy's own head.
	Policy string
	// Limit is the limit's name in the plan.
	Limit string
	// Period is the days that the limit counts together.
	Period day.Period
	Amount money.Decimal
	// Provisional is the part of Amount that a provisional decision took: a final one takes it back.
	Provisional money.Decimal
}

// Provision is how often a service was provided on one day or in one counting period.
type Provision struct {
	// Item is the register's key of the service.
	Item   string
	Period day.Period
	Count  int32
	// Keep is the length in days of the longest rule that asks for it.
	Keep int32
}

// Reversal is the entry that takes this one back, beneath the head as it is now.
func (e *Entry) Reversal(seq uint64, at time.Time, today day.Date) Entry {
	r := Entry{Head: e.Head, Seq: seq, Claim: e.Claim, Kind: Released, At: at, Today: today}
	for _, u := range e.Uses {
		u.Amount, u.Provisional = u.Amount.Neg(), u.Provisional.Neg()
		r.Uses = append(r.Uses, u)
	}
	for _, p := range e.Provisions {
		p.Count = -p.Count
		r.Provisions = append(r.Provisions, p)
	}
	for _, u := range e.Daily {
		u.Amount = u.Amount.Neg()
		r.Daily = append(r.Daily, u)
	}
	for _, p := range e.Fingerprints {
		p.Count = -p.Count
		r.Fingerprints = append(r.Fingerprints, p)
	}
	for i := range e.Holds {
		r.Holds = append(r.Holds, e.Holds[i].Neg())
	}
	return r
}
