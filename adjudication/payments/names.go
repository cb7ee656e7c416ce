package payments

import "claimwright/fhir/codec"

// Element names.
var (
	nAmount            = codec.Intern("amount")
	nCode              = codec.Intern("code")
	nCoding            = codec.Intern("coding")
	nCurrency          = codec.Intern("currency")
	nDetail            = codec.Intern("detail")
	nIdentifier        = codec.Intern("identifier")
	nInsurer           = codec.Intern("insurer")
	nPayee             = codec.Intern("payee")
	nPaymentAmount     = codec.Intern("paymentAmount")
	nPaymentDate       = codec.Intern("paymentDate")
	nPaymentIdentifier = codec.Intern("paymentIdentifier")
	nProvider          = codec.Intern("provider")
	nReference         = codec.Intern("reference")
	nRequest           = codec.Intern("request")
	nResponse          = codec.Intern("response")
	nStatus            = codec.Intern("status")
	nType              = codec.Intern("type")
	nValue             = codec.Intern("value")
)
