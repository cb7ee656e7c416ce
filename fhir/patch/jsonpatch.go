package patch

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"claimwright/fhir/outcome"
)

// ParseJSON reads a JSON Patch (RFC 6902). The error is an *outcome.Error: 400 for what is none, 413 for one of too many
// operations. The body is kept.
func ParseJSON(body []byte) (*Patch, error) {
	if !json.Valid(body) {
		return nil, malformed("", "text that is no JSON", "an array of operations", "the body is no JSON Patch")
	}
	list := closed(body)
	if !list.isArray() {
		return nil, malformed("", kindName(list), "an array of operations", "the body is no JSON Patch")
	}
	items := itemsOf(list.raw)
	if len(items) > MaxOperations {
		return nil, tooMany(len(items))
	}
	p := &Patch{}
	var issues []outcome.Issue
	for i, item := range items {
		o, err := readOperation(i, item)
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

// mostIssues bounds what is reported of a broken patch.
const mostIssues = 20

// jsonOperation is one operation of a JSON Patch.
type jsonOperation struct {
	number     int
	op         string
	path, from pointer
	value      *node
}

func (o *jsonOperation) at() string { return operationName(o.number) }

func operationName(number int) string { return fmt.Sprintf("operation %d of the patch", number) }

var jsonOps = []string{"add", "remove", "replace", "move", "copy", "test"}

func readOperation(number int, item *node) (*jsonOperation, *outcome.Error) {
	wrong := func(found, expected, text string) *outcome.Error {
		return malformed("", found, expected, "%s: %s", operationName(number), text)
	}
	if !item.isObject() {
		return nil, wrong(kindName(item), "an object", "it is no object")
	}
	item = item.looked()
	for i := range item.members { // which of two would count is anybody's guess
		if name := item.members[i].name; slices.ContainsFunc(item.members[:i], func(m member) bool { return m.name == name }) {
			return nil, wrong(name, "each member once", "a member is there twice")
		}
	}
	o := &jsonOperation{number: number, op: item.text("op"), value: item.get("value")}
	if !slices.Contains(jsonOps, o.op) {
		return nil, wrong(o.op, strings.Join(jsonOps, ", "), "op is not one of JSON Patch")
	}
	var ok bool
	if path := item.get("path"); path == nil || path.kind != '"' {
		return nil, wrong("no path", "a JSON Pointer such as /name/0/family", "it has no path")
	}
	if o.path, ok = parsePointer(item.text("path")); !ok {
		return nil, wrong(item.text("path"), "a JSON Pointer such as /name/0/family", "path is no JSON Pointer")
	}
	switch o.op {
	case "add", "replace", "test":
		if o.value == nil {
			return nil, wrong("no value", "a value", "it has no value")
		}
	case "move", "copy":
		if from := item.get("from"); from == nil || from.kind != '"' {
			return nil, wrong("no from", "a JSON Pointer", "it has no from")
		}
		if o.from, ok = parsePointer(item.text("from")); !ok {
			return nil, wrong(item.text("from"), "a JSON Pointer", "from is no JSON Pointer")
		}
		if o.op == "move" && o.from.contains(o.path) {
			return nil, wrong(item.text("path"), "a path outside of from", "a value cannot be moved into itself")
		}
	}
	return o, nil
}

// text is a member that is a string.
func (n *node) text(name string) string {
	if v := n.get(name); v != nil && v.kind == '"' {
		return textOf(v.raw)
	}
	return ""
}

func (o *jsonOperation) apply(t *tree) *outcome.Error {
	switch o.op {
	case "add":
		return t.addNew(o.path, o.value.clone())
	case "remove":
		_, err := t.remove(o.path)
		return err
	case "replace":
		return t.replace(o.path, o.value.clone())
	case "move":
		value, err := t.find(o.from)
		if err != nil || slices.Equal(o.from, o.path) {
			return err
		}
		if _, err := t.remove(o.from); err != nil {
			return err
		}
		return t.add(o.path, value)
	case "copy":
		value, err := t.find(o.from)
		if err != nil {
			return err
		}
		if err := t.grow(value); err != nil {
			return err
		}
		return t.add(o.path, value.clone())
	}
	return t.test(o.path, o.value)
}

func (t *tree) test(p pointer, value *node) *outcome.Error {
	n, err := t.find(p)
	if err != nil {
		return err
	}
	same, err := t.equal(n, value)
	if err != nil {
		return err
	}
	if !same {
		return quoting(refused(outcome.Conflict, "the test failed"), "another value at "+p.String(), string(value.raw))
	}
	return nil
}

func (t *tree) addNew(p pointer, value *node) *outcome.Error {
	if err := t.grow(value); err != nil {
		return err
	}
	return t.add(p, value)
}

// add puts a value into an object, over one that is there, or into an array, before the index.
func (t *tree) add(p pointer, value *node) *outcome.Error {
	if len(p) == 0 {
		t.root = value
		return nil
	}
	n, token, err := t.holder(p)
	if err != nil {
		return err
	}
	if n.isObject() {
		n.set(token, value)
		return nil
	}
	i, ok := index(token, len(n.items))
	if token == "-" {
		i, ok = len(n.items), true
	}
	if !ok {
		return quoting(refused(outcome.NotFound, "the array has no such place"), p.String(), fmt.Sprintf("an index up to %d, or -", len(n.items)))
	}
	n.items = slices.Insert(n.items, i, value)
	return t.spend(len(n.items) / 16)
}

func (t *tree) remove(p pointer) (*node, *outcome.Error) {
	if len(p) == 0 {
		return nil, refused(outcome.Value, "the whole resource cannot be removed by a patch")
	}
	value, err := t.find(p)
	if err != nil {
		return nil, err
	}
	n, token, err := t.holder(p)
	if err != nil {
		return nil, err
	}
	if n.isObject() {
		n.drop(token)
		return value, nil
	}
	i, _ := index(token, len(n.items))
	n.items = slices.Delete(n.items, i, i+1)
	return value, t.spend(len(n.items) / 16)
}

func (t *tree) replace(p pointer, value *node) *outcome.Error {
	if _, err := t.find(p); err != nil {
		return err
	}
	if err := t.grow(value); err != nil {
		return err
	}
	if len(p) == 0 {
		t.root = value
		return nil
	}
	n, token, err := t.holder(p)
	if err != nil {
		return err
	}
	if n.isObject() {
		n.set(token, value)
		return nil
	}
	i, _ := index(token, len(n.items))
	n.items[i] = value
	return nil
}

func kindName(n *node) string {
	switch n.kind {
	case '{':
		return "an object"
	case '[':
		return "an array"
	case '"':
		return "a string"
	case 't', 'f':
		return "true or false"
	case 'n':
		return "null"
	}
	return "a number"
}
