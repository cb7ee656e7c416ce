package search

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
	"claimwright/fhir/registry"
	"claimwright/fhir/search/expression"
)

// addContexts adds the elements whose parts a composite compares; false when it is refused. The parts must be of the same
// kind in all of them, for a search has one form.
func (m *defining) addContexts(p *customParam, contexts []wayEnd) bool {
	for _, context := range contexts {
		components, parts, ok := m.components(p, context.at)
		if !ok {
			return false
		}
		if p.Components != nil && fmt.Sprint(p.Components, p.parts) != fmt.Sprint(components, parts) {
			m.refuse(outcome.NotSupported, "component", "the parts differ between the elements that the expression leads to", m.text, "elements of one kind")
			return false
		}
		p.Components, p.parts = components, parts
		p.contexts = append(p.contexts, context.steps)
	}
	return true
}

// components resolves the parts of a composite in an element of a type.
func (m *defining) components(p *customParam, at codec.Type) ([]registry.Component, [][]wayEnd, bool) {
	var components []registry.Component
	var parts [][]wayEnd
	number := 0
	for v := range m.root.Get(nameComponent).Each() {
		element := "component[" + strconv.Itoa(number) + "]"
		c, ends, ok := m.component(v, element, at)
		if !ok {
			return nil, nil, false
		}
		if number == 0 && c.Type != registry.Token && c.Type != registry.Reference {
			m.refuse(outcome.NotSupported, element+".definition", "the first part of a composite must be a token or a reference", c.Type.String(), "token or reference")
			return nil, nil, false
		}
		components, parts = append(components, c), append(parts, ends)
		if number++; number > 2 {
			break
		}
	}
	if number != 2 {
		m.refuse(outcome.NotSupported, "component", "a composite has two parts here", strconv.Itoa(number), "2")
		return nil, nil, false
	}
	return components, parts, true
}

// component resolves one part. Its definition must be R4's own, so that what it is does not change.
func (m *defining) component(v codec.Value, element string, at codec.Type) (c registry.Component, ends []wayEnd, ok bool) {
	url, _, _ := strings.Cut(v.Get(nameDefinition).Text(), "|")
	definition := standardByURL()[url]
	if definition == nil || definition.Type == registry.Composite || definition.Type == registry.Special || definition.Type == registry.URI {
		m.refuse(outcome.NotSupported, element+".definition", "a part must be defined by a parameter of R4 that is no composite, uri or special one",
			url, "the url of a SearchParameter of R4")
		return c, nil, false
	}
	text := v.Get(nameExpression).Text()
	paths, err := expression.Parse(text)
	if err != nil || len(text) > maxExpression || slices.ContainsFunc(paths, func(p expression.Path) bool {
		return p.Root != "" || p.Truth || len(p.Steps) == 0 || len(p.Steps) > maxSteps
	}) {
		m.refuse(outcome.NotSupported, element+".expression", "a part is a path from the element on, in the part of FHIRPath that searches can use", text, "a path such as code")
		return c, nil, false
	}
	c = registry.Component{Name: definition.Name, Type: definition.Type, Expression: strings.Clone(text), Targets: definition.Targets}
	w := &way{resourceType: at.Path(), kind: c.Type, visited: &m.visited}
	for _, path := range paths {
		more, fault := w.counted(w.from(at, nil, path.Steps))
		if fault != nil {
			m.refuse(fault.code, element+".expression", fault.text, fault.found, fault.expected)
			return c, nil, false
		}
		for _, end := range more {
			c.Leaves = append(c.Leaves, end.leaf)
		}
		ends = append(ends, more...)
	}
	return c, ends, true
}

// addContexts lays the paths of a composite.
func (p *plan) addContexts(param *customParam, y yield) {
	y.convert, y.pair = pairValue, &pair{}
	for i, part := range []*node{&y.pair.first, &y.pair.second} {
		c := &param.Components[i]
		for _, end := range param.parts[i] {
			part.addPath(expression.Path{Steps: end.steps}, c.Type, end.leaf, yield{targets: c.Targets})
		}
	}
	for _, steps := range param.contexts {
		end := p.root.follow(steps)
		end.yields = append(end.yields, y)
	}
}
