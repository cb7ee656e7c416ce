package search

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"

	"claimwright/fhir/codec"
	"claimwright/fhir/registry"
	"claimwright/fhir/search/expression"
)

// plan is what Extract does for one resource type: all paths of all parameters as one tree, so that a document is walked
// once, however many parameters look at it.
type plan struct {
	root node
	// truths are parameters that tell whether there is an element, so they have a value without one.
	truths []truth
	// presences are what :missing needs to know.
	presences presences
}

// node is a place that paths lead to or through.
type node struct {
	edges []edge
	// yields are the parameters whose paths end here.
	yields []yield
}

// edge leads to the children of one name that pass a filter.
type edge struct {
	step
	to *node
}

// step is a step of a path with its names interned.
type step struct {
	name codec.Name
	// index keeps the child at that position; -1 keeps all.
	index int
	// where keeps the children whose element of that name has the text equals; zero keeps all.
	where  codec.Name
	equals string
	// resolves keeps the references to that type; empty keeps all.
	resolves string
}

// yield makes values of a parameter from an element.
type yield struct {
	// key is the Param of the values.
	key     string
	convert converter
	sorts   bool
	targets []string
	pair    *pair
	// labels, typed and below are the Params of values for the modifiers :text, :of-type and :below; empty if there are none.
	labels, typed, below string
	// place is the parameter's among all of its type, for :missing.
	place int
}

// pair are the parts of a composite, each as paths that start at the composite's own elements. Only coordinates have a
// third part; the first of theirs may start at the resource instead.
type pair struct {
	first, second, third node
	fromRoot             bool
}

type truth struct {
	key   string
	names []codec.Name
}

// plans holds the plan of each resource type in the order of registry.Types, made when it is first needed.
var plans = make([]atomic.Pointer[plan], len(registry.Types()))

// planOf finds or makes the plan of a resource type. Two callers may make it at once; the plans are equal.
func planOf(resourceType string) *plan { return planFrom(plans, resourceType, isExtracted) }

// planFrom is planOf for a table of plans with the parameters that pass.
func planFrom(plans []atomic.Pointer[plan], resourceType string, passes func(*registry.Param) bool) *plan {
	i, found := slices.BinarySearch(registry.Types(), resourceType)
	if !found {
		return &plan{}
	}
	if p := plans[i].Load(); p != nil {
		return p
	}
	p, err := compile(resourceType, passes)
	if err != nil { // a test compiles every type, so that this cannot happen
		panic(err)
	}
	plans[i].Store(p)
	return p
}

// isExtracted tells whether Extract makes values of a parameter.
func isExtracted(p *registry.Param) bool {
	return Offered(p) && p.Name != "_id" && p.Name != "_lastUpdated" && p.Name != "_filter"
}

// compile makes the plan of a resource type from the registry.
func compile(resourceType string, passes func(*registry.Param) bool) (*plan, error) {
	params := registry.Params(resourceType)
	if len(params) > maxPlaces {
		return nil, fmt.Errorf("%s has %d search parameters, more than %d", resourceType, len(params), maxPlaces)
	}
	p := &plan{presences: presencesOf(resourceType, params)}
	for place, param := range params {
		if !passes(param) {
			continue
		}
		if err := p.add(param, place); err != nil {
			return nil, fmt.Errorf("compile search parameter %s of %s: %w", param.Name, resourceType, err)
		}
	}
	return p, nil
}

func (p *plan) add(param *registry.Param, place int) error {
	y := yield{key: param.Name, sorts: keepsSortable(param), targets: param.Targets, place: place}
	switch param.Type {
	case registry.Composite:
		return p.addComposite(param, y)
	case registry.Special:
		return p.addSpecial(param, y)
	}
	y.addModifiers(param)
	paths, err := expression.Parse(param.Expression)
	if err != nil {
		return err
	}
	for i, path := range paths {
		if path.Truth {
			p.truths = append(p.truths, truthOf(param.Name, path, param.Leaves[i]))
			continue
		}
		p.root.addPath(path, param.Type, param.Leaves[i], y)
	}
	return nil
}

