package xmlform

import (
	"claimwright/fhir/codec"
)

// Namespace is the namespace of FHIR's elements (R4 xml.html).
const Namespace = "http://hl7.org/fhir"

// declaration begins every document.
const declaration = `<?xml version="1.0" encoding="UTF-8"?>`

// Append appends a resource as an XML document, on one line; a narrative stays as it is laid out.
func Append(dst []byte, d *codec.Document) []byte { return appendDocument(dst, d, false) }

// AppendIndented appends a resource as an XML document that people read: one element a line. Only white space between
// elements differs.
func AppendIndented(dst []byte, d *codec.Document) []byte { return appendDocument(dst, d, true) }

func appendDocument(dst []byte, d *codec.Document, indented bool) []byte {
	w := &writer{out: append(dst, declaration...), indented: indented, members: make([]codec.Member, 0, 128)}
	w.resource(d.Root(), true)
	if indented {
		w.out = append(w.out, '\n')
	}
	return w.out
}

// Names that XML treats in ways of its own.
var (
	nameResourceType = codec.Intern("resourceType")
	nameID           = codec.Intern("id")
	nameURL          = codec.Intern("url")
	nameExtension    = codec.Intern("extension")
)

// writer writes one document. The caller's Document is checked, so that there is nothing to fail.
type writer struct {
	out      []byte
	indented bool
	depth    int
	// members is a stack: the members of the objects that are being written.
	members []codec.Member
}

// begin writes a start tag but for its end.
func (w *writer) begin(name string) {
	if w.indented {
		w.newLine()
	}
	w.out = append(w.out, '<')
	w.out = append(w.out, name...)
}

func (w *writer) newLine() {
	w.out = append(w.out, '\n')
	for range w.depth {
		w.out = append(w.out, "  "...)
	}
}

func (w *writer) attribute(name, value string) {
	w.out = append(w.out, ' ')
	w.out = append(w.out, name...)
	w.out = append(w.out, '=', '"')
	w.out = appendAttribute(w.out, value)
	w.out = append(w.out, '"')
}

// end writes the end tag of an element that has others in it.
func (w *writer) end(name string) {
	w.depth--
	if w.indented {
		w.newLine()
	}
	w.out = append(w.out, '<', '/')
	w.out = append(w.out, name...)
	w.out = append(w.out, '>')
}

// endStart ends a start tag that elements follow, endEmpty one that has none.
func (w *writer) endStart() {
	w.out = append(w.out, '>')
	w.depth++
}

func (w *writer) endEmpty() { w.out = append(w.out, '/', '>') }

// resource writes a resource as the element that is named for its type. Only here is id an element.
func (w *writer) resource(v codec.Value, root bool) {
	name := v.Get(nameResourceType).Text()
	w.begin(name)
	if root {
		w.attribute("xmlns", Namespace)
	}
	mark := len(w.members)
	w.members = codec.ResourceType(name).Ordered(w.members, v)
	if len(w.members) == mark {
		w.endEmpty()
		return
	}
	w.endStart()
	w.elements(mark, 0, 0)
	w.end(name)
}

// object writes a value of a complex type. Its id and the url of an extension are attributes (R4 xml.html).
func (w *writer) object(name string, v codec.Value, t codec.Type) {
	w.begin(name)
	w.id(v)
	url := codec.Name(0)
	if t.Name() == "Extension" {
		url = nameURL
		if u := v.Get(nameURL); u.Exists() {
			w.attribute("url", u.Text())
		}
	}
	w.content(name, v, t, url)
}

func (w *writer) id(v codec.Value) {
	if id := v.Get(nameID); id.Exists() {
		w.attribute("id", id.Text())
	}
}

// content writes the elements of an object, but those that are attributes, and the end of its element.
func (w *writer) content(name string, v codec.Value, t codec.Type, url codec.Name) {
	mark := len(w.members)
	w.members = t.Ordered(w.members, v)
	children := false
	for _, m := range w.members[mark:] {
		children = children || !isAttribute(m, url)
	}
	if !children {
		w.members = w.members[:mark]
		w.endEmpty()
		return
	}
	w.endStart()
	w.elements(mark, nameID, url)
	w.end(name)
}

func isAttribute(m codec.Member, url codec.Name) bool {
	key := m.Value.Key()
	return key == nameID || url != 0 && key == url
}

// elements writes the members above the mark, and takes them from the stack.
func (w *writer) elements(mark int, id, url codec.Name) {
	for i := mark; i < len(w.members); i++ {
		m := w.members[i]
		if key := m.Value.Key(); key == 0 || key != id && key != url {
			w.member(m)
		}
	}
	w.members = w.members[:mark]
}

// member writes one element as often as it occurs.
func (w *writer) member(m codec.Member) {
	name := m.Element.Name()
	switch m.Element.Form() {
	case codec.Resource:
		for v := range m.Value.Each() {
			w.begin(name)
			w.endStart()
			w.resource(v, false)
			w.end(name)
		}
	case codec.Complex:
		for v := range m.Value.Each() {
			w.object(name, v, m.Element.Type())
		}
	case codec.Narrative:
		if w.indented {
			w.newLine()
		}
		w.out = appendNarrative(w.out, m.Value.Text())
	default:
		w.primitives(name, m)
	}
}

// primitives writes a primitive, or each of an array, with what stands beside it.
func (w *writer) primitives(name string, m codec.Member) {
	if !m.Beside.Exists() {
		for v := range m.Value.Each() {
			w.primitive(name, v, codec.Value{})
		}
		return
	}
	var beside []codec.Value
	for v := range m.Beside.Each() {
		beside = append(beside, v)
	}
	i := 0
	for v := range m.Value.Each() {
		var b codec.Value
		if i < len(beside) {
			b = beside[i]
		}
		w.primitive(name, v, b)
		i++
	}
	for ; i < len(beside); i++ {
		w.primitive(name, codec.Value{}, beside[i])
	}
}

// primitive writes one value as an attribute, with the very text that it has in JSON.
func (w *writer) primitive(name string, v, beside codec.Value) {
	w.begin(name)
	w.id(beside)
	if v.Exists() && v.Kind() != codec.Null {
		w.attribute("value", v.Text())
	}
	if !beside.Get(nameExtension).Exists() {
		w.endEmpty()
		return
	}
	w.content(name, beside, codec.PrimitiveType(), 0)
}
