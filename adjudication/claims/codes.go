package claims

import (
	"claimwright/adjudication/claims/answer"
	"claimwright/adjudication/engine/money"
	"claimwright/fhir/codec"
)

// BusinessStates is the CodeSystem of Task.businessStatus of a life-cycle Task.
const BusinessStates = answer.BusinessStates

var zero = money.Decimal{}

// Element names.
var (
	nAuthoredOn     = codec.Intern("authoredOn")
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
	nRequest        = codec.Intern("request")
	nStatus         = codec.Intern("status")
	nSystem         = codec.Intern("system")
	nType           = codec.Intern("type")
	nUse            = codec.Intern("use")
	nValue          = codec.Intern("value")
)
