package xmlform

import (
	"bytes"
)

// markup scans what begins with "<"; what is of no interest is only stepped over.
func (s *scanner) markup() (k kind, found bool) {
	rest := s.body[s.at:]
	switch {
	case bytes.HasPrefix(rest, []byte("<?")):
		return s.instruction(rest)
	case bytes.HasPrefix(rest, []byte("<!--")):
		return s.comment(rest)
	case bytes.HasPrefix(rest, []byte("<![CDATA[")):
		return s.section(rest)
	case bytes.HasPrefix(rest, []byte("<!")):
		return s.refuse(s.at, doctype, "a document type declaration", "none"), true
	case bytes.HasPrefix(rest, []byte("</")):
		return s.endTag(), true
	}
	return s.startTag(), true
}

func (s *scanner) instruction(rest []byte) (kind, bool) {
	begun := s.at
	s.at += len("<?")
	target := s.piece(s.scanName())
	if bytes.EqualFold(target, []byte("xml")) {
		return s.fail(begun, "the XML declaration at the beginning"), true
	}
	end := bytes.Index(rest, []byte("?>"))
	if end < len("<?")+1 || len(target) == 0 || s.at != begun+end && !isSpace(s.body[s.at]) {
		return s.fail(begun, "a processing instruction with a name, that ends with ?>"), true
	}
	s.at = begun + end + len("?>")
	return 0, false
}

func (s *scanner) comment(rest []byte) (kind, bool) {
	end := bytes.Index(rest[4:], []byte("--"))
	if end < 0 || !bytes.HasPrefix(rest[4+end:], []byte("-->")) {
		return s.fail(s.at, "a comment that ends with --> and has no -- in it"), true
	}
	s.at += 4 + end + 3
	s.kind = comment
	return comment, true
}

func (s *scanner) section(rest []byte) (kind, bool) {
	end := bytes.Index(rest, []byte("]]>"))
	if end < 0 || len(s.opened) == 0 {
		return s.fail(s.at, "a CDATA section within an element, that ends with ]]>"), true
	}
	s.at += end + 3
	s.kind = section
	return section, true
}

func (s *scanner) endTag() kind {
	start := s.at
	s.at += 2
	s.name = s.scanName()
	s.blanks()
	if s.at == len(s.body) || s.body[s.at] != '>' {
		return s.fail(start, "an end tag")
	}
	s.at++
	s.kind = endTag
	return s.close()
}

// close ends the innermost element.
func (s *scanner) close() kind {
	last := len(s.opened) - 1
	if last < 0 || !bytes.Equal(s.piece(s.opened[last]), s.piece(s.name)) {
		return s.fail(s.all.from, "the end tag of the element that is open")
	}
	s.opened = s.opened[:last]
	s.done = last == 0
	return endTag
}

func (s *scanner) piece(p span) []byte { return s.body[p.from:p.to] }

func (s *scanner) startTag() kind {
	start := s.at
	if s.done {
		return s.fail(start, "nothing behind the root element")
	}
	s.at++
	s.name = s.scanName()
	if s.name.from == s.name.to {
		return s.fail(start, "the name of an element")
	}
	for {
		before := s.at
		s.blanks()
		if s.at == len(s.body) {
			return s.fail(start, "the end of the tag")
		}
		switch c := s.body[s.at]; {
		case c == '>':
			s.at++
			return s.open()
		case c == '/' && s.at+1 < len(s.body) && s.body[s.at+1] == '>':
			s.at += 2
			s.closed = true
			return s.open()
		case s.at == before:
			return s.fail(s.at, "a blank between attributes, or the end of the tag")
		}
		if !s.attribute(before) {
			return broken
		}
	}
}

// open begins an element, with the namespaces that it declares.
func (s *scanner) open() kind {
	s.opened = append(s.opened, s.name)
	s.kind = startTag
	for _, a := range s.attributes {
		name := s.piece(a.name)
		prefix, declares := bytes.CutPrefix(name, []byte("xmlns:"))
		if !declares && string(name) != "xmlns" {
			continue
		}
		if len(s.bindings) == mostBindings {
			return s.refuse(a.name.from, excessive, "too many namespace declarations", "the namespaces of FHIR and XHTML")
		}
		if !declares {
			prefix = nil
		}
		s.bindings = append(s.bindings, binding{string(prefix), string(s.piece(a.value)), len(s.opened)})
	}
	return startTag
}

