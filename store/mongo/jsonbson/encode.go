package jsonbson

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"unicode/utf8"
)

// MaxDepth is how deep objects and arrays may nest. MongoDB allows 100 levels; the rest is for the envelope.
const MaxDepth = 96

// ErrSyntax is wrapped by every error of Encode about text that is not one JSON object in valid UTF-8.
var ErrSyntax = errors.New("not a JSON object")

// The BSON element types in use, https://bsonspec.org/spec.html.
const (
	typeDouble  = 0x01
	typeString  = 0x02
	typeObject  = 0x03
	typeArray   = 0x04
	typeBool    = 0x08
	typeNull    = 0x0A
	typeInt32   = 0x10
	typeInt64   = 0x12
	typeDecimal = 0x13
)

// Encode appends the BSON document for text, which must be one JSON object, to dst. The form is what Decode needs besides
// the document to return exactly text; nil when it needs nothing. Text is not kept. Errors wrap ErrSyntax, and say where,
// without quoting the text.
func Encode(dst, text []byte) (doc, form []byte, err error) {
	if !utf8.Valid(text) {
		return nil, nil, fmt.Errorf("%w: invalid UTF-8", ErrSyntax)
	}
	e := encoder{text: text, out: dst}
	e.space()
	if e.peek() != '{' {
		return nil, nil, e.fail("an object")
	}
	if err := e.object(1); err != nil {
		return nil, nil, err
	}
	e.space()
	if e.at != len(e.text) {
		return nil, nil, e.fail("the end")
	}
	return e.out, e.form.bytes(), nil
}

// encoder walks the text once, appending BSON as it goes.
type encoder struct {
	text []byte
	at   int
	out  []byte
	form formWriter
}

func (e *encoder) fail(expected string) error {
	return fmt.Errorf("%w: expected %s at byte %d", ErrSyntax, expected, e.at)
}

// peek is the next byte, 0 at the end: no token starts with 0.
func (e *encoder) peek() byte {
	if e.at < len(e.text) {
		return e.text[e.at]
	}
	return 0
}

// space steps over white space at a place where it may stand, and notes it in the form.
func (e *encoder) space() {
	e.form.place++
	if e.at < len(e.text) && e.text[e.at] > ' ' {
		return
	}
	start := e.at
	for e.at < len(e.text) && isSpace(e.text[e.at]) {
		e.at++
	}
	if e.at > start {
		e.form.addGap(e.text[start:e.at])
	}
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

// value appends the next value; the caller has left a byte for its type at typeAt.
func (e *encoder) value(typeAt, depth int) error {
	switch c := e.peek(); {
	case c == '"':
		e.out[typeAt] = typeString
		return e.stringValue()
	case c == '-' || c >= '0' && c <= '9':
		kind, err := e.number()
		e.out[typeAt] = kind
		return err
	case c == '{':
		e.out[typeAt] = typeObject
		return e.object(depth + 1)
	case c == '[':
		e.out[typeAt] = typeArray
		return e.array(depth + 1)
	}
	return e.literal(typeAt)
}

func (e *encoder) literal(typeAt int) error {
	rest := e.text[e.at:]
	switch {
	case len(rest) >= 4 && string(rest[:4]) == "true":
		e.out[typeAt] = typeBool
		e.out = append(e.out, 1)
		e.at += 4
	case len(rest) >= 5 && string(rest[:5]) == "false":
		e.out[typeAt] = typeBool
		e.out = append(e.out, 0)
		e.at += 5
	case len(rest) >= 4 && string(rest[:4]) == "null":
		e.out[typeAt] = typeNull
		e.at += 4
	default:
		return e.fail("a value")
	}
	e.form.token++
	return nil
}

func (e *encoder) object(depth int) error {
	start, err := e.open(depth)
	if err != nil {
		return err
	}
	for first := true; ; first = false {
		e.space()
		if first && e.peek() == '}' {
			break
		}
		if err := e.member(depth); err != nil {
			return err
		}
		e.space()
		if e.peek() == '}' {
			break
		}
		if e.peek() != ',' {
			return e.fail("',' or '}'")
		}
		e.at++
	}
	e.close(start)
	return nil
}

func (e *encoder) member(depth int) error {
	if e.peek() != '"' {
		return e.fail("a name")
	}
	typeAt := len(e.out)
	e.out = append(e.out, 0)
	if err := e.name(); err != nil {
		return err
	}
	e.space()
	if e.peek() != ':' {
		return e.fail("':'")
	}
	e.at++
	e.space()
	return e.value(typeAt, depth)
}

func (e *encoder) array(depth int) error {
	start, err := e.open(depth)
	if err != nil {
		return err
	}
	for i := 0; ; i++ {
		e.space()
		if i == 0 && e.peek() == ']' {
			break
		}
		typeAt := len(e.out)
		e.out = append(e.out, 0)
		e.out = append(strconv.AppendInt(e.out, int64(i), 10), 0)
		if err := e.value(typeAt, depth); err != nil {
			return err
		}
		e.space()
		if e.peek() == ']' {
			break
		}
		if e.peek() != ',' {
			return e.fail("',' or ']'")
		}
		e.at++
	}
	e.close(start)
	return nil
}

// open steps over the bracket and leaves room for the document's length.
func (e *encoder) open(depth int) (start int, err error) {
	if depth > MaxDepth {
		return 0, e.fail(fmt.Sprintf("at most %d levels", MaxDepth))
	}
	e.at++
	start = len(e.out)
	e.out = append(e.out, 0, 0, 0, 0)
	return start, nil
}

func (e *encoder) close(start int) {
	e.at++
	e.out = append(e.out, 0)
	binary.LittleEndian.PutUint32(e.out[start:], uint32(len(e.out)-start))
}
