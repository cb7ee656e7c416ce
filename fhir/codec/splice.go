package codec

import (
	"cmp"
	"slices"
)

// splice puts json in the place of a document's bytes [off, end) and nodes in the place of its tape nodes [from, to).
// Where bytes are only inserted, off is end and from is to.
type splice struct {
	off, end, from, to uint32
	fragment
}

// fragment is a piece of JSON with its tape; offsets and nexts count from the fragment's start.
type fragment struct {
	json  []byte
	nodes []node
}

// quoted appends a string value.
func (f *fragment) quoted(key Name, value string) {
	start := len(f.json) + 1
	f.json = appendQuoted(f.json, value)
	n := node{off: uint32(start), end: uint32(len(f.json) - 1), next: uint32(len(f.nodes) + 1), key: key, kind: String}
	for _, c := range f.json[n.off:n.end] {
		if c == '\\' {
			n.flags |= flagEscaped
		}
	}
	f.nodes = append(f.nodes, n)
}

// member appends a key with a string value.
func (f *fragment) member(key Name, value string) {
	f.key(key)
	f.quoted(key, value)
}

func (f *fragment) key(key Name) {
	f.json = append(appendQuoted(f.json, key.String()), ':')
}

// after is the place behind a value: a byte offset and a tape index.
func (v Value) after() (off, at uint32) {
	n := v.node()
	return uint32(v.end()), n.next
}

// inside is the place in front of an object's first member.
func (v Value) inside() (off, at uint32) { return v.node().off + 1, v.at + 1 }

func (s *splice) insertAt(off, at uint32) { s.off, s.end, s.from, s.to = off, off, at, at }

// start and end delimit the value's raw JSON.
func (v Value) start() int {
	if n := v.node(); n.kind != String {
		return int(n.off)
	}
	return int(v.node().off) - 1
}

func (v Value) end() int {
	if n := v.node(); n.kind != String {
		return int(n.end)
	}
	return int(v.node().end) + 1
}

// replacement is a splice in the place of the whole value, as yet without content.
func (v Value) replacement() splice {
	return splice{off: uint32(v.start()), end: uint32(v.end()), from: v.at, to: v.node().next}
}

// spliced applies splices, which must not overlap, to bytes and tape.
func (d *Document) spliced(edits []splice) *Document {
	slices.SortFunc(edits, func(a, b splice) int { return cmp.Compare(a.off, b.off) })
	out := &Document{body: splicedBody(d.body, edits), typ: d.typ, limits: d.limits}
	size := len(d.tape)
	for _, e := range edits {
		size += len(e.nodes)
	}
	out.tape = make([]node, 0, size)
	r := rebase{edits: edits}
	at := uint32(0)
	for _, e := range edits {
		out.tape = r.appendNodes(out.tape, d.tape[at:e.from])
		out.tape = r.appendFragment(out.tape, e)
		at = e.to
	}
	out.tape = r.appendNodes(out.tape, d.tape[at:])
	return out
}

func splicedBody(body []byte, edits []splice) []byte {
	size := len(body)
	for _, e := range edits {
		size += len(e.json)
	}
	out := make([]byte, 0, size)
	at := uint32(0)
	for _, e := range edits {
		out = append(append(out, body[at:e.off]...), e.json...)
		at = e.end
	}
	return append(out, body[at:]...)
}

// rebase moves nodes to where splices have put them. An edit that begins before a node's byte has moved that byte; an
// edit that begins before a node's end has moved its end and its next, whether it lies before the node or inside it.
type rebase struct{ edits []splice }

// shift is how far something moved: bytes, and places on the tape.
type shift struct{ bytes, nodes int }

// before sums up the edits that begin before a byte.
func (r rebase) before(off uint32) (s shift) {
	for _, e := range r.edits {
		if e.off >= off {
			break
		}
		s.bytes += len(e.json) - int(e.end-e.off)
		s.nodes += len(e.nodes) - int(e.to-e.from)
	}
	return s
}

// appendNodes moves nodes between which no edit begins.
func (r rebase) appendNodes(dst, src []node) []node {
	if len(src) == 0 {
		return dst
	}
	moved := r.before(src[0].off)
	for _, n := range src {
		back := moved
		if n.kind == Object || n.kind == Array {
			back = r.before(n.end)
		}
		n.off, n.end, n.next = uint32(int(n.off)+moved.bytes), uint32(int(n.end)+back.bytes), uint32(int(n.next)+back.nodes)
		dst = append(dst, n)
	}
	return dst
}

func (r rebase) appendFragment(dst []node, e splice) []node {
	base, at := uint32(int(e.off)+r.before(e.off).bytes), uint32(len(dst))
	for _, n := range e.nodes {
		n.off, n.end, n.next = n.off+base, n.end+base, n.next+at
		dst = append(dst, n)
	}
	return dst
}
