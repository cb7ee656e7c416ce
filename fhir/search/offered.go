package search

import (
	"slices"

	"claimwright/fhir/registry"
)

// Offered tells whether a parameter can be searched by. Not offered are
//
//   - what R4 calls special: near, _text, _content, _filter and _query;
//   - composites of three parts (MolecularSequence's variant and window coordinates), because a store compares one
//     interval at a time.
//
// Two are offered in part: phonetic parameters compare as strings do, without any phonetics, and quantity parameters see
// no SampledData.
func Offered(p *registry.Param) bool {
	return p.Type != registry.Special && (p.Type != registry.Composite || len(p.Components) == 2)
}

// CanSort tells whether _sort can use a parameter: _id, _lastUpdated, and a type's own parameters of dates, numbers,
// quantities, strings and uris. The others would cost index entries in every resource, for orders that nobody reads.
func CanSort(p *registry.Param) bool {
	if p.Name[0] == '_' {
		return p.Name == "_id" || p.Name == "_lastUpdated"
	}
	switch p.Type {
	case registry.Date, registry.Number, registry.Quantity, registry.String, registry.URI:
		return true
	}
	return false
}

// Modifiers lists the modifiers that a parameter takes. A reference takes its target types as well.
func Modifiers(p *registry.Param) []string {
	if !Offered(p) {
		return nil
	}
	var all []string
	switch p.Type {
	case registry.String:
		all = []string{"exact", "contains"}
	case registry.Token:
		all = []string{"not"}
	case registry.Reference:
		all = []string{"identifier"}
	}
	if takesMissing(p) {
		all = append(all, "missing")
	}
	return all
}

// takesMissing tells whether :missing can be asked of a parameter: R4 gives composites no modifiers.
func takesMissing(p *registry.Param) bool { return Offered(p) && p.Type != registry.Composite }

// takes tells whether a parameter takes a modifier.
func takes(p *registry.Param, modifier string) bool {
	return modifier == "" || slices.Contains(Modifiers(p), modifier) ||
		p.Type == registry.Reference && registry.IsType(modifier)
}
