package rules

import (
	"cmp"
	"slices"
	"strings"

	"claimwright/adjudication/engine/money"
)

// Number is an exact number.
type Number = money.Decimal

// Set are the rules of a scheme, indexed by what they can concern. It is immutable and safe for concurrent use; the nil Set
// has no rules.
type Set struct {
	rules       []*Rule // in the order in which they are asked
	early, late index
	rows        int
}

// index are rows by what their conditions are about. Each list is in the order in which rows are asked.
type index struct {
	code, category map[string][]entry
	general        []entry
}

// entry is a row of a rule.
type entry struct {
	// rule and row are its place, number its own among all rows.
	rule, row, number int32
}

func (e entry) before(o entry) bool { return e.number < o.number }

// NewSet indexes rules, which may come in any order.
func NewSet(of []*Rule) *Set {
	if len(of) == 0 {
		return nil
	}
	s := &Set{rules: slices.Clone(of)}
	slices.SortFunc(s.rules, func(a, b *Rule) int {
		return cmp.Or(cmp.Compare(a.Priority, b.Priority), strings.Compare(a.Key, b.Key))
	})
	for i, r := range s.rules {
		to := &s.late
		if r.early {
			to = &s.early
		}
		for j := range r.Rows {
			to.add(&r.Rows[j], entry{int32(i), int32(j), int32(s.rows)})
			s.rows++
		}
	}
	return s
}

func (x *index) add(r *Row, e entry) {
	shape := r.Condition.Shape()
	switch {
	case shape.Codes != nil:
		if x.code == nil {
			x.code = map[string][]entry{}
		}
		for _, c := range shape.Codes {
			x.code[c] = append(x.code[c], e)
		}
	case shape.Category != "":
		if x.category == nil {
			x.category = map[string][]entry{}
		}
		x.category[shape.Category] = append(x.category[shape.Category], e)
	default:
		x.general = append(x.general, e)
	}
}

// Rules are all rules in the order in which they are asked; the slice must not be changed.
func (s *Set) Rules() []*Rule {
	if s == nil {
		return nil
	}
	return s.rules
}

// each visits the rows that can concern a code and category, in their order.
func (x *index) each(code, category string, visit func(entry)) {
	lists := [3][]entry{x.code[code], x.category[category], x.general}
	for {
		next := -1
		for i := range lists {
			if len(lists[i]) > 0 && (next < 0 || lists[i][0].before(lists[next][0])) {
				next = i
			}
		}
		if next < 0 {
			return
		}
		visit(lists[next][0])
		lists[next] = lists[next][1:]
	}
}
