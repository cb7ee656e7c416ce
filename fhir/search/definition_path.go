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

// The bounds of one definition's paths.
const (
	maxSteps   = 24     // of a path
	maxEnds    = 64     // ways that the paths of one type come to where they pass through choices
	maxVisited = 20_000 // elements looked at for that, for all types together
)

// way follows paths through R4's definitions of elements.
type way struct {
	resourceType string
	kind         registry.ParamType
	ends         int
	// visited counts for the whole definition.
	visited *int
	// targets are what the references at the ends may point to; anyTarget if one may point to anything.
	targets   []string
	anyTarget bool
}

// wayEnd is where a path ends: its steps, each choice on the way narrowed to one of its types, and what is there.
type wayEnd struct {
	steps []expression.Step
	leaf  registry.Leaf
	// at is the type of the elements that a composite compares parts of; for composites alone.
	at codec.Type
}

// wayFault is why a path cannot be followed.
type wayFault struct{ code, text, found, expected string }

// follow finds the ends of a path from the resource on; at least one unless there is a fault.
func (w *way) follow(steps []expression.Step) ([]wayEnd, *wayFault) {
	if len(steps) > maxSteps {
		return nil, &wayFault{outcome.TooLong, "a path has too many steps", fmt.Sprint(len(steps)), fmt.Sprintf("at most %d", maxSteps)}
	}
	if len(steps) == 0 { // the resource itself, in which a composite may compare parts
		return []wayEnd{{at: codec.ResourceType(w.resourceType)}}, nil
	}
	return w.counted(w.from(codec.ResourceType(w.resourceType), nil, steps))
}

// counted keeps the ends of all paths within bounds.
func (w *way) counted(ends []wayEnd, fault *wayFault) ([]wayEnd, *wayFault) {
	if w.ends += len(ends); fault == nil && (w.ends > maxEnds) {
		return nil, w.tooMany()
	}
	return ends, fault
}

func (w *way) tooMany() *wayFault {
	return &wayFault{outcome.TooCostly, "the expression leads to too many elements", w.resourceType, fmt.Sprintf("at most %d; narrow choices with ofType()", maxEnds)}
}

// from takes the first of the steps that are left, from an element of a type.
func (w *way) from(at codec.Type, done, rest []expression.Step) ([]wayEnd, *wayFault) {
	if *w.visited++; *w.visited > maxVisited {
		return nil, w.tooMany()
	}
	s := rest[0]
	elements, fault := w.children(at, &s)
	if fault != nil {
		return nil, fault
	}
	if s.Where != "" || s.Resolves != "" {
		if fault := w.filter(&s, elements); fault != nil {
			return nil, fault
		}
	}
	choice := s.Name != elements[0].Name()
	if len(rest) == 1 {
		return w.end(elements, choice, append(slices.Clone(done), s))
	}
	var ends []wayEnd
	var first *wayFault
	for _, e := range elements {
		if e.Form() != codec.Complex {
			fault = &wayFault{outcome.NotSupported, "searches cannot look into " + typeAt(e) + ", where " + e.Name() + " of " + at.Path() + " ends",
				rest[1].Name, "a path that ends at " + e.PathName()}
		} else {
			if choice {
				s.As = typeAt(e)
			}
			var more []wayEnd
			more, fault = w.from(e.Type(), append(slices.Clone(done), s), rest[1:])
			ends = append(ends, more...)
		}
		if first == nil {
			first = fault
		}
	}
	if len(ends) == 0 {
		return nil, first
	}
	return ends, nil
}

// children are the elements that a step leads to: one, or the types of a choice. What the step says of a type is settled.
func (w *way) children(at codec.Type, s *expression.Step) ([]codec.Element, *wayFault) {
	unknown := &wayFault{outcome.Value, at.Path() + " has no element " + shown(s.Name), s.Name,
		"one of " + strings.Join(at.Names(), ", ") + nearest(s.Name, at.Names())}
	if choices := at.Choices(s.Name); choices != nil {
		var elements []codec.Element
		var types []string
		for _, name := range choices {
			e := at.Element([]byte(name))
			types = append(types, typeAt(e))
			if s.As == "" || s.As == typeAt(e) || s.As == "uri" && typeAt(e) == "canonical" {
				elements = append(elements, e)
			}
		}
		if len(elements) == 0 {
			return nil, &wayFault{outcome.Value, s.Name + " of " + at.Path() + " cannot be of this type", s.As, strings.Join(types, ", ") + nearest(s.As, types)}
		}
		return elements, nil
	}
	e := at.Element([]byte(s.Name))
	switch {
	case !e.Exists():
		return nil, unknown
	case e.PathName() != s.Name: // "servicedDate", as JSON calls it and guides have it at times; it can mean nothing else
		if s.As != "" && s.As != typeAt(e) {
			return nil, unknown
		}
		s.Name, s.As = e.PathName(), typeAt(e)
	case s.As != "" && s.As != typeAt(e):
		return nil, &wayFault{outcome.Value, s.Name + " of " + at.Path() + " cannot be of this type", s.As, typeAt(e)}
	default:
		s.As = ""
	}
	return []codec.Element{e}, nil
}

