package codec

// checkScalar checks the value on the tape at `at` against the type of e.
func (p *parser) checkScalar(at uint32, e *element, kind Kind, value text) bool {
	class := e.typ.primitive
	switch kind {
	case String:
		// The commonest case by far, free text that needs no second look.
		if class == stringType && !value.escaped && value.end > value.off && value.end-value.off <= maxStringBytes && p.body[value.off] > ' ' {
			return true
		}
		return p.checkString(at, e, p.unescaped(value))
	case Number:
		if class.acceptsNumber(p.body[value.off:value.end]) {
			return true
		}
	default:
		if class == booleanType {
			return true
		}
	}
	return p.problem(at, wrongValue(class, p.body[value.off:value.end], kind))
}

func (p *parser) checkString(at uint32, e *element, s []byte) bool {
	switch class := e.typ.primitive; {
	case len(s) == 0:
		return p.problem(at, emptyString(class))
	case e.typeName:
		return true // found in the schema before the resource was begun
	case class == closedCode:
		if _, ok := e.typ.codes.members[string(s)]; ok {
			return true
		}
		return p.problem(at, wrongCode(e.typ.codes, s))
	case class == xhtmlType:
		if flaw := narrativeFlaw(s); flaw.expected != "" {
			return p.problem(at, wrongNarrative(flaw))
		}
		return true
	case class.accepts(s):
		return true
	default:
		return p.problem(at, wrongValue(class, s, String))
	}
}

// checkObject makes the checks that need the whole object: what is missing, companions, references.
func (p *parser) checkObject(at uint32, t *elementType, seen *presence, targets *targetSet) bool {
	missing := bitset{
		t.required[0] &^ (seen.values[0] | seen.companions[0]),
		t.required[1] &^ (seen.values[1] | seen.companions[1]),
	}
	if missing != (bitset{}) {
		for i := range t.slots {
			if missing.has(uint8(i)) && !p.problem(at, missingElement(&t.slots[i])) {
				return false
			}
		}
	}
	if seen.paired && !p.checkCompanions(at) {
		return false
	}
	return !t.isReference || p.checkReference(at, targets)
}

// repeatedElement reports an element that an object has twice. The value and the "_x" companion of one choice
// alternative are no repetition.
func (p *parser) repeatedElement(at uint32, t *elementType, e *element) bool {
	other, same := p.sameSlot(at, t, e)
	if other == nil {
		return true
	}
	if same {
		return p.problem(at, duplicateKey(e))
	}
	return p.problem(at, secondChoice(e, other))
}

// sameSlot looks through the open object for an element in e's slot: the same key, or else another alternative.
func (p *parser) sameSlot(at uint32, t *elementType, e *element) (other *element, same bool) {
	for c := at + 1; c < uint32(len(p.tape)); c = p.tape[c].next {
		if p.tape[c].key == e.id {
			return e, true
		}
		met := t.find([]byte(p.tape[c].key.String()))
		if met != nil && met.slot == e.slot && met.typ != e.typ {
			other = met
		}
	}
	return other, false
}

// checkCompanions checks arrays of primitives against their "_x" arrays: of equal length, and at each place a value,
// an extension or both (R4 json.html#primitive).
func (p *parser) checkCompanions(at uint32) bool {
	for c := at + 1; c < uint32(len(p.tape)); c = p.tape[c].next {
		n := p.tape[c]
		name := n.key.String()
		if n.kind != Array || name == "" {
			continue
		}
		partner := "_" + name
		if name[0] == '_' {
			partner = name[1:]
		}
		other := p.child(at, partner)
		if name[0] == '_' && other != absent {
			continue // seen from the other side
		}
		if !p.checkPair(c, other) {
			return false
		}
	}
	return true
}

// absent is the index of no node.
const absent = ^uint32(0)

// child is the member of a given name of the object at `at`, or absent.
func (p *parser) child(at uint32, name string) uint32 {
	id, ok := names.lookup(name)
	if !ok {
		return absent
	}
	end := p.tape[at].next
	if end == 0 {
		end = uint32(len(p.tape))
	}
	for c := at + 1; c < end; c = p.tape[c].next {
		if p.tape[c].key == id {
			return c
		}
	}
	return absent
}

// checkPair walks an array and its companion, if any, in step.
func (p *parser) checkPair(values, companions uint32) bool {
	v, end := values+1, p.tape[values].next
	c, companionEnd := uint32(0), uint32(0)
	if companions != absent && p.tape[companions].kind == Array {
		c, companionEnd = companions+1, p.tape[companions].next
	}
	paired := c < companionEnd
	for v < end {
		lonely := p.tape[v].kind == Null && (c >= companionEnd || p.tape[c].kind == Null)
		if lonely && p.tape[v].end > p.tape[v].off && !p.problem(v, lonelyNull) {
			return false
		}
		if paired && c >= companionEnd {
			return p.problem(values, unequalArrays)
		}
		v = p.tape[v].next
		if paired {
			c = p.tape[c].next
		}
	}
	if c < companionEnd {
		return p.problem(companions, unequalArrays)
	}
	return true
}