// addModifiers names the values that modifiers look for.
func (y *yield) addModifiers(param *registry.Param) {
	f := fieldOf(param)
	switch param.Type {
	case registry.Token:
		if f.hasLabels() {
			y.labels = param.Name + textMark
		}
		if f.holds("Identifier") {
			y.typed = param.Name + ofTypeMark
		}
	case registry.URI, registry.Reference:
		y.below = param.Name + belowMark
	}
}

// addSpecial lays the paths of the parameters that R4 calls special and that are offered: the narrative's words, and where
// a Location is.
func (p *plan) addSpecial(param *registry.Param, y yield) error {
	end := &p.root
	switch param.Name {
	case "_text":
		y.convert = narrativeValue
		end = end.child(step{name: nameText, index: -1}).child(step{name: nameDiv, index: -1})
	case "near":
		y.convert = positionValue
		end = end.child(step{name: namePosition, index: -1})
	default:
		return fmt.Errorf("nothing extracts it")
	}
	end.yields = append(end.yields, y)
	return nil
}

func (p *plan) addComposite(param *registry.Param, y yield) error {
	contexts, err := expression.Parse(param.Expression)
	if err != nil {
		return err
	}
	y.convert, y.pair = pairValue, &pair{}
	parts := []*node{&y.pair.first, &y.pair.second}
	if len(param.Components) == 3 {
		if param.Components[1].Type != registry.Number || param.Components[2].Type != registry.Number {
			return fmt.Errorf("nothing extracts three parts of these types")
		}
		y.convert, parts = coordinateValue, append(parts, &y.pair.third)
	}
	for i, part := range parts {
		c := &param.Components[i]
		paths, err := expression.Parse(c.Expression)
		if err != nil {
			return err
		}
		for j, path := range paths {
			y.pair.fromRoot = y.pair.fromRoot || path.Root == expression.Resource
			part.addPath(path, c.Type, c.Leaves[j], yield{targets: c.Targets})
		}
	}
	for _, context := range contexts {
		end := p.root.follow(context.Steps)
		end.yields = append(end.yields, y)
	}
	return nil
}

// addPath lays a path from a node and lets a parameter yield at its end, once for each type that the element can have.
func (n *node) addPath(path expression.Path, kind registry.ParamType, leaf registry.Leaf, y yield) {
	steps := path.Steps
	last := len(steps) - 1
	if leaf.Choice && steps[last].URL != "" {
		steps = append(slices.Clone(steps), expression.Step{Name: "value", Index: -1})
		last++
	}
	for _, name := range leaf.Types {
		if y.convert = converterOf(kind, name); y.convert == nil {
			continue
		}
		if leaf.Choice {
			steps = slices.Clone(steps)
			steps[last].As = name
		}
		end := n.follow(steps)
		end.yields = append(end.yields, y)
	}
}

// follow finds or lays the way to a node.
func (n *node) follow(steps []expression.Step) *node {
	for _, s := range steps {
		n = n.child(compileStep(s))
	}
	return n
}

func (n *node) child(s step) *node {
	for i := range n.edges {
		if n.edges[i].step == s {
			return n.edges[i].to
		}
	}
	to := &node{}
	n.edges = append(n.edges, edge{s, to})
	return to
}

func compileStep(s expression.Step) step {
	compiled := step{name: codec.Intern(jsonName(s)), index: s.Index, resolves: s.Resolves}
	switch {
	case s.Where != "":
		compiled.where, compiled.equals = codec.Intern(s.Where), s.Equals
	case s.URL != "":
		compiled.where, compiled.equals = nameURL, s.URL
	}
	return compiled
}

// jsonName is the name of an element in JSON, where a choice has its type's name at the end.
func jsonName(s expression.Step) string {
	if s.As == "" {
		return s.Name
	}
	return s.Name + strings.ToUpper(s.As[:1]) + s.As[1:]
}

func truthOf(key string, path expression.Path, leaf registry.Leaf) truth {
	t := truth{key: key}
	last := path.Steps[len(path.Steps)-1]
	for _, name := range leaf.Types {
		if leaf.Choice {
			last.As = name
		}
		t.names = append(t.names, codec.Intern(jsonName(last)))
	}
	return t
}
