package codec

import (
	"slices"
	"sync"

	"claimwright/fhir/outcome"
)

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
	// own is set for ParseOwn: only what cannot be indexed is a problem.
	own bool

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

// release forgets the body and gives the buffers back. They hold pointers to the schema at most.
func (p *parser) release() {
	if cap(p.tape) > maxPooledNodes || cap(p.locals)+cap(p.contained) > maxPooledNodes || cap(p.scratch) > maxStringBytes {
		return
	}
	*p = parser{tape: p.tape[:0], scratch: p.scratch[:0], locals: p.locals[:0], contained: p.contained[:0]}
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
