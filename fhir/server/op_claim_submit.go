package server

import (
	"context"
	"net/http"

	"claimwright/adjudication/claims"
	"claimwright/fhir/codec"
	"claimwright/store/resources"
)

// claimSubmit is Claim/$submit (R4 Claim, "Operations"): claims in, decisions out.
func claimSubmit(submit Submitter) *operation {
	within, transacts := submit.(stagingSubmitter)
	return &operation{
		transacts:    transacts,
		resourceType: "Claim",
		name:         "submit",
		definition:   "http://hl7.org/fhir/OperationDefinition/Claim-submit",
		levels:       onType,
		run: func(ctx context.Context, c *call) (answered, error) {
			ctx, err := withIdempotencyKey(ctx, c.header)
			if err != nil {
				return answered{}, err
			}
			if c.unit != nil {
				return answer(within.SubmitIn(ctx, c.unit, c.input))
			}
			return answer(submit.Submit(ctx, c.principal, c.input))
		},
	}
}

// stagingSubmitter is a Submitter that can also submit as part of a transaction's unit of work.
type stagingSubmitter interface {
	SubmitIn(ctx context.Context, u *resources.Unit, input *codec.Document) (*codec.Document, error)
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
