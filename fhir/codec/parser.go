package codec

import (
	"slices"
	"sync"

	"claimwright/fhir/outcome"
)

// Limits bound what Parse accepts. The zero value of each field means its default.
type Limits struct {
	// MaxBytes is the size of the body, 10 MiB by default and never above 2 GiB.
	MaxBytes int
	// MaxDepth is how deep objects and arrays may nest, 64 by default and never above 1,000.
	MaxDepth int
	// MaxProblems is how many problems are reported before parsing stops, 50 by default.
	MaxProblems int
}

const (
	defaultMaxBytes    = 10 << 20
	defaultMaxDepth    = 64
	defaultMaxProblems = 50
	hardMaxBytes       = 1<<31 - 1 // offsets on the tape are 32 bits wide
	hardMaxDepth       = 1000      // the parser recurses
)

func (l Limits) withDefaults() Limits {
	orDefault := func(v, normal int) int {
		if v <= 0 {
			return normal
		}
		return v
	}
	return Limits{
		MaxBytes:    min(orDefault(l.MaxBytes, defaultMaxBytes), hardMaxBytes),
		MaxDepth:    min(orDefault(l.MaxDepth, defaultMaxDepth), hardMaxDepth),
		MaxProblems: orDefault(l.MaxProblems, defaultMaxProblems),
	}
}

// parser is the state of one Parse. Parsers are pooled for the sake of their tape; they keep nothing of a body.
type parser struct {
	scanner
	schema   *schema
	limits   Limits
	tape     []node
	rootType string
	problems []located
	// stopped is set when MaxProblems is reached.
	stopped bool
	// reading is the element whose scalar is being scanned, for the path of a syntax error.
	reading *element
	scratch []byte

	locals    []localReference
	contained []containedResource
	// isContained is set while inside a contained resource.
	isContained bool

	typesAhead    map[int]text // see lookahead.go
	surveyed      int          // the body was looked at up to here
	surveyBroken  bool
	surveyedBytes int // how much was read twice
}

var parsers = sync.Pool{New: func() any { return new(parser) }}

// maxPooledNodes keeps one huge bundle from pinning its tape in the pool (1 MiB).
const maxPooledNodes = 1 << 16

// Parse checks a resource and indexes it. It returns either a Document and no issues, or nil and every problem found,
// up to l.MaxProblems, in document order; the codes are R4 issue types: structure (broken JSON, unknown or misplaced
// elements), required, value, code-invalid and too-long. The Document keeps body, which must not change afterwards.
// Parse is safe for concurrent use; its time is linear in the size of the body.
func Parse(body []byte, l Limits) (*Document, []outcome.Issue) {
	l = l.withDefaults()
	if len(body) > l.MaxBytes {
		return nil, []outcome.Issue{tooLong(len(body), l.MaxBytes)}
	}
	p := parsers.Get().(*parser)
	defer p.release()
	p.reset(body, l)
	root := p.document()
	if issues := p.sortedIssues(); len(issues) > 0 {
		return nil, issues
	}
	return &Document{body: body, tape: slices.Clone(p.tape), typ: root, limits: l}, nil
}

func (p *parser) reset(body []byte, l Limits) {
	*p = parser{
		scanner: scanner{body: body, maxDepth: l.MaxDepth},
		schema:  compiled(),
		limits:  l,
		tape:    p.tape[:0], scratch: p.scratch[:0], locals: p.locals[:0], contained: p.contained[:0],
	}
}

func (p *parser) release() {
	clear(p.locals[:cap(p.locals)])
	clear(p.contained[:cap(p.contained)])
	keep := parser{tape: p.tape[:0], scratch: p.scratch[:0], locals: p.locals[:0], contained: p.contained[:0]}
	if cap(keep.tape) > maxPooledNodes || cap(keep.scratch) > maxStringBytes {
		return
	}
	*p = keep
	parsers.Put(p)
}

// document parses the body as one resource; what is wrong ends up in p.problems.
func (p *parser) document() *elementType {
	p.blanks()
	if p.peek() != '{' {
		p.fail("a JSON object")
		p.syntaxProblem()
		return nil
	}
	root, ok := p.resource(nil, 0)
	if ok {
		p.blanks()
		if p.at < len(p.body) {
			ok = p.fail("nothing after the resource")
		}
	}
	if !ok && !p.stopped {
		p.syntaxProblem()
	}
	return root
}

// resource parses the resource whose brace is next; e is the element that holds it, nil for the root. Like all parsing
// methods it returns false to stop: at broken JSON, or at one problem too many.
func (p *parser) resource(e *element, key Name) (t *elementType, ok bool) {
	name, known := p.typeAhead()
	if known {
		t = p.schema.resources[string(name)]
	}
	if t == nil {
		return nil, p.untypedResource(key, name, known)
	}
	if e == nil {
		p.rootType = t.name
	}
	if e != nil && e.id == nameContained {
		return t, p.containedResource(t, key)
	}
	return t, p.containerResource(t, key)
}

// untypedResource reports a resource that does not say what it is, and skips it.
func (p *parser) untypedResource(key Name, name []byte, known bool) bool {
	if !known && p.surveyBroken {
		return p.skipAs(key) // broken JSON: its type may be behind the break
	}
	at := p.placeholder(key)
	ok := false
	if known {
		ok = p.problem(at, unknownType(name))
	} else {
		ok = p.problem(at, missingType)
	}
	return ok && p.skip(nil)
}

