package engine

import (
	"fmt"
	"strings"
	"time"

	"claimwright/adjudication/engine/ledger"
	"claimwright/adjudication/engine/scheme"
)

// basis records what the case was, before anything is decided.
func (c *Case) basis() Basis {
	b := Basis{
		Engine: Version, Scheme: c.Scheme.Digest(), Clock: c.clock(),
		ClaimID: c.ClaimID, ResponseID: c.ResponseID, DuplicateOf: c.DuplicateOf, Replaces: c.Replaces, UnknownPrior: c.UnknownPrior, Review: c.Review,
		Others: c.Others,
	}
	if !c.Received.IsZero() {
		b.Received = c.Received.UTC().Truncate(time.Millisecond)
	}
	if c.Member == nil {
		return b
	}
	b.Heads = make([]HeadState, 0, 1+len(c.Policies))
	b.Heads = append(b.Heads, HeadState{ID: ledger.MemberID(c.Member.ID), Version: c.MemberVersion, Data: form(c.MemberForm, c.Member.Encode)})
	for _, p := range c.Policies {
		b.Heads = append(b.Heads, HeadState{ID: p.Head.ID, Version: p.Version, Data: form(p.Form, p.Head.Encode)})
	}
	return b
}

// form is a head as it is stored, or as it would be.
func form(stored []byte, encode func() []byte) []byte {
	if stored != nil {
		return stored
	}
	return encode()
}

// clock is Now as it is recorded: in UTC, to the millisecond.
func (c *Case) clock() time.Time { return c.Now.UTC().Truncate(time.Millisecond) }

// Case makes the case again that a basis was recorded of. The claim and the scheme must be those of then: the digest of
// the scheme says whether it is.
func (b *Basis) Case(claim *Claim, sch *scheme.Scheme) (*Case, error) {
	c := &Case{
		Claim: claim, Scheme: sch, Now: b.Clock, Received: b.Received, ClaimID: b.ClaimID, ResponseID: b.ResponseID, DuplicateOf: b.DuplicateOf,
		Replaces: b.Replaces, UnknownPrior: b.UnknownPrior,
		Review: b.Review, Others: b.Others,
	}
	for _, h := range b.Heads {
		if strings.HasPrefix(h.ID, ledger.MemberID("")) {
			m, err := ledger.DecodeMember(h.Data)
			if err != nil {
				return nil, fmt.Errorf("head %s: %w", h.ID, err)
			}
			c.Member, c.MemberVersion = m, h.Version
			continue
		}
		p, err := ledger.DecodePolicy(h.Data)
		if err != nil {
			return nil, fmt.Errorf("head %s: %w", h.ID, err)
		}
		c.Policies = append(c.Policies, PolicyHead{Head: p, Version: h.Version})
	}
	return c, nil
}
