package fhirpath

import (
	"strings"
	"sync"

	"github.com/gofhir/fhirpath/types"

	"claimwright/fhir/codec"
)

// parents are the types that R4's types specialise, where that is not Element, BackboneElement or DomainResource.
var parents = map[string]string{
	"code": "string", "id": "string", "markdown": "string",
	"url": "uri", "canonical": "uri", "oid": "uri", "uuid": "uri",
	"positiveInt": "integer", "unsignedInt": "integer",
	"Age": "Quantity", "Count": "Quantity", "Distance": "Quantity", "Duration": "Quantity",
	"SimpleQuantity": "Quantity", "MoneyQuantity": "Quantity",
	"Timing": "BackboneElement", "Dosage": "BackboneElement", "ElementDefinition": "BackboneElement",
	"Bundle": "Resource", "Binary": "Resource", "Parameters": "Resource", "DomainResource": "Resource",
	"BackboneElement": "Element",
}

// systemTypes are FHIRPath's own types for R4's primitives.
var systemTypes = map[string]string{
	"boolean": "Boolean", "integer": "Integer", "decimal": "Decimal", "string": "String", "uri": "String",
	"base64Binary": "String", "date": "Date", "dateTime": "DateTime", "instant": "DateTime", "time": "Time", "xhtml": "String",
}

// isType says whether a type of R4 is another or specialises it.
func isType(name, of string) bool {
	for steps := 0; name != "" && steps < 8; steps++ {
		if name == of {
			return true
		}
		name = parentOf(name)
	}
	return false
}

func parentOf(name string) string {
	if p, ok := parents[name]; ok {
		return p
	}
	switch {
	case name == "Element" || name == "Resource":
		return ""
	case codec.ResourceType(name).Known():
		return "DomainResource"
	}
	return "Element"
}

// is says whether the item has a type: one of R4's, which FHIR. may precede, or one of FHIRPath's own. Invariants write the
// one for the other ("answer is Boolean"), so R4's primitives count as FHIRPath's own types too.
func (it item) is(name string) bool {
	name, system := strings.CutPrefix(name, "System.")
	name, fhir := strings.CutPrefix(name, "FHIR.")
	own := Value(it).Type()
	if it.node == nil {
		return !fhir && (own == name || !system && systemName(name) == own)
	}
	if !system && isType(own, name) {
		return true
	}
	return !fhir && it.node.kind != complexKind && systemName(own) == name
}

// systemName is FHIRPath's own type for a primitive of R4, empty for other types.
func systemName(name string) string {
	for steps := 0; name != "" && steps < 8; steps++ {
		if s, ok := systemTypes[name]; ok {
			return s
		}
		name = parents[name]
	}
	return ""
}

// typeOperator performs is and as. As on several items keeps those of the type, which R4's own invariants rely on.
func typeOperator(operator, name string, list []item) ([]item, error) {
	if operator == "as" {
		return ofType(list, name), nil
	}
	if len(list) == 0 {
		return nil, nil
	}
	if len(list) > 1 {
		return nil, ErrNotSingle
	}
	return one(types.NewBoolean(list[0].is(name))), nil
}

func ofType(list []item, name string) []item {
	var kept []item
	for _, it := range list {
		if it.is(name) {
			kept = append(kept, it)
		}
	}
	return kept
}

// Parent is the type of R4 that a type specialises: "Quantity" of "Age", "DomainResource" of "Claim"; empty for "Element",
// "Resource" and what is no type.
func Parent(name string) string { return parentOf(name) }

// DataType says whether R4 has a data type of a name, a primitive one or a complex one.
func DataType(name string) bool { return dataTypes()[name] }

// dataTypes are those of any extension's value, which may have every data type, and those that are parts of others alone.
var dataTypes = sync.OnceValue(func() map[string]bool {
	table := map[string]bool{"Extension": true, "Narrative": true, "ElementDefinition": true, "SimpleQuantity": true, "MoneyQuantity": true,
		"xhtml": true, "MarketingStatus": true, "Population": true, "ProdCharacteristic": true, "ProductShelfLife": true, "SubstanceAmount": true}
	for _, key := range extensionType().Choices("value") {
		table[extensionType().Element([]byte(key)).Type().Name()] = true
	}
	return table
})
