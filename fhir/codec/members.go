package codec

// Member is what an object has of one element: the value, and, of a primitive, the "_x" companion with its id and
// extensions. Either may be absent, not both. Where the element is repeated both are arrays, of which one may be missing.
type Member struct {
	Element Element
	Value   Value
	Beside  Value
}

// Ordered appends the members of an object of this type in the order of the type's definition, which JSON does not keep.
// The resourceType is not among them.
func (t Type) Ordered(dst []Member, object Value) []Member {
	begin := len(dst)
	for name, v := range object.Members() {
		e := t.t.find([]byte(name.String()))
		if e == nil || e.typeName {
			continue
		}
		m := Member{Element: Element{e}, Value: v}
		if e.companion {
			e = t.t.find([]byte(e.name[1:]))
			m = Member{Element: Element{e}, Beside: v}
		}
		dst = insertMember(dst, begin, m)
	}
	return dst
}

// insertMember puts m in its place behind begin, joining a value and its companion. Most objects come in order, so the
// place is looked for from the end.
func insertMember(dst []Member, begin int, m Member) []Member {
	at := len(dst)
	for at > begin && dst[at-1].Element.Place() > m.Element.Place() {
		at--
	}
	if at > begin && dst[at-1].Element == m.Element {
		if m.Value.Exists() {
			dst[at-1].Value = m.Value
		} else {
			dst[at-1].Beside = m.Beside
		}
		return dst
	}
	dst = append(dst, m)
	copy(dst[at+1:], dst[at:])
	dst[at] = m
	return dst
}
