package profile

import (
	"context"
	"fmt"
	"strings"

	"claimwright/fhir/codec"
	"claimwright/fhir/fhirpath"
)

// definition is one ElementDefinition: its id and what it says, each part where it was said last.
type definition struct {
	id    string
	parts map[string]fhirpath.Collection
}

// Compile reads a StructureDefinition that constrains a type. One with a snapshot stands for itself; one with a differential
// alone is laid over its base, which source finds. The error says why it cannot be used, for the profile's author.
func Compile(ctx context.Context, body []byte, source Source) (*Profile, error) {
	r, err := fhirpath.Read(body)
	if err != nil {
		return nil, err
	}
	p, err := compile(ctx, r.Root(), source, 0)
	if err != nil {
		return nil, err
	}
	p.elements = nil // with them, the whole StructureDefinition would stay in memory
	return p, nil
}

func compile(ctx context.Context, sd fhirpath.Value, source Source, bases int) (*Profile, error) {
	p := &Profile{URL: sd.First("url").Text(), Version: sd.First("version").Text(), Type: sd.First("type").Text()}
	if sd.First("derivation").Text() != "constraint" {
		return nil, errNoProfile
	}
	for _, c := range sd.Named("context") {
		p.context = append(p.context, placement{c.First("type").Text(), c.First("expression").Text()})
	}
	list := sd.First("snapshot").Named("element")
	if len(list) == 0 {
		if list = sd.First("differential").Named("element"); len(list) == 0 {
			return nil, errEmpty
		}
		inherited, err := inherit(ctx, sd.First("baseDefinition").Text(), source, bases)
		if err != nil {
			return nil, err
		}
		p.elements = inherited
	}
	if len(list)+len(p.elements) > maxElements {
		return nil, errTooLarge
	}
	p.alone = len(p.elements) == 0
	p.elements = overlay(p.elements, list)
	if err := p.build(); err != nil {
		return nil, err
	}
	return p, nil
}

// inherit finds the elements of the base. R4's own types need none: the codec and the base check hold what they say.
func inherit(ctx context.Context, base string, source Source, bases int) ([]*definition, error) {
	if name := coreType(base); name != "" && knownType(name) {
		return nil, nil
	}
	if bases >= maxBases {
		return nil, errTooDeep
	}
	if source == nil {
		return nil, fmt.Errorf("its base %s is not loaded", base)
	}
	text, err := source.Definition(ctx, base)
	if err != nil {
		return nil, err
	}
	if text == nil {
		return nil, fmt.Errorf("it has no snapshot, and its base %s is not loaded", base)
	}
	r, err := fhirpath.Read(text)
	if err != nil {
		return nil, err
	}
	p, err := compile(ctx, r.Root(), source, bases+1)
	if err != nil {
		return nil, fmt.Errorf("its base %s cannot be used: %w", base, err)
	}
	return p.elements, nil
}

// knownType says whether R4 has a type: a resource, an abstract one, or a data type.
func knownType(name string) bool {
	switch name {
	case "Resource", "DomainResource", "Element", "BackboneElement":
		return true
	}
	return codec.ResourceType(name).Known() || fhirpath.DataType(name)
}

// overlay lays the elements of a differential over those of a base: what an element says anew replaces what was said before,
// invariants are added.
func overlay(base []*definition, list fhirpath.Collection) []*definition {
	all := make([]*definition, 0, len(base)+len(list))
	at := map[string]int{}
	for _, d := range base {
		at[d.id] = len(all)
		all = append(all, d)
	}
	ids := &identities{open: map[string]string{}}
	for _, e := range list {
		d := &definition{id: ids.of(e), parts: map[string]fhirpath.Collection{}}
		for _, part := range e.Children() {
			d.parts[part.Name()] = append(d.parts[part.Name()], part)
		}
		i, ok := at[d.id]
		if !ok {
			at[d.id] = len(all)
			all = append(all, d)
			continue
		}
		all[i] = merged(all[i], d)
	}
	return all
}

func merged(old, more *definition) *definition {
	d := &definition{id: old.id, parts: make(map[string]fhirpath.Collection, len(old.parts)+len(more.parts))}
	for name, part := range old.parts {
		d.parts[name] = part
	}
	for name, part := range more.parts {
		if name == "constraint" {
			part = append(append(fhirpath.Collection{}, d.parts[name]...), part...)
		}
		d.parts[name] = part
	}
	return d
}

// identities gives elements the id that R4 has for them where they lack one: the path, with the names of the slices that the
// elements before them opened (elementdefinition.html#id).
type identities struct{ open map[string]string }

func (x *identities) of(e fhirpath.Value) string {
	path, slice := e.First("path").Text(), e.First("sliceName").Text()
	x.open[path] = slice
	if id := e.First("id").Text(); id != "" {
		return id
	}
	var b strings.Builder
	prefix := ""
	for i, step := range strings.Split(path, ".") {
		if i > 0 {
			b.WriteByte('.')
			prefix += "."
		}
		prefix += step
		b.WriteString(step)
		if open := x.open[prefix]; open != "" {
			b.WriteString(":" + open)
		}
	}
	return b.String()
}

// text is the first text of a part.
func (d *definition) text(part string) string { return first(d.parts[part]).Text() }

func first(c fhirpath.Collection) fhirpath.Value {
	if len(c) == 0 {
		return fhirpath.Value{}
	}
	return c[0]
}
