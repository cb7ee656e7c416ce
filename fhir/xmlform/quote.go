package xmlform

import (
	"bytes"
	"unicode/utf8"
)

// appendString appends the value of an attribute as a JSON string: references resolved, and white space that was not
// numbered made blanks, as every XML parser does (XML 1.0 §3.3.3).
func appendString(dst, value []byte) []byte {
	dst = append(dst, '"')
	for i := 0; i < len(value); {
		switch c := value[i]; c {
		case '&':
			r, size := reference(value[i:])
			dst = appendRune(dst, r)
			i += max(size, 1)
			continue
		case '\r':
			if i+1 < len(value) && value[i+1] == '\n' {
				i++
			}
			dst = append(dst, ' ')
		case '\n', '\t':
			dst = append(dst, ' ')
		default:
			dst = appendByte(dst, c)
		}
		i++
	}
	return append(dst, '"')
}

func appendRune(dst []byte, r rune) []byte {
	if r < utf8.RuneSelf {
		return appendByte(dst, byte(r))
	}
	return utf8.AppendRune(dst, r)
}

// appendByte appends a byte of a JSON string. Other control characters cannot occur in XML.
func appendByte(dst []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(dst, '\\', c)
	case '\n':
		return append(dst, '\\', 'n')
	case '\r':
		return append(dst, '\\', 'r')
	case '\t':
		return append(dst, '\\', 't')
	}
	return append(dst, c)
}

// numberedSpace is white space as the writer numbers it, with what JSON has for it.
var numberedSpace = [...]struct{ xml, json string }{{"&#13;", `\r`}, {"&#10;", `\n`}, {"&#9;", `\t`}}

// appendQuoted appends a piece of XML as it stands, as a part of a JSON string; line ends become line feeds (XML 1.0
// §2.11), and white space that was numbered to survive becomes itself again.
func appendQuoted(dst, piece []byte) []byte {
	for len(piece) > 0 {
		next := bytes.Index(piece, []byte("&#"))
		if next < 0 {
			return appendLines(dst, piece)
		}
		dst = appendLines(dst, piece[:next])
		piece = piece[next:]
		n := 0
		for _, space := range numberedSpace {
			if bytes.HasPrefix(piece, []byte(space.xml)) {
				dst, n = append(dst, space.json...), len(space.xml)
			}
		}
		if n == 0 { // some other character
			dst, n = append(dst, '&'), 1
		}
		piece = piece[n:]
	}
	return dst
}

func appendLines(dst, piece []byte) []byte {
	for i, c := range piece {
		if c == '\r' {
			if i+1 < len(piece) && piece[i+1] == '\n' {
				continue
			}
			c = '\n'
		}
		dst = appendByte(dst, c)
	}
	return dst
}
