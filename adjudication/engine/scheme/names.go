package scheme

import (
	"strings"

	"claimwright/fhir/codec"
)

// Element names.
var (
	nAbstract              = codec.Intern("abstract")
	nActive                = codec.Intern("active")
	nAmount                = codec.Intern("amount")
	nApplicability         = codec.Intern("applicability")
	nApplies               = codec.Intern("applies")
	nAsset                 = codec.Intern("asset")
	nAuthority             = codec.Intern("authority")
	nCode                  = codec.Intern("code")
	nCoding                = codec.Intern("coding")
	nCompose               = codec.Intern("compose")
	nConcept               = codec.Intern("concept")
	nContains              = codec.Intern("contains")
	nContent               = codec.Intern("content")
	nCount                 = codec.Intern("count")
	nCurrency              = codec.Intern("currency")
	nEffectivePeriod       = codec.Intern("effectivePeriod")
	nEffectiveTime         = codec.Intern("effectiveTime")
	nEnd                   = codec.Intern("end")
	nEntityCodeableConcept = codec.Intern("entityCodeableConcept")
	nExclude               = codec.Intern("exclude")
	nExpansion             = codec.Intern("expansion")
	nExtension             = codec.Intern("extension")
	nFactor                = codec.Intern("factor")
	nFilter                = codec.Intern("filter")
	nGroup                 = codec.Intern("group")
	nIdentifier            = codec.Intern("identifier")
	nInclude               = codec.Intern("include")
	nMeasure               = codec.Intern("measure")
	nMeta                  = codec.Intern("meta")
	nName                  = codec.Intern("name")
	nOp                    = codec.Intern("op")
	nOwnedBy               = codec.Intern("ownedBy")
	nPeriod                = codec.Intern("period")
	nPopulation            = codec.Intern("population")
	nPriceComponent        = codec.Intern("priceComponent")
	nProperty              = codec.Intern("property")
	nPropertyGroup         = codec.Intern("propertyGroup")
	nReference             = codec.Intern("reference")
	nReporter              = codec.Intern("reporter")
	nStart                 = codec.Intern("start")
	nStatus                = codec.Intern("status")
	nStratifier            = codec.Intern("stratifier")
	nStratum               = codec.Intern("stratum")
	nSubject               = codec.Intern("subject")
	nSystem                = codec.Intern("system")
	nTerm                  = codec.Intern("term")
	nText                  = codec.Intern("text")
	nTitle                 = codec.Intern("title")
	nType                  = codec.Intern("type")
	nURL                   = codec.Intern("url")
	nUnitPrice             = codec.Intern("unitPrice")
	nValue                 = codec.Intern("value")
	nValueSet              = codec.Intern("valueSet")
	nValuedItem            = codec.Intern("valuedItem")
	nVersion               = codec.Intern("version")
)

// The types of value[x] that the scheme extensions use.
var (
	nValueCanonical   = codec.Intern("valueCanonical")
	nValueBoolean     = codec.Intern("valueBoolean")
	nValueCode        = codec.Intern("valueCode")
	nValueCoding      = codec.Intern("valueCoding")
	nValueDate        = codec.Intern("valueDate")
	nValueDecimal     = codec.Intern("valueDecimal")
	nValueInteger     = codec.Intern("valueInteger")
	nValueMoney       = codec.Intern("valueMoney")
	nValuePositiveInt = codec.Intern("valuePositiveInt")
	nValueString      = codec.Intern("valueString")
	nValueURI         = codec.Intern("valueUri")
	nValueUnsignedInt = codec.Intern("valueUnsignedInt")
)

// codesOf are the codings of a CodeableConcept that have a code; they share no memory with the document.
func codesOf(concept codec.Value) []Code {
	var codes []Code
	for coding := range concept.Get(nCoding).Each() {
		if c := codingOf(coding); c.Value != "" {
			codes = append(codes, c)
		}
	}
	return codes
}

func codingOf(coding codec.Value) Code {
	return Code{strings.Clone(coding.Get(nSystem).Text()), strings.Clone(coding.Get(nCode).Text())}
}

func identifier(v codec.Value) Code {
	return Code{strings.Clone(v.Get(nSystem).Text()), strings.Clone(v.Get(nValue).Text())}
}

func identifiersOf(resource codec.Value) []Code {
	var found []Code
	for v := range resource.Get(nIdentifier).Each() {
		if id := identifier(v); id.Value != "" {
			found = append(found, id)
		}
	}
	return found
}

func hasCode(concepts codec.Value, system, code string) bool {
	for concept := range concepts.Each() {
		for coding := range concept.Get(nCoding).Each() {
			if coding.Get(nCode).Text() == code && coding.Get(nSystem).Text() == system {
				return true
			}
		}
	}
	return false
}

// isContractOf tells whether a Contract has one of our contract types.
func isContractOf(d *codec.Document, code string) bool {
	return hasCode(d.Root().Get(nType), Base+"/CodeSystem/contract-type", code)
}

// IsPriceList tells whether a document is a Contract with prices: negotiated with facilities, or what members are
// reimbursed.
func IsPriceList(d *codec.Document) bool {
	return d.Type() == "Contract" && (isContractOf(d, "price-list") || isTariff(d))
}

func isTariff(d *codec.Document) bool { return isContractOf(d, "reimbursement-tariff") }

// IsPolicy tells whether a document is a Contract of the policy type.
func IsPolicy(d *codec.Document) bool { return d.Type() == "Contract" && isContractOf(d, "policy") }

// ContractHolds tells whether a Contract of this status binds on the days that it applies to. A terminated or resolved
// contract does for the days before it ended.
func ContractHolds(status string) bool {
	switch status {
	case "amended", "appended", "executable", "executed", "policy", "renewed", "resolved", "terminated":
		return true
	}
	return false
}
