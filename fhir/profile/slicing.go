package profile

import (
	"slices"
	"strings"

	"claimwright/fhir/fhirpath"
	"claimwright/fhir/outcome"
)

// defaultSlice is what all elements that no other slice takes belong to.
const defaultSlice = "@default"

// slices files the elements of a list into the slices of a shape and checks each slice.
func (c *inProfile) slices(s *shape, in fhirpath.Value, elements fhirpath.Collection) {
	sl := s.slicingOf()
	if sl == nil || len(sl.discriminators) == 0 {
		if s.choice || len(elements) > 0 {
			c.warn(in, outcome.NotSupported, "The slices of "+s.place+" were not checked: the profile does not say how to tell them apart."+c.by())
		}
		return
	}
	filed := make([]fhirpath.Collection, len(s.slices))
	last, left := -1, false
	for _, v := range elements {
		i := c.sliceOf(s, sl, v)
		if c.stopped() { // the rest is not known
			return
		}
		switch {
		case i < 0 && sl.rules == "closed":
			c.refuse(v, outcome.Structure, "The element belongs to none of the slices, and no others are allowed.", "", "one of "+sliceNames(s))
		case i < 0:
			left = true
		case left && sl.rules == "openAtEnd":
			c.refuse(v, outcome.Structure, "Elements that belong to no slice must stand behind all that do.", "", "")
		case sl.ordered && i < last:
			c.refuse(v, outcome.Structure, "The slices are in the wrong order.", "", sliceNames(s))
		}
		if i >= 0 {
			filed[i], last = append(filed[i], v), max(last, i)
		}
	}
	for i, slice := range s.slices {
		c.count(slice, in, filed[i])
		for _, v := range filed[i] {
			c.element(slice, v)
		}
		if len(slice.slices) > 0 {
			if slice.slicing == nil {
				slice = &shape{name: slice.name, choice: slice.choice, place: slice.place, slicing: sl, slices: slice.slices, types: slice.types}
			}
			c.slices(slice, in, filed[i])
		}
	}
}

func sliceNames(s *shape) string {
	var names []string
	for _, slice := range s.slices {
		names = append(names, slice.slice)
	}
	return strings.Join(names, ", ")
}

// sliceOf is the number of the slice that an element belongs to, -1 for none.
func (c *inProfile) sliceOf(s *shape, sl *slicing, v fhirpath.Value) int {
	fallback := -1
	for i, slice := range s.slices {
		if slice.slice == defaultSlice {
			fallback = i
			continue
		}
		if c.stopped() {
			return -1
		}
		if c.belongs(slice, sl, v) {
			return i
		}
	}
	return fallback
}

// belongs says whether an element has all the marks of a slice.
func (c *inProfile) belongs(slice *shape, sl *slicing, v fhirpath.Value) bool {
	for i := range sl.discriminators {
		if !c.marked(&sl.discriminators[i], slice, v) {
			return false
		}
	}
	return true
}

// marked says whether an element has the mark of a slice that one discriminator asks for. A slice that says nothing there
// cannot be told apart by it, and takes nothing.
func (c *inProfile) marked(d *discriminator, slice *shape, v fhirpath.Value) bool {
	shapes := c.shapesAt(slice, d.path, maxSteps)
	switch d.kind {
	case "value", "pattern":
		if v.Type() == "Extension" && d.path == "url" && slice.extensionURL() != "" {
			return v.First("url").Text() == slice.extensionURL()
		}
		return c.valued(shapes, c.marks(d, v))
	case "exists":
		there := len(c.marks(d, v)) > 0
		for _, s := range shapes {
			if s.max == 0 {
				return !there
			}
			if s.min > 0 {
				return there
			}
		}
		return there
	case "type":
		return c.typedAs(shapes, d, v)
	case "profile":
		return c.profiledAs(shapes, d, v)
	}
	return false
}

// extensionURL is the url that a slice of extensions stands for: that of its profile, or the fixed one of its url.
func (s *shape) extensionURL() string {
	if u := s.child("url"); u != nil && u.fixed.Exists() {
		return u.fixed.Text()
	}
	for _, t := range s.types {
		if t.code == "Extension" && len(t.profiles) == 1 {
			url, _, _ := strings.Cut(t.profiles[0], "|")
			return url
		}
	}
	return ""
}

// marks are the values that a discriminator finds in an element.
func (c *inProfile) marks(d *discriminator, v fhirpath.Value) fhirpath.Collection {
	if d.path == "$this" {
		return fhirpath.Collection{v}
	}
	if d.expression == nil {
		return nil
	}
	found, err := d.expression.Evaluate(c.ctx, fhirpath.Within(v))
	if err != nil {
		return nil
	}
	return found
}

// valued says whether a value is what a slice fixes there: by a fixed value, a pattern or a required value set.
func (c *inProfile) valued(shapes []*shape, values fhirpath.Collection) bool {
	asked := false
	for _, s := range shapes {
		switch {
		case s.fixed.Exists():
			asked = true
			if !anyOf(values, func(v fhirpath.Value) bool { return v.Equal(s.fixed) }) {
				return false
			}
		case s.pattern.Exists():
			asked = true
			if !anyOf(values, func(v fhirpath.Value) bool { return fits(v, s.pattern) }) {
				return false
			}
		case s.binding != nil && s.binding.strength == "required":
			asked = true
			if !anyOf(values, func(v fhirpath.Value) bool {
				in, known := c.member(v, s.binding.valueSet)
				return in && known
			}) {
				return false
			}
		case len(s.children) > 0: // the value is spelled out below: coding.code and coding.system, each fixed
			asked = true
			if !anyOf(values, func(v fhirpath.Value) bool { return c.spelled(s, v) }) {
				return false
			}
		}
	}
	return asked
}

// spelled says whether all that the shapes below fix is so.
func (c *inProfile) spelled(s *shape, v fhirpath.Value) bool {
	for _, child := range s.children {
		if !child.fixing() {
			continue
		}
		below := v.Named(child.name)
		if child.fixed.Exists() || child.pattern.Exists() || fixesAny(child.children) {
			if !c.valued([]*shape{child}, below) {
				return false
			}
		}
		for _, slice := range child.slices {
			if slice.min > 0 && slice.fixing() && !anyOf(below, func(v fhirpath.Value) bool { return c.spelled(slice, v) }) {
				return false
			}
		}
	}
	return true
}

func fixesAny(list []*shape) bool {
	return slices.ContainsFunc(list, func(s *shape) bool { return s.fixing() })
}

// fixing says whether a shape or one below fixes a value.
func (s *shape) fixing() bool {
	if s.fixed.Exists() || s.pattern.Exists() {
		return true
	}
	return fixesAny(s.children) || fixesAny(s.slices)
}

func anyOf(values fhirpath.Collection, f func(fhirpath.Value) bool) bool {
	for _, v := range values {
		if f(v) {
			return true
		}
	}
	return false
}

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
