package bundle

import (
	"html"
	"regexp"
	"strings"
)

// linkAttribute finds the links of a narrative: a@href and img@src, the only ones that R4 rewrites. The codec has checked
// that the div is well-formed XHTML without scripts.
var linkAttribute = regexp.MustCompile(`<(?:a|img)\b[^>]*?\s(?:href|src)\s*=\s*(?:"[^"]*"|'[^']*')`)

// narrative rewrites the links of a div.
func (l *Links) narrative(div string) (string, bool) {
	if len(l.byURL) == 0 || !strings.Contains(div, "<a") && !strings.Contains(div, "<img") {
		return div, false
	}
	changed := false
	out := linkAttribute.ReplaceAllStringFunc(div, func(tag string) string {
		quote := tag[len(tag)-1:]
		start := strings.LastIndex(tag[:len(tag)-1], quote) + 1
		to, known := l.byURL[html.UnescapeString(tag[start:len(tag)-1])]
		if !known {
			return tag
		}
		changed = true
		return tag[:start] + to.Type + "/" + to.ID + quote
	})
	return out, changed
}
