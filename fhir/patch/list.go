package patch

import (
	"slices"

	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
)

// list is a repeated element: its values and, of primitives, the array beside them with their ids and extensions, which
// stay in step.
type list struct {
	holder         *node
	name           string
	values, beside *node // arrays, nil where there is none
}

// list is the repeated element of an object; it may have no values yet.
func (t *tree) list(holder *node, element codec.Element) (list, *outcome.Error) {
	l := list{holder: holder, name: element.Name()}
	if values := holder.get(l.name); values.isArray() {
		l.values = values
	}
	if beside := holder.get("_" + l.name); beside.isArray() {
		l.beside = beside
	}
	for _, array := range []*node{l.values, l.beside} {
		if array != nil {
			if err := t.open(array); err != nil {
				return l, err
			}
		}
	}
	return l, nil
}

func (l *list) len() int {
	n := 0
	if l.values != nil {
		n = len(l.values.items)
	}
	if l.beside != nil {
		n = max(n, len(l.beside.items))
	}
	return n
}

// insert puts a value before an index, which may be that behind the last.
func (l *list) insert(index int, v value) {
	n := l.len()
	if v.json != nil || l.values != nil {
		l.values = l.array(l.values, l.name, n)
		l.values.items = slices.Insert(l.values.items, index, orNull(v.json))
	}
	if v.beside != nil || l.beside != nil {
		l.beside = l.array(l.beside, "_"+l.name, n)
		l.beside.items = slices.Insert(l.beside.items, index, orNull(v.beside))
	}
}

// remove takes the value at an index out.
func (l *list) remove(index int) value {
	var v value
	if l.values != nil && index < len(l.values.items) {
		v.json = l.values.items[index]
		l.values.items = slices.Delete(l.values.items, index, index+1)
	}
	if l.beside != nil && index < len(l.beside.items) {
		v.beside = l.beside.items[index]
		l.beside.items = slices.Delete(l.beside.items, index, index+1)
	}
	return v
}

// array is the array of a name, made if it is missing, as long as the list.
func (l *list) array(a *node, name string, n int) *node {
	if a == nil {
		a = &node{kind: '[', opened: true}
		l.holder.set(name, a)
	}
	for len(a.items) < n {
		a.items = append(a.items, orNull(nil))
	}
	return a
}

func orNull(n *node) *node {
	if n == nil {
		return closed([]byte("null"))
	}
	return n
}
