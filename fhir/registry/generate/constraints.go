package main

import (
	"fmt"
	"slices"
	"strings"
)

// invariant mirrors registry.Constraint.
type invariant struct{ Key, Severity, Human, Expression string }

// placed are the invariants of one element or type.
type placed struct {
	path       string
	invariants []invariant
}

// checkedElsewhere are the invariants that need no table: the first is of every element, and the codec reads narratives
// more strictly than the two others ask.
var checkedElsewhere = map[string]string{
	"ele-1": "of every element; the validator checks it itself",
	"txt-1": "the codec checks narratives",
	"txt-2": "the codec checks narratives",
}

// constraintsOf collects the invariants of every type and element, each at the one place it belongs to. Snapshots repeat
// those of a type at every element of the type, and those of all resources at every resource.
func constraintsOf(d *definitions) ([]placed, error) {
	var table []placed
	for _, s := range d.structures {
		for _, e := range s.Snapshot.Element {
			p := placed{path: e.Path}
			for _, c := range e.Constraint {
				if _, skip := checkedElsewhere[c.Key]; skip || d.inherited(s, e, c.Key) {
					continue
				}
				if c.Expression == "" || c.Severity != "error" && c.Severity != "warning" {
					return nil, fmt.Errorf("%s: invariant %s has no expression or severity", e.Path, c.Key)
				}
				p.invariants = append(p.invariants, c)
			}
			if len(p.invariants) > 0 {
				table = append(table, p)
			}
		}
	}
	slices.SortFunc(table, func(a, b placed) int { return strings.Compare(a.path, b.path) })
	return table, nil
}

// inherited says whether an invariant is that of a type which the element has, or which the structure specialises.
func (d *definitions) inherited(s *structure, e *element, key string) bool {
	if e.Path == s.Type {
		base := s.BaseDefinition[strings.LastIndexByte(s.BaseDefinition, '/')+1:]
		return base != "" && d.has(base, key)
	}
	return slices.ContainsFunc(e.Type, func(t elementType) bool { return d.has(t.Code, key) })
}

// has says whether a type, or one that it specialises, has an invariant.
func (d *definitions) has(typ, key string) bool {
	s := d.structures[typ]
	return s != nil && slices.ContainsFunc(s.Snapshot.Element[0].Constraint, func(c invariant) bool { return c.Key == key })
}

func emitConstraints(table []placed) (file, error) {
	var s source
	count := 0
	s.line("var constraints = []constraintsAt{")
	for _, p := range table {
		s.line("{%q, []*Constraint{", p.path)
		for _, c := range p.invariants {
			text := fmt.Sprintf("{Key: %q, Human: %q, Expression: %q", c.Key, c.Human, c.Expression)
			if c.Severity == "warning" {
				text += ", Warning: true"
			}
			s.line("%s},", text)
			count++
		}
		s.line("}},")
	}
	s.line("}")
	return s.file("constraints_gen.go", fmt.Sprintf("%d invariants at %d places", count, len(table)))
}
