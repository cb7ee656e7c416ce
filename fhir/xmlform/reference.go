package xmlform

import (
	"bytes"
	"strconv"
	"unicode/utf8"
)

// references checks that every reference in text or in an attribute's value is one of XML's own.
func (s *scanner) references(at int, text []byte) bool {
	for from := 0; ; {
		i := bytes.IndexByte(text[from:], '&')
		if i < 0 {
			return true
		}
		from += i
		_, size := reference(text[from:])
		if size == 0 {
			s.fail(at+from, "&amp; &lt; &gt; &quot; &apos; or a numbered character; no entities")
			return false
		}
		from += size
	}
}

// reference reads the reference that text begins with; its length is 0 if it is none of XML's own.
func reference(text []byte) (r rune, size int) {
	const longest = 12
	end := bytes.IndexByte(text[:min(len(text), longest)], ';')
	if end < 2 {
		return 0, 0
	}
	switch name := string(text[1:end]); name {
	case "amp":
		return '&', end + 1
	case "lt":
		return '<', end + 1
	case "gt":
		return '>', end + 1
	case "quot":
		return '"', end + 1
	case "apos":
		return '\'', end + 1
	default:
		r, ok := numbered(name)
		if !ok {
			return 0, 0
		}
		return r, end + 1
	}
}

// numbered reads #233 and #xE9.
func numbered(name string) (rune, bool) {
	if name[0] != '#' {
		return 0, false
	}
	digits, base := name[1:], 10
	if digits != "" && digits[0] == 'x' {
		digits, base = digits[1:], 16
	}
	for i := range len(digits) { // ParseUint takes a sign and underscores
		if digits[i] == '_' || digits[i] == '+' {
			return 0, false
		}
	}
	n, err := strconv.ParseUint(digits, base, 32)
	if err != nil || n > utf8.MaxRune || n >= 0xD800 && n <= 0xDFFF || n == 0xFFFE || n == 0xFFFF {
		return 0, false
	}
	r := rune(n)
	return r, r >= ' ' || r == '\n' || r == '\t' || r == '\r'
}
