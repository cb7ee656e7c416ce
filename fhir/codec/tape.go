package codec

// Kind is the JSON kind of a value.
type Kind uint8

// The kinds. None is the kind of an absent value.
const (
	None Kind = iota
	Object
	Array
	String
	Number
	True
	False
	Null
)

// String names the kind for messages.
func (k Kind) String() string {
	return [...]string{"nothing", "an object", "an array", "a string", "a number", "true", "false", "null"}[k&7]
}

// flags say what the validator learnt about a value that readers want to know without the schema.
type flags uint8

const (
	flagEscaped   flags = 1 << iota // the string holds backslash escapes
	flagLiteral                     // Reference.reference
	flagURI                         // an element of type uri, url, oid or uuid (not canonical)
	flagNarrative                   // Narrative.div
	flagResource                    // an object that is a resource of its own
	flagChoice                      // the key names one type of a choice element ("servicedDate")
)

// node is one value of the tape. Its children, if any, follow it directly; next is the index behind the last of them,
// so that siblings are found by leaping from next to next. While a container is still being parsed its next is 0, which
// no finished node can have: that is how the path of a problem is found.
type node struct {
	off, end uint32 // the value's bytes; of a string, without the quotes
	next     uint32
	key      Name // 0 in arrays and at the root
	kind     Kind
	flags    flags
}

const nodeSize = 16

func (p *parser) open(kind Kind, key Name, fl flags) uint32 {
	p.tape = append(p.tape, node{off: uint32(p.at), key: key, kind: kind, flags: fl})
	return uint32(len(p.tape) - 1)
}

func (p *parser) close(at uint32) {
	n := &p.tape[at]
	n.end, n.next = uint32(p.at), uint32(len(p.tape))
}

func (p *parser) leaf(kind Kind, key Name, t text, fl flags) uint32 {
	at := uint32(len(p.tape))
	p.tape = append(p.tape, node{off: uint32(t.off), end: uint32(t.end), next: at + 1, key: key, kind: kind, flags: fl})
	return at
}

// placeholder keeps the place of a value that is wrong, so that the elements behind it keep their index.
func (p *parser) placeholder(key Name) uint32 {
	return p.leaf(Null, key, text{off: p.at, end: p.at}, 0)
}
