package search

import "claimwright/fhir/registry"

// Offered tells whether a parameter can be searched by. Refusal says why the others cannot.
//
// Two are offered in part: phonetic parameters compare as strings do, without any phonetics, and quantity parameters see
// no SampledData, whose values are packed into a string.
func Offered(p *registry.Param) bool { return Refusal(p) == "" }

// Refusal is why a parameter of R4 is not offered, for the client; empty for those that are.
func Refusal(p *registry.Param) string {
	switch {
	case p.Type != registry.Special || p.Name == "_text" || p.Name == "near" || p.Name == "_filter":
		return ""
	case p.Name == "_content":
		return "not all texts are indexed, because every resource would pay for it; _text finds the words of the narrative"
	case p.Name == "_query":
		return "there are no named queries"
	}
	return "it has no values"
}

// CanSort tells whether _sort can use a parameter: every one that is offered, but for composites, near and _text, whose
// values have no order.
func CanSort(p *registry.Param) bool {
	return Offered(p) && p.Type != registry.Composite && p.Type != registry.Special
}
