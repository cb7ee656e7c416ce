package search

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"

	"claimwright/fhir/outcome"
	"claimwright/fhir/registry"
	"claimwright/fhir/search/expression"
)

const (
	// MaxCustom is the greatest number of definitions that a Custom has.
	MaxCustom = 300
	// MaxCustomValues bounds the values that a document gives by parameters of a Custom. Those beyond it do not find it.
	MaxCustomValues = 5_000
)

// Custom are the search parameters that a server has beside R4's own: those of its stored SearchParameter resources. A nil
// Custom has none. It is immutable and safe for concurrent use.
//
// Values are made by all of its parameters. Searches know those alone that are not pending: as long as older resources have
// no values by a parameter, a search would find a part of them.
type Custom struct {
	definitions []*Definition
	pending     map[*Definition]struct{}
	types       map[string]*customType
}

// customType are the parameters of one resource type, sorted by name.
type customType struct {
	params []*customParam
	// values and links are like plans and linkPlans.
	values, links func() *plan
}

// customParam is a parameter as one resource type has it.
type customParam struct {
	registry.Param
	// paths has one path for each of Leaves.
	paths []expression.Path
	// contexts lead to the elements whose parts a composite compares, and parts are the ends of each of its Components there.
	contexts [][]expression.Step
	parts    [][]wayEnd
	of       *Definition
}

// Clash is a definition that a Custom cannot have beside those before it.
type Clash struct {
	Definition *Definition
	Issue      outcome.Issue
}

// NewCustom brings definitions together; nil if there are none. Where two define the same parameter of a type, or the same
// url, the first counts and the other is a Clash, as are those beyond the bounds.
func NewCustom(definitions []*Definition) (*Custom, []Clash) {
	c := &Custom{types: map[string]*customType{}}
	var clashes []Clash
	for _, d := range definitions {
		if issue := c.clash(d); issue != nil {
			clashes = append(clashes, Clash{d, *issue})
			continue
		}
		c.definitions = append(c.definitions, d)
		for _, p := range d.params {
			t := c.types[p.on]
			if t == nil {
				t = &customType{}
				c.types[p.on] = t
			}
			t.params = append(t.params, p.customParam)
		}
	}
	if len(c.definitions) == 0 {
		return nil, clashes
	}
	for _, t := range c.types {
		t.prepare()
	}
	return c, clashes
}

// clash says why a definition cannot be added.
func (c *Custom) clash(d *Definition) *outcome.Issue {
	if len(c.definitions) >= MaxCustom {
		return definitionIssue(outcome.TooCostly, "", "there are too many search parameters beside R4's own", d.URL, fmt.Sprintf("at most %d", MaxCustom))
	}
	for _, other := range c.definitions {
		if other.URL == d.URL {
			return definitionIssue(outcome.Duplicate, "url", "another active SearchParameter has this url", d.URL, "a url of its own, or the other one retired")
		}
	}
	for _, p := range d.params {
		t := c.types[p.on]
		if t == nil {
			continue
		}
		for _, other := range t.params {
			if other.Name == p.Name {
				return definitionIssue(outcome.Duplicate, "code",
					"another active SearchParameter, "+excerpt(other.URL)+", defines this code for "+p.on, d.Code, "another code")
			}
		}
		if len(t.params) >= maxPlaces {
			return definitionIssue(outcome.TooCostly, "base", "there are too many search parameters of "+p.on+" beside R4's own", p.on, fmt.Sprintf("at most %d", maxPlaces))
		}
	}
	return nil
}

func (t *customType) prepare() {
	slices.SortFunc(t.params, func(a, b *customParam) int { return strings.Compare(a.Name, b.Name) })
	t.values = sync.OnceValue(func() *plan { return t.compile(func(*customParam) bool { return true }) })
	t.links = sync.OnceValue(func() *plan {
		return t.compile(func(p *customParam) bool { return p.Type == registry.Reference })
	})
}

