package search

import (
	"claimwright/fhir/codec"
	"claimwright/fhir/registry"
)

// converter adds the values of one element for a parameter.
type converter func(x *extraction, y *yield, v codec.Value)

// The elements that converters look at.
var (
	nameURL          = codec.Intern("url")
	nameReference    = codec.Intern("reference")
	nameType         = codec.Intern("type")
	nameIdentifier   = codec.Intern("identifier")
	nameResourceType = codec.Intern("resourceType")
	nameID           = codec.Intern("id")
	nameSystem       = codec.Intern("system")
	nameCode         = codec.Intern("code")
	nameCoding       = codec.Intern("coding")
	nameValue        = codec.Intern("value")
	nameCurrency     = codec.Intern("currency")
	nameUnit         = codec.Intern("unit")
	nameComparator   = codec.Intern("comparator")
	nameLow          = codec.Intern("low")
	nameHigh         = codec.Intern("high")
	nameStart        = codec.Intern("start")
	nameEnd          = codec.Intern("end")
	nameEvent        = codec.Intern("event")
	nameRepeat       = codec.Intern("repeat")
	nameBoundsPeriod = codec.Intern("boundsPeriod")
	nameText         = codec.Intern("text")
	nameFamily       = codec.Intern("family")
	nameGiven        = codec.Intern("given")
	namePrefix       = codec.Intern("prefix")
	nameSuffix       = codec.Intern("suffix")
	nameLine         = codec.Intern("line")
	nameCity         = codec.Intern("city")
	nameDistrict     = codec.Intern("district")
	nameState        = codec.Intern("state")
	namePostalCode   = codec.Intern("postalCode")
	nameCountry      = codec.Intern("country")
	nameDisplay      = codec.Intern("display")
	nameDiv          = codec.Intern("div")
	namePosition     = codec.Intern("position")
	nameLatitude     = codec.Intern("latitude")
	nameLongitude    = codec.Intern("longitude")
)

// converterOf finds the converter of an element type for a type of parameter. It is nil where R4 gives the element no
// meaning for the parameter, though the parameter's expression reaches it:
//
//   - dates: Age and Range (Procedure.performed), string (Procedure.performed,
//     CarePlan.activity.detail.scheduled, the occurrence of a vaccination);
//   - quantities: SampledData (Observation.value), a series whose values are packed into a string;
//   - references: Attachment (Consent.source);
//   - tokens in the composite of Group.characteristic: Quantity, Range and Reference, which its parameter "value" leaves out.
func converterOf(kind registry.ParamType, elementType string) converter {
	switch kind {
	case registry.Token:
		return tokenConverter(elementType)
	case registry.Reference:
		return referenceConverter(elementType)
	case registry.String:
		return stringConverter(elementType)
	case registry.URI:
		return uriConverter(elementType)
	case registry.Date:
		return dateConverter(elementType)
	case registry.Number, registry.Quantity:
		return numberConverter(elementType)
	}
	return nil
}

func tokenConverter(elementType string) converter {
	switch elementType {
	case "code", "string", "id", "uri", "boolean":
		return codeValue
	case "Coding":
		return codingValue
	case "CodeableConcept":
		return conceptValue
	case "Identifier":
		return identifierValue
	case "ContactPoint":
		return contactValue
	}
	return nil
}

func referenceConverter(elementType string) converter {
	switch elementType {
	case "Reference":
		return referenceValue
	case "canonical", "uri":
		return canonicalValue
	case "Resource":
		return resourceValue
	}
	return nil
}

func stringConverter(elementType string) converter {
	switch elementType {
	case "string", "markdown":
		return textValue
	case "HumanName":
		return nameValueOf
	case "Address":
		return addressValue
	}
	return nil
}

func uriConverter(elementType string) converter {
	switch elementType {
	case "uri", "url":
		return uriValue
	case "canonical":
		return canonicalValue
	}
	return nil
}

func dateConverter(elementType string) converter {
	switch elementType {
	case "date", "dateTime", "instant":
		return momentValue
	case "Period":
		return periodValue
	case "Timing":
		return timingValue
	}
	return nil
}

func numberConverter(elementType string) converter {
	switch elementType {
	case "integer", "decimal", "positiveInt", "unsignedInt":
		return numberValue
	case "Quantity", "Age", "Duration":
		return quantityValue
	case "Money":
		return moneyValue
	case "Range":
		return rangeValue
	}
	return nil
}
