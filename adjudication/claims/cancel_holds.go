package claims

import (
	"context"
	"fmt"
	"slices"

	"claimwright/adjudication/claims/answer"
	"claimwright/adjudication/claims/heads"
	"claimwright/adjudication/engine"
	"claimwright/adjudication/engine/ledger"
	"claimwright/store"
	"claimwright/store/resources"
)

// settleHolds says what becomes of funds that are set aside when what a claim took is given back:
//
//   - an authorization that is cancelled loses what is still set aside; what was claimed on it belongs to those claims;
//   - what a claim used of an authorization is set aside again, unless that is no longer in effect;
//   - what it left of one as the last claim may be claimed again, but its funds stay free: others may have used them since.
//
// Beneath the member's head stand the holds, beneath all others their shares.
func (r *reversal) settleHolds(ctx context.Context, u *resources.Unit, entries []headEntry) error {
	at := slices.IndexFunc(entries, func(e headEntry) bool { return heads.IsMember(e.head) })
	if at < 0 {
		return nil
	}
	member := &entries[at]
	if len(member.back.Holds) == 0 {
		return nil
	}
	var holds []ledger.Hold
	for i := range member.back.Holds {
		h := &member.back.Holds[i]
		if h.IsReleased() {
			claimableAgain(holds, h)
			continue
		}
		if h.Authorization == r.claim {
			if open := member.tally.Hold(r.claim); open != nil {
				holds = append(holds, open.Neg())
			}
			continue
		}
		inEffect, err := r.inEffect(ctx, u, h.Authorization)
		if err != nil {
			return err
		}
		if inEffect {
			holds = append(holds, *h)
		}
	}
	member.back.Holds = holds
	for i := range entries {
		if i != at {
			entries[i].back.Holds = shares(holds, entries[i].head)
		}
	}
	return nil
}

// claimableAgain adds the lines of what was left of an authorization to what is set aside of it again, which an entry has
// before it.
func claimableAgain(holds []ledger.Hold, left *ledger.Hold) {
	for i := range holds {
		if h := &holds[i]; h.Authorization == left.Authorization {
			*h = h.With(left.Lines)
		}
	}
}

// shares are what holds set aside beneath another head than the member's.
func shares(holds []ledger.Hold, head string) []ledger.Hold {
	var all []ledger.Hold
	for i := range holds {
		if s := holds[i].Share(head); !s.Empty() {
			all = append(all, s)
		}
	}
	return all
}

// inEffect tells whether an authorization may still be claimed on: it was neither cancelled nor released. The commit then
// depends on that being so.
func (r *reversal) inEffect(ctx context.Context, u *resources.Unit, authorization string) (bool, error) {
	key := responseKey(authorization)
	found, err := u.Get(ctx, store.System(), key)
	if err != nil {
		return false, fmt.Errorf("read %s: %w", key, err)
	}
	if found[0] == nil || found[0].Deleted {
		return false, nil
	}
	response, err := parse(found[0])
	if err != nil {
		return false, err
	}
	u.Rely(key, found[0].Version)
	if response.Root().Get(nStatus).Text() != "active" || answer.Reserves(response) {
		return response.Root().Get(nStatus).Text() == "active", nil
	}
	return reservesNothing(ctx, u, authorization)
}

// reservesNothing tells that a preauthorization never set funds aside, because it asked for none: what remains of its lines
// cannot have been released.
func reservesNothing(ctx context.Context, u *resources.Unit, authorization string) (bool, error) {
	key := store.Key{Type: "Claim", ID: authorization}
	found, err := u.Get(ctx, store.System(), key)
	if err != nil {
		return false, fmt.Errorf("read %s: %w", key, err)
	}
	if found[0] == nil || found[0].Deleted {
		return false, nil
	}
	request, err := parse(found[0])
	if err != nil {
		return false, err
	}
	read, _ := engine.ReadClaim(request)
	return read != nil && read.Unreserved, nil
}

// headEntry is a head with the entry that gives back what a claim took from it.
type headEntry struct {
	head  string
	found store.Internal
	tally *ledger.Tally
	back  ledger.Entry
}

// head reads a head and begins an entry beneath it.
func (r *reversal) head(ctx context.Context, u *resources.Unit, head string) (headEntry, error) {
	found, err := u.Internal(ctx, heads.Key(head))
	if err != nil {
		return headEntry{}, fmt.Errorf("read the head %s: %w", head, err)
	}
	tally, err := tallyOf(head, found.Data)
	if err != nil {
		return headEntry{}, fmt.Errorf("head %s: %w", head, err)
	}
	return headEntry{head: head, found: found, tally: tally, back: ledger.Entry{
		Head: head, Seq: tally.Seq + 1, Claim: r.claim, Kind: ledger.Released, At: r.now, Today: r.today,
	}}, nil
}

// entry begins an entry that gives back what was taken.
func (r *reversal) entry(ctx context.Context, u *resources.Unit, head string, taken []ledger.Entry) (headEntry, error) {
	e, err := r.head(ctx, u, head)
	if err == nil {
		e.back = r.of(taken, e.back.Seq)
	}
	return e, err
}

// book stages the head without what was taken, and the entry that says so.
func (e *headEntry) book(u *resources.Unit, r *reversal) error {
	data, err := appliedTo(e.head, e.found.Data, &e.back)
	if err != nil {
		return fmt.Errorf("head %s: %w", e.head, err)
	}
	u.PutInternal(e.found.Key, e.found.Version, data)
	u.PutInternal(heads.EntryKey(ledger.EntryID(e.head, r.claim, r.version)), 0, heads.EncodeRecord(&e.back, e.found.Data))
	return nil
}
