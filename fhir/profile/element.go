package profile

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"claimwright/fhir/fhirpath"
	"claimwright/fhir/outcome"
)

// inProfile is a check by one profile.
type inProfile struct {
	*check
	profile *Profile
}

// by names the profile in a message.
func (c *inProfile) by() string { return " (profile " + c.profile.Canonical() + ")" }

// refuse reports an element that the profile does not allow.
func (c *inProfile) refuse(at fhirpath.Value, code, text, found, expected string) {
	c.report(outcome.Issue{Severity: outcome.Failure, Code: code, Expression: at.Path(), Text: text + c.by(),
		Found: shortened(found), Expected: shortened(expected)})
}

// shortened keeps quotations short.
func shortened(s string) string {
	const most = 120
	s = strings.Join(strings.Fields(s), " ")
	if len(s) <= most {
		return s
	}
	for most := most; ; most-- {
		if utf8.RuneStart(s[most]) {
			return s[:most] + "…"
		}
	}
}

// element checks one element against a shape: its own value, then what is below.
func (c *inProfile) element(s *shape, at fhirpath.Value) {
	if c.stopped() {
		return
	}
	c.value(s, at)
	c.typesOf(s, at)
	c.bound(s, at)
	for _, v := range s.invariants {
		c.invariant(v, at)
	}
	below := s
	if s.content != "" && len(s.children) == 0 {
		if of := c.profile.byID[s.content]; of != nil {
			below = of
		}
	}
	for _, child := range below.children {
		c.list(child, at)
	}
}

// value checks fixed and pattern values, lengths and limits.
func (c *inProfile) value(s *shape, at fhirpath.Value) {
	if s.fixed.Exists() && !at.Equal(s.fixed) {
		c.refuse(at, outcome.Value, "The value must be exactly the fixed one.", quote(at), quote(s.fixed))
	}
	if s.pattern.Exists() && !fits(at, s.pattern) {
		c.refuse(at, outcome.Value, "The value lacks what the pattern asks for.", quote(at), "at least "+quote(s.pattern))
	}
	if n := utf8.RuneCountInString(at.Text()); s.maxLength > 0 && n > s.maxLength {
		c.refuse(at, outcome.Value, "The value is too long.", fmt.Sprintf("%d characters", n), fmt.Sprintf("at most %d", s.maxLength))
	}
	if s.minValue.Exists() {
		if order, known := at.Compare(s.minValue); known && order < 0 {
			c.refuse(at, outcome.Value, "The value is too small.", quote(at), "at least "+quote(s.minValue))
		}
	}
	if s.maxValue.Exists() {
		if order, known := at.Compare(s.maxValue); known && order > 0 {
			c.refuse(at, outcome.Value, "The value is too large.", quote(at), "at most "+quote(s.maxValue))
		}
	}
}

// quote is a value for a message.
func quote(v fhirpath.Value) string {
	if v.Primitive() {
		return v.Text()
	}
	return string(v.JSON())
}

// fits says whether a value has all that a pattern has (R4 elementdefinition.html#patterns): the same primitives, and of a
// list an element for each of the pattern's.
func fits(v, pattern fhirpath.Value) bool {
	if pattern.Primitive() && pattern.HasValue() && !v.Equal(pattern) {
		return false
	}
	for _, want := range pattern.Children() {
		found := false
		for _, have := range v.Named(want.Name()) {
			if have.Key() == want.Key() && fits(have, want) {
				found = true
				break
			}
		}
		if !found {
			return false
		}
	}
	return true
}

// list checks all elements of one name below an element: how many there are, each one, and the slices.
func (c *inProfile) list(s *shape, in fhirpath.Value) {
	var elements fhirpath.Collection
	for _, v := range in.Named(s.name) {
		if s.matches(v) {
			elements = append(elements, v)
		}
	}
	if len(elements) == 0 && !s.choice {
		for _, v := range in.Children() { // a choice written with its type: Observation.valueQuantity
			if v.Key() == s.name {
				elements = append(elements, v)
			}
		}
	}
	c.count(s, in, elements)
	for _, v := range elements {
		c.element(s, v)
	}
	if len(s.slices) > 0 {
		c.slices(s, in, elements)
	}
}

// count checks how many elements there are.
func (c *inProfile) count(s *shape, in fhirpath.Value, elements fhirpath.Collection) {
	name := s.name
	if s.slice != "" {
		name += " (slice " + s.slice + ")"
	}
	place := in.Path() + "." + s.name
	if n := len(elements); n < s.min {
		code := outcome.Required
		if s.name == "extension" || s.name == "modifierExtension" {
			code = outcome.Extension
		}
		c.report(outcome.Issue{Severity: outcome.Failure, Code: code, Expression: place, Text: "There are too few elements " + name + "." + c.by(),
			Found: fmt.Sprint(n), Expected: fmt.Sprintf("at least %d", s.min)})
	} else if s.max != unbounded && n > s.max {
		text := "There are too many elements " + name + "."
		if s.max == 0 {
			text = "The element " + name + " may not be used."
		}
		c.report(outcome.Issue{Severity: outcome.Failure, Code: outcome.Structure, Expression: elements[s.max].Path(), Text: text + c.by(),
			Found: fmt.Sprint(n), Expected: fmt.Sprintf("at most %d", s.max)})
	}
}
