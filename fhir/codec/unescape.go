package codec

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"
	"unsafe"
)

// appendUnescaped appends the characters that a scanned string stands for. The scanner has checked the escapes.
func appendUnescaped(dst, escaped []byte) []byte {
	for {
		i := bytes.IndexByte(escaped, '\\')
		if i < 0 || i+1 >= len(escaped) {
			return append(dst, escaped...)
		}
		dst = append(dst, escaped[:i]...)
		escaped = escaped[i:]
		n := 2
		switch c := escaped[1]; c {
		case 'b':
			dst = append(dst, '\b')
		case 'f':
			dst = append(dst, '\f')
		case 'n':
			dst = append(dst, '\n')
		case 'r':
			dst = append(dst, '\r')
		case 't':
			dst = append(dst, '\t')
		case 'u':
			n = 6
			r, _ := codeUnit(escaped)
			if utf16.IsSurrogate(r) {
				n = 12
				low, _ := codeUnit(escaped[6:])
				r = utf16.DecodeRune(r, low)
			}
			dst = utf8.AppendRune(dst, r)
		default: // the quote, the backslash and the slash stand for themselves
			dst = append(dst, c)
		}
		escaped = escaped[n:]
	}
}

// viewString shares the bytes' memory: they must not change while the string lives.
func viewString(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }
