package claims_test

import (
	"context"

	"github.com/stretchr/testify/require"

	"claimwright/adjudication/claims"
	"claimwright/adjudication/claims/replay"
	"claimwright/fhir/search"
	"claimwright/store"
)

// all are the current resources of a type.
func (w *world) all(typ string) []*store.Record {
	var records []*store.Record
	var after store.Position
	for {
		page, err := w.store.Search(context.Background(), store.System(), &search.Query{Type: typ, Count: 1000}, after)
		require.NoError(w.t, err)
		records = append(records, page.Records...)
		if after = page.Next; after == "" {
			return records
		}
	}
}

// prove proves the ledger.
func (w *world) prove() {
	w.t.Helper()
	require.Empty(w.t, w.findings())
}

// verify proves the ledger, and that every decision can be made again. The clock of a world stands still, so the scheme must
// not have changed between decisions: nothing tells then which of its states was the one of a decision.
func (w *world) verify() {
	w.t.Helper()
	w.prove()
	again := replay.New(w.store)
	for _, record := range w.all("ClaimResponse") {
		results, err := again.Response(context.Background(), record.ID)
		require.NoError(w.t, err)
		for _, r := range results {
			require.False(w.t, r.Verdict.Fault(), "%+v", r)
		}
	}
}

func (w *world) findings() (found []store.Finding) {
	err := claims.VerifyLedger(context.Background(), w.store, func(f store.Finding) { found = append(found, f) }, nil)
	require.NoError(w.t, err)
	return found
}
