package claims

import (
	"context"
	"slices"
	"time"

	"claimwright/adjudication/claims/heads"
	"claimwright/adjudication/engine"
	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/ledger"
	"claimwright/store/resources"
)

// redecision decides a claim again: it lifts from the heads what the claim took, so that it is decided as if it were new,
// and books beneath each head one entry with the difference.
type redecision struct {
	claim string
	// version is that of the response which the new decision writes.
	version int64
	now     time.Time
	// held are the heads of the decision before.
	held  []string
	lifts []lifted
}

// lifted is a head from which the claim was lifted.
type lifted struct {
	id string
	// stored is its version; data is the head as it is, with the claim.
	stored int64
	data   []byte
	// back gives back what the claim took; nil when it took nothing. Its number is that of the entry that will be booked.
	back *ledger.Entry
}

// lift takes what the claim took from the heads of the snapshot, and from those that the decision before had and this one
// does not.
func (r *redecision) lift(ctx context.Context, u *resources.Unit, snap *snapshot) error {
	if !snap.member.Known() {
		return nil // a fault of the decision
	}
	member, err := r.back(ctx, u, ledger.MemberID(snap.member.ID), snap.member.Stored, snap.member.Encode(), snap.member.Seq)
	if err != nil {
		return err
	}
	if member != nil {
		next, err := snap.member.With(member)
		if err != nil {
			return err
		}
		next.Seq--
		snap.member.Member = next
	}
	for i := range snap.policies {
		p := &snap.policies[i]
		policy, err := r.back(ctx, u, p.ID, p.Stored, p.Encode(), p.Seq)
		if err != nil {
			return err
		}
		if policy != nil {
			next, err := p.With(policy)
			if err != nil {
				return err
			}
			next.Seq--
			p.Policy = next
		}
	}
	return r.liftOthers(ctx, u)
}

// liftOthers lifts from the heads that the new decision does not read.
func (r *redecision) liftOthers(ctx context.Context, u *resources.Unit) error {
	var left []string
	for _, id := range r.held {
		if !slices.ContainsFunc(r.lifts, func(l lifted) bool { return l.id == id }) {
			left = append(left, id)
		}
	}
	policies, err := heads.ReadPolicies(ctx, u, left...)
	if err != nil {
		return err
	}
	for _, p := range policies {
		if _, err := r.back(ctx, u, p.ID, p.Stored, p.Encode(), p.Seq); err != nil {
			return err
		}
	}
	return nil
}

// back remembers a head and finds the entry that gives back what the claim took from it.
func (r *redecision) back(ctx context.Context, u *resources.Unit, head string, stored int64, data []byte, seq uint64) (*ledger.Entry, error) {
	l := lifted{id: head, stored: stored, data: data}
	taken, err := entriesOf(ctx, u, head, r.claim, r.version-1)
	if err != nil {
		return nil, err
	}
	if len(taken) > 0 {
		reversal := reversal{claim: r.claim, version: r.version, now: r.now, today: taken[len(taken)-1].Today}
		back := reversal.of(taken, seq+1)
		l.back = &back
	}
	r.lifts = append(r.lifts, l)
	return l.back, nil
}

// book stages every head with the difference, and beneath it the entry that says so and how the decision found the head.
func (r *redecision) book(u *resources.Unit, d *engine.Decision) error {
	for i := range r.lifts {
		l := &r.lifts[i]
		entry := difference(l.back, entryOf(d, l.id))
		found, read := stateOfHead(d, l.id)
		data := l.data
		if entry != nil {
			entry.At, entry.Today = r.now, r.today(d)
			next, err := appliedTo(l.id, l.data, entry)
			if err != nil {
				return err
			}
			data = next
		}
		if !read {
			found = l.data
			if entry == nil {
				continue
			}
		}
		u.PutInternal(heads.Key(l.id), l.stored, data)
		u.PutInternal(heads.EntryKey(ledger.EntryID(l.id, r.claim, r.version)), 0, heads.EncodeRecord(entry, found))
	}
	return nil
}

func (r *redecision) today(d *engine.Decision) day.Date { return day.In(r.now, d.Insurer.Zone) }

// stateOfHead is a head as the decision found it; read is false for one that it did not look at.
func stateOfHead(d *engine.Decision, head string) (data []byte, read bool) {
	for i := range d.Basis.Heads {
		if d.Basis.Heads[i].ID == head {
			return d.Basis.Heads[i].Data, true
		}
	}
	return nil, false
}

// difference is what a new entry has beyond what is given back; nil when nothing changes.
func difference(back, taken *ledger.Entry) *ledger.Entry {
	var sum ledger.Entry
	switch {
	case back == nil && taken == nil:
		return nil
	case back == nil:
		return taken
	case taken == nil:
		sum = *back
	default:
		sum = ledger.Sum(*back, *taken)
		sum.Kind = ledger.Changed
	}
	if sum.Empty() {
		return nil
	}
	return &sum
}
