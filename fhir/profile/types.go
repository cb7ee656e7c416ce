package profile

import (
	"net/url"
	"slices"
	"strings"

	"claimwright/fhir/codec"
	"claimwright/fhir/fhirpath"
	"claimwright/fhir/outcome"
)

// typesOf checks that an element has one of the types that the profile leaves, that it follows one of the profiles for its type,
// and that a reference points to what it may point to.
func (c *inProfile) typesOf(s *shape, at fhirpath.Value) {
	if len(s.types) == 0 || at.Parent() == (fhirpath.Value{}) || at.Type() == "" {
		return
	}
	rules := s.rulesFor(at)
	if len(rules) == 0 {
		if s.choice || at.IsResource() {
			c.refuse(at, outcome.Structure, "The element may not have this type.", at.Type(), strings.Join(s.codes(), " or "))
		}
		return
	}
	var profiles, targets []string
	for _, r := range rules {
		if len(r.profiles) == 0 {
			profiles = nil
			break
		}
		profiles = append(profiles, r.profiles...)
	}
	for _, r := range rules {
		targets = append(targets, r.targets...)
	}
	c.oneOf(at, profiles)
	if at.Type() == "Reference" && len(targets) > 0 {
		c.target(at, targets)
	}
}

// rulesFor are the rules for the type that an element has.
func (s *shape) rulesFor(at fhirpath.Value) []typeRule {
	var rules []typeRule
	for _, r := range s.types {
		if is(at, r.code) {
			rules = append(rules, r)
		}
	}
	return rules
}

func (s *shape) codes() []string {
	var codes []string
	for _, r := range s.types {
		codes = append(codes, r.code)
	}
	return codes
}

// quantityProfiles are the profiles that R4 lists among its types.
var quantityProfiles = map[string]bool{"SimpleQuantity": true, "MoneyQuantity": true}

// oneOf checks that an element follows one of some profiles. One alone is checked with all it says; of several, one must do.
func (c *inProfile) oneOf(at fhirpath.Value, canonicals []string) {
	var known []*Profile
	for _, canonical := range canonicals {
		if name := coreType(canonical); name != "" && knownType(name) {
			if is(at, name) || quantityProfiles[name] && is(at, "Quantity") {
				return
			}
			continue
		}
		p := c.check.profile(canonical, at)
		if p == nil {
			if at.Type() != "Extension" || at.First("url").Text() == canonical {
				c.warn(at, outcome.NotFound, "The profile "+canonical+" is not loaded here, so that the element was not checked against it."+c.by())
			}
			return
		}
		known = append(known, p)
	}
	switch {
	case len(known) == 1:
		c.follow(known[0], at)
	case len(known) > 1 && !slices.ContainsFunc(known, func(p *Profile) bool { return c.follows(p, at) }):
		c.refuse(at, outcome.Structure, "The element follows none of the profiles that it may follow.", "", strings.Join(canonicals, " or "))
	case len(known) == 0 && len(canonicals) > 0:
		c.refuse(at, outcome.Structure, "The element may not have this type.", at.Type(), strings.Join(canonicals, " or "))
	}
}

// target checks what a reference points to: by what it resolves to within the resource, else by the type that it names.
func (c *inProfile) target(at fhirpath.Value, targets []string) {
	resource := at.Resolve()
	kind := resource.Type()
	if kind == "" {
		kind = referredType(at)
	}
	if kind == "" {
		return // an identifier, a urn: nothing can be said
	}
	var fitting []string
	for _, t := range targets {
		name := coreType(t)
		if name == "" || !knownType(name) {
			p := c.check.profile(t, at)
			if p == nil {
				return // unknown: it may be right
			}
			name = p.Type
		}
		if name == "Resource" || name == kind {
			fitting = append(fitting, t)
		}
	}
	if len(fitting) == 0 {
		c.refuse(at, outcome.Structure, "The reference may not point to this type.", kind, strings.Join(targets, " or "))
		return
	}
	if resource.Exists() {
		c.oneOf(resource, fitting)
	}
}

// referredType is the type of resource that a reference names, empty where it names none.
func referredType(at fhirpath.Value) string {
	if name := at.First("type").Text(); codec.ResourceType(name).Known() {
		return name
	}
	text, _, _ := strings.Cut(at.First("reference").Text(), "/_history/")
	if u, err := url.Parse(text); err == nil {
		text = u.Path
	}
	parts := strings.Split(text, "/")
	if len(parts) < 2 || !codec.ResourceType(parts[len(parts)-2]).Known() {
		return ""
	}
	return parts[len(parts)-2]
}
