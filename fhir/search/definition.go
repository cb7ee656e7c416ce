package search

import (
	"fmt"
	"slices"
	"strings"

	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
	"claimwright/fhir/registry"
	"claimwright/fhir/search/expression"
)

// The bounds of a definition.
const (
	maxCode       = 64   // bytes of its code
	maxExpression = 4096 // bytes of its expression
)

// Definition is what a SearchParameter resource defines beside R4's own parameters, checked against R4's elements. It is
// immutable.
type Definition struct {
	URL, Code string
	params    []definedParam
	// digest is everything that shapes values and searches.
	digest string
}

// definedParam is a parameter and the resource type that has it.
type definedParam struct {
	*customParam
	on string
}

// Same tells whether another definition makes the same values and the same searches.
func (d *Definition) Same(o *Definition) bool { return d.digest == o.digest }

// The elements of a SearchParameter.
var (
	nameStatus      = codec.Intern("status")
	nameBase        = codec.Intern("base")
	nameExpression  = codec.Intern("expression")
	nameXPathUsage  = codec.Intern("xpathUsage")
	nameDerivedFrom = codec.Intern("derivedFrom")
	nameTarget      = codec.Intern("target")
	nameComponent   = codec.Intern("component")
	nameDefinition  = codec.Intern("definition")
)

// Define reads a SearchParameter (R4 searchparameter.html). It is nil without issues for one that adds nothing: it is not
// active, it is one of R4's own, or it says of a parameter that R4 has what R4 says of it. The issues, each with its element,
// say why an active one cannot be honoured.
func Define(d *codec.Document) (*Definition, []outcome.Issue) {
	root := d.Root()
	url := root.Get(nameURL).Text()
	if d.Type() != "SearchParameter" || root.Get(nameStatus).Text() != "active" || isStandardURL(url) {
		return nil, nil
	}
	m := &defining{
		root: root, code: root.Get(nameCode).Text(), text: root.Get(nameExpression).Text(),
		definition: &Definition{URL: strings.Clone(url)},
	}
	m.definition.Code = strings.Clone(m.code)
	m.read()
	if len(m.issues) > 0 || len(m.definition.params) == 0 {
		return nil, m.issues
	}
	m.digest()
	return m.definition, nil
}

// defining is the reading of one SearchParameter.
type defining struct {
	root       codec.Value
	code, text string
	kind       registry.ParamType
	definition *Definition
	// bases are the types as they are listed, paths the alternatives of the expression.
	bases  []string
	paths  []expression.Path
	issues []outcome.Issue
	// visited counts the elements looked at.
	visited int
}

func (m *defining) refuse(code, element, text, found, expected string) {
	m.issues = append(m.issues, *definitionIssue(code, element, text, found, expected))
}

// definitionIssue is about an element of a SearchParameter.
func definitionIssue(code, element, text, found, expected string) *outcome.Issue {
	at := "SearchParameter"
	if element != "" {
		at += "." + element
	}
	return &outcome.Issue{Severity: outcome.Failure, Code: code, Expression: at, Text: text, Found: excerpt(found), Expected: expected}
}

func (m *defining) read() {
	types := m.types()
	own := m.withoutStandard(types)
	if len(own) == 0 || len(m.issues) > 0 {
		return
	}
	m.checkCode()
	m.checkKind()
	m.checkExpression()
	if len(m.issues) > 0 {
		return
	}
	for _, t := range own {
		m.define(t)
		if len(m.issues) > 0 {
			return
		}
	}
	if len(m.definition.params) == 0 {
		m.refuse(outcome.Value, "expression", "no part of the expression is about a type of base", m.text, "a path that starts with one of "+oneOf(m.bases))
	}
}

// types are the resource types that the definition is for.
func (m *defining) types() []string {
	var types []string
	for base := range m.root.Get(nameBase).Each() {
		name := base.Text()
		m.bases = append(m.bases, name)
		switch {
		case registry.IsType(name):
			types = append(types, name)
		case name == "Resource" || name == "DomainResource":
			for _, t := range registry.Types() {
				if derives(t, name) {
					types = append(types, t)
				}
			}
		default:
			m.refuse(outcome.Value, "base", "the base is no resource type", name, "an R4 resource type, Resource or DomainResource"+nearest(name, registry.Types()))
		}
	}
	slices.Sort(types)
	return slices.Compact(types)
}

// derives tells whether a resource type is a Resource or a DomainResource.
func derives(resourceType, from string) bool {
	return from == "Resource" || from == "DomainResource" && codec.ResourceType(resourceType).Element([]byte("contained")).Exists()
}

// checkCode holds the code to what can stand in a query: a dot would follow a reference, a colon begin a modifier.
func (m *defining) checkCode() {
	ok := len(m.code) <= maxCode && m.code != "" && isLetter(m.code[0]) && m.code[0] != '_'
	for i := 0; ok && i < len(m.code); i++ {
		c := m.code[i]
		ok = isLetter(c) || isDigit(c) || c == '-'
	}
	if !ok {
		m.refuse(outcome.Value, "code", "the code cannot name a search parameter", m.code,
			fmt.Sprintf("at most %d letters, digits, hyphens and low lines, the first a letter", maxCode))
	}
}

