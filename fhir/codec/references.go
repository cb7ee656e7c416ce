package codec

import (
	"bytes"
	"fmt"
	"strings"

	"claimwright/fhir/outcome"
)

// definitionBase is what Reference.type is relative to (R4 references.html#Reference).
const definitionBase = "http://hl7.org/fhir/StructureDefinition/"

// checkReference checks the Reference object at `at`: the form of its literal reference, its target's type and whether
// Reference.type agrees. References to contained resources wait until the resource is complete.
func (p *parser) checkReference(at uint32, targets *targetSet) bool {
	var target string
	if literal := p.stringChild(at, nameReference); literal != absent {
		lit := p.literalAt(literal)
		switch {
		case lit.flaw != "":
			return p.problem(literal, wrongReference(lit.flaw, p.stringAt(literal), targets))
		case lit.local:
			p.locals = append(p.locals, localReference{literal, targets})
		case !targets.allows(lit.target) && lit.target != "":
			return p.problem(literal, wrongTarget(lit.target, targets))
		}
		target = lit.target
	}
	if typ := p.stringChild(at, nameType); typ != absent {
		return p.checkReferenceType(typ, target, targets)
	}
	return true
}

// checkReferenceType checks Reference.type against the literal reference's own type, if that is known.
func (p *parser) checkReferenceType(at uint32, target string, targets *targetSet) bool {
	text := p.stringAt(at)
	name := bytes.TrimPrefix(text, []byte(definitionBase))
	if _, known := p.schema.resources[string(name)]; !known {
		if bytes.IndexByte(text, ':') >= 0 || len(text) == 0 {
			return true // a logical model's URL; an empty string is reported already
		}
		return p.problem(at, problem{code: outcome.Value, text: "The type of the reference is no resource type.",
			found: shorten(text), expected: "a resource type of R4"})
	}
	if target != "" && target != string(name) {
		return p.problem(at, problem{code: outcome.Value, text: "The type contradicts the literal reference.",
			found: shorten(name), expected: target})
	}
	if !targets.allows(string(name)) && target == "" {
		return p.problem(at, wrongTarget(string(name), targets))
	}
	return true
}

// stringChild is the string member of an object with a name, or absent.
func (p *parser) stringChild(at uint32, name Name) uint32 {
	for c := at + 1; c < p.tape[at].next; c = p.tape[c].next {
		if p.tape[c].key == name && p.tape[c].kind == String {
			return c
		}
	}
	return absent
}

// stringAt is the text of a string node, valid until the next call.
func (p *parser) stringAt(at uint32) []byte {
	n := &p.tape[at]
	return p.unescaped(text{off: int(n.off), end: int(n.end), escaped: n.flags&flagEscaped != 0})
}

// literal is what a Reference.reference says.
type literal struct {
	local bool
	// target is the type it points to, empty when the reference does not tell.
	target string
	// flaw says what is wrong with its form, empty if nothing.
	flaw string
}

func (p *parser) literalAt(at uint32) literal {
	s := p.stringAt(at)
	switch {
	case len(s) == 0: // reported as an empty string already
		return literal{}
	case s[0] == '#':
		return literal{local: true}
	case hasScheme(s):
		return p.absoluteLiteral(s)
	}
	return p.relativeLiteral(s)
}

// hasScheme reports whether a URI is absolute (RFC 3986 §3.1).
func hasScheme(s []byte) bool {
	for i, c := range s {
		if c == ':' {
			return i > 0
		}
		if !isLetter(c) && (i == 0 || !isDigit(c) && c != '+' && c != '-' && c != '.') {
			return false
		}
	}
	return false
}

// absoluteLiteral takes any URI. One that ends like a RESTful address tells its type.
func (p *parser) absoluteLiteral(s []byte) literal {
	if !isURI(s) {
		return literal{flaw: "The reference is not a URI."}
	}
	if !bytes.HasPrefix(s, []byte("http://")) && !bytes.HasPrefix(s, []byte("https://")) {
		return literal{}
	}
	path, _, _ := bytes.Cut(s, []byte("/_history/"))
	rest, id := cutLast(path)
	_, typ := cutLast(rest)
	if t := p.schema.resources[string(typ)]; t != nil && isID(id) {
		return literal{target: t.name}
	}
	return literal{}
}

// cutLast splits at the last slash.
func cutLast(s []byte) (before, after []byte) {
	i := bytes.LastIndexByte(s, '/')
	if i < 0 {
		return nil, s
	}
	return s[:i], s[i+1:]
}

// relativeLiteral takes Type/id, Type/id/_history/version and the conditional Type?query of transactions.
func (p *parser) relativeLiteral(s []byte) literal {
	typ, query, conditional := bytes.Cut(s, []byte("?"))
	rest := []byte(nil)
	if !conditional {
		typ, rest, _ = bytes.Cut(s, []byte("/"))
	}
	t := p.schema.resources[string(typ)]
	switch {
	case t == nil:
		return literal{flaw: "The reference does not start with a resource type."}
	case conditional && len(query) == 0:
		return literal{flaw: "The conditional reference has no query."}
	case conditional:
		return literal{target: t.name}
	}
	id, version, versioned := bytes.Cut(rest, []byte("/_history/"))
	if !isID(id) || versioned && !isID(version) {
		return literal{flaw: "The id in the reference is not valid."}
	}
	return literal{target: t.name}
}

func wrongReference(text string, found []byte, targets *targetSet) problem {
	to := "Patient"
	if targets != nil {
		to, _, _ = strings.Cut(targets.text, ",")
	}
	return problem{code: outcome.Value, text: text, found: shorten(found),
		expected: fmt.Sprintf("a reference such as %s/1, #id of a contained resource, or an absolute URL", to)}
}

func wrongTarget(found string, targets *targetSet) problem {
	return problem{code: outcome.Value, text: "The reference points to a resource of the wrong type.",
		found: "a Reference to " + found, expected: "a Reference to " + targets.text}
}
