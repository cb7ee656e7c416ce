package patch

import (
	"slices"

	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
)

// tree is a resource while it is being changed.
type tree struct {
	root *node
	// growth and work are what is left of the bounds.
	growth, work int
}

func newTree(doc *codec.Document) *tree {
	return &tree{root: closed(doc.Bytes()), growth: maxGrowth, work: maxWork}
}

// grow counts bytes that are added.
func (t *tree) grow(n *node) *outcome.Error {
	if t.growth -= n.size(); t.growth < 0 {
		return refused(outcome.TooCostly, "the patch makes the resource too large")
	}
	return nil
}

// spend counts values that are looked at.
func (t *tree) spend(values int) *outcome.Error {
	if t.work -= values; t.work < 0 {
		return refused(outcome.TooCostly, "the patch looks at too much of the resource")
	}
	return nil
}

// open gives the node's children a place in the tree.
func (t *tree) open(n *node) *outcome.Error {
	if n.opened {
		return nil
	}
	read := len(n.raw)
	n.open()
	return t.spend(read/64 + len(n.members) + len(n.items))
}

func (t *tree) render(size int) []byte {
	w := codec.NewWriter(make([]byte, 0, size+size/8))
	t.root.write(w, "", false)
	return w.Bytes()
}

// node is a JSON value: bytes as they stand, or, once opened, an object's members or an array's items.
type node struct {
	kind    byte // the first byte: { [ " t f n, or that of a number
	raw     []byte
	opened  bool
	members []member
	items   []*node
}

type member struct {
	name  string
	value *node
}

// closed is a node of checked JSON.
func closed(raw []byte) *node {
	raw = trim(raw)
	return &node{kind: raw[0], raw: raw}
}

func (n *node) isObject() bool { return n != nil && n.kind == '{' }
func (n *node) isArray() bool  { return n != nil && n.kind == '[' }
func (n *node) isNull() bool   { return n == nil || n.kind == 'n' }

func (n *node) open() {
	if n.opened {
		return
	}
	switch n.kind {
	case '{':
		n.members = membersOf(n.raw)
	case '[':
		n.items = itemsOf(n.raw)
	default:
		return
	}
	n.opened, n.raw = true, nil
}

// get is the member of a name, nil without one.
func (n *node) get(name string) *node {
	for i := range n.members {
		if n.members[i].name == name {
			return n.members[i].value
		}
	}
	return nil
}

// set puts a member in the place of the one that has the name, or behind all others.
func (n *node) set(name string, value *node) {
	for i := range n.members {
		if n.members[i].name == name {
			n.members[i].value = value
			return
		}
	}
	n.members = append(n.members, member{name, value})
}

func (n *node) drop(name string) {
	n.members = slices.DeleteFunc(n.members, func(m member) bool { return m.name == name })
}

// size is about how many bytes the node takes.
func (n *node) size() int {
	if n == nil {
		return 0
	}
	size := len(n.raw) + 2
	for i := range n.members {
		size += len(n.members[i].name) + 4 + n.members[i].value.size()
	}
	for _, item := range n.items {
		size += 1 + item.size()
	}
	return size
}

// clone is a copy that shares no open node.
func (n *node) clone() *node {
	if !n.opened {
		same := *n
		return &same
	}
	c := &node{kind: n.kind, opened: true}
	for _, m := range n.members {
		c.members = append(c.members, member{m.name, m.value.clone()})
	}
	for _, item := range n.items {
		c.items = append(c.items, item.clone())
	}
	return c
}

// write writes the node. The Writer leaves out what was opened and has become empty; only in an array that stands beside one
// of primitives, to say the rest about them, the place is kept.
func (n *node) write(w *codec.Writer, key string, keepsPlace bool) {
	switch {
	case !n.opened:
		w.Raw(key, n.raw)
	case keepsPlace && n.hollow():
		w.Raw(key, []byte("null"))
	case n.kind == '{':
		w.Object(key)
		for i := range n.members {
			name := n.members[i].name
			beside := len(name) > 0 && name[0] == '_'
			n.members[i].value.writeMember(w, name, beside)
		}
		w.End()
	default:
		w.Array(key)
		for _, item := range n.items {
			item.write(w, "", false)
		}
		w.End()
	}
}

func (n *node) writeMember(w *codec.Writer, name string, beside bool) {
	if !beside || !n.opened || n.kind != '[' {
		w.Key(name)
		n.write(w, "", false)
		return
	}
	if n.hollow() {
		return
	}
	w.Array(name)
	for _, item := range n.items {
		item.write(w, "", true)
	}
	w.End()
}

// hollow tells whether nothing is left of an opened node.
func (n *node) hollow() bool {
	if !n.opened {
		return n.kind == 'n'
	}
	for i := range n.members {
		if m := n.members[i].value; !m.opened || !m.hollow() {
			return false
		}
	}
	for _, item := range n.items {
		if !item.hollow() {
			return false
		}
	}
	return true
}