// filter checks what a step keeps.
func (w *way) filter(s *expression.Step, elements []codec.Element) *wayFault {
	for _, e := range elements {
		switch {
		case s.Resolves != "" && !registry.IsType(s.Resolves):
			return &wayFault{outcome.Value, "resolve() is followed by no resource type", s.Resolves, "an R4 resource type" + nearest(s.Resolves, registry.Types())}
		case s.Resolves != "" && e.Type().Name() != "Reference":
			return &wayFault{outcome.Value, "only a Reference can be resolved", typeAt(e), "a Reference before where(resolve() is " + s.Resolves + ")"}
		case s.Where == "":
			continue
		}
		filtered := e.Type().Element([]byte(s.Where))
		if e.Form() != codec.Complex || !filtered.Exists() || filtered.Form() != codec.Textual || filtered.Repeated() || filtered.PathName() != s.Where {
			return &wayFault{outcome.Value, "where() looks at an element that " + e.Type().Path() + " has not, or that is no single text", s.Where, "one of " + strings.Join(e.Type().Names(), ", ")}
		}
	}
	return nil
}

// end describes the elements that a path ends at, of those types that the parameter can have values of.
func (w *way) end(elements []codec.Element, choice bool, steps []expression.Step) ([]wayEnd, *wayFault) {
	if w.kind == registry.Composite {
		return w.contexts(elements, choice, steps)
	}
	leaf := registry.Leaf{Choice: choice}
	last := &steps[len(steps)-1]
	if last.URL != "" { // an extension stands for its value
		value := elements[0].Type()
		elements = nil
		for _, name := range value.Choices("value") {
			elements = append(elements, value.Element([]byte(name)))
		}
		leaf.Choice = true
	}
	var found []string
	for _, e := range elements {
		found = append(found, typeAt(e))
	}
	for i, e := range elements {
		name := found[i]
		if converterOf(w.kind, name) == nil || w.kind == registry.Reference && name != "Reference" && slices.Contains(found, "Reference") {
			continue // a choice of a Reference and of urls is searched by its references
		}
		leaf.Types = append(leaf.Types, name)
		if len(elements) == 1 {
			leaf.Binding = listed(e.Binding())
		}
		if name == "Reference" || name == "Resource" {
			targets := e.Targets()
			w.targets, w.anyTarget = append(w.targets, targets...), w.anyTarget || targets == nil
		}
	}
	if len(leaf.Types) == 0 {
		if len(found) > 6 {
			found = append(found[:6:6], "…")
		}
		return nil, &wayFault{outcome.Value, "a " + w.kind.String() + " parameter finds no values in such an element", strings.Join(found, ", "),
			"an element of type " + strings.Join(typesOf(w.kind), ", ")}
	}
	return []wayEnd{{steps: steps, leaf: leaf}}, nil
}

// contexts are the elements that a composite compares parts of.
func (w *way) contexts(elements []codec.Element, choice bool, steps []expression.Step) ([]wayEnd, *wayFault) {
	var ends []wayEnd
	for _, e := range elements {
		if e.Form() != codec.Complex {
			continue
		}
		mine := slices.Clone(steps)
		if choice {
			mine[len(mine)-1].As = typeAt(e)
		}
		ends = append(ends, wayEnd{steps: mine, at: e.Type()})
	}
	if len(ends) == 0 {
		return nil, &wayFault{outcome.Value, "a composite compares parts of an element, and this one has none", typeAt(elements[0]), "an element that has elements"}
	}
	return ends, nil
}

// listed keeps the url of a value set whose codes are known.
func listed(url string) string {
	url, _, _ = strings.Cut(url, "|")
	if _, ok := registry.ValueSet(url); !ok {
		return ""
	}
	return url
}

// typeAt is the type of an element's values, "Resource" for whole resources.
func typeAt(e codec.Element) string {
	if e.Form() == codec.Resource {
		return "Resource"
	}
	switch name := e.Type().Name(); name {
	case "SimpleQuantity", "MoneyQuantity": // profiles of Quantity, which JSON and FHIRPath call a Quantity
		return "Quantity"
	default:
		return name
	}
}

// typesOf are the types of element that a type of parameter has values of.
func typesOf(kind registry.ParamType) []string {
	all := []string{
		"code", "string", "id", "uri", "boolean", "Coding", "CodeableConcept", "Identifier", "ContactPoint", "Reference", "canonical",
		"Resource", "markdown", "HumanName", "Address", "url", "date", "dateTime", "instant", "Period", "Timing", "integer", "decimal",
		"positiveInt", "unsignedInt", "Quantity", "Age", "Duration", "Money", "Range",
	}
	return slices.DeleteFunc(all, func(t string) bool { return converterOf(kind, t) == nil })
}
