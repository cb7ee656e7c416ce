package engine

// FaultSystem is the CodeSystem of faults (ClaimResponse.error.code).
const FaultSystem = "https://claimwright.org/fhir/CodeSystem/adjudication-fault"

// FaultCode is why a claim could not be decided at all.
type FaultCode string

// The faults.
const (
	UnknownMember    FaultCode = "member-unknown"
	UnknownInsurer   FaultCode = "insurer-unknown"
	UnknownProvider  FaultCode = "provider-unknown"
	WrongCurrency    FaultCode = "currency-mismatch"
	WrongTotal       FaultCode = "total-mismatch"
	AmountOutOfRange FaultCode = "amount-out-of-range"
	// InternalFault means that the engine's own checks of a decision failed; nothing is paid and nothing consumed.
	InternalFault FaultCode = "internal"
)

var faultDisplays = map[FaultCode]string{
	UnknownMember:    "The patient is not a known member",
	UnknownInsurer:   "The insurer is not known",
	UnknownProvider:  "The provider is not a known facility",
	WrongCurrency:    "The amount is not in the insurer's currency",
	WrongTotal:       "The total is not the sum of the lines",
	AmountOutOfRange: "The amount is too large to be computed",
	InternalFault:    "The decision failed its own checks",
}

// Display is the code's display text.
func (f FaultCode) Display() string { return faultDisplays[f] }
