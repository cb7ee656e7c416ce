package search

import (
	"fmt"
	"slices"
	"sync"

	"claimwright/fhir/outcome"
	"claimwright/fhir/registry"
	"claimwright/fhir/search/expression"
)

// withoutStandard leaves out the types for which R4 itself has this parameter, as long as both mean the same.
func (m *defining) withoutStandard(types []string) []string {
	var own []string
	for _, t := range types {
		standard, known := registry.Lookup(t, m.code)
		if !known {
			own = append(own, t)
			continue
		}
		if kind := m.root.Get(nameType).Text(); kind != standard.Type.String() && standard.Type != registry.Special {
			m.refuse(outcome.Value, "type", "R4's own "+m.code+" of "+t+" is of another type", kind, standard.Type.String()+", or another code")
			return nil
		}
		if m.root.Get(nameDerivedFrom).Text() != standard.URL && !m.equals(t, standard) {
			m.refuse(outcome.Value, "expression", "R4's own "+m.code+" of "+t+" looks at other elements, and it is what a search uses",
				m.text, standard.Expression+", derivedFrom "+standard.URL+", or another code")
			return nil
		}
	}
	return own
}

// equals tells whether the expression looks for a type at what R4's own parameter looks at.
func (m *defining) equals(resourceType string, standard *registry.Param) bool {
	if m.text == "" || m.text == standard.Expression || standard.Expression == "" {
		return true
	}
	if len(m.text) > maxExpression {
		return false
	}
	mine, err := expression.Parse(m.text)
	if err != nil {
		return false
	}
	theirs, err := expression.Parse(standard.Expression)
	if err != nil {
		return false
	}
	steps := func(paths []expression.Path) (texts []string) {
		for _, p := range paths {
			if p.Root == "" || p.Root == expression.Resource || p.Root == resourceType || (p.Root == "Resource" || p.Root == "DomainResource") && derives(resourceType, p.Root) {
				texts = append(texts, fmt.Sprint(p.Truth, p.Steps))
			}
		}
		slices.Sort(texts)
		return slices.Compact(texts)
	}
	return slices.Equal(steps(mine), steps(theirs))
}

// isStandardURL tells whether a url is that of one of R4's own SearchParameters.
func isStandardURL(url string) bool {
	_, standard := standardByURL()[url]
	return standard
}

// standardByURL are R4's own parameters by their urls, as one of their types has them; nil for those that were left out.
var standardByURL = sync.OnceValue(func() map[string]*registry.Param {
	all := map[string]*registry.Param{}
	for _, o := range registry.Omitted() {
		all[o.URL] = nil
	}
	for _, t := range registry.Types() {
		for _, p := range registry.Params(t) {
			all[p.URL] = p
		}
	}
	return all
})
