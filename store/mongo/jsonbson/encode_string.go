package jsonbson

import (
	"bytes"
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"
)

// stringValue appends the string token at the cursor as a BSON string: length, bytes, NUL.
func (e *encoder) stringValue() error {
	start, lengthAt := e.at, len(e.out)
	e.out = append(e.out, 0, 0, 0, 0)
	canonical, err := e.unquote()
	if err != nil {
		return err
	}
	e.out = append(e.out, 0)
	binary.LittleEndian.PutUint32(e.out[lengthAt:], uint32(len(e.out)-lengthAt-4))
	e.form.addToken(e.text[start:e.at], canonical)
	return nil
}

// name appends the name token at the cursor as a BSON key. What a key cannot hold, or what MongoDB would take for an
// operator or a path, is replaced by a look-alike, and the form keeps the name.
func (e *encoder) name() error {
	start, nameAt := e.at, len(e.out)
	canonical, err := e.unquote()
	if err != nil {
		return err
	}
	if name := e.out[nameAt:]; !plainName(name) {
		canonical = false
		e.out = appendSafeName(e.out[:nameAt], bytes.Clone(name))
	}
	e.out = append(e.out, 0)
	e.form.addToken(e.text[start:e.at], canonical)
	return nil
}

func plainName(name []byte) bool {
	for i, c := range name {
		if c == 0 || c == '.' || c == '$' && i == 0 {
			return false
		}
	}
	return true
}

func appendSafeName(dst, name []byte) []byte {
	for i, c := range name {
		switch {
		case c == 0:
			dst = append(dst, "␀"...)
		case c == '.':
			dst = append(dst, "．"...)
		case c == '$' && i == 0:
			dst = append(dst, "＄"...)
		default:
			dst = append(dst, c)
		}
	}
	return dst
}

// unquote appends the text of the string token at the cursor and steps over it. It tells whether Decode would write the
// token the same way.
func (e *encoder) unquote() (canonical bool, err error) {
	e.at++
	start := e.at
	canonical = true
	for e.at < len(e.text) {
		switch c := e.text[e.at]; {
		case c == '"':
			e.out = append(e.out, e.text[start:e.at]...)
			e.at++
			return canonical, nil
		case c < ' ':
			return false, e.fail("no control character in a string")
		case c == '\\':
			e.out = append(e.out, e.text[start:e.at]...)
			same, err := e.unescape()
			if err != nil {
				return false, err
			}
			canonical = canonical && same
			start = e.at
		default:
			e.at++
		}
	}
	return false, e.fail("the end of a string")
}

// unescape appends what the escape at the cursor stands for, and tells whether Decode would write it so.
func (e *encoder) unescape() (canonical bool, err error) {
	if e.at+1 >= len(e.text) {
		return false, e.fail("the rest of an escape")
	}
	c := e.text[e.at+1]
	if c == 'u' {
		return e.unescapeUnicode()
	}
	plain, known := shortEscapes[c]
	if !known {
		return false, e.fail("a known escape")
	}
	e.out = append(e.out, plain)
	e.at += 2
	return c != '/', nil
}

var shortEscapes = map[byte]byte{
	'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t',
}

func (e *encoder) unescapeUnicode() (canonical bool, err error) {
	start := e.at
	r, ok := hexRune(e.text[e.at:])
	if !ok {
		return false, e.fail("four hexadecimal digits")
	}
	e.at += 6
	if utf16.IsSurrogate(r) {
		pair := utf8.RuneError
		if low, ok := hexRune(e.text[e.at:]); ok {
			pair = utf16.DecodeRune(r, low)
		}
		if r = pair; r != utf8.RuneError {
			e.at += 6
		}
	}
	e.out = utf8.AppendRune(e.out, r)
	if r >= ' ' {
		return false, nil
	}
	written := appendQuoted(nil, []byte{byte(r)})
	return string(written[1:len(written)-1]) == string(e.text[start:e.at]), nil
}

// hexRune reads \uXXXX at the start of text.
func hexRune(text []byte) (rune, bool) {
	if len(text) < 6 || text[0] != '\\' || text[1] != 'u' {
		return 0, false
	}
	var r rune
	for _, c := range text[2:6] {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c >= 'a' && c <= 'f':
			c -= 'a' - 10
		case c >= 'A' && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}
