package search

import (
	"slices"
	"strings"

	"claimwright/fhir/outcome"
	"claimwright/fhir/registry"
)

// missing reads "name:missing=true" or false.
func (p *parser) missing(param *registry.Param, value string) *outcome.Issue {
	if value != isAbsent && value != isPresent {
		return invalidValue(param.Name+missingMark, value, "true or false")
	}
	c := presenceClause(p.query.Type, param, value == isAbsent)
	p.conditions += len(c.AnyOf)
	p.query.Where = append(p.query.Where, c)
	return nil
}

// presenceClause holds for the resources of a type that lack, or have, an element for a parameter.
func presenceClause(resourceType string, param *registry.Param, absent bool) Clause {
	place, known := slices.BinarySearchFunc(registry.Params(resourceType), param.Name, func(p *registry.Param, name string) int {
		return strings.Compare(p.Name, name)
	})
	presences := &planOf(resourceType).presences
	how := markedPresent // as all are that are not R4's own
	if known {
		how = presences.of[place]
	}
	switch how {
	case markedAbsent:
		return Clause{Not: !absent, AnyOf: []Condition{{Kind: HasTerm, Param: param.Name + missingMark, Text: isAbsent}}}
	case markedPresent:
		return Clause{Not: absent, AnyOf: []Condition{{Kind: HasTerm, Param: param.Name + missingMark, Text: isPresent}}}
	case grouped:
		for i := range presences.groups {
			if at := slices.Index(presences.groups[i].places, place); at >= 0 {
				return presences.groups[i].clause(at, absent)
			}
		}
	}
	return Clause{Not: !absent} // holds for all if there is nothing that could be missing, else for none
}

// clause looks for the entries that say whether the parameter at a place of the group is there.
func (g *group) clause(at int, absent bool) Clause {
	var c Clause
	for bits := range 1 << len(g.places) {
		if bits>>at&1 == 0 == absent {
			c.AnyOf = append(c.AnyOf, Condition{Kind: HasTerm, Param: g.key, Text: groupTexts[bits]})
		}
	}
	return c
}
