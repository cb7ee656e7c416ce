package codec

// A resource says what it is by its member "resourceType", which may stand anywhere in the object, while its members
// can only be checked once that is known. Nearly all bodies have it first. For the others the parser looks ahead: one
// skip over the outermost such resource finds the types of all resources inside it too, so that the body is read at
// most twice, however deep resources nest.

// typeAhead finds the resourceType of the object that starts at the scanner's position, without moving. known is false
// when the object has none, or none that is a string.
func (p *parser) typeAhead() (typeName []byte, known bool) {
	if name, ok := p.typeFirst(); ok {
		return p.unescaped(name), true
	}
	if p.at >= p.surveyed {
		p.survey()
	}
	name, ok := p.typesAhead[p.at]
	if !ok {
		return nil, false
	}
	return p.unescaped(name), true
}

// typeFirst reads the resourceType where it is the first member.
func (p *parser) typeFirst() (name text, ok bool) {
	ahead := p.scanner
	ahead.at++
	ahead.blanks()
	if ahead.peek() != '"' {
		return text{}, false
	}
	if key, ok := ahead.key(); !ok || string(p.body[key.off:key.end]) != "resourceType" || ahead.peek() != '"' {
		return text{}, false
	}
	return ahead.str()
}

// survey skips the object at the scanner's position and notes the resourceType of every object in it. If it meets
// broken JSON it gives up for the whole body: the parser will meet the same place.
func (p *parser) survey() {
	if p.typesAhead == nil {
		p.typesAhead = make(map[int]text)
	}
	ahead := p.scanner
	ok := ahead.skip(p.typesAhead)
	p.surveyedBytes += ahead.at - p.at
	p.surveyed = ahead.at
	if !ok {
		p.surveyed, p.surveyBroken = len(p.body), true
	}
}

// skip scans any value without keeping it. If types is not nil it notes there, by the offset of its object, every
// member resourceType that is a string; of several in one object the first.
func (s *scanner) skip(types map[int]text) bool {
	switch s.peek() {
	case '"':
		_, ok := s.str()
		return ok
	case 't':
		return s.literal("true")
	case 'f':
		return s.literal("false")
	case 'n':
		return s.literal("null")
	case '{':
		return s.skipMembers(types)
	case '[':
		return s.skipElements(types)
	}
	return s.number()
}

func (s *scanner) skipMembers(types map[int]text) bool {
	if !s.enter() {
		return false
	}
	start := s.at
	s.at++
	if s.blanks(); s.peek() == '}' {
		s.at++
		s.leave()
		return true
	}
	for {
		key, ok := s.key()
		if !ok {
			return false
		}
		valueAt := s.at
		if !s.skip(types) {
			return false
		}
		if types != nil && s.body[valueAt] == '"' && s.isResourceType(key) {
			if _, again := types[start]; !again {
				types[start] = stringAt(s.body, valueAt, s.at)
			}
		}
		more, ok := s.more('}')
		if !ok {
			return false
		}
		if !more {
			s.leave()
			return true
		}
	}
}

func (s *scanner) skipElements(types map[int]text) bool {
	if !s.enter() {
		return false
	}
	s.at++
	if s.blanks(); s.peek() == ']' {
		s.at++
		s.leave()
		return true
	}
	for {
		s.blanks()
		if !s.skip(types) {
			return false
		}
		more, ok := s.more(']')
		if !ok {
			return false
		}
		if !more {
			s.leave()
			return true
		}
	}
}

func (s *scanner) isResourceType(key text) bool {
	raw := s.body[key.off:key.end]
	if key.escaped {
		raw = appendUnescaped(nil, raw)
	}
	return string(raw) == "resourceType"
}

// stringAt describes the string whose quotes are at off and end-1.
func stringAt(body []byte, off, end int) text {
	t := text{off: off + 1, end: end - 1}
	for _, c := range body[t.off:t.end] {
		if c == '\\' {
			t.escaped = true
		}
	}
	return t
}