// checkKind finds the type of the parameter.
func (m *defining) checkKind() {
	const possible = "number, date, string, token, reference, quantity, uri or composite"
	text := m.root.Get(nameType).Text()
	for kind := registry.Number; kind < registry.Special; kind++ {
		if kind.String() == text {
			m.kind = kind
		}
	}
	if m.kind == 0 {
		m.refuse(outcome.NotSupported, "type", "search parameters of this type are only those of R4", text, possible)
	}
	if usage := m.root.Get(nameXPathUsage).Text(); usage != "" && usage != "normal" {
		m.refuse(outcome.NotSupported, "xpathUsage", "this way of comparing is not supported", usage, "normal")
	}
}

func (m *defining) checkExpression() {
	switch {
	case m.text == "":
		m.refuse(outcome.Required, "expression", "without an expression the parameter looks at nothing", "nothing", "a FHIRPath expression")
		return
	case len(m.text) > maxExpression:
		m.refuse(outcome.TooLong, "expression", "the expression is too long", fmt.Sprintf("%d bytes", len(m.text)), fmt.Sprintf("at most %d", maxExpression))
		return
	}
	var err error
	if m.paths, err = expression.Parse(m.text); err != nil {
		m.refuse(outcome.NotSupported, "expression", "the expression is beyond the part of FHIRPath that searches can use",
			strings.TrimPrefix(err.Error(), fmt.Sprintf("expression %q ", m.text)),
			"paths of elements, joined by |, with as, ofType(), an index, where(name='text'), where(resolve() is Type) and extension('url')")
		return
	}
	for i := range m.paths {
		p := &m.paths[i]
		if p.Truth || len(p.Steps) == 0 && m.kind != registry.Composite {
			m.refuse(outcome.NotSupported, "expression", "the expression must lead to elements", m.text, "a path such as "+m.bases[0]+".identifier")
			return
		}
		if p.Root != "" && p.Root != expression.Resource && p.Root != "Resource" && p.Root != "DomainResource" &&
			!slices.Contains(m.bases, p.Root) && !slices.Contains(m.bases, "Resource") && !slices.Contains(m.bases, "DomainResource") {
			m.refuse(outcome.Value, "expression", "a path starts with a type that base does not list", p.Root, "one of "+oneOf(m.bases))
			return
		}
	}
}

// startsAt tells whether a path with this root is about a resource type: without a root it is about any.
func startsAt(resourceType, root string) bool {
	switch root {
	case "", expression.Resource, resourceType:
		return true
	case "Resource", "DomainResource":
		return derives(resourceType, root)
	}
	return false
}

// define makes the parameter of one resource type.
func (m *defining) define(resourceType string) {
	p := &customParam{of: m.definition, Param: registry.Param{
		Name: m.definition.Code, URL: m.definition.URL, Type: m.kind, Expression: strings.Clone(m.text),
	}}
	w := &way{resourceType: resourceType, kind: m.kind, visited: &m.visited}
	for i := range m.paths {
		path := &m.paths[i]
		if !startsAt(resourceType, path.Root) {
			continue
		}
		ends, fault := w.follow(path.Steps)
		if fault != nil {
			m.refuse(fault.code, "expression", fault.text, fault.found, fault.expected)
			return
		}
		if m.kind == registry.Composite {
			if !m.addContexts(p, ends) {
				return
			}
			continue
		}
		for _, end := range ends {
			p.paths = append(p.paths, expression.Path{Root: resourceType, Steps: end.steps})
			p.Leaves = append(p.Leaves, end.leaf)
		}
	}
	if len(p.paths)+len(p.contexts) == 0 {
		return
	}
	if f := fieldOf(&p.Param); m.kind == registry.Reference && f.holds("Reference", "Resource") && f.holds("canonical", "uri") {
		m.refuse(outcome.NotSupported, "expression", "a reference parameter looks either at references or at urls", m.text, "one of the two")
		return
	}
	if m.kind == registry.Reference {
		p.Targets = m.targets(p, w)
	}
	m.definition.params = append(m.definition.params, definedParam{p, resourceType})
}

// targets are those that the definition lists, else those of the elements; all types where an element may refer to any.
func (m *defining) targets(p *customParam, w *way) []string {
	var targets []string
	for t := range m.root.Get(nameTarget).Each() {
		if registry.IsType(t.Text()) {
			targets = append(targets, strings.Clone(t.Text()))
		}
	}
	f := fieldOf(&p.Param)
	switch {
	case len(targets) == 0 && !f.holds("Reference", "Resource"):
		return nil
	case len(targets) == 0 && w.anyTarget:
		return registry.Types()
	case len(targets) == 0:
		targets = slices.Clone(w.targets)
	}
	slices.Sort(targets)
	return slices.Compact(targets)
}

func (m *defining) digest() {
	var b strings.Builder
	d := m.definition
	fmt.Fprintf(&b, "%q %q", d.URL, d.Code)
	for _, p := range d.params {
		fmt.Fprintf(&b, "\n%s %s %+v %+v %q %+v %+v", p.on, p.Type, p.paths, p.Leaves, p.Targets, p.contexts, p.Components)
	}
	d.digest = b.String()
}
