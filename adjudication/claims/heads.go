package claims

import (
	"context"
	"fmt"
	"strings"

	"claimwright/adjudication/engine/ledger"
	"claimwright/store"
	"claimwright/store/resources"
)

// memberHead is a member's head as it was read; version 0 when there is none yet.
type memberHead struct {
	*ledger.Member
	version int64
}

// known tells a member from a placeholder that a cover made before its Patient was written.
func (m memberHead) known() bool { return m.version > 0 && m.Version != "" }

// policyHead is a policy's head as it was read; version 0 when there is none yet.
type policyHead struct {
	*ledger.Policy
	version int64
}

// isMemberHead tells the heads of members from those of policies.
func isMemberHead(id string) bool { return strings.HasPrefix(id, ledger.MemberID("")) }

func headKey(id string) store.InternalKey { return store.InternalKey{Space: store.SpaceHead, ID: id} }

func entryKey(id string) store.InternalKey {
	return store.InternalKey{Space: store.SpaceEntry, ID: id}
}

// readMember reads the head of a member by the Patient's id; a member without a head gets an empty one.
func readMember(ctx context.Context, u *resources.Unit, patient string) (memberHead, error) {
	id := ledger.MemberID(patient)
	found, err := u.Internal(ctx, headKey(id))
	if err != nil {
		return memberHead{}, fmt.Errorf("read the head %s: %w", id, err)
	}
	return decodeMember(patient, found)
}

func decodeMember(patient string, r store.Internal) (memberHead, error) {
	if r.Version == 0 {
		return memberHead{Member: &ledger.Member{ID: patient}}, nil
	}
	m, err := ledger.DecodeMember(r.Data)
	if err != nil {
		return memberHead{}, fmt.Errorf("read the head %s: %w", r.Key.ID, err)
	}
	return memberHead{m, r.Version}, nil
}

// readPolicies reads the heads of policies by their ids, in one round trip; one without a head gets an empty one.
func readPolicies(ctx context.Context, u *resources.Unit, ids ...string) ([]policyHead, error) {
	keys := make([]store.InternalKey, len(ids))
	for i, id := range ids {
		keys[i] = headKey(id)
	}
	found, err := u.Internals(ctx, store.System(), keys...)
	if err != nil {
		return nil, fmt.Errorf("read the heads of policies: %w", err)
	}
	heads := make([]policyHead, len(ids))
	for i, r := range found {
		if r.Version == 0 {
			heads[i] = policyHead{Policy: &ledger.Policy{ID: ids[i]}}
			continue
		}
		p, err := ledger.DecodePolicy(r.Data)
		if err != nil {
			return nil, fmt.Errorf("read the head %s: %w", ids[i], err)
		}
		heads[i] = policyHead{p, r.Version}
	}
	return heads, nil
}

// put stages the head as it is now on top of the version read.
func (m memberHead) put(u *resources.Unit) {
	u.PutInternal(headKey(ledger.MemberID(m.ID)), m.version, m.Encode())
}

func (p policyHead) put(u *resources.Unit) {
	u.PutInternal(headKey(p.ID), p.version, p.Encode())
}
