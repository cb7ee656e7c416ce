package xmlform

import "bytes"

// narrative reads the div whose start tag was scanned into a JSON string: as it stands, but in the default namespace,
// which it declares itself. What narratives may hold is for the codec to judge.
func (r *reader) narrative() bool {
	r.out = append(r.out, '"')
	outer := len(r.opened)
	if !r.narrativeTag(true) {
		return false
	}
	for {
		switch r.next() {
		case broken:
			return false
		case startTag:
			if !r.narrativeTag(false) {
				return false
			}
		case endTag:
			r.narrativeEnd()
			if len(r.opened) < outer {
				r.out = append(r.out, '"')
				return true
			}
		case section: // its text, escaped
			text := r.piece(span{r.all.from + len("<![CDATA["), r.all.to - len("]]>")})
			r.out = appendQuoted(r.out, escapeText(text))
		case characters:
			r.out = appendQuoted(r.out, r.piece(r.all))
		case comment:
			r.out = appendQuoted(r.out, r.piece(r.all))
		}
	}
}

func escapeText(text []byte) []byte {
	text = bytes.ReplaceAll(text, []byte("&"), []byte("&amp;"))
	text = bytes.ReplaceAll(text, []byte("<"), []byte("&lt;"))
	return bytes.ReplaceAll(text, []byte(">"), []byte("&gt;"))
}

// narrativeTag copies a start tag without its prefix and without namespaces, but that of the div.
func (r *reader) narrativeTag(div bool) bool {
	prefix, local := r.split(r.name)
	if found := r.namespace(prefix); found != xhtml && !r.problem(wrongNamespace(found, xhtml)) {
		return false
	}
	r.out = append(append(r.out, '<'), local...)
	tail := r.name.to
	declared := false
	for _, a := range r.token.attributes {
		tail = a.all.to
		if name := r.piece(a.name); bytes.HasPrefix(name, []byte("xmlns:")) {
			continue
		} else if string(name) == "xmlns" {
			if string(r.piece(a.value)) != xhtml { // for the prefixed elements within
				continue
			}
			declared = true
		}
		r.out = appendQuoted(r.out, r.piece(a.all))
	}
	if div && !declared {
		r.out = append(r.out, ` xmlns=\"`+xhtml+`\"`...)
	}
	r.out = appendQuoted(r.out, r.piece(span{tail, r.all.to}))
	return true
}

// narrativeEnd copies an end tag without its prefix; a tag that closed itself has none.
func (r *reader) narrativeEnd() {
	if r.all.from == r.all.to {
		return
	}
	_, local := r.split(r.name)
	r.out = append(append(r.out, '<', '/'), local...)
	r.out = appendQuoted(r.out, r.piece(span{r.name.to, r.all.to}))
}
