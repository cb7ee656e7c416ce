package profile

import (
	"strings"

	"claimwright/fhir/fhirpath"
	"claimwright/fhir/outcome"
	"claimwright/fhir/registry"
)

// base checks what R4 itself says of every element beyond what the codec has checked, its invariants, and what needs no profile
// of the whole resource: extensions against their definitions, resources against their meta.profile.
func (c *check) base(at fhirpath.Value, place string) {
	if c.stopped() {
		return
	}
	c.ofType(at)
	if place != "" {
		for _, r := range registry.Constraints(place) {
			c.invariant(baseInvariant(r), at)
		}
	}
	switch {
	case at.IsResource():
		c.claimed(at)
	case at.Type() == "Extension":
		c.extension(at)
	}
	owner := at.Defined().Path()
	for _, child := range at.Children() {
		c.base(child, placeOf(owner, child))
	}
}

// claimed checks a resource against the profiles that it claims to follow.
func (c *check) claimed(at fhirpath.Value) {
	for _, claimed := range at.First("meta").Named("profile") {
		canonical := claimed.Text()
		if name := coreType(canonical); name != "" && knownType(name) {
			if !is(at, name) {
				c.fail(claimed, outcome.Structure, "The resource is no "+name+".")
			}
			continue
		}
		if p := c.profile(canonical, claimed); p != nil {
			c.follow(p, at)
		} else if _, looked := c.found[canonical]; looked || c.validator.Profiles == nil {
			c.warn(claimed, outcome.NotFound, "The profile is not loaded here, so that the resource was not checked against it.")
		}
	}
}

// placeOf is the path by which definitions name an element.
func placeOf(owner string, child fhirpath.Value) string {
	if owner == "" {
		return ""
	}
	if own := child.Defined().Path(); strings.Contains(own, ".") { // defined in place: there, wherever it is used again
		return own
	}
	place := owner + "." + child.Name()
	if child.Key() != child.Name() {
		place += "[x]"
	}
	return place
}

// ofType checks the invariants of an element's type and of those that it specialises.
func (c *check) ofType(at fhirpath.Value) {
	if !at.HasValue() && !at.IsResource() && lonely(at) {
		c.fail(at, outcome.Invariant, "ele-1: All FHIR elements must have a @value or children")
	}
	contained := at.IsResource() && at.Key() == "contained"
	for name := at.Type(); name != ""; name = fhirpath.Parent(name) {
		for _, r := range registry.Constraints(name) {
			// A contained resource should have no narrative of its own (R4 references.html#contained).
			if !contained || r.Key != "dom-6" {
				c.invariant(baseInvariant(r), at)
			}
		}
	}
}

// lonely says whether an element has nothing but an id.
func lonely(at fhirpath.Value) bool {
	for _, child := range at.Children() {
		if child.Name() != "id" {
			return false
		}
	}
	return true
}

// extension checks an extension against its definition, and whether it may stand where it does.
func (c *check) extension(at fhirpath.Value) {
	url := at.First("url").Text()
	if !strings.Contains(url, ":") {
		return // a part of another extension, which says what it is
	}
	p := c.profile(url, at)
	switch {
	case p == nil && at.Name() == "modifierExtension":
		c.warn(at, outcome.Extension, "The extension may change the meaning of what it stands in, and its definition is not loaded here.")
	case p == nil:
	case !p.allowedIn(at):
		c.fail(at, outcome.Extension, "The extension "+p.URL+" may not be used here: its definition has other contexts.")
	default:
		c.follow(p, at)
	}
}

// allowedIn says whether an extension may stand in the element that holds it. A context in FHIRPath is taken as kept.
func (p *Profile) allowedIn(at fhirpath.Value) bool {
	if len(p.context) == 0 {
		return true
	}
	holder := at.Parent()
	for _, c := range p.context {
		switch c.kind {
		case "element":
			// "Element" stands for everything, resources included (R4 defining-extensions.html#context).
			if c.expression == "Element" || is(holder, c.expression) || definedAs(holder, c.expression) {
				return true
			}
		case "extension":
			if holder.Type() == "Extension" && holder.First("url").Text() == c.expression {
				return true
			}
		default:
			return true
		}
	}
	return false
}

// definedAs says whether an element is the one at a path of definitions, such as "Claim.item" or "Observation.value[x]": by
// the path it has, by that of its definition where it is used again below itself, or as an element of what its owner specialises.
func definedAs(v fhirpath.Value, path string) bool {
	path = strings.ReplaceAll(path, "[x]", "")
	owner := v.Parent()
	if v.Defined().Path() == path || owner.Defined().Path()+"."+v.Name() == path {
		return true
	}
	for t := owner.Type(); t != ""; t = fhirpath.Parent(t) {
		if t+"."+v.Name() == path {
			return true
		}
	}
	literal := v.Name()
	for ; owner.Exists(); owner = owner.Parent() {
		if owner.IsResource() {
			return owner.Type()+"."+literal == path
		}
		literal = owner.Name() + "." + literal
	}
	return false
}
