package eligibility_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/adjudication/engine"
	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/ledger"
	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
	"claimwright/fhir/search"
	"claimwright/store"
)

// claimFor is a claim of one line for p-2001-01, of the day of the test.
func claimFor(identifier, service, quantity, price string) string {
	return fmt.Sprintf(`{"resourceType":"Claim","identifier":[{"system":"urn:test","value":%q}],"status":"active",
"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/claim-type","code":"professional"}]},"use":"claim",
"patient":{"reference":"Patient/p-2001-01"},"created":"2026-05-05","insurer":{"reference":"Organization/umoja"},"provider":{"reference":"Organization/ziwani"},
"priority":{"coding":[{"code":"normal"}]},"insurance":[{"sequence":1,"focal":true,"coverage":{"reference":"Coverage/p-2001-01"}}],
"item":[{"sequence":1,"productOrService":{"coding":[{"system":"https://claimwright.org/sandbox/services","code":%q}]},"servicedDate":"2026-05-05",
"quantity":{"value":%s},"unitPrice":{"value":%s,"currency":"KES"}}]}`, identifier, service, quantity, price)
}

func (w *world) submitClaim(body string) *codec.Document {
	w.t.Helper()
	answer, err := w.claims.Submit(context.Background(), everyone, parse(w.t, body))
	require.NoError(w.t, err)
	return answer
}

func (w *world) count(typ string) int64 {
	n, err := w.store.Count(context.Background(), store.System(), &search.Query{Type: typ})
	require.NoError(w.t, err)
	return n
}

// inquiry asks the engine about a member today, by the heads as they are stored.
func (w *world) inquiry(patient string) engine.Inquiry {
	w.t.Helper()
	head := func(id string) []byte {
		found, err := w.store.Internals(context.Background(), store.System(), store.InternalKey{Space: store.SpaceHead, ID: id})
		require.NoError(w.t, err)
		return found[0].Data
	}
	member, err := ledger.DecodeMember(head(ledger.MemberID(patient)))
	require.NoError(w.t, err)
	sch, err := w.schemes.Latest(context.Background())
	require.NoError(w.t, err)
	q := engine.Inquiry{Scheme: sch, Member: member, At: day.In(now, nil)}
	for _, id := range q.Heads() {
		if data := head(id); data != nil {
			policy, err := ledger.DecodePolicy(data)
			require.NoError(w.t, err)
			q.Policies = append(q.Policies, policy)
		}
	}
	return q
}

func requireStatus(t testing.TB, err error, status int) {
	t.Helper()
	var refused *outcome.Error
	require.ErrorAs(t, err, &refused)
	require.Equal(t, status, refused.StatusOr500(), refused.Issues)
}
