package profile

import (
	"strings"

	"claimwright/fhir/fhirpath"
)

// typedAs says whether what a discriminator finds has a type that the slice leaves.
func (c *inProfile) typedAs(shapes []*shape, d *discriminator, v fhirpath.Value) bool {
	var kinds []string
	for _, m := range c.marks(d, v) {
		kinds = append(kinds, m.Type())
	}
	target := strings.HasSuffix(d.path, "resolve()")
	if target && len(kinds) == 0 { // outside of the resource: the reference names its type
		for _, m := range c.marks(referring(d.path), v) {
			kinds = append(kinds, referredType(m))
		}
	}
	for _, s := range shapes {
		for _, t := range s.types {
			codes := []string{t.code}
			if target && t.code == "Reference" {
				codes = codes[:0]
				for _, url := range t.targets {
					codes = append(codes, c.typeOfTarget(url, v))
				}
			}
			for _, kind := range kinds {
				for _, code := range codes {
					if kind != "" && (kind == code || fhirpath.Parent(kind) == code || code == "Resource") {
						return true
					}
				}
			}
		}
	}
	return false
}

// referring is the discriminator without the resolve() at its end.
func referring(path string) *discriminator {
	path = strings.TrimSuffix(strings.TrimSuffix(path, "resolve()"), ".")
	if path == "" {
		path = "$this"
	}
	d := newDiscriminator("type", path)
	return &d
}

// typeOfTarget is the type that a target profile is for, empty where it is not known.
func (c *inProfile) typeOfTarget(canonical string, at fhirpath.Value) string {
	if name := coreType(canonical); name != "" && knownType(name) {
		return name
	}
	if p := c.check.profile(canonical, at); p != nil {
		return p.Type
	}
	return ""
}

// profiledAs says whether what a discriminator finds follows a profile of the slice.
func (c *inProfile) profiledAs(shapes []*shape, d *discriminator, v fhirpath.Value) bool {
	marks := c.marks(d, v)
	for _, s := range shapes {
		for _, t := range s.types {
			list := t.profiles
			if strings.HasSuffix(d.path, "resolve()") && t.code == "Reference" {
				list = t.targets
			}
			for _, canonical := range list {
				for _, m := range marks {
					if yes, known := c.conforms(m, canonical); yes && known {
						return true
					}
				}
			}
		}
	}
	return false
}

// shapesAt are the shapes at a discriminator's path below a slice: the element's, and those of its slices, which together say
// what the slice's elements have there. Where the profile stops, the profile of the element's type goes on.
func (c *inProfile) shapesAt(s *shape, path string, depth int) []*shape {
	step, rest := nextStep(path)
	if depth == 0 || path == "" || step == "$this" || step == "resolve()" && rest == "" {
		return []*shape{s}
	}
	var below []*shape
	switch {
	case step == "resolve()":
		below = c.rootsOf(s, func(t typeRule) []string { return t.targets })
	case strings.HasPrefix(step, "extension("):
		url := strings.Trim(strings.TrimSuffix(strings.TrimPrefix(step, "extension("), ")"), `'"`)
		if list := s.child("extension"); list != nil {
			for _, slice := range list.slices {
				if slice.extensionURL() == url {
					below = append(below, slice)
				}
			}
		}
	case strings.HasPrefix(step, "ofType(") || strings.HasPrefix(step, "as("):
		below = []*shape{s}
	default:
		for _, owner := range append([]*shape{s}, c.rootsOf(s, func(t typeRule) []string { return t.profiles })...) {
			if child := owner.child(step); child != nil {
				below = append(append(below, child), child.slices...)
			}
		}
	}
	var found []*shape
	for _, b := range below {
		found = append(found, c.shapesAt(b, rest, depth-1)...)
	}
	return found
}

// rootsOf are the roots of the profiles that the types of a shape name.
func (c *inProfile) rootsOf(s *shape, which func(typeRule) []string) []*shape {
	var roots []*shape
	for _, t := range s.types {
		for _, canonical := range which(t) {
			if name := coreType(canonical); name != "" && knownType(name) {
				continue
			}
			if p := c.check.profile(canonical, fhirpath.Value{}); p != nil {
				roots = append(roots, p.root)
			}
		}
	}
	return roots
}

// nextStep cuts the first step off a path; points within brackets do not count.
func nextStep(path string) (step, rest string) {
	depth := 0
	for i := range len(path) {
		switch path[i] {
		case '(':
			depth++
		case ')':
			depth--
		case '.':
			if depth == 0 {
				return path[:i], path[i+1:]
			}
		}
	}
	return path, ""
}
