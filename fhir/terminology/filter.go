package terminology

import (
	"regexp"
	"strings"

	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
)

// maxPattern bounds a regular expression in bytes.
const maxPattern = 1000

// all are all concepts that are listed.
func (cs *CodeSystem) all() part { return cs.where(func(*concept) bool { return true }) }

// where are the concepts that pass a test.
func (cs *CodeSystem) where(passes func(*concept) bool) part {
	p := listed()
	for i := range cs.concepts {
		if passes(&cs.concepts[i]) {
			p.codes[cs.concepts[i].code] = struct{}{}
		}
	}
	return p
}

// filter is what one ValueSet.compose.include.filter lets pass (R4 value set filter-operator).
func (cs *CodeSystem) filter(f codec.Value) (part, error) {
	property, op, value := f.Get(nProperty).Text(), f.Get(nOp).Text(), f.Get(nValue).Text()
	switch op {
	case "is-a", "descendent-of", "is-not-a", "generalizes":
		return cs.hierarchical(property, op, value)
	case "in", "not-in":
		wanted := map[string]bool{}
		for one := range strings.SplitSeq(value, ",") {
			wanted[strings.TrimSpace(one)] = true
		}
		return cs.where(func(c *concept) bool {
			return c.some(property, func(v string) bool { return wanted[v] }) == (op == "in")
		}), nil
	case "=":
		return cs.where(func(c *concept) bool { return c.some(property, func(v string) bool { return v == value }) }), nil
	case "exists":
		return cs.where(func(c *concept) bool {
			return c.some(property, func(string) bool { return true }) == (value == "true")
		}), nil
	case "regex":
		if len(value) > maxPattern {
			return part{}, faulty(outcome.TooCostly, cs.URL, "a filter of the value set has too long a pattern")
		}
		pattern, err := regexp.Compile("^(?:" + value + ")$")
		if err != nil {
			return part{}, faulty(outcome.Invalid, cs.URL, "a filter of the value set has a pattern that cannot be read")
		}
		return cs.where(func(c *concept) bool { return c.some(property, pattern.MatchString) }), nil
	}
	return part{}, faulty(outcome.NotSupported, cs.URL, "a filter of the value set has an operator that is not known")
}

// hierarchical filters by where a concept stands. The property is "concept" or "code" by R4's examples; the operators have
// no other meaning.
func (cs *CodeSystem) hierarchical(property, op, value string) (part, error) {
	if property != "concept" && property != "code" {
		return part{}, faulty(outcome.NotSupported, cs.URL, "a filter of the value set asks for the hierarchy of another property than concept")
	}
	if !cs.Has(value) {
		return part{}, faulty(outcome.Invalid, cs.URL, "a filter of the value set names a concept that the code system has not")
	}
	if !cs.Subsumes {
		return part{}, faulty(outcome.NotSupported, cs.URL, "a filter of the value set asks for a hierarchy of meaning, which the code system has not")
	}
	switch op {
	case "generalizes":
		return listed(cs.Above(value)...), nil
	case "is-a":
		return listed(cs.Below(value)...), nil
	case "descendent-of":
		return listed(cs.Below(value)[1:]...), nil
	}
	return cs.all().but(listed(cs.Below(value)...)), nil
}

// some tells whether any of the values that a concept has under a property passes.
func (c *concept) some(property string, passes func(string) bool) bool {
	switch property {
	case "code", "concept":
		return passes(c.code)
	case "display":
		display := c.value.Get(nDisplay)
		return display.Exists() && passes(display.Text())
	}
	for v := range c.value.Get(nProperty).Each() {
		if v.Get(nCode).Text() == property && passes(propertyValue(v)) {
			return true
		}
	}
	return false
}
