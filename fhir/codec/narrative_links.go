package codec

import (
	"bytes"
	"strconv"
	"strings"
)

// isSafeLink judges an attribute that a browser follows. Browsers resolve entities, ignore white space and control
// characters inside a scheme and do not mind its case, so all of that is undone first.
func isSafeLink(value []byte, image bool) bool {
	link := browserText(value)
	colon := strings.IndexAny(link, ":/?#")
	if colon < 0 || link[colon] != ':' {
		return true // relative
	}
	return linkSchemes[link[:colon]] != 0 || image && strings.HasPrefix(link, "data:image/")
}

// isSafeStyle refuses the ways in which CSS ran or loaded code in one browser or another.
func isSafeStyle(value []byte) bool {
	style := browserText(value)
	for _, acting := range [...]string{"expression(", "javascript:", "vbscript:", "behavior:", "-moz-binding", "@import", "\\"} {
		if strings.Contains(style, acting) {
			return false
		}
	}
	return true
}

// browserText is an attribute's value as a lenient browser understands it: entities resolved, white space and control
// characters dropped, in lower case.
func browserText(value []byte) string {
	var b strings.Builder
	b.Grow(len(value))
	for len(value) > 0 {
		c := value[0]
		if c == '&' {
			if end := bytes.IndexByte(value[:min(len(value), 12)], ';'); end > 0 {
				b.WriteString(entityText(viewString(value[1:end])))
				value = value[end+1:]
				continue
			}
		}
		if c > ' ' {
			b.WriteByte(c)
		}
		value = value[1:]
	}
	return strings.ToLower(b.String())
}

func entityText(name string) string {
	switch name {
	case "amp":
		return "&"
	case "lt":
		return "<"
	case "gt":
		return ">"
	case "quot":
		return `"`
	case "apos":
		return "'"
	}
	if r, ok := numberedCharacter(name); ok && r > ' ' {
		return string(r)
	}
	return ""
}

// numberedCharacter reads #233 and #xE9.
func numberedCharacter(name string) (rune, bool) {
	digits, ok := strings.CutPrefix(name, "#")
	if !ok || digits == "" {
		return 0, false
	}
	base := 10
	if hex, isHex := strings.CutPrefix(digits, "x"); isHex {
		digits, base = hex, 16
	}
	n, err := strconv.ParseUint(digits, base, 32)
	if err != nil || n > 0x10FFFF || n >= 0xD800 && n <= 0xDFFF {
		return 0, false
	}
	return rune(n), true
}
