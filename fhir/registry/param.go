package registry

import "strings"

// ParamType is the type of a search parameter (R4 search, "search parameter types").
type ParamType uint8

// The parameter types. Special covers what has rules of its own: near, _text, _content, _filter and _query.
const (
	Number ParamType = iota + 1
	Date
	String
	Token
	Reference
	Composite
	Quantity
	URI
	Special
)

var paramTypeCodes = [...]string{
	Number: "number", Date: "date", String: "string", Token: "token", Reference: "reference", Composite: "composite",
	Quantity: "quantity", URI: "uri", Special: "special",
}

// String is the type's code in R4 (value set search-param-type); empty for the zero value.
func (t ParamType) String() string {
	if int(t) < len(paramTypeCodes) {
		return paramTypeCodes[t]
	}
	return ""
}

// Param is a search parameter as one resource type has it.
type Param struct {
	// Name is what a query calls it ("care-team"), URL the canonical url of its SearchParameter.
	Name, URL string
	Type      ParamType
	// Expression is this resource type's part of the FHIRPath expression, in the subset that package expression reads;
	// empty for parameters that no element stands behind, such as _text.
	Expression string
	// Leaves has one entry for each alternative of Expression, in order.
	Leaves []Leaf
	// Targets are the resource types that a reference may point to, sorted; nil for other types of parameter and for
	// references that are canonical urls of no stated type.
	Targets []string
	// Components are the parts of a composite; their expressions start at the elements that Expression gives.
	Components []Component
	// Experimental parameters come with R4's extension packs, not with the resource itself.
	Experimental bool
}

// Leaf describes the elements that an expression ends at.
type Leaf struct {
	// Types are the FHIR types that such an element can have, one unless it is a choice.
	Types []string
	// Choice tells that the element's JSON name is its name followed by its type ("effectiveDateTime").
	Choice bool
	// Binding is the url of the value set that a code is bound to with strength required, so that ValueSet knows it; it is
	// empty for other types, other strengths and value sets that cannot be listed.
	Binding string
}

// Component is one part of a composite parameter, with its definition resolved.
type Component struct {
	// Name is the parameter that defines the part.
	Name       string
	Type       ParamType
	Expression string
	Leaves     []Leaf
	Targets    []string
}

// Params gives the search parameters of a resource type, sorted by name, with those of every resource ("_id", "_tag" …)
// among them; nil for what is not a resource type.
func Params(resourceType string) []*Param {
	lo, hi := 0, len(typeParams)
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		switch c := strings.Compare(typeParams[mid].name, resourceType); {
		case c == 0:
			return typeParams[mid].params
		case c < 0:
			lo = mid + 1
		default:
			hi = mid
		}
	}
	return nil
}

// Lookup finds a search parameter by its name.
func Lookup(resourceType, name string) (*Param, bool) {
	params := Params(resourceType)
	lo, hi := 0, len(params)
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		switch c := strings.Compare(params[mid].Name, name); {
		case c == 0:
			return params[mid], true
		case c < 0:
			lo = mid + 1
		default:
			hi = mid
		}
	}
	return nil, false
}

// paramsOfType is an entry of the table of Params.
type paramsOfType struct {
	name   string
	params []*Param
}

// Omission is a SearchParameter of the official package that is not in the tables.
type Omission struct {
	URL, Name, Reason string
}

// Omitted lists the SearchParameters of the package that were left out, and why.
func Omitted() []Omission { return omitted }
