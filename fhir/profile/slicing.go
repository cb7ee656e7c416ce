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
