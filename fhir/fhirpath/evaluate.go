package fhirpath

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/gofhir/fhirpath/types"
)

// Bounds of one evaluation. One step is a visit of a term or of an element, some 50 ns.
const (
	maxTime  = 2 * time.Second
	maxSteps = 5_000_000
	maxText  = 1 << 20
)

// ErrTooCostly is an evaluation that was given up: it takes too long, or makes too much.
var ErrTooCostly = errors.New("the expression takes too long or makes too much on this resource")

// Scope is what an expression is evaluated over.
type Scope struct {
	// Resource is %resource, and %rootResource where Root is nil.
	Resource *Resource
	// Root is the resource that contains Resource; nil where none does.
	Root *Resource
	// Focus is where paths start, and %context; absent for the resource itself.
	Focus Value
	// Variables are further environment variables, by name without "%".
	Variables map[string]Collection
	// Member says whether a code, Coding, CodeableConcept or Quantity is in a value set, and whether that is known: what
	// memberOf() asks. Nil knows no value set.
	Member func(coded Value, valueSet string) (in, known bool)
	// Conforms says whether an element conforms to a profile, and whether that is known: what conformsTo() asks. Nil knows no
	// profile.
	Conforms func(element Value, profile string) (yes, known bool)
}

// Within is the scope of an invariant of an element: its own resource, the resource that contains it, the element.
func Within(element Value) Scope {
	return Scope{Resource: element.Resource(), Root: element.Container(), Focus: element}
}

// constants are the environment variables that every evaluation has (R4 fhirpath.html#variables).
var constants = map[string]string{
	"sct":   "http://snomed.info/sct",
	"loinc": "http://loinc.org",
	"ucum":  "http://unitsofmeasure.org",
}

// run is one evaluation.
type run struct {
	ctx   context.Context
	scope *Scope
	now   time.Time
	left  int
}

// frame is what a term is evaluated in.
type frame struct {
	// focus is where a path starts; this is $this.
	focus, this []item
	index       int
	total       []item
}

// Evaluate gives what the expression selects. An error says what went wrong, with no data of the resource in it.
func (e *Expression) Evaluate(ctx context.Context, s Scope) (c Collection, err error) {
	defer recovered(&err)
	ctx, cancel := context.WithTimeout(ctx, maxTime)
	defer cancel()
	r := &run{ctx: ctx, scope: &s, left: maxSteps, now: time.Now()}
	start := item(s.Focus)
	if !s.Focus.Exists() {
		start = item(s.Resource.Root())
	}
	var begin []item
	if Value(start).Exists() {
		begin = []item{start}
	}
	found, err := r.eval(e.term, &frame{focus: begin, this: begin})
	if err != nil {
		return nil, err
	}
	c = make(Collection, len(found))
	for i, v := range found {
		c[i] = Value(v)
	}
	return c, nil
}

// Truth evaluates the expression as a condition; see Collection.Truth.
func (e *Expression) Truth(ctx context.Context, s Scope) (bool, error) {
	c, err := e.Evaluate(ctx, s)
	if err != nil {
		return false, err
	}
	return c.Truth()
}

// spend takes steps off the budget.
func (r *run) spend(steps int) error {
	before := r.left
	if r.left -= steps + 1; r.left < 0 {
		return ErrTooCostly
	}
	if before>>13 != r.left>>13 && r.ctx.Err() != nil {
		return ErrTooCostly
	}
	return nil
}

func (r *run) eval(t *term, f *frame) ([]item, error) {
	if err := r.spend(1); err != nil {
		return nil, err
	}
	switch t.form {
	case thisForm:
		return f.this, nil
	case indexForm:
		return one(types.NewInteger(int64(f.index))), nil
	case totalForm:
		return f.total, nil
	case literalForm:
		return t.values, nil
	case variableForm:
		return r.variable(t.name)
	case memberForm, callForm:
		return r.apply(t, f.focus, f)
	case invokeForm:
		base, err := r.eval(t.args[0], f)
		if err != nil {
			return nil, err
		}
		return r.apply(t.args[1], base, f)
	case itemForm:
		return r.itemAt(t, f)
	case negativeForm:
		list, err := r.eval(t.args[0], f)
		if err != nil || len(list) == 0 {
			return nil, err
		}
		return negated(list)
	case typeForm:
		list, err := r.eval(t.args[0], f)
		if err != nil {
			return nil, err
		}
		return typeOperator(t.name, t.text, list)
	default:
		return r.binary(t, f)
	}
}

// apply performs a member access or a function on a collection.
func (r *run) apply(t *term, on []item, f *frame) ([]item, error) {
	switch t.form {
	case memberForm:
		return r.member(t.name, on)
	case callForm:
		return t.call.do(&call{run: r, term: t, on: on, frame: f})
	default: // $this, $index, $total behind a point
		return r.eval(t, f)
	}
}

func (r *run) variable(name string) ([]item, error) {
	if text, ok := constants[name]; ok {
		return one(types.NewString(text)), nil
	}
	if c, ok := r.scope.Variables[name]; ok {
		list := make([]item, len(c))
		for i, v := range c {
			list[i] = item(v)
		}
		return list, nil
	}
	v := Value{}
	switch {
	case name == "resource":
		v = r.scope.Resource.Root()
	case name == "rootResource":
		if v = r.scope.Root.Root(); !v.Exists() {
			v = r.scope.Resource.Root()
		}
	case name == "context":
		if v = r.scope.Focus; !v.Exists() {
			v = r.scope.Resource.Root()
		}
	case len(name) > 3 && (name[:3] == "vs-" || name[:4] == "ext-"):
		return one(types.NewString(abbreviated(name))), nil
	default:
		return nil, fmt.Errorf("there is no variable %%%s", name)
	}
	if !v.Exists() {
		return nil, nil
	}
	return []item{item(v)}, nil
}

// abbreviated is the url that %vs-name and %ext-name stand for.
func abbreviated(name string) string {
	if name[:3] == "vs-" {
		return "http://hl7.org/fhir/ValueSet/" + name[3:]
	}
	return "http://hl7.org/fhir/StructureDefinition/" + name[4:]
}

func (r *run) itemAt(t *term, f *frame) ([]item, error) {
	base, err := r.eval(t.args[0], f)
	if err != nil {
		return nil, err
	}
	at, err := r.eval(t.args[1], f)
	if err != nil || len(at) == 0 {
		return nil, err
	}
	n, ok := at[0].system().(types.Integer)
	if !ok || len(at) > 1 {
		return nil, errors.New("an index must be one integer")
	}
	if i := n.Value(); i >= 0 && i < int64(len(base)) {
		return base[i : i+1 : i+1], nil
	}
	return nil, nil
}

// member goes to the elements of a name; a type's name keeps the resources of that type (FHIRPath §5.1, the first step).
func (r *run) member(name string, on []item) ([]item, error) {
	var list []item
	for _, it := range on {
		n := it.node
		if n == nil {
			continue
		}
		if name[0] >= 'A' && name[0] <= 'Z' { // no element has such a name
			if isType(n.typeOf(), name) {
				list = append(list, it)
			}
			continue
		}
		found := n.named(name)
		if err := r.spend(1 + len(found)); err != nil {
			return nil, err
		}
		for _, child := range found {
			list = append(list, item{node: child})
		}
	}
	return list, nil
}

// one is a collection of one value.
func one(v types.Value) []item { return []item{{value: v}} }
