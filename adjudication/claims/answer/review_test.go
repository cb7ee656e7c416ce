package answer

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"claimwright/adjudication/engine"
	"claimwright/adjudication/engine/money"
)

// reviewOfEverything has a line of every kind.
func reviewOfEverything() *engine.ReviewResult {
	return &engine.ReviewResult{Text: "Seen with the file.", Lines: []engine.LineReview{
		{Sequence: 1, Quantity: money.New(0, 1), HasQuantity: true, Unit: money.New(1250, 2), HasUnit: true},
		{Sequence: 2, Rejected: true, Justification: "not \"indicated\""},
		{Sequence: 3, Detail: 1, SubDetail: 4},
	}}
}

func TestAReviewIsReadBackAsItWasWritten(t *testing.T) {
	claim := parsed(t, []byte(`{"resourceType":"Claim","status":"active","type":{"text":"x"},"use":"claim","patient":{"reference":"Patient/m"},"created":"2026-05-10",
		"provider":{"reference":"Organization/f"},"insurer":{"reference":"Organization/i"},"priority":{"text":"normal"},"insurance":[{"sequence":1,"focal":true,"coverage":{"reference":"Coverage/k"}}]}`))
	for name, review := range map[string]*engine.ReviewResult{
		"none": nil, "of no line": {}, "of every kind": reviewOfEverything(),
	} {
		t.Run(name, func(t *testing.T) {
			d := fullDecision()
			d.Basis.Review = review
			response := parsed(t, Response(ResponseInput{ID: "r", Claim: claim, ClaimID: "c", Decision: d, Created: time.Unix(0, 0)}))
			got, err := ReviewOf(response)
			require.NoError(t, err)
			require.Equal(t, review, got)
		})
	}
}