// unbind ends the namespaces of the elements that are closed.
func (s *scanner) unbind() {
	n := len(s.bindings)
	for n > 0 && s.bindings[n-1].depth > len(s.opened) {
		n--
	}
	s.bindings = s.bindings[:n]
}

// attribute scans one attribute; before is where the blanks before it begin.
func (s *scanner) attribute(before int) bool {
	a := attribute{name: s.scanName()}
	if a.name.from == a.name.to {
		s.fail(s.at, "an attribute")
		return false
	}
	s.blanks()
	if s.at == len(s.body) || s.body[s.at] != '=' {
		s.fail(a.name.from, "an attribute with a value")
		return false
	}
	s.at++
	s.blanks()
	if s.at == len(s.body) || s.body[s.at] != '"' && s.body[s.at] != '\'' {
		s.fail(a.name.from, "an attribute's value in quotes")
		return false
	}
	length := bytes.IndexByte(s.body[s.at+1:], s.body[s.at])
	if length < 0 {
		s.fail(s.at, "the closing quote of an attribute's value")
		return false
	}
	a.value = span{s.at + 1, s.at + 1 + length}
	s.at = a.value.to + 1
	a.all = span{before, s.at}
	return s.accept(a)
}

// accept checks an attribute and adds it to the token.
func (s *scanner) accept(a attribute) bool {
	value := s.piece(a.value)
	if i := bytes.IndexByte(value, '<'); i >= 0 {
		s.fail(a.value.from+i, "&lt; in an attribute's value")
		return false
	}
	if !s.references(a.value.from, value) {
		return false
	}
	for _, other := range s.attributes {
		if bytes.Equal(s.piece(other.name), s.piece(a.name)) {
			s.fail(a.name.from, "every attribute once")
			return false
		}
	}
	if len(s.attributes) == mostAttributes {
		s.refuse(a.name.from, excessive, "too many attributes", "the attributes that FHIR defines")
		return false
	}
	s.attributes = append(s.attributes, a)
	return true
}

// scanName scans a qualified name, with at most one colon, and within it; it is empty where there is none.
func (s *scanner) scanName() span {
	name := span{from: s.at}
	colons := 0
	for s.at < len(s.body) {
		c := s.body[s.at]
		first := s.at == name.from || s.body[s.at-1] == ':'
		if c == ':' && !first {
			colons++
		} else if !isNameByte(c, first) {
			break
		}
		s.at++
	}
	if name.to = s.at; colons > 1 || s.at > name.from && s.body[s.at-1] == ':' {
		name.to = name.from
	}
	return name
}

// isNameByte tells the characters of a name but for those beyond ASCII, which FHIR and XHTML use in none.
func isNameByte(c byte, first bool) bool {
	switch {
	case c|0x20 >= 'a' && c|0x20 <= 'z', c == '_':
		return true
	case c >= '0' && c <= '9', c == '-', c == '.':
		return !first
	}
	return false
}

func (s *scanner) blanks() {
	for s.at < len(s.body) && isSpace(s.body[s.at]) {
		s.at++
	}
}

// split is a qualified name's prefix, empty if it has none, and its local part.
func (s *scanner) split(name span) (prefix, local []byte) {
	text := s.piece(name)
	if prefix, local, ok := bytes.Cut(text, []byte(":")); ok {
		return prefix, local
	}
	return nil, text
}

// namespace is the namespace that a prefix stands for; of the empty prefix, the default one. It is empty for a prefix that
// stands for none.
func (s *scanner) namespace(prefix []byte) string {
	for i := len(s.bindings) - 1; i >= 0; i-- {
		if s.bindings[i].prefix == string(prefix) {
			return s.bindings[i].uri
		}
	}
	if string(prefix) == "xml" {
		return "http://www.w3.org/XML/1998/namespace"
	}
	return ""
}
