package xmlform

import (
	"strings"
	"unicode/utf8"
)

// appendAttribute appends the value of an attribute in double quotes. White space other than the blank is numbered, for a
// parser would make blanks of it (XML 1.0 §3.3.3).
func appendAttribute(dst []byte, s string) []byte {
	from := 0
	for i := 0; i < len(s); {
		entity, size := attributeEntity(s, i)
		if entity != "" {
			dst = append(append(dst, s[from:i]...), entity...)
			from = i + size
		}
		i += size
	}
	return append(dst, s[from:]...)
}

// attributeEntity is what stands for the character at i, empty if it stands for itself, and the character's length.
func attributeEntity(s string, i int) (entity string, size int) {
	switch c := s[i]; {
	case c == '&':
		return "&amp;", 1
	case c == '<':
		return "&lt;", 1
	case c == '"':
		return "&quot;", 1
	case c == '\n':
		return "&#10;", 1
	case c == '\r':
		return "&#13;", 1
	case c == '\t':
		return "&#9;", 1
	case c < ' ':
		return "\uFFFD", 1
	case c == 0xEF:
		return noncharacter(s[i:])
	}
	return "", 1
}

// noncharacter replaces U+FFFE and U+FFFF, which JSON can hold and XML 1.0 cannot.
func noncharacter(s string) (replacement string, size int) {
	r, size := utf8.DecodeRuneInString(s)
	if r == 0xFFFE || r == 0xFFFF {
		return "\uFFFD", size
	}
	return "", size
}

// appendNarrative appends the XHTML of a narrative, which the codec has found to be well-formed, as it is, but for what
// would not arrive as it is: "]]>" in text, carriage returns, white space in attributes, and noncharacters.
func appendNarrative(dst []byte, xhtml string) []byte {
	xhtml = strings.TrimSpace(xhtml)
	for len(xhtml) > 0 {
		n := markupLength(xhtml)
		if n > 0 {
			dst = appendCharacters(dst, xhtml[:n], !strings.HasPrefix(xhtml, "<!--"))
		} else {
			if n = strings.IndexByte(xhtml, '<'); n < 0 {
				n = len(xhtml)
			}
			dst = appendCharacters(dst, strings.ReplaceAll(xhtml[:n], "]]>", "]]&gt;"), true)
		}
		xhtml = xhtml[n:]
	}
	return dst
}

// markupLength is the length of the tag or comment at the beginning of s, 0 if there is none.
func markupLength(s string) int {
	switch {
	case strings.HasPrefix(s, "<!--"):
		if end := strings.Index(s[4:], "-->"); end >= 0 {
			return 4 + end + 3
		}
		return len(s)
	case s[0] != '<':
		return 0
	}
	quote := byte(0)
	for i := range len(s) {
		switch c := s[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			return i + 1
		}
	}
	return len(s)
}

// appendCharacters appends text or markup. White space that a parser would change is numbered where a reference is allowed:
// in text and within the quotes of attributes.
func appendCharacters(dst []byte, s string, references bool) []byte {
	quote := byte(0)
	markup := strings.HasPrefix(s, "<")
	for i := 0; i < len(s); {
		c, size := s[i], 1
		switch {
		case c == '\r' && references && (!markup || quote != 0):
			dst = append(dst, "&#13;"...)
		case c == '\n' && references && quote != 0:
			dst = append(dst, "&#10;"...)
		case c == '\t' && references && quote != 0:
			dst = append(dst, "&#9;"...)
		case c == 0xEF:
			var replacement string
			if replacement, size = noncharacter(s[i:]); replacement == "" {
				replacement = s[i : i+size]
			}
			dst = append(dst, replacement...)
		default:
			if c == quote {
				quote = 0
			} else if quote == 0 && markup && (c == '"' || c == '\'') {
				quote = c
			}
			dst = append(dst, c)
		}
		i += size
	}
	return dst
}