// Offering is a Custom with the same values of whose parameters searches know those that are ready.
func (c *Custom) Offering(ready func(*Definition) bool) *Custom {
	if c == nil {
		return nil
	}
	offering := &Custom{definitions: c.definitions, types: c.types, pending: map[*Definition]struct{}{}}
	for _, d := range c.definitions {
		if !ready(d) {
			offering.pending[d] = struct{}{}
		}
	}
	return offering
}

// Definitions are those of the Custom, in the order in which they were added. The slice must not be changed.
func (c *Custom) Definitions() []*Definition {
	if c == nil {
		return nil
	}
	return c.definitions
}

// Offers tells whether searches know an equal definition.
func (c *Custom) Offers(d *Definition) bool {
	return slices.ContainsFunc(c.Definitions(), func(mine *Definition) bool { return mine.Same(d) && !c.isPending(mine) })
}

// Pending tells whether there is a parameter that searches do not know yet.
func (c *Custom) Pending() bool { return c != nil && len(c.pending) > 0 }

func (c *Custom) isPending(d *Definition) bool {
	_, pending := c.pending[d]
	return pending
}

// Lookup finds a parameter that a search of a type knows, R4's own first.
func (c *Custom) Lookup(resourceType, name string) (*registry.Param, bool) {
	if p, ok := registry.Lookup(resourceType, name); ok || c == nil {
		return p, ok
	}
	if p := c.find(resourceType, name); p != nil && !c.isPending(p.of) {
		return &p.Param, true
	}
	return nil, false
}

// Params are the parameters that searches of a type know, sorted by name, R4's own among them. The slice must not be changed.
func (c *Custom) Params(resourceType string) []*registry.Param {
	standard := registry.Params(resourceType)
	if c == nil || c.types[resourceType] == nil {
		return standard
	}
	all := slices.Clone(standard)
	for _, p := range c.types[resourceType].params {
		if !c.isPending(p.of) {
			all = append(all, &p.Param)
		}
	}
	slices.SortFunc(all, func(a, b *registry.Param) int { return cmp.Compare(a.Name, b.Name) })
	return all
}

// awaits tells whether a type has a parameter of this name that is pending.
func (c *Custom) awaits(resourceType, name string) bool {
	p := c.find(resourceType, name)
	return p != nil && c.isPending(p.of)
}

func (c *Custom) find(resourceType, name string) *customParam {
	if c == nil || c.types[resourceType] == nil {
		return nil
	}
	params := c.types[resourceType].params
	i, found := slices.BinarySearchFunc(params, name, func(p *customParam, name string) int { return strings.Compare(p.Name, name) })
	if !found {
		return nil
	}
	return params[i]
}

// plan is what Extract does for a type beside its own plan, nil for nothing.
func (c *Custom) plan(resourceType string) *plan {
	if t := c.types[resourceType]; t != nil {
		return t.values()
	}
	return nil
}

// linkPlan is plan with the reference parameters alone.
func (c *Custom) linkPlan(resourceType string) *plan {
	if t := c.types[resourceType]; t != nil {
		return t.links()
	}
	return nil
}

// compile makes the plan of those parameters that pass. Each has an entry of its own that says that it is there, so that
// the entries of R4's own stay as they are.
func (t *customType) compile(passes func(*customParam) bool) *plan {
	p := &plan{}
	for place, param := range t.params {
		if !passes(param) {
			continue
		}
		y := yield{key: param.Name, sorts: keepsSortable(&param.Param), targets: param.Targets, place: place}
		if param.Type == registry.Composite {
			p.addContexts(param, y)
			continue
		}
		y.addModifiers(&param.Param)
		for i, path := range param.paths {
			p.root.addPath(path, param.Type, param.Leaves[i], y)
		}
		p.presences.marked = append(p.presences.marked, mark{place, true, Term{param.Name + missingMark, isPresent}})
	}
	p.root.bound()
	return p
}
