package main

import (
	"fmt"
	"slices"
	"strings"
)

// compartmentTable holds the members of one compartment.
type compartmentTable struct {
	about   string
	members []compartmentMember
}

type compartmentMember struct {
	name   string
	params []string
}

// compartmentsOf makes the five compartments of R4; "example" is a sample of a CompartmentDefinition.
func compartmentsOf(d *definitions, params paramTable) ([]compartmentTable, error) {
	var tables []compartmentTable
	for _, c := range d.compartments {
		if c.ID == "example" {
			continue
		}
		t := compartmentTable{about: c.Code}
		for _, r := range c.Resource {
			m := compartmentMember{name: r.Code}
			for _, name := range r.Param {
				// {def} says that the resource itself is in its own compartment, which holds for all five.
				if name == "{def}" {
					continue
				}
				if !params.has(r.Code, name) {
					return nil, fmt.Errorf("%s: %s has no parameter %s", c.ID, r.Code, name)
				}
				m.params = append(m.params, name)
			}
			if len(m.params) > 0 {
				t.members = append(t.members, m)
			}
		}
		slices.SortFunc(t.members, func(a, b compartmentMember) int { return strings.Compare(a.name, b.name) })
		tables = append(tables, t)
	}
	slices.SortFunc(tables, func(a, b compartmentTable) int { return strings.Compare(a.about, b.about) })
	return tables, nil
}

func (t paramTable) has(resourceType, name string) bool {
	return slices.ContainsFunc(t[resourceType], func(p *param) bool { return p.name == name })
}
