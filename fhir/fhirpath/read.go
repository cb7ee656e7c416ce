package fhirpath

import (
	"encoding/json"
	"errors"

	"claimwright/fhir/codec"
)

// Bounds of a resource that is read.
const (
	maxDepth = 200
	maxNodes = 2_000_000
)

// ErrNotJSON is a text that cannot be read as a JSON object; ErrTooDeep one that nests too deep or holds too much.
var (
	ErrNotJSON = errors.New("not a JSON object")
	ErrTooDeep = errors.New("the resource nests too deep or has too many elements")
)

// Resource is a resource that expressions can be evaluated over. It is immutable, safe for concurrent use, and shares the
// memory of the bytes it was read from, which must not change.
type Resource struct{ root *node }

// Read makes a Resource of a resource's JSON. It checks that it is JSON and nothing more, so that answers of other servers
// can be examined whether they are valid or not; elements that R4 does not know have no type of R4.
func Read(body []byte) (*Resource, error) {
	if !json.Valid(body) {
		return nil, ErrNotJSON
	}
	b := &builder{text: body}
	b.blanks()
	if b.text[b.at] != '{' {
		return nil, ErrNotJSON
	}
	root := &node{index: -1, resource: true}
	b.object(root, codec.Type{}, 0)
	if b.refused {
		return nil, ErrTooDeep
	}
	return &Resource{root: root}, nil
}

// Root is the resource as a Value.
func (r *Resource) Root() Value {
	if r == nil {
		return Value{}
	}
	return Value{node: r.root}
}

// builder makes nodes of JSON that is known to be valid.
type builder struct {
	text    []byte
	at      int
	nodes   int
	refused bool
}

func (b *builder) blanks() {
	for b.at < len(b.text) && (b.text[b.at] == ' ' || b.text[b.at] == '\n' || b.text[b.at] == '\t' || b.text[b.at] == '\r') {
		b.at++
	}
}

// quoted reads a string and gives its text.
func (b *builder) quoted() string {
	from, escaped := b.at, false
	for b.at++; b.text[b.at] != '"'; b.at++ {
		if b.text[b.at] == '\\' {
			escaped = true
			b.at++
		}
	}
	b.at++
	raw := b.text[from:b.at]
	if !escaped {
		return string(raw[1 : len(raw)-1])
	}
	var text string
	if json.Unmarshal(raw, &text) != nil { // it is valid
		return ""
	}
	return text
}

// object reads the members of an object into n. Its type is the resourceType's where it has one, else t.
func (b *builder) object(n *node, t codec.Type, depth int) {
	if b.nodes++; depth > maxDepth || b.nodes > maxNodes {
		b.refused = true
	}
	if b.refused {
		b.at = len(b.text)
		return
	}
	from := b.at
	if name := b.resourceType(n, t); name != "" {
		n.resource, n.typeName, t = true, name, codec.ResourceType(name)
	}
	n.typ = t
	s := newShelf(n)
	b.members(func(key string) { b.member(s, key, depth) })
	s.close()
	if !b.refused {
		n.raw = b.text[from:b.at]
	}
}

// resourceType looks ahead for the type of what may be a resource.
func (b *builder) resourceType(n *node, t codec.Type) string {
	if n.parent != nil && t.Known() && t.Name() != "Resource" {
		return ""
	}
	ahead, name := builder{text: b.text, at: b.at}, ""
	ahead.members(func(key string) {
		if key == "resourceType" && ahead.text[ahead.at] == '"' {
			name = ahead.quoted()
			return
		}
		ahead.skip()
	})
	return name
}

// members calls f at the value of each member; f must read it.
func (b *builder) members(f func(key string)) {
	b.at++
	for b.blanks(); b.at < len(b.text) && b.text[b.at] != '}'; b.blanks() {
		if b.text[b.at] == ',' {
			b.at++
			continue
		}
		key := b.quoted()
		b.blanks()
		b.at++ // the colon
		b.blanks()
		f(key)
	}
	b.at++
}

// elements calls f at each element of an array; f must read it.
func (b *builder) elements(f func()) {
	b.at++
	for b.blanks(); b.at < len(b.text) && b.text[b.at] != ']'; b.blanks() {
		if b.text[b.at] == ',' {
			b.at++
			continue
		}
		f()
	}
	b.at++
}

// skip steps over a value.
func (b *builder) skip() {
	depth := 0
	for b.at < len(b.text) {
		switch b.text[b.at] {
		case '"':
			b.quoted()
			b.at--
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 {
				return
			}
			depth--
		case ',':
			if depth == 0 {
				return
			}
		}
		b.at++
		if depth == 0 && b.at < len(b.text) {
			switch b.text[b.at] {
			case ',', '}', ']':
				return
			}
		}
	}
}
