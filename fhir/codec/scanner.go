package codec

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

// scanner reads JSON tokens (RFC 8259) from a body. Its methods return false at the first byte that is wrong, after
// recording where and what was expected there.
type scanner struct {
	body []byte
	at   int
	// depth counts the containers that are open.
	depth, maxDepth int
	// wrong is what fail was told first, empty while all is well.
	wrong syntaxError
}

// syntaxError is the first byte that is not JSON.
type syntaxError struct {
	at       int
	expected string
	tooDeep  bool
}

func (s *scanner) fail(expected string) bool {
	if s.wrong.expected == "" {
		s.wrong = syntaxError{at: s.at, expected: expected}
	}
	return false
}

// enter counts one more open container.
func (s *scanner) enter() bool {
	s.depth++
	if s.depth <= s.maxDepth {
		return true
	}
	s.fail("less nesting")
	s.wrong.tooDeep = true
	return false
}

func (s *scanner) leave() { s.depth-- }

// blanks skips white space.
func (s *scanner) blanks() {
	for s.at < len(s.body) {
		switch s.body[s.at] {
		case ' ', '\n', '\t', '\r':
			s.at++
		default:
			return
		}
	}
}

// peek is the next byte, 0 at the end of the body.
func (s *scanner) peek() byte {
	if s.at < len(s.body) {
		return s.body[s.at]
	}
	return 0
}

// text is a scanned string: its bytes between the quotes, still escaped.
type text struct {
	off, end int
	escaped  bool
}

// key scans an object key, the colon and the white space around it.
func (s *scanner) key() (text, bool) {
	s.blanks()
	if s.peek() != '"' {
		return text{}, s.fail("a key in double quotes")
	}
	k, ok := s.str()
	if !ok {
		return text{}, false
	}
	s.blanks()
	if s.peek() != ':' {
		return text{}, s.fail(`":" after the key`)
	}
	s.at++
	s.blanks()
	return k, true
}

// more scans what follows a member or an element: a comma (more), or the closer.
func (s *scanner) more(closer byte) (more, ok bool) {
	s.blanks()
	switch c := s.peek(); {
	case c == ',':
		s.at++
		return true, true
	case c == closer && s.at < len(s.body):
		s.at++
		return false, true
	case closer == '}':
		return false, s.fail(`"," or "}"`)
	}
	return false, s.fail(`"," or "]"`)
}

const (
	everyByte = 0x0101010101010101
	highBits  = 0x8080808080808080
)

// stops marks, in the high bit of its byte, the first byte of a word that a string's fast path cannot step over: a
// control character, a quote or a backslash. Marks above the first may be false.
func stops(word uint64) uint64 {
	quote, backslash := word^'"'*everyByte, word^'\\'*everyByte
	return ((word - ' '*everyByte) &^ word & highBits) |
		((quote - everyByte) &^ quote & highBits) |
		((backslash - everyByte) &^ backslash & highBits)
}

// str scans a string whose opening quote is next: eight bytes at a time up to the next byte of interest.
func (s *scanner) str() (text, bool) {
	b, i := s.body, s.at+1
	t := text{off: i}
	var seen uint64 // all bytes ORed, to know whether the string is plain ASCII
	for {
		for i+8 <= len(b) {
			word := binary.LittleEndian.Uint64(b[i:])
			seen |= word
			if mark := stops(word); mark != 0 {
				i += bits.TrailingZeros64(mark) / 8
				break
			}
			i += 8
		}
		if i >= len(b) {
			s.at = len(b)
			return t, s.fail("the closing quote of a string")
		}
		switch c := b[i]; {
		case c == '"':
			t.end, s.at = i, i+1
			if seen&highBits != 0 && !utf8.Valid(b[t.off:i]) {
				s.at = t.off
				return t, s.fail("a string in UTF-8")
			}
			return t, true
		case c == '\\':
			t.escaped = true
			n := escapeLength(b[i:])
			if n == 0 {
				s.at = i
				return t, s.fail(`an escape of JSON (\" \\ \/ \b \f \n \r \t \uXXXX, surrogates in pairs)`)
			}
			i += n
		case c < ' ':
			s.at = i
			return t, s.fail("no raw control character in a string")
		default: // the last bytes of the body, one by one
			seen |= uint64(c)
			i++
		}
	}
}

// escapeLength is the length of the escape sequence that b starts with, 0 when there is none. Surrogates must come in
// pairs: half of one is no character.
func escapeLength(b []byte) int {
	if len(b) < 2 {
		return 0
	}
	switch b[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2
	case 'u':
	default:
		return 0
	}
	unit, ok := codeUnit(b)
	if !ok || unit&^0x3FF == 0xDC00 {
		return 0
	}
	if unit&^0x3FF != 0xD800 {
		return 6
	}
	if low, ok := codeUnit(b[6:]); !ok || low&^0x3FF != 0xDC00 {
		return 0
	}
	return 12
}

// codeUnit reads \uXXXX.
func codeUnit(b []byte) (unit rune, ok bool) {
	if len(b) < 6 || b[0] != '\\' || b[1] != 'u' {
		return 0, false
	}
	for _, c := range b[2:6] {
		switch {
		case isDigit(c):
			unit = unit<<4 | rune(c-'0')
		case (c|0x20)-'a' < 6:
			unit = unit<<4 | rune((c|0x20)-'a'+10)
		default:
			return 0, false
		}
	}
	return unit, true
}

// number scans a JSON number.
func (s *scanner) number() bool {
	if s.peek() == '-' {
		s.at++
	}
	if s.peek() == '0' {
		s.at++
	} else if !s.digits() {
		return s.fail("a value")
	}
	if s.peek() == '.' {
		s.at++
		if !s.digits() {
			return s.fail("a digit")
		}
	}
	if s.peek()|0x20 == 'e' {
		s.at++
		if c := s.peek(); c == '+' || c == '-' {
			s.at++
		}
		if !s.digits() {
			return s.fail("a digit")
		}
	}
	return true
}

func (s *scanner) digits() bool {
	start := s.at
	for s.at < len(s.body) && isDigit(s.body[s.at]) {
		s.at++
	}
	return s.at > start
}

// literal scans true, false or null.
func (s *scanner) literal(word string) bool {
	if end := s.at + len(word); end <= len(s.body) && string(s.body[s.at:end]) == word {
		s.at = end
		return true
	}
	return s.fail("a value")
}