// presence is which elements of an object were met.
type presence struct {
	values, companions bitset
	// paired is set when nulls or companions of arrays call for a look at both together.
	paired bool
}

// object parses the object whose brace is next, as a value of type t.
func (p *parser) object(t *elementType, key Name, fl flags, targets *targetSet) bool {
	if !p.enter() {
		return false
	}
	at := p.open(Object, key, fl)
	var seen presence
	p.at++
	if p.blanks(); p.peek() == '}' {
		p.at++
		if !p.problem(at, emptyObject) {
			return false
		}
	} else if !p.members(at, t, &seen) {
		return false
	}
	p.close(at)
	p.leave()
	return p.checkObject(at, t, &seen, targets)
}

func (p *parser) members(at uint32, t *elementType, seen *presence) bool {
	for {
		key, ok := p.key()
		if !ok {
			return false
		}
		name := p.body[key.off:key.end]
		if key.escaped {
			name = p.unescaped(key)
		}
		if e := t.find(name); e != nil {
			ok = p.noteElement(at, t, e, seen) && p.element(e, seen)
		} else {
			ok = p.unknownElement(at, t, name) && p.skip(nil)
		}
		if !ok {
			return false
		}
		if more, ok := p.more('}'); !ok || !more {
			return ok
		}
	}
}

// noteElement records that e is there, and reports a key given twice and a second alternative of a choice.
func (p *parser) noteElement(at uint32, t *elementType, e *element, seen *presence) bool {
	mine, other := &seen.values, &seen.companions
	if e.companion {
		mine, other = other, mine
		seen.paired = seen.paired || e.repeated
	}
	ok := true
	if mine.has(e.slot) || e.flags&flagChoice != 0 && other.has(e.slot) {
		ok = p.repeatedElement(at, t, e)
	}
	mine.set(e.slot)
	return ok
}

// element parses the value of a known key.
func (p *parser) element(e *element, seen *presence) bool {
	if !e.repeated {
		return p.value(e, e.id, nil)
	}
	if p.peek() != '[' {
		return p.misshaped(e, e.id)
	}
	if !p.enter() {
		return false
	}
	at := p.open(Array, e.id, e.flags&flagChoice)
	p.at++
	if p.blanks(); p.peek() == ']' {
		p.at++
		if !p.problem(at, emptyArray) {
			return false
		}
	} else {
		for more, ok := true, true; more; {
			p.blanks()
			if !p.value(e, 0, seen) {
				return false
			}
			if more, ok = p.more(']'); !ok {
				return false
			}
		}
	}
	p.close(at)
	p.leave()
	return true
}

// value parses one value of e: the whole value, or one of an array, in which case array is the presence of the object
// around.
func (p *parser) value(e *element, key Name, array *presence) bool {
	c := p.peek()
	if c == 'n' {
		return p.null(e, key, array)
	}
	if e.companion || e.typ.primitive == notPrimitive {
		if c != '{' {
			return p.misshaped(e, key)
		}
		switch {
		case e.companion:
			return p.object(p.schema.primitiveElement, key, e.flags, nil)
		case e.typ.anyResource:
			_, ok := p.resource(e, key)
			return ok
		}
		return p.object(e.typ, key, e.flags, e.targets)
	}
	if c == '{' || c == '[' {
		return p.misshaped(e, key)
	}
	return p.scalar(e, key, c)
}

// null stands for a missing value in an array of primitives whose companion array says more; elsewhere it is refused.
func (p *parser) null(e *element, key Name, array *presence) bool {
	off := p.at
	p.reading = e
	if !p.literal("null") {
		return false
	}
	p.reading = nil
	at := p.leaf(Null, key, text{off: off, end: p.at}, 0)
	if array != nil && (e.companion || e.typ.primitive != notPrimitive) {
		array.paired = true
		return true
	}
	return p.problem(at, nullValue(e))
}

// scalar parses a string, number or boolean and checks it against e's type.
func (p *parser) scalar(e *element, key Name, c byte) bool {
	p.reading = e
	value := text{off: p.at}
	kind, ok := Number, false
	switch c {
	case '"':
		kind = String
		value, ok = p.str()
	case 't':
		kind, ok = True, p.literal("true")
	case 'f':
		kind, ok = False, p.literal("false")
	default:
		ok = p.number()
	}
	if !ok {
		return false
	}
	p.reading = nil
	fl := e.flags
	if kind != String {
		value.end = p.at
	} else if value.escaped {
		fl |= flagEscaped
	}
	at := p.leaf(kind, key, value, fl)
	return p.checkScalar(at, e, kind, value)
}

// The tape.

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

// skipAs skips a value that cannot be checked.
func (p *parser) skipAs(key Name) bool {
	p.placeholder(key)
	return p.skip(nil)
}

// unescaped is the text of a string. It is valid until the next call.
func (p *parser) unescaped(t text) []byte {
	raw := p.body[t.off:t.end]
	if !t.escaped {
		return raw
	}
	p.scratch = appendUnescaped(p.scratch[:0], raw)
	return p.scratch
}
