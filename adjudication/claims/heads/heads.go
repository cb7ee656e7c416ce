package heads

import (
	"context"
	"fmt"
	"strings"

	"claimwright/adjudication/engine/ledger"
	"claimwright/store"
	"claimwright/store/resources"
)

// Member is a member's head as it was read.
type Member struct {
	*ledger.Member
	// Stored is the version of the head in the store, 0 when there is none yet.
	Stored int64
	form   form[ledger.Member]
}

// form is a head as it was read.
type form[T any] struct {
	of   *T
	data []byte
}

// as is the stored form of the head, nil if another one has taken its place since.
func (f form[T]) as(head *T) []byte {
	if f.of != head {
		return nil
	}
	return f.data
}

// Form is the head as it is stored, nil if it has changed since it was read.
func (m Member) Form() []byte { return m.form.as(m.Member) }

// Known tells a member from a placeholder that a cover made before its Patient was written, and from nobody at all.
func (m Member) Known() bool { return m.Stored > 0 && m.Version != "" }

// Put stages the head as it is now, on top of the version that was read.
func (m Member) Put(u *resources.Unit) {
	u.PutInternal(Key(ledger.MemberID(m.ID)), m.Stored, m.Encode())
}

// Policy is a policy's head as it was read.
type Policy struct {
	*ledger.Policy
	// Stored is the version of the head in the store, 0 when there is none yet.
	Stored int64
	form   form[ledger.Policy]
}

// Form is the head as it is stored, nil if it has changed since it was read.
func (p Policy) Form() []byte { return p.form.as(p.Policy) }

// Put stages the head as it is now, on top of the version that was read.
func (p Policy) Put(u *resources.Unit) { u.PutInternal(Key(p.ID), p.Stored, p.Encode()) }

// Key names the record of a head by the head's id.
func Key(id string) store.InternalKey { return store.InternalKey{Space: store.SpaceHead, ID: id} }

// IsMember tells the ids of members' heads from those of policies.
func IsMember(id string) bool { return strings.HasPrefix(id, ledger.MemberID("")) }

// ReadMember reads the head of a member by the Patient's id; a member without a head gets an empty one.
func ReadMember(ctx context.Context, u *resources.Unit, patient string) (Member, error) {
	id := ledger.MemberID(patient)
	found, err := u.Internal(ctx, Key(id))
	if err != nil {
		return Member{}, fmt.Errorf("read the head %s: %w", id, err)
	}
	if found.Version == 0 {
		return Member{Member: &ledger.Member{ID: patient}}, nil
	}
	m, err := ledger.DecodeMember(found.Data)
	if err != nil {
		return Member{}, fmt.Errorf("read the head %s: %w", id, err)
	}
	return Member{m, found.Version, form[ledger.Member]{m, found.Data}}, nil
}

// ReadPolicies reads the heads of policies by their ids, in one round trip; one without a head gets an empty one.
func ReadPolicies(ctx context.Context, u *resources.Unit, ids ...string) ([]Policy, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	keys := make([]store.InternalKey, len(ids))
	for i, id := range ids {
		keys[i] = Key(id)
	}
	found, err := u.Internals(ctx, store.System(), keys...)
	if err != nil {
		return nil, fmt.Errorf("read the heads of policies: %w", err)
	}
	policies := make([]Policy, len(ids))
	for i, r := range found {
		if r.Version == 0 {
			policies[i] = Policy{Policy: &ledger.Policy{ID: ids[i]}}
			continue
		}
		p, err := ledger.DecodePolicy(r.Data)
		if err != nil {
			return nil, fmt.Errorf("read the head %s: %w", ids[i], err)
		}
		policies[i] = Policy{p, r.Version, form[ledger.Policy]{p, r.Data}}
	}
	return policies, nil
}
