package patch

import (
	"strings"

	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
)

// place is an element where it stands: the object that holds it and the member's name, with the index where the element is
// repeated. The root has no holder.
type place struct {
	holder  *node
	of      codec.Type // what the holder is
	element codec.Element
	index   int   // -1 where the element is not repeated
	value   *node // nil for a primitive that has only extensions
}

func (p place) isRoot() bool { return p.holder == nil }

// isPrimitive tells whether the element's parts stand beside it.
func (p place) isPrimitive() bool {
	return !p.isRoot() && p.element.Form() != codec.Complex && p.element.Form() != codec.Resource
}

// beside is the object with the id and extensions of a primitive, nil without one.
func (p place) beside() *node {
	other := p.holder.get("_" + p.element.Name())
	if p.index >= 0 && other != nil {
		other.open()
		if p.index >= len(other.items) {
			return nil
		}
		other = other.items[p.index]
	}
	if !other.isObject() {
		return nil
	}
	return other
}

// parts is the object that holds the element's own elements, and its type; nil without one.
func (p place) parts() (*node, codec.Type) {
	switch {
	case p.isRoot() || p.element.Form() == codec.Resource:
		if !p.value.isObject() {
			return nil, codec.Type{}
		}
		p.value.open()
		return p.value, codec.ResourceType(p.value.text("resourceType"))
	case p.isPrimitive():
		return p.beside(), codec.PrimitiveType()
	case p.value.isObject():
		return p.value, p.element.Type()
	}
	return nil, p.element.Type()
}

// typeName is the type of the element as FHIRPath names it.
func (p place) typeName() string {
	if p.isRoot() || p.element.Form() == codec.Resource {
		if p.value.isObject() {
			return p.value.looked().text("resourceType")
		}
		return ""
	}
	return p.element.Type().Name()
}

// places finds what a path names, from some places on.
func (t *tree) places(from []place, steps path) ([]place, *outcome.Error) {
	for _, s := range steps {
		next, err := t.take(from, s)
		if err != nil {
			return nil, err
		}
		if from = next; len(from) == 0 {
			return nil, nil
		}
	}
	return from, nil
}

func (t *tree) take(from []place, s step) ([]place, *outcome.Error) {
	if err := t.spend(len(from)); err != nil {
		return nil, err
	}
	switch s.kind {
	case pick:
		if s.index >= len(from) {
			return nil, nil
		}
		return from[s.index : s.index+1], nil
	case last:
		return from[len(from)-1:], nil
	case single:
		if len(from) > 1 {
			return nil, refused(outcome.MultipleMatches, "single() meets several elements")
		}
		return from, nil
	case ofType:
		var out []place
		for _, p := range from {
			if p.typeName() == s.name {
				out = append(out, p)
			}
		}
		return out, nil
	case where:
		return t.filtered(from, s.where)
	case extension:
		return t.extensions(from, s.name)
	}
	var out []place
	for _, p := range from {
		var err *outcome.Error
		if out, err = t.children(out, p, s.name); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// children appends the elements of a name, a choice's with or without its type.
func (t *tree) children(out []place, p place, name string) ([]place, *outcome.Error) {
	object, typ := p.parts()
	if object == nil {
		return out, nil
	}
	if err := t.open(object); err != nil {
		return nil, err
	}
	if err := t.spend(len(object.members)); err != nil {
		return nil, err
	}
	for i := range object.members {
		key, hasUnder := strings.CutPrefix(object.members[i].name, "_")
		if !strings.HasPrefix(key, name) {
			continue
		}
		element := typ.Element([]byte(key))
		if !element.Exists() || element.Name() != name && element.PathName() != name {
			continue
		}
		if hasUnder && object.get(key) != nil { // seen there
			continue
		}
		var err *outcome.Error
		if out, err = t.elements(out, object, typ, element); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// elements appends each value of an element.
func (t *tree) elements(out []place, object *node, of codec.Type, element codec.Element) ([]place, *outcome.Error) {
	if !element.Repeated() {
		return append(out, place{holder: object, of: of, element: element, index: -1, value: object.get(element.Name())}), nil
	}
	l, err := t.list(object, element)
	if err != nil {
		return nil, err
	}
	for i := range l.len() {
		p := place{holder: object, of: of, element: element, index: i}
		if values := object.get(element.Name()); values.isArray() && i < len(values.items) && !values.items[i].isNull() {
			p.value = values.items[i]
		}
		out = append(out, p)
	}
	return out, t.spend(l.len())
}

func (t *tree) extensions(from []place, url string) ([]place, *outcome.Error) {
	all, err := t.take(from, step{kind: follow, name: "extension"})
	if err != nil {
		return nil, err
	}
	var out []place
	for _, p := range all {
		if p.value.isObject() && p.value.looked().text("url") == url {
			out = append(out, p)
		}
	}
	return out, t.spend(len(all))
}

func (t *tree) filtered(from []place, f filter) ([]place, *outcome.Error) {
	var out []place
	for _, p := range from {
		fits, err := t.fits(p, f)
		if err != nil {
			return nil, err
		}
		if fits {
			out = append(out, p)
		}
	}
	return out, nil
}

func (t *tree) fits(p place, f filter) (bool, *outcome.Error) {
	for _, all := range f {
		every := true
		for _, c := range all {
			holds, err := t.holds(p, c)
			if err != nil {
				return false, err
			}
			if every = every && holds; !every {
				break
			}
		}
		if every {
			return true, nil
		}
	}
	return false, nil
}

// holds judges a comparison. As in FHIRPath, one with nothing is not true, and several values equal no literal.
func (t *tree) holds(p place, c comparison) (bool, *outcome.Error) {
	found, err := t.places([]place{p}, c.path)
	if err != nil {
		return false, err
	}
	if c.op == "exists" {
		return (len(found) > 0) != c.not, nil
	}
	if len(found) != 1 || found[0].value == nil {
		return len(found) > 1 && c.not, nil
	}
	value := found[0].value
	if err := t.spend(1 + len(value.raw)/64); err != nil {
		return false, err
	}
	var same bool
	switch {
	case c.isText:
		same = value.kind == '"' && textOf(value.raw) == c.literal
	case value.isNumber():
		same = isNumeral(c.literal) && sameNumber(string(value.raw), c.literal)
	default:
		same = !value.opened && string(value.raw) == c.literal
	}
	return same != c.not, nil
}
