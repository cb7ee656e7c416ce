package server

// claimSubmit is Claim/$submit (R4 Claim, "Operations"): claims in, decisions out.
func claimSubmit(claims Submitter) *operation {
	return &operation{
		resourceType: "Claim",
		name:         "submit",
		definition:   "http://hl7.org/fhir/OperationDefinition/Claim-submit",
		run:          claims.Submit,
	}
}
