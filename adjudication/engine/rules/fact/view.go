package fact

import (
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/interpreter"

	"claimwright/adjudication/engine/rules/value"
)

// View shows the facts of a claim, and of one of its lines at a time, to programs. What one rule has asked the next finds
// ready. It is for one goroutine.
type View struct {
	facts   *Facts
	member  memberFacts
	line    *Line
	objects [kindCount]object
}

// object is a kind's facts, those kept that were asked for.
type object struct {
	kind   *Kind
	source any
	kept   []ref.Val
}

var _ interpreter.Activation = (*View)(nil)

// NewView shows facts; About says which line they are to be about before anything is asked.
func NewView(f *Facts) *View {
	v := &View{facts: f}
	for i := range v.objects {
		v.objects[i] = object{kind: &Catalogue[i], kept: make([]ref.Val, len(Catalogue[i].Fields))}
	}
	v.objects[claimKind].source = &f.Claim
	v.objects[facilityKind].source = &f.Facility
	v.objects[visitKind].source = &f.Visit
	return v
}

// About turns to a line.
func (v *View) About(l *Line) {
	v.line, v.member = l, memberFacts{v.facts, l}
	for i := range v.objects {
		o := &v.objects[i]
		if !o.kind.PerLine {
			continue
		}
		clear(o.kept)
		o.source = l
	}
	v.objects[memberKind].source = &v.member
}

// Valued says that the line's late facts have changed.
func (v *View) Valued() {
	o := &v.objects[lineKind]
	for i := range o.kept {
		if o.kind.Fields[i].Late {
			o.kept[i] = nil
		}
	}
}

// ResolveName finds a kind by its name.
func (v *View) ResolveName(name string) (any, bool) {
	i, ok := kinds[name]
	switch {
	case !ok:
		return nil, false
	case i == diagnosesKind:
		return value.Coded(v.facts.Diagnoses), true
	}
	return &v.objects[i], true
}

// Parent is nil: there is nothing else.
func (v *View) Parent() interpreter.Activation { return nil }

// get is a field's value, made once.
func (o *object) get(i int) ref.Val {
	if o.kept[i] == nil {
		o.kept[i] = o.kind.Fields[i].get(o.source)
	}
	return o.kept[i]
}

// kinds are the places of the kinds by name.
var kinds = func() map[string]int {
	places := make(map[string]int, kindCount)
	for i := range Catalogue {
		places[Catalogue[i].Name] = i
	}
	return places
}()

// IsLate tells whether a fact is known only after the line was valued.
func IsLate(kind, field string) bool {
	i, ok := kinds[kind]
	if !ok {
		return false
	}
	for j := range Catalogue[i].Fields {
		if f := &Catalogue[i].Fields[j]; f.Name == field {
			return f.Late
		}
	}
	return false
}

// IsPerLine tells whether the facts of a kind differ from line to line.
func IsPerLine(kind string) bool {
	i, ok := kinds[kind]
	return ok && Catalogue[i].PerLine
}
