package codec

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"claimwright/fhir/outcome"
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

// WithMeta returns the resource as a version of the store: with the given id, meta.versionId and meta.lastUpdated (in
// UTC, to the millisecond). Everything else keeps its bytes, the other members of meta included. An empty id leaves the
// resource's own id, or its lack of one. The new Document shares no memory with d and is not parsed again.
func (d *Document) WithMeta(id string, version int64, updated time.Time) *Document {
	root := d.Root()
	edits := make([]splice, 0, 4)
	idValue, meta := root.Get(nameID), root.Get(nameMeta)
	var atType, atID splice
	atType.insertAt(root.Get(nameResourceType).after())
	switch {
	case id == "":
	case idValue.Exists():
		s := idValue.replacement()
		s.quoted(nameID, id)
		edits = append(edits, s)
	default:
		atType.json = append(atType.json, ',')
		atType.member(nameID, id)
	}
	versionID, lastUpdated := strconv.FormatInt(version, 10), string(AppendInstant(nil, updated))
	switch {
	case meta.Exists():
		edits = appendMetaSplices(edits, meta, versionID, lastUpdated)
	case idValue.Exists():
		atID.insertAt(idValue.after())
		atID.wholeMeta(versionID, lastUpdated)
		edits = append(edits, atID)
	default:
		atType.wholeMeta(versionID, lastUpdated)
	}
	if len(atType.json) > 0 {
		edits = append(edits, atType)
	}
	return d.spliced(edits)
}

// wholeMeta appends a meta element of its own.
func (f *fragment) wholeMeta(versionID, lastUpdated string) {
	f.json = append(f.json, ',')
	f.key(nameMeta)
	at := len(f.nodes)
	f.nodes = append(f.nodes, node{off: uint32(len(f.json)), key: nameMeta, kind: Object})
	f.json = append(f.json, '{')
	f.member(nameVersionID, versionID)
	f.json = append(f.json, ',')
	f.member(nameLastUpdated, lastUpdated)
	f.json = append(f.json, '}')
	f.nodes[at].end, f.nodes[at].next = uint32(len(f.json)), uint32(len(f.nodes))
}

// appendMetaSplices replaces the two members of an existing meta, or inserts them before its other members.
func appendMetaSplices(edits []splice, meta Value, versionID, lastUpdated string) []splice {
	var first splice
	first.insertAt(meta.inside())
	for _, m := range [2]struct {
		key   Name
		value string
	}{{nameVersionID, versionID}, {nameLastUpdated, lastUpdated}} {
		if old := meta.Get(m.key); old.Exists() {
			s := old.replacement()
			s.quoted(m.key, m.value)
			edits = append(edits, s)
			continue
		}
		first.member(m.key, m.value)
		first.json = append(first.json, ',')
	}
	if len(first.json) > 0 {
		edits = append(edits, first)
	}
	return edits
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

// rebase moves nodes to where splices have put them. Any edit that begins before a node's byte has moved that byte; any
// edit that begins before a node's end has moved its end and its next, whether it lies before the node or inside it.
type rebase struct{ edits []splice }

// shifts are how far the edits that begin before a byte move what lies there: bytes, and nodes.
func (r rebase) shifts(before uint32) (bytes, nodes int) {
	for _, e := range r.edits {
		if e.off >= before {
			break
		}
		bytes += len(e.json) - int(e.end-e.off)
		nodes += len(e.nodes) - int(e.to-e.from)
	}
	return bytes, nodes
}

func (r rebase) appendNodes(dst, src []node) []node {
	for _, n := range src {
		front, _ := r.shifts(n.off)
		back, index := r.shifts(n.end)
		n.off, n.end, n.next = uint32(int(n.off)+front), uint32(int(n.end)+back), uint32(int(n.next)+index)
		dst = append(dst, n)
	}
	return dst
}

func (r rebase) appendFragment(dst []node, e splice) []node {
	moved, _ := r.shifts(e.off)
	base, at := e.off+uint32(moved), uint32(len(dst))
	for _, n := range e.nodes {
		n.off, n.end, n.next = n.off+base, n.end+base, n.next+at
		dst = append(dst, n)
	}
	return dst
}

// Extract makes a Document of the resource at v: a Bundle's entry, a parameter, a contained resource. The bytes are
// copied, so that the outer document can be forgotten. It is nil when v is no resource.
func (d *Document) Extract(v Value) *Document {
	if !v.IsResource() {
		return nil
	}
	n := v.node()
	tape := slices.Clone(v.doc.tape[v.at:n.next])
	for i := range tape {
		tape[i].off -= n.off
		tape[i].end -= n.off
		tape[i].next -= v.at
	}
	tape[0].key = 0
	body := slices.Clone(v.doc.body[n.off:n.end])
	return &Document{body: body, tape: tape, typ: compiled().resources[v.Get(nameResourceType).Text()], limits: v.doc.limits}
}

// Edit says that a value is to be replaced by other JSON.
type Edit struct {
	At   Value
	JSON []byte
}

// Replace returns the document with some values replaced, all other bytes kept, parsed and checked anew under the
// Limits it was first parsed with. Edits may come in any order but must be values of d that do not contain one another;
// otherwise the answer is a single issue of code exception.
func (d *Document) Replace(edits []Edit) (*Document, []outcome.Issue) {
	splices := make([]splice, 0, len(edits))
	for _, e := range edits {
		if e.At.doc != d || d == nil {
			return nil, misplacedEdit()
		}
		s := e.At.replacement()
		s.json = e.JSON
		splices = append(splices, s)
	}
	slices.SortFunc(splices, func(a, b splice) int { return cmp.Compare(a.off, b.off) })
	for i := 1; i < len(splices); i++ {
		if splices[i].off < splices[i-1].end {
			return nil, misplacedEdit()
		}
	}
	if d == nil {
		return nil, misplacedEdit()
	}
	return Parse(splicedBody(d.body, splices), d.limits)
}

func misplacedEdit() []outcome.Issue {
	return []outcome.Issue{{Severity: outcome.Fatal, Code: outcome.Exception, Text: "The edits do not fit the document."}}
}
