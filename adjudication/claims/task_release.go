package claims

import (
	"context"
	"fmt"
	"slices"

	"claimwright/adjudication/claims/answer"
	"claimwright/adjudication/claims/heads"
	"claimwright/adjudication/engine"
	"claimwright/adjudication/engine/ledger"
	"claimwright/store/resources"
)

// releasedFunds is the interaction that audit remembers.
const releasedFunds resources.Interaction = "release"

// orderRelease frees what an authorization has set aside and nobody has claimed. Nothing can be claimed on it afterwards,
// nor does a claim that is cancelled set aside again.
func (c *Claims) orderRelease(ctx context.Context, u *resources.Unit, o *ordered) (answer.Order, error) {
	switch {
	case o.claim.Root().Get(nUse).Text() != string(engine.UsePreauthorization):
		return rejectedOrder("Only a preauthorization has reserved funds."), nil
	case statusOfDocument(o.claim) != "active" || o.response == nil:
		return rejectedOrder("The preauthorization is not in effect."), nil
	case !answer.Reserves(o.response):
		return rejectedOrder("No funds are reserved: they were released before, or never granted."), nil
	}
	ids := answer.HeadsOf(o.response)
	if err := u.Require(ids...); err != nil {
		return answer.Order{}, err
	}
	response, err := putMade(ctx, u, responseKey(o.id), answer.Release(o.response), releasedFunds)
	if err != nil {
		return answer.Order{}, err
	}
	open, err := c.releaseHold(ctx, u, o, ids, response.Version)
	if err != nil {
		return answer.Order{}, fmt.Errorf("release the funds of Claim/%s: %w", o.id, err)
	}
	done := answer.Order{Status: "completed", Reason: "The reserved funds were released.", Result: responseKey(o.id).String()}
	if !open {
		done.Reason = "Nothing was left of the reserved funds: they were claimed, or their last day has passed."
	}
	return done, nil
}

// releaseHold stages the heads without what the authorization has set aside; open is false when that is nothing.
func (c *Claims) releaseHold(ctx context.Context, u *resources.Unit, o *ordered, ids []string, version int64) (open bool, err error) {
	at := slices.IndexFunc(ids, heads.IsMember)
	if at < 0 {
		return false, nil
	}
	today, err := c.dayOf(ctx, insurerOf(o.response), u.Now())
	if err != nil {
		return false, err
	}
	r := &reversal{claim: o.id, version: version, now: u.Now(), today: today}
	member, err := r.head(ctx, u, ids[at])
	if err != nil {
		return false, err
	}
	hold := member.tally.Hold(o.id)
	if hold == nil || hold.Until < today {
		return false, nil
	}
	member.back.Holds = []ledger.Hold{hold.Neg()}
	entries := []headEntry{member}
	for i := range hold.Shares {
		e, err := r.head(ctx, u, hold.Shares[i].Head)
		if err != nil {
			return false, err
		}
		e.back.Holds = shares(member.back.Holds, e.head)
		entries = append(entries, e)
	}
	for i := range entries {
		if err := entries[i].book(u, r); err != nil {
			return false, err
		}
	}
	return true, nil
}
