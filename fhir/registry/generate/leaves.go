package main

import (
	"fmt"
	"slices"
	"strings"

	"claimwright/fhir/search/expression"
)

// leaf mirrors registry.Leaf.
type leaf struct {
	types   []string
	choice  bool
	binding string
}

// place is an element in a definition, with the choice narrowed to one type where the path says so.
type place struct {
	in       *structure
	at       *element
	narrowed string
}

// leafAt gives the types of a place; an extension has those of its value.
func (d *definitions) leafAt(end place) (leaf, error) {
	l := leaf{types: end.types(), choice: isChoice(end.at) || end.in.Type == "Extension" && end.at.Path == "Extension"}
	if l.choice && end.in.Type == "Extension" {
		value := element{}
		for _, e := range end.in.Snapshot.Element {
			if e.ID == "Extension.value[x]" {
				value = *e
			}
		}
		l.types = place{at: &value}.types()
	}
	if len(l.types) == 0 {
		return leaf{}, fmt.Errorf("%s has no type", end.at.Path)
	}
	if b := end.at.Binding; b != nil && b.Strength == "required" && slices.Equal(l.types, []string{"code"}) {
		l.binding, _, _ = strings.Cut(b.ValueSet, "|")
	}
	return l, nil
}

// walk follows a path through the definitions. Context is where a path without a root starts.
func (d *definitions) walk(p expression.Path, resourceType string, context place) (place, error) {
	here := context
	if p.Root != "" {
		root, ok := d.structures[resourceType]
		if !ok || p.Root != resourceType && p.Root != expression.Resource {
			return here, fmt.Errorf("path starts at %s, not at %s", p.Root, resourceType)
		}
		here = place{in: root, at: root.Snapshot.Element[0]}
	}
	for _, s := range p.Steps {
		next, err := d.child(here, s.Name)
		if err != nil {
			return here, err
		}
		if s.URL != "" {
			profile, ok := d.profiles[s.URL]
			if !ok {
				return here, fmt.Errorf("extension %s is not defined", s.URL)
			}
			next = place{in: profile, at: profile.Snapshot.Element[0]}
		}
		if s.As != "" {
			if !isChoice(next.at) || !slices.Contains(next.types(), s.As) {
				return here, fmt.Errorf("%s cannot be %s", next.at.Path, s.As)
			}
			next.narrowed = s.As
		}
		here = next
	}
	return here, nil
}

// child finds a child element by name, in the same definition or in that of the element's type.
func (d *definitions) child(p place, name string) (place, error) {
	in, prefix := p.in, p.at.Path
	if p.at.ContentReference != "" {
		prefix = strings.TrimPrefix(p.at.ContentReference, "#")
	}
	if types := p.types(); len(types) == 1 && types[0] != "BackboneElement" && types[0] != "Element" {
		if in = d.structures[types[0]]; in == nil {
			return p, fmt.Errorf("type %s is not defined", types[0])
		}
		prefix = types[0]
	}
	for _, path := range []string{prefix + "." + name, prefix + "." + name + "[x]"} {
		if e, ok := in.byPath[path]; ok {
			return place{in: in, at: e}, nil
		}
	}
	return p, fmt.Errorf("%s has no element %s", prefix, name)
}

// types are the names of the types that the place can have, without repetition, in the definition's order. A resource
// itself has none: its elements are in its own definition.
func (p place) types() []string {
	if p.narrowed == "uri" && isChoice(p.at) { // a canonical is a uri (R4 datatypes), so "as uri" keeps it
		return slices.DeleteFunc(place{at: p.at}.types(), func(t string) bool { return t != "uri" && t != "canonical" })
	}
	if p.narrowed != "" {
		return []string{p.narrowed}
	}
	var names []string
	for _, t := range p.at.Type {
		name := t.Code
		if strings.HasPrefix(name, "http://hl7.org/fhirpath/") { // how R4 types ids and urls of elements
			name = "string"
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

func isChoice(e *element) bool { return strings.HasSuffix(e.Path, "[x]") }
