package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
)

// part is an element that some form of an answer keeps, as _summary and _elements want it.
type part struct {
	name                        string
	types                       []string
	inside                      string
	summary, modifier, required bool
}

// partsOf lists the parts of every resource type, data type and element defined in place, by its path.
func partsOf(d *definitions) map[string][]part {
	table := map[string][]part{}
	for _, s := range d.structures {
		if s.Kind == "primitive-type" {
			continue
		}
		inPlace := map[string]bool{}
		for _, e := range s.Snapshot.Element {
			inPlace[parent(e.Path)] = true
		}
		for _, e := range s.Snapshot.Element {
			if p, keeps := partOf(e, inPlace[e.Path]); keeps {
				table[parent(e.Path)] = append(table[parent(e.Path)], p)
			}
		}
	}
	return table
}

func parent(path string) string {
	return path[:max(strings.LastIndexByte(path, '.'), 0)]
}

// partOf describes an element; false where no form asks for it.
func partOf(e *element, inPlace bool) (part, bool) {
	if parent(e.Path) == "" || !e.IsSummary && !e.IsModifier && e.Min == 0 {
		return part{}, false
	}
	p := part{
		name:    e.Path[len(parent(e.Path))+1:],
		summary: e.IsSummary, modifier: e.IsModifier, required: e.Min > 0,
	}
	switch {
	case e.ContentReference != "":
		p.inside = strings.TrimPrefix(e.ContentReference, "#")
	case inPlace:
		p.inside = e.Path
	}
	choice := strings.HasSuffix(p.name, "[x]")
	for _, t := range e.Type {
		complexType := unicode.IsUpper(rune(t.Code[0]))
		if p.inside == "" && t.Code != "Resource" && (choice || complexType) {
			p.types = append(p.types, t.Code)
		}
	}
	return p, true
}

// emitParts writes one line for each path: a part is its name, its marks (s summary, m modifier, r required) and what is
// inside it: types, or "@" and the path that defines it in place.
func emitParts(table map[string][]part) (file, error) {
	var s source
	s.line("var partLines = []partLine{")
	for _, path := range slices.Sorted(maps.Keys(table)) {
		texts := make([]string, len(table[path]))
		for i, p := range table[path] {
			texts[i] = p.text()
		}
		s.line("{%q, %q},", path, strings.Join(texts, "|"))
	}
	s.line("}")
	return s.file("parts_gen.go", fmt.Sprintf("parts of %d types and elements", len(table)))
}

func (p part) text() string {
	marks := ""
	for _, m := range []struct {
		set  bool
		mark string
	}{{p.summary, "s"}, {p.modifier, "m"}, {p.required, "r"}} {
		if m.set {
			marks += m.mark
		}
	}
	text := p.name + " " + marks
	switch {
	case p.inside != "":
		text += " @" + p.inside
	case len(p.types) > 0:
		text += " " + strings.Join(p.types, ",")
	}
	return text
}
