package claims

import (
	"claimwright/adjudication/engine/scheme"
	"claimwright/fhir/codec"
)

// Our own definitions that claims are answered with; they are published under conformance/.
const (
	// BusinessStates is the CodeSystem of Task.businessStatus of a life-cycle Task.
	BusinessStates = scheme.Base + "/CodeSystem/business-state"
	// TraceExtension explains one line (ClaimResponse.item.extension).
	TraceExtension = scheme.Base + "/StructureDefinition/line-trace"
	// BasisExtension records what a decision was made from (ClaimResponse.extension).
	BasisExtension = scheme.Base + "/StructureDefinition/decision-basis"
)

// The business states that are not decisions of the engine.
const (
	stateEntered   = "entered"
	stateCancelled = "cancelled"
)

// Element names.
var (
	nBusinessStatus = codec.Intern("businessStatus")
	nCode           = codec.Intern("code")
	nCoding         = codec.Intern("coding")
	nContract       = codec.Intern("contract")
	nCoverage       = codec.Intern("coverage")
	nFocal          = codec.Intern("focal")
	nID             = codec.Intern("id")
	nIdentifier     = codec.Intern("identifier")
	nInsurance      = codec.Intern("insurance")
	nInsurer        = codec.Intern("insurer")
	nOutcome        = codec.Intern("outcome")
	nPatient        = codec.Intern("patient")
	nProvider       = codec.Intern("provider")
	nReference      = codec.Intern("reference")
	nStatus         = codec.Intern("status")
	nSystem         = codec.Intern("system")
	nType           = codec.Intern("type")
	nUse            = codec.Intern("use")
	nValue          = codec.Intern("value")
)
