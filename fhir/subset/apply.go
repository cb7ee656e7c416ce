package subset

import (
	"bytes"

	"claimwright/fhir/codec"
)

// The tag that says that a resource may lack elements (R4 search §3.1.1.5.8).
const (
	TagSystem = "http://terminology.hl7.org/CodeSystem/v3-ObservationValue"
	TagCode   = "SUBSETTED"
)

var (
	nameResourceType = codec.Intern("resourceType")
	nameID           = codec.Intern("id")
	nameContained    = codec.Intern("contained")
	nameMeta         = codec.Intern("meta")
	nameText         = codec.Intern("text")
	nameTag          = codec.Intern("tag")
	nameSystem       = codec.Intern("system")
	nameCode         = codec.Intern("code")
)

// Marked tells whether a resource says of itself that it may lack elements, as every answer in a smaller form does.
func Marked(d *codec.Document) bool {
	for tag := range d.Root().Get(nameMeta).Get(nameTag).Each() {
		if tag.Get(nameCode).Text() == TagCode && tag.Get(nameSystem).Text() == TagSystem {
			return true
		}
	}
	return false
}

// Apply gives the resource's JSON in the form, tagged as SUBSETTED; the document's own bytes where the form leaves nothing
// out. The order of what stays is the document's. Contained resources stay where what stays may refer to one.
func (f Form) Apply(d *codec.Document) []byte {
	if !f.narrows(d.Type()) {
		return d.Bytes()
	}
	small := f.narrowed(d, false)
	if d.Root().Get(nameContained).Exists() && bytes.Contains(small, localReference) {
		return f.narrowed(d, true)
	}
	return small
}

// localReference begins a reference to a contained resource.
var localReference = []byte(`"#`)

func (f Form) narrowed(d *codec.Document, contained bool) []byte {
	resourceType := d.Type()
	root, top := d.Root(), planOf(resourceType)
	w := codec.NewWriter(make([]byte, 0, len(d.Bytes())/2+256))
	w.Object("")
	tagged := root.Get(nameMeta).Exists()
	for name, value := range root.Members() {
		switch {
		case name == nameMeta:
			writeMeta(w, value)
		case name == nameContained && contained:
			w.Raw("contained", value.Raw())
		case name == nameResourceType, f.keeps(resourceType, top.parts[name], value):
			f.write(w, name, value, top.parts[name])
			if name == nameResourceType && !tagged {
				writeMeta(w, codec.Value{})
			}
		}
	}
	w.End()
	return w.Bytes()
}

// keeps decides about a root element; p is nil for one that is neither of the summary, nor modifies, nor must be there.
func (f Form) keeps(resourceType string, p *part, value codec.Value) bool {
	name := value.Key()
	if name == nameID {
		return true
	}
	needed := p != nil && (p.Modifier || p.Required)
	switch f.kind {
	case summary:
		return p != nil
	case text:
		return name == nameText || p != nil && p.Required
	case data:
		return name != nameText
	}
	return needed || f.lists(resourceType, value.Element()) || f.lists(resourceType, name.String())
}

// write copies a member, or for a summary what is marked within it.
func (f Form) write(w *codec.Writer, name codec.Name, value codec.Value, p *part) {
	if f.kind != summary || p == nil || p.inside == "" {
		w.Raw(name.String(), value.Raw())
		return
	}
	w.Key(name.String())
	f.summarise(w, value, p)
}

// summarise writes the marked elements within a value, or all of it where none is marked: what must be there must not
// become nothing.
func (f Form) summarise(w *codec.Writer, value codec.Value, p *part) {
	if value.Kind() == codec.Array {
		w.Array("")
		for v := range value.Each() {
			f.summarise(w, v, p)
		}
		w.End()
		return
	}
	inner := planOf(p.inside)
	any := false
	for name := range value.Members() {
		any = any || inner.parts[name] != nil
	}
	if !any {
		w.Raw("", value.Raw())
		return
	}
	w.Object("")
	for name, v := range value.Members() {
		if q := inner.parts[name]; q != nil {
			f.write(w, name, v, q)
		}
	}
	w.End()
}

// writeMeta writes meta with the tag, once.
func writeMeta(w *codec.Writer, meta codec.Value) {
	w.Object("meta")
	for name, value := range meta.Members() {
		if name != nameTag {
			w.Raw(name.String(), value.Raw())
		}
	}
	w.Array("tag")
	there := false
	for tag := range meta.Get(nameTag).Each() {
		there = there || tag.Get(nameSystem).Text() == TagSystem && tag.Get(nameCode).Text() == TagCode
		w.Raw("", tag.Raw())
	}
	if !there {
		w.Object("")
		w.String("system", TagSystem)
		w.String("code", TagCode)
		w.End()
	}
	w.End()
	w.End()
}
