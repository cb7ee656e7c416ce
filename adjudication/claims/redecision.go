package claims

import (
	"context"
	"fmt"
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
	today   day.Date
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
	ids := append(snap.locks(), r.held...)
	slices.Sort(ids)
	var entries []headEntry
	back := &reversal{claim: r.claim, version: r.version, now: r.now, today: r.today}
	for _, id := range slices.Compact(ids) {
		found, err := u.Internal(ctx, heads.Key(id))
		if err != nil {
			return fmt.Errorf("read the head %s: %w", id, err)
		}
		r.lifts = append(r.lifts, lifted{id: id, stored: found.Version, data: found.Data})
		taken, err := entriesOf(ctx, u, id, r.claim, r.version-1)
		if err != nil {
			return err
		}
		if len(taken) == 0 {
			continue
		}
		e, err := back.entry(ctx, u, id, taken)
		if err != nil {
			return err
		}
		entries = append(entries, e)
	}
	if err := back.settleHolds(ctx, u, entries); err != nil {
		return err
	}
	for i := range entries {
		at := slices.IndexFunc(r.lifts, func(l lifted) bool { return l.id == entries[i].head })
		r.lifts[at].back = &entries[i].back
		if err := snap.without(entries[i].head, &entries[i].back); err != nil {
			return fmt.Errorf("lift Claim/%s from %s: %w", r.claim, entries[i].head, err)
		}
	}
	return nil
}

// without takes an entry back from a head of the snapshot, which keeps its number: the entry is not booked on its own.
func (snap *snapshot) without(head string, back *ledger.Entry) error {
	if head == ledger.MemberID(snap.member.ID) {
		next, err := snap.member.With(back)
		if err != nil {
			return err
		}
		next.Seq--
		snap.member.Member = next
		return nil
	}
	for i := range snap.policies {
		p := &snap.policies[i]
		if p.ID != head {
			continue
		}
		next, err := p.With(back)
		if err != nil {
			return err
		}
		next.Seq--
		p.Policy = next
	}
	return nil
}

// book stages every head with the difference, and beneath it the entry that says so and how the decision found the head.
func (r *redecision) book(u *resources.Unit, d *engine.Decision) error {
	for i := range r.lifts {
		l := &r.lifts[i]
		entry := difference(l.back, entryOf(d, l.id))
		found, read := stateOfHead(d, l.id)
		data := l.data
		if l.stored == 0 {
			data = found
		}
		if entry != nil {
			entry.At, entry.Today = r.now, r.today
			var err error
			if data, err = r.applied(l, entry); err != nil {
				return err
			}
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

// applied is the head after the entry; one that was not there before begins empty.
func (r *redecision) applied(l *lifted, e *ledger.Entry) ([]byte, error) {
	if l.stored > 0 {
		return appliedTo(l.id, l.data, e)
	}
	return appliedTo(l.id, (&ledger.Policy{ID: l.id}).Encode(), e)
}

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
