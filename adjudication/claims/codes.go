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
	nAuthoredOn       = codec.Intern("authoredOn")
	nBusinessStatus   = codec.Intern("businessStatus")
	nClaim            = codec.Intern("claim")
	nRelated          = codec.Intern("related")
	nRelationship     = codec.Intern("relationship")
	nFocus            = codec.Intern("focus")
	nOwner            = codec.Intern("owner")
	nCode             = codec.Intern("code")
	nCoding           = codec.Intern("coding")
	nContract         = codec.Intern("contract")
	nCurrency         = codec.Intern("currency")
	nIdentifier       = codec.Intern("identifier")
	nInsurer          = codec.Intern("insurer")
	nName             = codec.Intern("name")
	nOutcome          = codec.Intern("outcome")
	nParameter        = codec.Intern("parameter")
	nPart             = codec.Intern("part")
	nPatient          = codec.Intern("patient")
	nPayment          = codec.Intern("payment")
	nProvider         = codec.Intern("provider")
	nReference        = codec.Intern("reference")
	nRequest          = codec.Intern("request")
	nStatus           = codec.Intern("status")
	nSystem           = codec.Intern("system")
	nType             = codec.Intern("type")
	nURL              = codec.Intern("url")
	nUse              = codec.Intern("use")
	nValue            = codec.Intern("value")
	nValueBoolean     = codec.Intern("valueBoolean")
	nValueDecimal     = codec.Intern("valueDecimal")
	nValueInteger     = codec.Intern("valueInteger")
	nValueMoney       = codec.Intern("valueMoney")
	nValuePositiveInt = codec.Intern("valuePositiveInt")
	nValueString      = codec.Intern("valueString")
)
