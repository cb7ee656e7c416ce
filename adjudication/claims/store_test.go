package claims_test

import (
	"context"

	"github.com/stretchr/testify/require"

	"claimwright/adjudication/claims"
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

// verify proves the ledger.
func (w *world) verify() {
	w.t.Helper()
	require.Empty(w.t, w.findings())
}

func (w *world) findings() (found []store.Finding) {
	err := claims.VerifyLedger(context.Background(), w.store, func(f store.Finding) { found = append(found, f) }, nil)
	require.NoError(w.t, err)
	return found
}
