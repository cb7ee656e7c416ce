package ledger

import (
	"slices"

	"claimwright/adjudication/engine/day"
)

// Policy is the head of one plan of one policy. It is a value that is never changed once shared.
type Policy struct {
	// ID is the head's id, see PolicyID.
	ID string
	// Contract is the policy's Contract as "Contract/x", empty where there is none; Version is that Contract's version.
	Contract, Version string
	// InForce says that the Contract's status lets claims of its days be paid. It is meaningless without a Contract.
	InForce bool
	// Period is the days of the Contract; the zero Period where there is none.
	Period day.Period
	// Steps tell how the number of members changes, sorted by day.
	Steps []Step
	Tally
}

// Step is a change of the number of members: By members more (or, negative, fewer) from the day At on.
type Step struct {
	At day.Date
	By int32
}

// Holds tells whether the policy is in force on a day. A policy without a Contract is as long as its covers.
func (p *Policy) Holds(at day.Date) bool {
	return p.Contract == "" || p.InForce && p.Period.Holds(at)
}

// MembersAt is the number of members whose covers are in force on a day.
func (p *Policy) MembersAt(at day.Date) int {
	n := 0
	for _, s := range p.Steps {
		if s.At > at {
			break
		}
		n += int(s.By)
	}
	return n
}

// WithMember is the policy after a member's days in it changed from before to after, both as Member.Belonging gives them
// (nil: none). Only the number of members is kept, not who they are, so that a policy of ten thousand has a small head.
func (p *Policy) WithMember(before, after []day.Period) *Policy {
	next := *p
	next.Steps = slices.Clone(p.Steps)
	for _, days := range before {
		next.count(days, -1)
	}
	for _, days := range after {
		next.count(days, 1)
	}
	return &next
}

func (p *Policy) count(days day.Period, by int32) {
	p.step(days.From, by)
	if days.To != 0 {
		p.step(days.To+1, -by)
	}
}

func (p *Policy) step(at day.Date, by int32) {
	i, found := slices.BinarySearchFunc(p.Steps, at, func(s Step, at day.Date) int { return int(s.At) - int(at) })
	switch {
	case !found:
		p.Steps = slices.Insert(p.Steps, i, Step{At: at, By: by})
	case p.Steps[i].By+by == 0:
		p.Steps = slices.Delete(p.Steps, i, i+1)
	default:
		p.Steps[i].By += by
	}
}

// With is the policy after an entry beneath its head.
func (p *Policy) With(e *Entry) (*Policy, error) {
	next := *p
	var err error
	if next.Tally, err = p.Tally.with(e); err != nil {
		return nil, err
	}
	return &next, nil
}
