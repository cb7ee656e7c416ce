package server

import (
	"context"
	"net/http"

	"claimwright/adjudication/claims"
)

// claimSubmit is Claim/$submit (R4 Claim, "Operations"): claims in, decisions out.
func claimSubmit(submit Submitter) *operation {
	return &operation{
		resourceType: "Claim",
		name:         "submit",
		definition:   "http://hl7.org/fhir/OperationDefinition/Claim-submit",
		levels:       onType,
		run: func(ctx context.Context, c *call) (answered, error) {
			ctx, err := withIdempotencyKey(ctx, c.header)
			if err != nil {
				return answered{}, err
			}
			return answer(submit.Submit(ctx, c.principal, c.input))
		},
	}
}

// headerIdempotencyKey makes a claim without an identifier known again when it is sent again.
const headerIdempotencyKey = "X-Idempotency-Key"

func withIdempotencyKey(ctx context.Context, header http.Header) (context.Context, error) {
	given := header[headerIdempotencyKey]
	if len(given) == 0 {
		return ctx, nil
	}
	if len(given) > 1 || !plainID(given[0]) {
		return ctx, badHeader(headerIdempotencyKey, given[0], "one key of at most 128 letters, digits and -_.:/+=")
	}
	return claims.WithIdempotencyKey(ctx, given[0]), nil
}
