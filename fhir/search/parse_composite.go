package search

import (
	"slices"
	"strings"

	"claimwright/fhir/outcome"
	"claimwright/fhir/registry"
)

// composite reads "first$second". R4's composites of two parts have a token or a reference first.
func (p *parser) composite(param *registry.Param, text string) ([]Condition, *outcome.Issue) {
	parts := split(text, '$')
	if len(parts) != len(param.Components) || slices.Contains(parts, "") {
		return nil, invalidValue(param.Name, text, partsExpected(param))
	}
	if len(parts) == 3 {
		return p.coordinate(param, parts)
	}
	firsts, issue := p.texts(param, 0, parts[0])
	if issue != nil {
		return nil, issue
	}
	if second := param.Components[1].Type; second == registry.Token || second == registry.Reference {
		return p.pairs(param, firsts, parts[1])
	}
	var all []Condition
	for _, first := range firsts {
		conditions, issue := p.second(param, pairParam(param.Name, first), parts[1])
		if issue != nil {
			return nil, issue
		}
		all = append(all, conditions...)
	}
	return all, nil
}

// partsExpected names the parts of a composite, as they are written.
func partsExpected(param *registry.Param) string {
	names := make([]string, len(param.Components))
	for i := range param.Components {
		names[i] = param.Components[i].Name
	}
	return strings.Join(names, "$")
}

// texts reads a part that is a token or a reference. "system|" finds nothing in a composite, where it is not indexed.
func (p *parser) texts(param *registry.Param, part int, text string) ([]string, *outcome.Issue) {
	f := partOf(param, part, param.Name)
	if param.Components[part].Type == registry.Reference {
		return p.referenceTexts(f, "", unescape(text))
	}
	if forms := split(text, '|'); forms[len(forms)-1] == "" {
		return nil, invalidValue(param.Name, text, "code, system|code or |code in a part of a composite")
	}
	return f.tokenTexts(text)
}

// pairs handles a second part that is a term like the first.
func (p *parser) pairs(param *registry.Param, firsts []string, text string) ([]Condition, *outcome.Issue) {
	seconds, issue := p.texts(param, 1, text)
	if issue != nil {
		return nil, issue
	}
	var all []Condition
	for _, first := range firsts {
		for _, second := range seconds {
			all = append(all, Condition{Kind: HasTerm, Param: param.Name, Text: pairForm(first, second)})
		}
	}
	return all, nil
}

// second handles a second part that is an interval or a text, which is indexed under the first.
func (p *parser) second(param *registry.Param, key, text string) ([]Condition, *outcome.Issue) {
	f := partOf(param, 1, key)
	switch param.Components[1].Type {
	case registry.Quantity:
		return f.quantity(text)
	case registry.Number:
		return f.number(text)
	case registry.Date:
		return p.date(f, text)
	}
	return f.text("", text)
}

func partOf(param *registry.Param, part int, key string) field {
	c := &param.Components[part]
	return field{name: param.Name, key: key, leaves: c.Leaves, targets: c.Targets}
}
