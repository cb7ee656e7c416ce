package server

// claimReview is Claim/[id]/$review, of our own: a reviewer's word on the lines of a claim in, the final decision out.
func claimReview(reviews Reviewer) *operation {
	return &operation{
		resourceType: "Claim",
		name:         "review",
		definition:   "https://claimwright.org/fhir/OperationDefinition/Claim-review",
		levels:       onInstance,
		run:          forInstance(reviews.Review),
	}
}
