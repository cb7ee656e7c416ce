package codec

// presence is which elements of an object were met.
type presence struct {
	values, companions bitset
	// paired is set when nulls or companions of arrays call for a look at both together.
	paired bool
}

// object parses the object whose brace is next, as a value of type t.
func (p *parser) object(t *elementType, key Name, fl flags, targets *targetSet) bool {
	if !p.enter() {
		return false
	}
	at := p.open(Object, key, fl)
	var seen presence
	p.at++
	if p.blanks(); p.peek() == '}' {
		p.at++
		if !p.problem(at, emptyObject) {
			return false
		}
	} else if !p.members(at, t, &seen) {
		return false
	}
	p.close(at)
	p.leave()
	return p.checkObject(at, t, &seen, targets)
}

func (p *parser) members(at uint32, t *elementType, seen *presence) bool {
	for {
		key, ok := p.key()
		if !ok {
			return false
		}
		name := p.body[key.off:key.end]
		if key.escaped {
			name = p.unescaped(key)
		}
		if e := t.find(name); e != nil {
			ok = p.noteElement(at, t, e, seen) && p.element(e, seen)
		} else {
			ok = p.unknownElement(at, t, name) && p.skip(nil)
		}
		if !ok {
			return false
		}
		if more, ok := p.more('}'); !ok || !more {
			return ok
		}
	}
}

// noteElement records that e is there, and reports a key given twice and a second alternative of a choice.
func (p *parser) noteElement(at uint32, t *elementType, e *element, seen *presence) bool {
	mine, other := &seen.values, &seen.companions
	if e.companion {
		mine, other = other, mine
		seen.paired = seen.paired || e.repeated
	}
	ok := true
	if mine.has(e.slot) || e.flags&flagChoice != 0 && other.has(e.slot) {
		ok = p.repeatedElement(at, t, e)
	}
	mine.set(e.slot)
	return ok
}

// element parses the value of a known key.
func (p *parser) element(e *element, seen *presence) bool {
	if !e.repeated {
		return p.value(e, e.id, nil)
	}
	if p.peek() != '[' {
		return p.misshaped(e, e.id)
	}
	if !p.enter() {
		return false
	}
	at := p.open(Array, e.id, e.flags&flagChoice)
	p.at++
	if p.blanks(); p.peek() == ']' {
		p.at++
		if !p.problem(at, emptyArray) {
			return false
		}
	} else if !p.values(e, seen) {
		return false
	}
	p.close(at)
	p.leave()
	return true
}

// values parses the elements of an array, its closing bracket included.
func (p *parser) values(e *element, array *presence) bool {
	for {
		p.blanks()
		if !p.value(e, 0, array) {
			return false
		}
		if more, ok := p.more(']'); !ok || !more {
			return ok
		}
	}
}

// value parses one value of e: the whole value, or one of an array, in which case array is the presence of the object
// around.
func (p *parser) value(e *element, key Name, array *presence) bool {
	c := p.peek()
	if c == 'n' {
		return p.null(e, key, array)
	}
	if e.companion || e.typ.primitive == notPrimitive {
		if c != '{' {
			return p.misshaped(e, key)
		}
		switch {
		case e.companion:
			return p.object(p.schema.primitiveElement, key, e.flags, nil)
		case e.typ.anyResource:
			_, ok := p.resource(e, key)
			return ok
		}
		return p.object(e.typ, key, e.flags, e.targets)
	}
	if c == '{' || c == '[' {
		return p.misshaped(e, key)
	}
	return p.scalar(e, key, c)
}

// null stands for a missing value in an array of primitives whose companion array says more; elsewhere it is refused.
func (p *parser) null(e *element, key Name, array *presence) bool {
	off := p.at
	p.reading = e
	if !p.literal("null") {
		return false
	}
	p.reading = nil
	at := p.leaf(Null, key, text{off: off, end: p.at}, 0)
	if array != nil && (e.companion || e.typ.primitive != notPrimitive) {
		array.paired = true
		return true
	}
	return p.problem(at, nullValue(e))
}

// scalar parses a string, number or boolean and checks it against e's type.
func (p *parser) scalar(e *element, key Name, c byte) bool {
	p.reading = e
	value := text{off: p.at}
	kind, ok := Number, false
	switch c {
	case '"':
		kind = String
		value, ok = p.str()
	case 't':
		kind, ok = True, p.literal("true")
	case 'f':
		kind, ok = False, p.literal("false")
	default:
		ok = p.number()
	}
	if !ok {
		return false
	}
	p.reading = nil
	fl := e.flags
	if kind != String {
		value.end = p.at
	} else if value.escaped {
		fl |= flagEscaped
	}
	at := p.leaf(kind, key, value, fl)
	return p.checkScalar(at, e, kind, value)
}

// unescaped is the text of a string. It is valid until the next call.
func (p *parser) unescaped(t text) []byte {
	raw := p.body[t.off:t.end]
	if !t.escaped {
		return raw
	}
	p.scratch = appendUnescaped(p.scratch[:0], raw)
	return p.scratch
}
