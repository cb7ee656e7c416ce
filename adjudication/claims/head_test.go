package claims_test

import (
	"context"

	"github.com/stretchr/testify/require"

	"claimwright/adjudication/engine/ledger"
	"claimwright/store"
)

func (w *world) internal(space store.Space, id string) store.Internal {
	found, err := w.store.Internals(context.Background(), store.System(), store.InternalKey{Space: space, ID: id})
	require.NoError(w.t, err)
	return found[0]
}

// head is a policy's head; the empty one when there is none.
func (w *world) head(id string) *ledger.Policy {
	found := w.internal(store.SpaceHead, id)
	if found.Version == 0 {
		return &ledger.Policy{}
	}
	p, err := ledger.DecodePolicy(found.Data)
	require.NoError(w.t, err)
	return p
}

func (w *world) member(id string) *ledger.Member {
	found := w.internal(store.SpaceHead, "member/"+id)
	require.NotZero(w.t, found.Version)
	m, err := ledger.DecodeMember(found.Data)
	require.NoError(w.t, err)
	return m
}
