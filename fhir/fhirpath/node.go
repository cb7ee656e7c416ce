package fhirpath

import (
	"slices"
	"strconv"
	"strings"

	"claimwright/fhir/codec"
)

// kind is how a node stands in JSON.
type kind uint8

const (
	complexKind kind = iota
	textKind
	numberKind
	booleanKind
)

// node is one element of a resource. A primitive and its "_x" companion are one node.
type node struct {
	// name is the element's name in FHIRPath, the stem of a choice; key as it stands in JSON.
	name, key string
	typ       codec.Type
	// typeName is the type of a resource, which R4 may not know.
	typeName string
	kind     kind
	// text is a primitive's value, valued whether there is one.
	text     string
	valued   bool
	raw      []byte
	parent   *node
	index    int // in a list, else -1
	children []*node
	// shelved says where the children of a name begin, in elements with many: a Bundle's entries hide its type else.
	shelved  map[string]int
	resource bool
}

// manyChildren is from where on a table of their names pays.
const manyChildren = 24

// shelf is where an object's members are filed while it is read, so that a companion finds its primitive.
type shelf struct {
	owner *node
	// first is where the elements of a key begin among the owner's children.
	first map[string]int
	// gaps says that a list had a null, which keeps a place until the companion was read.
	gaps bool
}

func newShelf(owner *node) *shelf { return &shelf{owner: owner, first: map[string]int{}} }

// member reads one member of an object.
func (b *builder) member(s *shelf, key string, depth int) {
	if key == "resourceType" && s.owner.resource {
		b.skip()
		return
	}
	name, companion := strings.CutPrefix(key, "_")
	m := defined{name: name}
	if e := s.owner.typ.Element([]byte(name)); e.Exists() {
		m = defined{e.PathName(), e.Type()}
	}
	b.fill(s, name, m, companion, depth)
}

// defined is an element's name in FHIRPath and its type.
type defined struct {
	name string
	typ  codec.Type
}

// fill reads the value or the list of values of a key.
func (b *builder) fill(s *shelf, key string, m defined, companion bool, depth int) {
	at, again := s.first[key]
	if !again {
		s.first[key] = len(s.owner.children)
	}
	place := func(index int) *node {
		if again && at < len(s.owner.children) && s.owner.children[at].key == key {
			at++
			return s.owner.children[at-1]
		}
		n := &node{name: m.name, key: key, typ: m.typ, parent: s.owner, index: index}
		s.owner.children = append(s.owner.children, n)
		return n
	}
	if b.text[b.at] != '[' {
		b.value(s, place(-1), companion, depth)
		return
	}
	i := 0
	b.elements(func() {
		b.value(s, place(i), companion, depth)
		i++
	})
}

// value reads one value into its node.
func (b *builder) value(s *shelf, n *node, companion bool, depth int) {
	if b.nodes++; b.nodes > maxNodes {
		b.refused = true
	}
	from := b.at
	switch c := b.text[b.at]; {
	case c == 'n':
		b.at += len("null")
		s.gaps = true
		return
	case c == '[': // there are no lists of lists in FHIR
		b.skip()
		return
	case companion:
		b.companion(n, depth)
		return
	case c == '{':
		b.object(n, n.typ, depth+1)
		return
	case c == '"':
		n.kind, n.text = textKind, b.quoted()
	default:
		b.skip()
		n.text = strings.TrimRight(string(b.text[from:b.at]), " \t\r\n")
		n.kind = numberKind
		if c == 't' || c == 'f' {
			n.kind = booleanKind
		}
		b.at = from + len(n.text)
	}
	n.valued, n.raw = true, b.text[from:b.at]
}

// close forgets the nulls that no companion filled, and notes where names begin.
func (s *shelf) close() {
	n := s.owner
	if s.gaps {
		n.children = slices.DeleteFunc(n.children, func(n *node) bool {
			return !n.valued && n.raw == nil && len(n.children) == 0
		})
	}
	if len(n.children) < manyChildren {
		return
	}
	n.shelved = map[string]int{}
	for i, c := range n.children {
		if _, ok := n.shelved[c.name]; !ok {
			n.shelved[c.name] = i
		}
	}
}

// companion reads the id and the extensions of a primitive.
func (b *builder) companion(n *node, depth int) {
	if b.text[b.at] != '{' {
		b.skip()
		return
	}
	if b.nodes++; depth > maxDepth || b.nodes > maxNodes {
		b.refused = true
		b.at = len(b.text)
		return
	}
	if n.kind == complexKind {
		n.kind = textKind
	}
	s := newShelf(n)
	b.members(func(key string) {
		switch key {
		case "id":
			b.fill(s, key, defined{name: key}, false, depth+1)
		case "extension":
			b.fill(s, key, defined{key, extensionType()}, false, depth+1)
		default:
			b.skip()
		}
	})
	s.close()
}

// extensionType is the type of the extensions of primitives.
func extensionType() codec.Type { return codec.PrimitiveType().Element([]byte("extension")).Type() }

// typeOf is the name of the node's type, empty where R4 does not know the element.
func (n *node) typeOf() string {
	if n.typeName != "" {
		return n.typeName
	}
	return n.typ.Name()
}

// path is the node's place in the whole resource: Claim.item[2].serviced.
func (n *node) path() string {
	if n.parent == nil {
		return n.typeOf()
	}
	p := n.parent.path() + "." + n.name
	if n.index >= 0 {
		p += "[" + strconv.Itoa(n.index) + "]"
	}
	return p
}

// holder is the resource that the node stands in; for a resource itself.
func (n *node) holder() *node {
	for !n.resource && n.parent != nil {
		n = n.parent
	}
	return n
}

// top is the whole resource that was read.
func (n *node) top() *node {
	for n.parent != nil {
		n = n.parent
	}
	return n
}

// container is the resource that a fragment "#id" is looked up in: the one that contains the holder, if one does.
func (n *node) container() *node {
	h := n.holder()
	if h.parent != nil && h.key == "contained" {
		return h.parent
	}
	return h
}

// named are the children with a name, which stand side by side.
func (n *node) named(name string) []*node {
	from := 0
	if n.shelved != nil {
		at, ok := n.shelved[name]
		if !ok {
			return nil
		}
		from = at
	}
	for from < len(n.children) && n.children[from].name != name {
		from++
	}
	to := from
	for to < len(n.children) && n.children[to].name == name {
		to++
	}
	return n.children[from:to]
}

// first is the first child with a name, nil where there is none.
func (n *node) first(name string) *node {
	if list := n.named(name); len(list) > 0 {
		return list[0]
	}
	return nil
}

// textOf is the text of a primitive child, empty where there is none.
func (n *node) textOf(name string) string {
	if c := n.first(name); c != nil {
		return c.text
	}
	return ""
}

// copied is the node and what is below it, in memory of its own.
func (n *node) copied(parent *node) *node {
	c := *n
	c.parent, c.raw = parent, slices.Clone(n.raw)
	if parent == nil {
		c.index = -1
	}
	c.children = make([]*node, len(n.children))
	for i, child := range n.children {
		c.children[i] = child.copied(&c)
	}
	return &c
}
