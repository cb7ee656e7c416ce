package eligibility

import "claimwright/fhir/codec"

// Element names.
var (
	nBeneficiary      = codec.Intern("beneficiary")
	nCategory         = codec.Intern("category")
	nCode             = codec.Intern("code")
	nCoding           = codec.Intern("coding")
	nCoverage         = codec.Intern("coverage")
	nEnd              = codec.Intern("end")
	nInsurance        = codec.Intern("insurance")
	nInsurer          = codec.Intern("insurer")
	nItem             = codec.Intern("item")
	nModifier         = codec.Intern("modifier")
	nName             = codec.Intern("name")
	nParameter        = codec.Intern("parameter")
	nPatient          = codec.Intern("patient")
	nProductOrService = codec.Intern("productOrService")
	nProvider         = codec.Intern("provider")
	nPurpose          = codec.Intern("purpose")
	nReference        = codec.Intern("reference")
	nRequest          = codec.Intern("request")
	nServicedDate     = codec.Intern("servicedDate")
	nServicedPeriod   = codec.Intern("servicedPeriod")
	nStart            = codec.Intern("start")
	nStatus           = codec.Intern("status")
	nSystem           = codec.Intern("system")
	nValueDate        = codec.Intern("valueDate")
	nValueReference   = codec.Intern("valueReference")
	nValueString      = codec.Intern("valueString")
)
