package patch

import (
	"fmt"
	"strings"

	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
)

// value is what an operation puts into a resource: JSON and, of a primitive, its id and extensions. Either may be nil.
type value struct{ json, beside *node }

func (v value) size() int { return v.json.size() + v.beside.size() }

// given is the value of an operation as the Parameters have it: value[x], a resource, or parts that are elements of a type
// which has no name of its own.
type given struct {
	at string // in the Parameters
	// suffix is the type in the name of value[x]: "CodeableConcept", "Code"; empty for parts.
	suffix string
	value  value
	parts  []givenPart
}

type givenPart struct {
	name string
	given
}

// maxParts bounds how deep the parts of a value may nest.
const maxParts = 32

// readGiven reads the value that a part named "value" carries.
func readGiven(part codec.Value, depth int) (given, *outcome.Error) {
	g := given{at: part.Path()}
	if depth > maxParts {
		return g, malformed(g.at, "more", fmt.Sprintf("at most %d levels", maxParts), "the parts of the value nest too deep")
	}
	for name, v := range part.Members() {
		key := name.String()
		switch suffix, beside := strings.CutPrefix(key, "_"); {
		case key == "resource":
			g.suffix, g.value.json = "Resource", closed(v.Raw())
		case key == "part":
			for p := range v.Each() {
				inner, err := readGiven(p, depth+1)
				if err != nil {
					return g, err
				}
				g.parts = append(g.parts, givenPart{strings.Clone(p.Field("name").Text()), inner})
			}
		case strings.HasPrefix(suffix, "value"):
			g.suffix = suffix[len("value"):]
			if beside {
				g.value.beside = closed(v.Raw())
			} else {
				g.value.json = closed(v.Raw())
			}
		}
	}
	if g.suffix == "" && len(g.parts) == 0 {
		return g, malformed(g.at, "nothing", "value[x], or parts for an element that has no type of its own", "the part has no value")
	}
	return g, nil
}

// elementOf is the element of a type that a name means for this value: a choice may be named without its type.
func (g *given) elementOf(typ codec.Type, name string) (codec.Element, *outcome.Error) {
	if element := typ.Element([]byte(name)); element.Exists() {
		return element, nil
	}
	if element := typ.Element([]byte(name + g.suffix)); g.suffix != "" && element.Exists() && element.PathName() == name {
		return element, nil
	}
	return codec.Element{}, quoting(refused(outcome.Structure, "%s has no such element", orResource(typ)), name+typeHint(g.suffix), strings.Join(typ.Names(), ", "))
}

func typeHint(suffix string) string {
	if suffix == "" {
		return ""
	}
	return " of type " + suffix
}

func orResource(typ codec.Type) string {
	if !typ.Known() {
		return "a resource of unknown type"
	}
	return typ.Name()
}

// as is the value for an element: as it was given, or an object built from its parts.
func (g *given) as(element codec.Element) (value, *outcome.Error) {
	if len(g.parts) == 0 {
		return value{clone(g.value.json), clone(g.value.beside)}, nil
	}
	if element.Form() != codec.Complex {
		return value{}, quoting(refused(outcome.Structure, "a %s has no parts", element.Type().Name()), "parts", "value[x]")
	}
	object := &node{kind: '{', opened: true}
	for i := range g.parts {
		p := &g.parts[i]
		inner, err := p.elementOf(element.Type(), p.name)
		if err != nil {
			err.Issues[0].Expression = p.at
			return value{}, err
		}
		v, err := p.as(inner)
		if err != nil {
			return value{}, err
		}
		put(object, inner, v)
	}
	return value{json: object}, nil
}

func clone(n *node) *node {
	if n == nil {
		return nil
	}
	return n.clone()
}

// put gives an object an element; of a repeated one another.
func put(object *node, element codec.Element, v value) {
	if element.Repeated() {
		l := list{holder: object, name: element.Name(), values: object.get(element.Name()), beside: object.get("_" + element.Name())}
		l.insert(l.len(), v)
		return
	}
	setBoth(object, element.Name(), v)
}

// setBoth sets a member and what stands beside it, or drops what is not given.
func setBoth(object *node, name string, v value) {
	for _, m := range []member{{name, v.json}, {"_" + name, v.beside}} {
		if m.value == nil {
			object.drop(m.name)
			continue
		}
		object.set(m.name, m.value)
	}
}
