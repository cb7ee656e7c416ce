package codec

import (
	"net/url"
	"strings"
)

// isText reports whether a string has a visible character and no control character but tab, CR and LF.
func isText(text []byte) bool {
	visible := false
	for _, c := range text {
		if c > ' ' {
			visible = true
		} else if c < ' ' && c != '\t' && c != '\n' && c != '\r' {
			return false
		}
	}
	return visible
}

// isCode is R4's [^\s]+(\s[^\s]+)*, and no control characters.
func isCode(text []byte) bool {
	afterBlank := true
	for _, c := range text {
		switch {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			if afterBlank {
				return false
			}
			afterBlank = true
		case c < ' ':
			return false
		default:
			afterBlank = false
		}
	}
	return !afterBlank
}

func isDigit(c byte) bool { return c-'0' < 10 }

func isLetter(c byte) bool { return (c|0x20)-'a' < 26 }

// isID is R4's [A-Za-z0-9\-\.]{1,64}.
func isID(text []byte) bool {
	if len(text) == 0 || len(text) > 64 {
		return false
	}
	for _, c := range text {
		if !isDigit(c) && !isLetter(c) && c != '-' && c != '.' {
			return false
		}
	}
	return true
}

// isOID is R4's urn:oid:[0-2](\.(0|[1-9][0-9]*))+.
func isOID(text []byte) bool {
	arcs, ok := strings.CutPrefix(viewString(text), "urn:oid:")
	if !ok || arcs == "" || arcs[0] < '0' || arcs[0] > '2' {
		return false
	}
	arcs = arcs[1:]
	if arcs == "" {
		return false
	}
	for arcs != "" {
		if arcs[0] != '.' {
			return false
		}
		arcs = arcs[1:]
		n := 0
		for n < len(arcs) && isDigit(arcs[n]) {
			n++
		}
		if n == 0 || n > 1 && arcs[0] == '0' {
			return false
		}
		arcs = arcs[n:]
	}
	return true
}

// isUUID is R4's urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}.
func isUUID(text []byte) bool {
	hex, ok := strings.CutPrefix(viewString(text), "urn:uuid:")
	if !ok || len(hex) != 36 {
		return false
	}
	for i := range len(hex) {
		c := hex[i]
		if i == 8 || i == 13 || i == 18 || i == 23 {
			if c != '-' {
				return false
			}
		} else if !isDigit(c) && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// plainURI marks the characters that need no closer look behind http:// or urn:.
var plainURI = func() (plain [256]bool) {
	for _, c := range []byte("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/#?=&:;@+$,!*'()|") {
		plain[c] = true
	}
	return plain
}()

// isURI is R4's \S* without the empty string, and what net/url can parse, as google/fhir demands.
func isURI(text []byte) bool {
	s := viewString(text)
	if isPlainURI(s) {
		return true
	}
	for i := range len(s) {
		if s[i] <= ' ' {
			return false
		}
	}
	_, err := url.Parse(s)
	return err == nil && s != ""
}

// isPlainURI recognises the common shapes at a glance: http(s) with a host of letters, urn, and a bare word, which is what
// extensions within an extension have.
func isPlainURI(s string) bool {
	rest, web := strings.CutPrefix(s, "http://")
	if !web {
		rest, web = strings.CutPrefix(s, "https://")
	}
	if !web {
		var urn bool
		if rest, urn = strings.CutPrefix(s, "urn:"); !urn {
			return isPlainWord(s)
		}
	}
	for web && rest != "" && rest[0] != '/' { // the host: a port or user needs net/url
		if c := rest[0]; !isDigit(c) && !isLetter(c) && c != '-' && c != '.' {
			return false
		}
		rest = rest[1:]
	}
	for i := range len(rest) {
		if !plainURI[rest[i]] {
			return false
		}
	}
	return true
}

func isPlainWord(s string) bool {
	for i := range len(s) {
		if c := s[i]; !isDigit(c) && !isLetter(c) && c != '-' && c != '_' {
			return false
		}
	}
	return s != ""
}

// isBase64 wants groups of four characters, padded, with white space between groups (R4 base64Binary).
func isBase64(text []byte) bool {
	chars, padding := 0, 0
	for _, c := range text {
		switch {
		case c == ' ' || c == '\n' || c == '\r' || c == '\t':
			if chars%4 != 0 {
				return false
			}
		case c == '=':
			padding++
			chars++
		case isDigit(c) || isLetter(c) || c == '+' || c == '/':
			if padding > 0 {
				return false
			}
			chars++
		default:
			return false
		}
	}
	return chars > 0 && chars%4 == 0 && padding <= 2
}
