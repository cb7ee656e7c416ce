package patch

import (
	"fmt"
	"slices"
	"strings"

	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
)

var (
	nParameter = codec.Intern("parameter")
	nPart      = codec.Intern("part")
	nName      = codec.Intern("name")
)

// ParseParameters reads a FHIRPath Patch (R4 fhirpatch.html): Parameters with a parameter "operation" for each change. The
// error is an *outcome.Error that names the element: 400 for what is none, 413 for one of too many operations.
func ParseParameters(doc *codec.Document) (*Patch, error) {
	if doc.Type() != "Parameters" {
		return nil, malformed("resourceType", doc.Type(), "Parameters", "the resource is no FHIRPath Patch")
	}
	list := doc.Root().Get(nParameter)
	if n := list.Len(); n > MaxOperations {
		return nil, tooMany(n)
	}
	p := &Patch{}
	var issues []outcome.Issue
	for parameter := range list.Each() {
		o, err := readChange(parameter)
		if err != nil {
			issues = append(issues, err.Issues...)
			continue
		}
		p.operations = append(p.operations, o)
	}
	if len(issues) > 0 {
		return nil, outcome.Of(400, issues[:min(len(issues), mostIssues)])
	}
	return p, nil
}

// change is one operation of a FHIRPath Patch.
type change struct {
	where string // in the Parameters
	op    string
	// text is the path as it was sent, path what it means below the resource.
	text string
	path path
	name string
	// value is that of add, insert and replace.
	value given
	// index is that of insert; source and destination are those of move.
	index, source, destination int
}

func (c *change) at() string { return c.where }

// wanted are the parts that each operation needs beside type and path.
var wanted = map[string][]string{
	"add":     {"name", "value"},
	"insert":  {"value", "index"},
	"delete":  nil,
	"replace": {"value"},
	"move":    {"source", "destination"},
}

func readChange(parameter codec.Value) (*change, *outcome.Error) {
	c := &change{where: parameter.Path()}
	if name := parameter.Get(nName).Text(); name != "operation" {
		return nil, malformed(c.where+".name", name, "operation", "a FHIRPath Patch has no parameter of this name")
	}
	seen := map[string]codec.Value{}
	for part := range parameter.Get(nPart).Each() {
		name := strings.Clone(part.Get(nName).Text())
		if _, twice := seen[name]; twice {
			return nil, malformed(part.Path(), name, "each part once", "the part is there twice")
		}
		seen[name] = part
	}
	c.op = partText(seen["type"])
	needed, known := wanted[c.op]
	if !known {
		return nil, malformed(c.where, "the type "+shorten(c.op), "add, insert, delete, replace or move", "the operation has no type that is known")
	}
	for _, name := range append([]string{"path"}, needed...) {
		part, there := seen[name]
		if !there {
			return nil, malformed(c.where, "no part "+name, "a part "+name, "the operation %s is not complete", c.op)
		}
		if err := c.read(name, part); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// partText is the text of a part's value, whatever its type.
func partText(part codec.Value) string {
	for name, v := range part.Members() {
		if strings.HasPrefix(name.String(), "value") {
			return strings.Clone(v.Text())
		}
	}
	return ""
}

func (c *change) read(name string, part codec.Value) (err *outcome.Error) {
	switch name {
	case "path":
		c.text = partText(part)
		parsed, problem := parsePath(c.text)
		if problem != nil {
			return malformed(part.Path(), c.text, "a path such as Patient.name.where(use = 'official').given", "the path cannot be used in a patch: %s", problem)
		}
		c.path = parsed
	case "name":
		c.name = partText(part)
	case "value":
		c.value, err = readGiven(part, 0)
	case "index":
		c.index, err = partIndex(part)
	case "source":
		c.source, err = partIndex(part)
	case "destination":
		c.destination, err = partIndex(part)
	}
	return err
}

func partIndex(part codec.Value) (int, *outcome.Error) {
	text := partText(part)
	n, ok := index(text, 1<<30)
	if !ok {
		return 0, malformed(part.Path(), shorten(text), "a whole number from 0 on", "the part is no index")
	}
	return n, nil
}

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
