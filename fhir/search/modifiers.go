package search

import (
	"slices"

	"claimwright/fhir/registry"
)

// The modifiers that have entries of their own in the index are, there, part of the name of the parameter.
const (
	textMark   = ":text"
	ofTypeMark = ":of-type"
	belowMark  = ":below"
)

// Modifiers lists the modifiers that a parameter takes. A reference takes its target types as well.
func Modifiers(p *registry.Param) []string {
	if !Offered(p) {
		return nil
	}
	f := fieldOf(p)
	var all []string
	switch p.Type {
	case registry.String:
		all = append(all, "exact", "contains")
	case registry.Token:
		all = append(all, "not")
		if f.hasLabels() {
			all = append(all, "text")
		}
		if f.holds("Identifier") {
			all = append(all, "of-type")
		}
		if f.hasCodes() {
			all = append(all, "in", "not-in", "above", "below")
		}
	case registry.Reference:
		if f.holds("Reference") {
			all = append(all, "identifier")
		}
		switch {
		case f.hasHierarchy():
			all = append(all, "above", "below")
		case f.holds("canonical", "uri"):
			all = append(all, "below")
		}
	case registry.URI:
		all = append(all, "below")
		if f.holds("uri", "url") {
			all = append(all, "above")
		}
	}
	if takesMissing(p) {
		all = append(all, "missing")
	}
	return all
}

// hasLabels tells whether an element of the field can say in words what its code means.
func (f field) hasLabels() bool { return f.holds("Coding", "CodeableConcept", "Identifier") }

// takesMissing tells whether :missing can be asked of a parameter: R4 gives composites no modifiers.
func takesMissing(p *registry.Param) bool {
	return Offered(p) && p.Type != registry.Composite && p.Name != "_filter"
}

// takes tells whether a parameter takes a modifier.
func takes(p *registry.Param, modifier string) bool {
	return modifier == "" || slices.Contains(Modifiers(p), modifier) ||
		p.Type == registry.Reference && registry.IsType(modifier)
}
