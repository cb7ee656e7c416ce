// Package outcome says what is wrong with a request, in the words of FHIR's OperationOutcome.
//
// It owns the Issue (one problem: which element, what was found, what was expected), the Error that carries issues
// and the HTTP status they deserve, and their JSON form. It is a leaf: it knows no resource, no store and no HTTP
// framework, so that every other package can return its errors.
//
//	return outcome.New(http.StatusUnprocessableEntity, outcome.BusinessRule, "Claim.status",
//		"an active claim can only become cancelled")
package outcome
