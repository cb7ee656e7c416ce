package profile

import (
	"strings"

	"claimwright/fhir/fhirpath"
	"claimwright/fhir/outcome"
)

// bound checks a coded element against the value set that the profile binds it to: required must hold, extensible should,
// the others say nothing about right and wrong.
func (c *inProfile) bound(s *shape, at fhirpath.Value) {
	b := s.binding
	if b == nil || b.valueSet == "" || b.strength != "required" && b.strength != "extensible" {
		return
	}
	in, known := c.member(at, b.valueSet)
	if !known || in {
		return
	}
	i := outcome.Issue{Severity: outcome.Failure, Code: outcome.CodeInvalid, Expression: at.Path(), Found: shortened(coded(at)),
		Text: "The code is not in the value set " + b.valueSet + ", which is required here." + c.by()}
	if b.strength == "extensible" {
		i.Severity = outcome.Warning
		i.Text = "The code is not in the value set " + b.valueSet + ", which should be used where it has a code that fits." + c.by()
	}
	c.report(i)
}

// member says whether a coded element has a code of a value set, and whether that can be said: it is what memberOf() asks.
// Of a CodeableConcept one coding is enough. One without any code is in none, unless it says why it has none.
func (c *check) member(at fhirpath.Value, valueSet string) (in, known bool) {
	if c.validator.Terms == nil {
		return false, false
	}
	has := func(system, code string) (bool, bool) {
		return c.validator.Terms.Contains(c.ctx, valueSet, system, code)
	}
	switch at.Type() {
	case "CodeableConcept":
		return c.concept(at, has)
	case "Coding", "Quantity", "Age", "Count", "Distance", "Duration", "Money":
		if at.First("code").Text() == "" || at.First("system").Text() == "" {
			return false, at.Type() == "Coding"
		}
		return has(at.First("system").Text(), at.First("code").Text())
	}
	if !at.HasValue() {
		return false, false
	}
	return has("", at.Text())
}

func (c *check) concept(at fhirpath.Value, has func(system, code string) (bool, bool)) (in, known bool) {
	known = true
	for _, coding := range at.Named("coding") {
		if coding.First("code").Text() == "" || coding.First("system").Text() == "" {
			continue // a code without its system is in no value set
		}
		in, sure := has(coding.First("system").Text(), coding.First("code").Text())
		if in && sure {
			return true, true
		}
		known = known && sure
	}
	if len(at.Named("coding")) == 0 && len(at.Named("extension")) > 0 {
		return false, false
	}
	return false, known
}

// coded is a coded element for a message.
func coded(at fhirpath.Value) string {
	switch at.Type() {
	case "CodeableConcept":
		var parts []string
		for _, coding := range at.Named("coding") {
			parts = append(parts, coded(coding))
		}
		if len(parts) == 0 {
			return "no coding"
		}
		return strings.Join(parts, ", ")
	case "Coding", "Quantity":
		return at.First("system").Text() + "|" + at.First("code").Text()
	}
	return at.Text()
}
