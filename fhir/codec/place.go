package codec

// Where a value stands in its resource. These walk the tape from the root: they are meant for messages and for the rare
// reader that cannot know the type beforehand, not for loops over many values.

// Path is the value's FHIRPath with its indices, such as Claim.item[2].serviced; a choice element is named without its
// type, as FHIRPath does. It is empty for the absent value.
func (v Value) Path() string {
	if v.doc == nil {
		return ""
	}
	return string(appendPath(nil, v.doc.tape, v.doc.typ.name, v.at, compiled().choiceStems))
}

// TypeName is the FHIR type of the value: "Coding", "dateTime", "code", "BackboneElement", "Claim"; of an array that of
// its elements, of a "_x" companion "Element". It is empty for the absent value.
func (v Value) TypeName() string {
	if v.doc == nil {
		return ""
	}
	tape, s := v.doc.tape, compiled()
	typ := v.doc.typ
	for at := uint32(0); at < v.at; {
		child := at + 1
		for next := tape[child].next; next <= v.at; next = tape[child].next {
			child = next
		}
		if tape[at].kind == Object {
			typ = s.memberType(typ, tape[child].key)
		}
		if tape[child].flags&flagResource != 0 {
			typ = s.resources[Value{v.doc, child}.Get(nameResourceType).Text()]
		}
		at = child
	}
	return typ.name
}

// memberType is the type of a member that the schema is known to have.
func (s *schema) memberType(t *elementType, key Name) *elementType {
	e := t.find([]byte(key.String()))
	if e.companion {
		return s.primitiveElement
	}
	return e.typ
}

// Element is the name of the element that the value is, or is an array of, as FHIRPath has it: a choice without its type, a
// "_x" companion as the primitive. It is empty for the absent value, the root and what stands in an array.
func (v Value) Element() string {
	if v.doc == nil || v.node().key == 0 {
		return ""
	}
	return pathName(v.node().key, v.node().flags, compiled().choiceStems)
}
