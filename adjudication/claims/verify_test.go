package claims_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/adjudication/claims/heads"
	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/ledger"
	"claimwright/adjudication/engine/money"
	"claimwright/store"
)

// TestVerifyFindsWhatIsWrong: whatever is tampered with is found.
func TestVerifyFindsWhatIsWrong(t *testing.T) {
	cases := []struct {
		name   string
		tamper func(w *world, claimID string) store.Commit
	}{
		{"a head that says more", func(w *world, _ string) store.Commit {
			found := w.internal(store.SpaceHead, "policy/p-2001/BASIC")
			p := w.head(found.Key.ID)
			e := ledger.Entry{Head: p.ID, Seq: p.Seq + 1, Today: day.Of(2026, 5, 5), Uses: []ledger.Use{{Limit: "basic-policy-ceiling", Amount: money.Whole(1)}}}
			next, err := p.With(&e)
			require.NoError(w.t, err)
			return store.Commit{Internals: []store.InternalWrite{{Key: found.Key, Version: found.Version + 1, Data: next.Encode()}}}
		}},
		{"a lost entry", func(w *world, claimID string) store.Commit {
			found := w.internal(store.SpaceEntry, ledger.EntryID("policy/p-2001/BASIC", claimID, 1))
			return store.Commit{Internals: []store.InternalWrite{{Key: found.Key, Version: found.Version + 1, Delete: true}}}
		}},
		{"an entry without a head", func(w *world, _ string) store.Commit {
			e := ledger.Entry{Head: "policy/none/X", Seq: 1, Claim: "x", Kind: ledger.Used}
			return store.Commit{Internals: []store.InternalWrite{{Key: heads.EntryKey("policy/none/X/x.000001"), Version: 1, Data: heads.EncodeRecord(&e, nil)}}}
		}},
		{"an entry that is no entry", func(w *world, claimID string) store.Commit {
			found := w.internal(store.SpaceEntry, ledger.EntryID("policy/p-2001/BASIC", claimID, 1))
			return store.Commit{Internals: []store.InternalWrite{{Key: found.Key, Version: found.Version + 1, Data: []byte{1, 200}}}}
		}},
		{"a head that is no head", func(w *world, _ string) store.Commit {
			found := w.internal(store.SpaceHead, "member/p-2001-01")
			return store.Commit{Internals: []store.InternalWrite{{Key: found.Key, Version: found.Version + 1, Data: []byte("no head")}}}
		}},
		{"a claim without its response", func(w *world, claimID string) store.Commit {
			return store.Commit{Resources: []store.Write{{Key: key("ClaimResponse", claimID), Version: 2, Deleted: true}}}
		}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := newMemoryWorld(t)
			id := w.submit(w.parse(claimSpec{identifier: "V-1"}.json())).ID
			w.verify()
			commit := c.tamper(w, id)
			commit.ID = store.NewCommitID()
			require.NoError(t, w.store.Commit(context.Background(), commit))
			require.NotEmpty(t, w.findings())
		})
	}
}
