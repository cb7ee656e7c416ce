package patch

import (
	"fmt"
	"slices"
	"strings"

	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
)

// below is the path from the resource on: a first step that names the resource's type, or any's, is the resource.
func (c *change) below(root place) path {
	if len(c.path) > 0 && c.path[0].kind == follow && slices.Contains([]string{root.typeName(), "Resource", "DomainResource"}, c.path[0].name) {
		return c.path[1:]
	}
	return c.path
}

func (c *change) apply(t *tree) *outcome.Error {
	if err := t.open(t.root); err != nil {
		return err
	}
	root := place{index: -1, value: t.root}
	steps := c.below(root)
	if c.op == "insert" || c.op == "move" {
		return c.reorder(t, root, steps)
	}
	found, err := t.places([]place{root}, steps)
	if err != nil {
		return err
	}
	switch {
	case len(found) > 1:
		return quoting(refused(outcome.MultipleMatches, "the path finds several elements"), fmt.Sprintf("%d at %s", len(found), c.text), "a path that finds one")
	case len(found) == 0 && c.op == "delete":
		return nil
	case len(found) == 0:
		return quoting(refused(outcome.NotFound, "the path finds nothing"), c.text, "a path that finds one element")
	}
	switch c.op {
	case "add":
		return c.add(t, found[0])
	case "delete":
		return c.remove(t, found[0])
	}
	return c.replace(t, found[0])
}

// add gives the element a child: another where that is repeated, the only one else.
func (c *change) add(t *tree, p place) *outcome.Error {
	if !p.isRoot() && p.isPrimitive() && p.beside() == nil {
		p.makeBeside()
	}
	object, typ := p.parts()
	if object == nil {
		return quoting(refused(outcome.Structure, "nothing can be added here"), c.text, "an element that has parts")
	}
	if err := t.open(object); err != nil {
		return err
	}
	element, err := c.value.elementOf(typ, c.name)
	if err != nil {
		return err
	}
	if !element.Repeated() {
		there, err := t.children(nil, p, element.PathName())
		if err != nil {
			return err
		}
		if len(there) > 0 {
			return quoting(refused(outcome.Conflict, "the element is there already and cannot be repeated"), c.name, "replace, for an element that is there")
		}
	}
	v, err := c.grown(t, element)
	if err != nil {
		return err
	}
	if !element.Repeated() {
		setBoth(object, element.Name(), v)
		return nil
	}
	l, err := t.list(object, element)
	if err != nil {
		return err
	}
	l.insert(l.len(), v)
	return nil
}

// makeBeside gives a primitive room for an id and extensions.
func (p place) makeBeside() {
	object := &node{kind: '{', opened: true}
	name := "_" + p.element.Name()
	if p.index < 0 {
		p.holder.set(name, object)
		return
	}
	l := list{holder: p.holder, name: p.element.Name()}
	if beside := p.holder.get(name); beside.isArray() {
		beside.open()
		l.beside = beside
	}
	l.beside = l.array(l.beside, name, p.index+1)
	if values := p.holder.get(l.name); values.isArray() {
		l.beside = l.array(l.beside, name, len(values.items))
	}
	l.beside.items[p.index] = object
}

// grown is the value for an element, counted against the bounds.
func (c *change) grown(t *tree, element codec.Element) (value, *outcome.Error) {
	v, err := c.value.as(element)
	if err != nil {
		return v, err
	}
	if t.growth -= v.size(); t.growth < 0 {
		return v, refused(outcome.TooCostly, "the patch makes the resource too large")
	}
	return v, nil
}

func (c *change) remove(t *tree, p place) *outcome.Error {
	if p.isRoot() {
		return refused(outcome.Value, "the whole resource cannot be deleted by a patch")
	}
	if p.index < 0 {
		setBoth(p.holder, p.element.Name(), value{})
		return nil
	}
	l, err := t.list(p.holder, p.element)
	if err != nil {
		return err
	}
	l.remove(p.index)
	return t.spend(l.len() / 16)
}

// replace puts another value in the place of an element; a choice may get another type.
func (c *change) replace(t *tree, p place) *outcome.Error {
	if p.isRoot() {
		return refused(outcome.Value, "the whole resource cannot be replaced by a patch")
	}
	element := p.element
	if element.Name() != element.PathName() && c.value.suffix != "" { // a choice
		if element = p.of.Element([]byte(p.element.PathName() + c.value.suffix)); !element.Exists() {
			return quoting(refused(outcome.Structure, "the element cannot have a value of this type"), c.value.suffix, strings.Join(p.of.Names(), ", "))
		}
	}
	v, err := c.grown(t, element)
	if err != nil {
		return err
	}
	if p.index < 0 {
		if element != p.element {
			setBoth(p.holder, p.element.Name(), value{})
		}
		setBoth(p.holder, element.Name(), v)
		return nil
	}
	l, err := t.list(p.holder, p.element)
	if err != nil {
		return err
	}
	l.remove(p.index)
	l.insert(p.index, v)
	return t.spend(l.len() / 16)
}

// reorder does what concerns a whole list, which may have no elements yet: insert and move.
func (c *change) reorder(t *tree, root place, steps path) *outcome.Error {
	if len(steps) == 0 || steps[len(steps)-1].kind != follow {
		return quoting(refused(outcome.Value, "the path names no list"), c.text, "a path that ends in the name of an element that may repeat")
	}
	found, err := t.places([]place{root}, steps[:len(steps)-1])
	if err != nil {
		return err
	}
	if len(found) != 1 {
		return quoting(refused(outcome.NotFound, "the path does not find one list"), fmt.Sprintf("%d at %s", len(found), c.text), "a path that finds one")
	}
	object, typ := found[0].parts()
	element := typ.Element([]byte(steps[len(steps)-1].name))
	if object == nil || !element.Exists() || !element.Repeated() {
		return quoting(refused(outcome.Structure, "the path names no list"), c.text, "a path that ends in the name of an element that may repeat")
	}
	if err := t.open(object); err != nil {
		return err
	}
	l, err := t.list(object, element)
	if err != nil {
		return err
	}
	if err := t.spend(l.len() / 16); err != nil {
		return err
	}
	if c.op == "insert" {
		return c.insert(t, &l, element)
	}
	for _, i := range []int{c.source, c.destination} {
		if i >= l.len() {
			return noSuchIndex(i, l.len()-1)
		}
	}
	l.insert(c.destination, l.remove(c.source))
	return nil
}

func (c *change) insert(t *tree, l *list, element codec.Element) *outcome.Error {
	if c.index > l.len() {
		return noSuchIndex(c.index, l.len())
	}
	v, err := c.grown(t, element)
	if err != nil {
		return err
	}
	l.insert(c.index, v)
	return nil
}

func noSuchIndex(index, most int) *outcome.Error {
	expected := fmt.Sprintf("at most %d", most)
	if most < 0 {
		expected = "a list with elements"
	}
	return quoting(refused(outcome.NotFound, "the list has no such index"), fmt.Sprint(index), expected)
}
