package search

import "slices"

// The parameters that say in which resources a search looks, and which have a place in some forms of it only.

// types refuses _type where the path has named the type already.
func (p *parser) types(name, _ string) {
	p.fault(notSupported("search parameter _type belongs to a search across types; this one has its type in the path", name,
		"the base, or a compartment with *, in the path"))
}

// contained accepts what is so anyway: contained resources are not found by themselves (R4 search, "contained").
func (p *parser) contained(name, value string) {
	if !p.isOnce(name, value) {
		return
	}
	switch value {
	case "false":
		p.apply(name, value)
	case "true", "both":
		p.fault(notSupported("contained resources have no entries of their own in the index, so that they cannot be found by themselves", value,
			"_contained=false, or a chain, which finds resources by what they contain"))
	default:
		p.fault(invalidValue(name, value, "false"))
	}
}

// containedType accepts either value: there are no contained resources to return.
func (p *parser) containedType(name, value string) {
	if !p.isOnce(name, value) {
		return
	}
	if !slices.Contains([]string{"container", "contained"}, value) {
		p.fault(invalidValue(name, value, "container or contained"))
		return
	}
	p.apply(name, value)
}
