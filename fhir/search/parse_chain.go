package search

import (
	"fmt"
	"slices"
	"strings"

	"claimwright/fhir/outcome"
	"claimwright/fhir/registry"
)

// MaxJoins is the greatest number of references that one parameter may follow, by chains and _has together.
const MaxJoins = 8

// chain reads "param.rest" and "param:Type.rest" (R4 §3.1.1.5.3): a criterion for the resource that a reference leads to.
func (p *parser) chain(name, value string) {
	link, rest, _ := strings.Cut(name, ".")
	base, wanted, typed := strings.Cut(link, ":")
	param, known := p.options.Custom.Lookup(p.query.Type, base)
	switch {
	case !known:
		p.unknown("unknown search parameter", base)
		return
	case param.Type != registry.Reference || !Offered(param):
		p.fault(notSupported(fmt.Sprintf("search parameter %s of %s is no reference, so that nothing can follow it", base, p.query.Type),
			name, "a reference parameter before the dot"))
		return
	case rest == "":
		p.fault(invalidName(name, "a search parameter after the dot"))
		return
	case typed && !among(param.Targets, wanted):
		p.fault(invalidName(link, base+": and one of "+oneOf(param.Targets)))
		return
	}
	targets := param.Targets
	if typed {
		targets = []string{wanted}
	} else if targets = p.options.Custom.withParam(targets, rest); len(targets) == 0 {
		p.unknownOf("unknown search parameter", firstOf(rest), oneOf(param.Targets), p.awaitedBy(param.Targets, firstOf(rest)))
		return
	}
	if len(targets) > 1 {
		p.fault(ambiguous(name, base, rest, targets))
		return
	}
	p.join(Condition{Kind: Refers, Param: param.Name}, Join{Name: name, Type: targets[0]}, name, rest, value)
}

// join adds a clause whose one condition is a join, with what its other resources must be.
func (p *parser) join(c Condition, j Join, name, rest, value string) {
	if p.joins++; p.joins > MaxJoins {
		p.fault(tooMuch("a search parameter follows too many references", MaxJoins))
		return
	}
	sub := &parser{options: p.options, query: &Query{Type: j.Type}, conditions: p.conditions, joins: p.joins, within: true}
	sub.read(rest, value)
	p.conditions = sub.conditions
	p.joins--
	p.faults = append(p.faults, p.inJoin(name, sub.faults)...)
	p.warnings = append(p.warnings, p.inJoin(name, sub.warnings)...)
	if j.Where = sub.query.Where; len(j.Where) == 0 {
		return // it was ignored, or is at fault
	}
	c.Join = &j
	p.query.Where = append(p.query.Where, Clause{AnyOf: []Condition{c}})
	p.apply(name, value)
}

// inJoin says of issues in which parameter of the query they are.
func (p *parser) inJoin(name string, issues []outcome.Issue) []outcome.Issue {
	if p.within {
		return issues
	}
	for i := range issues {
		issues[i].Text += fmt.Sprintf(" (in %s)", shown(name))
	}
	return issues
}

// firstOf is the parameter that the rest of a chain begins with.
func firstOf(rest string) string {
	if end := strings.IndexAny(rest, ".:"); end >= 0 {
		return rest[:end]
	}
	return rest
}

// awaitedBy is a hint at the parameter of one of the types that is still being indexed, empty where there is none.
func (p *parser) awaitedBy(types []string, name string) string {
	if slices.ContainsFunc(types, func(t string) bool { return p.options.Custom.awaits(t, name) }) {
		return beingIndexed
	}
	return ""
}

// withParam keeps the types that the rest of a chain can go on from.
func (c *Custom) withParam(types []string, rest string) []string {
	var out []string
	for _, t := range types {
		if c.canFollow(t, rest) {
			out = append(out, t)
		}
	}
	return out
}

func (c *Custom) canFollow(resourceType, rest string) bool {
	if has, reversed := strings.CutPrefix(rest, "_has:"); reversed {
		source, tail, _ := strings.Cut(has, ":")
		by, _, _ := strings.Cut(tail, ":")
		param, known := c.Lookup(source, by)
		return !known || slices.Contains(param.Targets, resourceType)
	}
	_, known := c.Lookup(resourceType, firstOf(rest))
	return known
}

func invalidName(name, expected string) *outcome.Issue {
	return &outcome.Issue{
		Code: outcome.Value, Text: "invalid search parameter " + shown(name), Found: excerpt(name), Expected: expected,
	}
}

// ambiguous refuses a chain that could go on from several types (R4 §3.1.1.5.3: servers should reject it).
func ambiguous(name, base, rest string, targets []string) *outcome.Issue {
	choices := make([]string, 0, len(targets))
	for _, t := range targets[:min(len(targets), 12)] {
		choices = append(choices, excerpt(base+":"+t+"."+rest))
	}
	expected := "one of " + strings.Join(choices, ", ")
	if len(targets) > len(choices) {
		expected += " and so on"
	}
	return &outcome.Issue{
		Code: outcome.Value, Text: "search parameter " + shown(name) + " does not say which type of resource it follows",
		Found: excerpt(name), Expected: expected,
	}
}
