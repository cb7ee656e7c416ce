package fhirpath

import (
	"fmt"

	"github.com/gofhir/fhirpath/types"
)

// binary performs an operator on two collections. The logical ones look at the right side only where it matters.
func (r *run) binary(t *term, f *frame) ([]item, error) {
	left, err := r.eval(t.args[0], f)
	if err != nil {
		return nil, err
	}
	switch t.name {
	case "and", "or", "xor", "implies":
		return r.logical(t, left, f)
	}
	right, err := r.eval(t.args[1], f)
	if err != nil {
		return nil, err
	}
	switch t.name {
	case "|":
		return r.union(left, right)
	case "=", "!=":
		yes, known, err := r.same(left, right)
		if err != nil || !known {
			return nil, err
		}
		return one(types.NewBoolean(yes == (t.name == "="))), nil
	case "~", "!~":
		yes, err := r.alike(left, right)
		return one(types.NewBoolean(yes == (t.name == "~"))), err
	case "in":
		return r.contains(right, left)
	case "contains":
		return r.contains(left, right)
	case "&":
		return r.joined(left, right)
	}
	if len(left) == 0 || len(right) == 0 {
		return nil, nil
	}
	if len(left) > 1 || len(right) > 1 {
		return nil, ErrNotSingle
	}
	switch t.name {
	case "<", "<=", ">", ">=":
		return ordered(t.name, left[0], right[0])
	}
	return r.arithmetic(t.name, left[0], right[0])
}

// logical performs the operators of three values (FHIRPath §6.5).
func (r *run) logical(t *term, left []item, f *frame) ([]item, error) {
	a, knownA, err := truth(left)
	if err != nil {
		return nil, err
	}
	if knownA && (t.name == "and" && !a || t.name == "or" && a || t.name == "implies" && !a) {
		return one(types.NewBoolean(t.name != "and")), nil
	}
	right, err := r.eval(t.args[1], f)
	if err != nil {
		return nil, err
	}
	b, knownB, err := truth(right)
	if err != nil {
		return nil, err
	}
	switch t.name {
	case "and":
		if knownB && !b {
			return one(types.NewBoolean(false)), nil
		}
	case "or", "implies":
		if knownB && b {
			return one(types.NewBoolean(true)), nil
		}
	}
	if !knownA || !knownB {
		return nil, nil
	}
	return one(types.NewBoolean(t.name == "and" || t.name == "xor" && a != b)), nil
}

// same is the operator =: collections are equal item by item.
func (r *run) same(left, right []item) (yes, known bool, err error) {
	if len(left) == 0 || len(right) == 0 {
		return false, false, nil
	}
	if len(left) != len(right) {
		return false, true, nil
	}
	for i := range left {
		if err := r.weigh(left[i]); err != nil {
			return false, false, err
		}
		yes, known := left[i].equal(right[i])
		if !yes || !known {
			return false, known, nil
		}
	}
	return true, true, nil
}

// alike is the operator ~: the same items in any order.
func (r *run) alike(left, right []item) (bool, error) {
	if len(left) != len(right) {
		return false, nil
	}
	taken := make([]bool, len(right))
	for _, a := range left {
		found := false
		for i, b := range right {
			if err := r.weigh(a); err != nil {
				return false, err
			}
			if !taken[i] && a.equivalent(b) {
				taken[i], found = true, true
				break
			}
		}
		if !found {
			return false, nil
		}
	}
	return true, nil
}

// weigh charges a comparison.
func (r *run) weigh(it item) error {
	if it.node == nil {
		return r.spend(1)
	}
	return r.spend(1 + len(it.node.raw)/8)
}

// contains is membership: whether the one item is among the list.
func (r *run) contains(list, of []item) ([]item, error) {
	if len(of) == 0 {
		return nil, nil
	}
	if len(of) > 1 {
		return nil, ErrNotSingle
	}
	found, err := r.has(list, of[0])
	return one(types.NewBoolean(found)), err
}

func (r *run) has(list []item, it item) (bool, error) {
	for _, x := range list {
		if err := r.weigh(x); err != nil {
			return false, err
		}
		if yes, known := x.equal(it); yes && known {
			return true, nil
		}
	}
	return false, nil
}

// union is the items of both, each once.
func (r *run) union(left, right []item) ([]item, error) {
	both := make([]item, 0, len(left)+len(right))
	return r.distinct(append(append(both, left...), right...))
}

// distinct keeps each item once. Texts, of which there may be many, are found by a table, all others one by one.
func (r *run) distinct(list []item) ([]item, error) {
	texts := map[string]bool{}
	var kept, others []item
	for _, it := range list {
		if err := r.spend(1); err != nil {
			return nil, err
		}
		if s, ok := it.system().(types.String); ok {
			if !texts[s.Value()] {
				texts[s.Value()] = true
				kept = append(kept, it)
			}
			continue
		}
		known, err := r.has(others, it)
		if err != nil {
			return nil, err
		}
		if !known {
			kept, others = append(kept, it), append(others, it)
		}
	}
	return kept, nil
}

// joined is &: texts one behind the other, nothing counting as an empty text.
func (r *run) joined(left, right []item) ([]item, error) {
	if len(left) > 1 || len(right) > 1 {
		return nil, ErrNotSingle
	}
	var text string
	for _, list := range [][]item{left, right} {
		if len(list) == 0 {
			continue
		}
		s, ok := list[0].text()
		if !ok {
			if v := list[0].system(); v != nil {
				s = v.String()
			}
		}
		text += s
	}
	return r.made(text)
}

// made is a text that the expression made, within bounds.
func (r *run) made(text string) ([]item, error) {
	if len(text) > maxText {
		return nil, ErrTooCostly
	}
	return one(types.NewString(text)), r.spend(len(text) / 16)
}

func ordered(name string, a, b item) ([]item, error) {
	order, known, comparable := a.order(b)
	switch {
	case !comparable && (a.system() == nil || b.system() == nil):
		return nil, nil // a primitive without a value
	case !comparable:
		return nil, fmt.Errorf("%s and %s have no order", a.kindName(), b.kindName())
	case !known:
		return nil, nil
	}
	var yes bool
	switch name {
	case "<":
		yes = order < 0
	case "<=":
		yes = order <= 0
	case ">":
		yes = order > 0
	default:
		yes = order >= 0
	}
	return one(types.NewBoolean(yes)), nil
}

// kindName names an item's type in a message.
func (it item) kindName() string {
	if name := Value(it).Type(); name != "" {
		return name
	}
	return "this element"
}
