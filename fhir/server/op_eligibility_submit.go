package server

// eligibilitySubmit is CoverageEligibilityRequest/$submit (R4 CoverageEligibilityRequest, "Operations"): a question about
// cover in, the answer out.
func eligibilitySubmit(eligibility Submitter) *operation {
	return &operation{
		resourceType: "CoverageEligibilityRequest",
		name:         "submit",
		definition:   "http://hl7.org/fhir/OperationDefinition/CoverageEligibilityRequest-submit",
		levels:       onType,
		run:          forType(eligibility.Submit),
	}
}
