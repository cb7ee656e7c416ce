package profile

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"claimwright/fhir/fhirpath"
	"claimwright/fhir/registry"
)

// maxSteps bounds how deep an element of a profile lies.
const maxSteps = 24

// build makes the tree of shapes from the list of elements.
func (p *Profile) build() error {
	p.byID = map[string]*shape{}
	p.root = &shape{name: p.Type, place: p.Type, max: unbounded}
	for _, d := range p.elements {
		s, err := p.place(d.id)
		if err != nil {
			return err
		}
		if err := s.say(d); err != nil {
			return fmt.Errorf("element %s: %w", d.id, err)
		}
		p.byID[d.id] = s
	}
	return nil
}

// place finds the shape of an id such as "Observation.component:systolic.value[x]", making those on the way.
func (p *Profile) place(id string) (*shape, error) {
	steps := strings.Split(id, ".")
	if len(steps) > maxSteps {
		return nil, fmt.Errorf("element %s lies too deep", id)
	}
	at := p.root
	for _, step := range steps[1:] {
		name, slice, _ := strings.Cut(step, ":")
		name, choice := strings.CutSuffix(name, "[x]")
		below := at.child(name)
		if below == nil {
			below = &shape{name: name, choice: choice, place: at.place + "." + name, max: unbounded}
			at.children = append(at.children, below)
		}
		at = below
		if slice != "" {
			at = at.sliced(slice)
		}
	}
	return at, nil
}

// sliced finds or makes a slice; "a/b" is a slice of the slice "a", if there is one.
func (s *shape) sliced(name string) *shape {
	if outer, _, ok := strings.Cut(name, "/"); ok {
		if of := s.named(outer); of != nil && outer != name {
			if inner := of.named(name); inner != nil {
				return inner
			}
			inner := &shape{name: s.name, choice: s.choice, place: s.place, slice: name, max: unbounded}
			of.slices = append(of.slices, inner)
			return inner
		}
	}
	if known := s.named(name); known != nil {
		return known
	}
	made := &shape{name: s.name, choice: s.choice, place: s.place, slice: name, max: unbounded}
	s.slices = append(s.slices, made)
	return made
}

// say reads what an ElementDefinition says into the shape.
func (s *shape) say(d *definition) error {
	if text := d.text("min"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			return errors.New("min must be a number")
		}
		s.min = n
	}
	if text := d.text("max"); text != "" && text != "*" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			return errors.New("max must be a number or *")
		}
		s.max = n
	}
	if n, err := strconv.Atoi(d.text("maxLength")); err == nil {
		s.maxLength = n
	}
	s.fixed, s.pattern = first(d.parts["fixed"]).Detached(), first(d.parts["pattern"]).Detached()
	s.minValue, s.maxValue = first(d.parts["minValue"]).Detached(), first(d.parts["maxValue"]).Detached()
	if content := d.text("contentReference"); content != "" {
		_, s.content, _ = strings.Cut(content, "#")
	}
	if b := first(d.parts["binding"]); b.Exists() {
		s.binding = &binding{b.First("strength").Text(), b.First("valueSet").Text()}
	}
	for _, t := range d.parts["type"] {
		s.types = append(s.types, typeRule{code: typeCode(t.First("code").Text()), profiles: textsOf(t, "profile"), targets: textsOf(t, "targetProfile")})
	}
	if sl := first(d.parts["slicing"]); sl.Exists() {
		s.slicing = readSlicing(sl)
	}
	for _, c := range d.parts["constraint"] {
		if key, expression := c.First("key").Text(), c.First("expression").Text(); expression != "" && !ownInvariant(key, expression) {
			s.invariants = append(s.invariants, compileInvariant(key, c.First("human").Text(), expression, c.First("severity").Text() == "warning"))
		}
	}
	return nil
}

// typeCode reads the code of an element's type; snapshots name FHIRPath's own types at the ids and values of R4's.
func typeCode(code string) string {
	if name, ok := strings.CutPrefix(code, "http://hl7.org/fhirpath/System."); ok {
		return strings.ToLower(name[:1]) + name[1:]
	}
	return code
}

func textsOf(v fhirpath.Value, name string) []string {
	var texts []string
	for _, t := range v.Named(name) {
		texts = append(texts, t.Text())
	}
	return texts
}

// ownInvariant says whether an invariant is one of R4's own, which snapshots repeat and the base check holds.
func ownInvariant(key, expression string) bool {
	switch key {
	case "ele-1", "txt-1", "txt-2":
		return true
	}
	return registry.OwnConstraint(key, expression)
}

func readSlicing(v fhirpath.Value) *slicing {
	s := &slicing{rules: v.First("rules").Text(), ordered: v.First("ordered").Text() == "true"}
	for _, d := range v.Named("discriminator") {
		s.discriminators = append(s.discriminators, newDiscriminator(d.First("type").Text(), d.First("path").Text()))
	}
	return s
}

func newDiscriminator(kind, path string) discriminator {
	d := discriminator{kind: kind, path: path}
	if e, err := fhirpath.Compile(path); err == nil {
		d.expression = e
	}
	return d
}

// byURL is how extensions are told apart where a profile does not say (R4 profiling.html#slicing).
var byURL = &slicing{discriminators: []discriminator{newDiscriminator("value", "url")}, rules: "open"}

// slicingOf is the slicing of a shape that has slices.
func (s *shape) slicingOf() *slicing {
	if s.slicing != nil && len(s.slicing.discriminators) > 0 {
		return s.slicing
	}
	if s.name == "extension" || s.name == "modifierExtension" {
		if s.slicing != nil {
			return &slicing{discriminators: byURL.discriminators, rules: s.slicing.rules, ordered: s.slicing.ordered}
		}
		return byURL
	}
	if s.choice { // R4 profiling.html#slicing: value[x] is sliced by its type
		return &slicing{discriminators: []discriminator{newDiscriminator("type", "$this")}, rules: "open"}
	}
	return s.slicing
}
