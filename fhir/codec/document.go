package codec

import (
	"iter"
	"strings"
)

// Document is one checked R4 resource: its bytes and the tape over them. It is immutable and safe for concurrent use.
// A nil Document is absent: its Root is the absent Value and all its strings are empty.
type Document struct {
	body   []byte
	tape   []node
	typ    *elementType
	limits Limits
}

// Type is the resource type, such as "Claim". It never shares memory with the body.
func (d *Document) Type() string {
	if d == nil {
		return ""
	}
	return d.typ.name
}

// ID is a copy of the resource's id, empty when it has none.
func (d *Document) ID() string { return strings.Clone(d.Root().Get(nameID).Text()) }

// VersionID is a copy of meta.versionId, empty when there is none.
func (d *Document) VersionID() string {
	return strings.Clone(d.Root().Get(nameMeta).Get(nameVersionID).Text())
}

// LastUpdated is a copy of meta.lastUpdated as it is written, empty when there is none.
func (d *Document) LastUpdated() string {
	return strings.Clone(d.Root().Get(nameMeta).Get(nameLastUpdated).Text())
}

// Bytes is the resource's JSON. It is the Document's own memory and must not be changed.
func (d *Document) Bytes() []byte {
	if d == nil {
		return nil
	}
	return d.body
}

// Root is the resource itself.
func (d *Document) Root() Value {
	if d == nil {
		return Value{}
	}
	return Value{doc: d}
}

// Size is how much memory the document holds: its bytes and its tape.
func (d *Document) Size() int {
	if d == nil {
		return 0
	}
	return cap(d.body) + cap(d.tape)*nodeSize
}

// References yields, in document order, every string that a transaction rewrites when it resolves urn:uuid references
// (R4 http.html#transaction), other than links in narratives: every Reference.reference and every element of type uri,
// url, oid or uuid. Canonicals are not among them. Value.IsReference tells the two apart.
func (d *Document) References() iter.Seq[Value] { return d.flagged(flagLiteral | flagURI) }

// Narratives yields the div of every narrative, whose links to urn:uuid a transaction rewrites as well.
func (d *Document) Narratives() iter.Seq[Value] { return d.flagged(flagNarrative) }

func (d *Document) flagged(fl flags) iter.Seq[Value] {
	return func(yield func(Value) bool) {
		if d == nil {
			return
		}
		for i := range d.tape {
			if n := &d.tape[i]; n.flags&fl != 0 && n.kind == String && !yield(Value{d, uint32(i)}) {
				return
			}
		}
	}
}
