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
	nIdentifier     = codec.Intern("identifier")
	nInsurer        = codec.Intern("insurer")
	nOutcome        = codec.Intern("outcome")
	nPatient        = codec.Intern("patient")
	nProvider       = codec.Intern("provider")
	nReference      = codec.Intern("reference")
	nRequest        = codec.Intern("request")
	nStatus         = codec.Intern("status")
	nSystem         = codec.Intern("system")
	nType           = codec.Intern("type")
	nURL            = codec.Intern("url")
	nUse            = codec.Intern("use")
	nValue          = codec.Intern("value")
)
