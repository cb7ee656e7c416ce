package codec

// resource parses the resource whose brace is next; e is the element that holds it, nil for the root. Like all parsing
// methods it returns false to stop: at broken JSON, or at one problem too many.
func (p *parser) resource(e *element, key Name) (t *elementType, ok bool) {
	name, known := p.typeAhead()
	if known {
		t = p.schema.resources[string(name)]
	}
	if t == nil {
		return nil, p.untypedResource(key, name, known)
	}
	if e == nil {
		p.rootType = t.name
	}
	if e != nil && e.id == nameContained {
		return t, p.containedResource(t, key)
	}
	return t, p.containerResource(t, key)
}

// untypedResource reports a resource that does not say what it is, and skips it.
func (p *parser) untypedResource(key Name, name []byte, known bool) bool {
	if !known && p.surveyBroken {
		return p.skipAs(key) // broken JSON: its type may be behind the break
	}
	at := p.placeholder(key)
	ok := false
	if known {
		ok = p.problem(at, unknownType(name))
	} else {
		ok = p.problem(at, missingType)
	}
	return ok && p.skip(nil)
}

// skipAs skips a value that cannot be checked.
func (p *parser) skipAs(key Name) bool {
	p.placeholder(key)
	return p.skip(nil)
}
