package xmlform

import (
	"bytes"
	"fmt"
	"regexp"
	"unicode/utf8"
)

// kind is the kind of a token.
type kind uint8

const (
	broken kind = iota // see scanner.wrong
	startTag
	endTag // also behind a tag that closes itself
	characters
	section // CDATA
	comment
	finish
)

// The bounds of what one document may hold; R4 needs a handful of each.
const (
	mostAttributes = 64
	mostBindings   = 64
)

// span is a piece of the body.
type span struct{ from, to int }

// attribute is one attribute of a start tag, its value still with references.
type attribute struct {
	// all is the attribute with the white space before it.
	all, name, value span
}

// token is one piece of markup or text.
type token struct {
	kind kind
	all  span
	// name is an element's qualified name.
	name       span
	attributes []attribute
	// closed marks a start tag that closes itself; its end tag follows as a token without text.
	closed bool
}

// scanner takes an XML document apart: XML 1.0 with namespaces, in UTF-8, without document type. It checks that the
// document is well-formed. Declarations and processing instructions are stepped over.
type scanner struct {
	body []byte
	at   int
	token
	// opened are the names of the elements that are open.
	opened   []span
	bindings []binding
	done     bool // the root element is closed
	wrong    fault
}

// binding is a namespace's prefix, empty for the default one, as it holds from a depth on.
type binding struct {
	prefix, uri string
	depth       int
}

// fault is the first thing that is not well-formed, or not accepted.
type fault struct {
	at              int
	found, expected string
	kind            faultKind
}

type faultKind uint8

const (
	malformed faultKind = iota
	doctype
	encoding
	excessive
)

func (s *scanner) fail(at int, expected string) kind {
	if s.wrong.expected == "" {
		s.wrong = fault{at: at, expected: expected}
	}
	s.kind = broken
	return broken
}

func (s *scanner) refuse(at int, what faultKind, found, expected string) kind {
	s.wrong = fault{at: at, kind: what, found: found, expected: expected}
	s.kind = broken
	return broken
}

// begin checks the encoding of the body and steps over the byte order mark and the XML declaration.
func (s *scanner) begin() bool {
	for _, mark := range []string{"\xFE\xFF", "\xFF\xFE", "\x00<", "<\x00", "\x00\x00\xFE\xFF"} {
		if bytes.HasPrefix(s.body, []byte(mark)) {
			s.refuse(0, encoding, "UTF-16 or UTF-32", "UTF-8")
			return false
		}
	}
	if bytes.HasPrefix(s.body, []byte("\xEF\xBB\xBF")) {
		s.at = 3
	}
	declared, end := s.declaration()
	if declared != "" && !isUTF8(declared) {
		s.refuse(s.at, encoding, declared, "UTF-8")
		return false
	}
	if at := firstNoCharacter(s.body[s.at:]); at >= 0 {
		s.fail(s.at+at, "characters of XML in UTF-8")
		return false
	}
	if end < 0 {
		s.fail(s.at, "an XML declaration of version 1.0")
		return false
	}
	s.at = end
	return true
}

// declarationForm is an XML declaration (XML 1.0 §2.8).
var declarationForm = regexp.MustCompile(`^<\?xml[ \t\r\n]+version[ \t\r\n]*=[ \t\r\n]*(?:"1\.0"|'1\.0')` +
	`(?:[ \t\r\n]+encoding[ \t\r\n]*=[ \t\r\n]*(?:"([A-Za-z][\w.-]*)"|'([A-Za-z][\w.-]*)'))?` +
	`(?:[ \t\r\n]+standalone[ \t\r\n]*=[ \t\r\n]*(?:"(?:yes|no)"|'(?:yes|no)'))?[ \t\r\n]*\?>$`)

// declaration finds the encoding that an XML declaration names, if there is one, and where it ends; -1 if it is none that
// is accepted.
func (s *scanner) declaration() (declared string, end int) {
	rest := s.body[s.at:]
	if !bytes.HasPrefix(rest, []byte("<?xml")) || len(rest) > 5 && !isSpace(rest[5]) {
		return "", s.at
	}
	length := bytes.Index(rest, []byte("?>")) + len("?>")
	found := declarationForm.FindSubmatch(rest[:length])
	if found == nil {
		return "", -1
	}
	return string(found[1]) + string(found[2]), s.at + length
}

func isUTF8(name string) bool {
	switch string(bytes.ToLower([]byte(name))) {
	case "utf-8", "utf8", "us-ascii", "ascii":
		return true
	}
	return false
}

// firstNoCharacter is where the first thing stands that is no character of XML (XML 1.0 §2.2), -1 if nowhere.
func firstNoCharacter(b []byte) int {
	for i := 0; i < len(b); {
		c := b[i]
		if c < utf8.RuneSelf {
			if c < ' ' && !isSpace(c) {
				return i
			}
			i++
			continue
		}
		r, size := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && size == 1 || r == 0xFFFE || r == 0xFFFF {
			return i
		}
		i += size
	}
	return -1
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

// next scans the next token.
func (s *scanner) next() kind {
	switch {
	case s.kind == startTag && s.closed:
		s.token = token{kind: endTag, all: span{s.at, s.at}, name: s.name, attributes: s.attributes[:0]}
		return s.close()
	case s.kind == endTag: // what the element declared ends with it
		s.unbind()
	}
	for {
		s.token = token{attributes: s.attributes[:0], all: span{from: s.at}}
		switch {
		case s.at == len(s.body):
			return s.end()
		case s.body[s.at] != '<':
			return s.text()
		}
		if kind, found := s.markup(); found {
			s.all.to = s.at
			return kind
		}
	}
}

func (s *scanner) end() kind {
	if !s.done {
		return s.fail(s.at, "the end of every element")
	}
	s.kind = finish
	return finish
}

// text scans character data.
func (s *scanner) text() kind {
	length := bytes.IndexByte(s.body[s.at:], '<')
	if length < 0 {
		length = len(s.body) - s.at
	}
	text := s.body[s.at : s.at+length]
	if len(s.opened) == 0 && !isBlank(text) {
		return s.fail(s.at, "one element and nothing else")
	}
	if end := bytes.Index(text, []byte("]]>")); end >= 0 {
		return s.fail(s.at+end, "]]&gt; in text")
	}
	if !s.references(s.at, text) {
		return broken
	}
	s.at += length
	s.all.to = s.at
	s.kind = characters
	return characters
}

func isBlank(text []byte) bool {
	for _, c := range text {
		if !isSpace(c) {
			return false
		}
	}
	return true
}

// line and column of a byte, both from 1.
func (s *scanner) position(at int) string {
	before := s.body[:min(at, len(s.body))]
	return fmt.Sprintf("line %d, column %d", bytes.Count(before, []byte("\n"))+1, len(before)-bytes.LastIndexByte(before, '\n'))
}
