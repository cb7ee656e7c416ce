package condition

import (
	"slices"
	"strings"

	"claimwright/adjudication/engine/money"
	"claimwright/adjudication/engine/rules/value"
)

// allowed is what one fact may be. What is nil or empty allows all.
type allowed struct {
	// whole says that the fact is a whole number or a day.
	whole    bool
	from, to *edge
	// in are the texts that it must be one of, not those that it must not be.
	in, not       []string
	sets, notSets []namedSet
	truth         truth
	// said are the parts of the expression that say so.
	said []string
}

// edge is an end of what a number may be; an open one is not allowed itself.
type edge struct {
	at   money.Decimal
	open bool
}

// namedSet is a set of codes with the text that names it in an expression.
type namedSet struct {
	name string
	set  *value.Codes
}

type truth int8

const (
	isTrue  truth = 1
	isFalse truth = -1
)

// String is true or false.
func (t truth) String() string {
	if t == isTrue {
		return "true"
	}
	return "false"
}

// text tells whether the fact may be a text.
func (a *allowed) text(t string) bool {
	holds := func(s namedSet) bool { return s.set.Has(t) }
	return (a.in == nil || slices.Contains(a.in, t)) && !slices.Contains(a.not, t) &&
		!slices.ContainsFunc(a.sets, func(s namedSet) bool { return !s.set.Has(t) }) && !slices.ContainsFunc(a.notSets, holds)
}

// empty tells that nothing is allowed; true is certain.
func (a *allowed) empty() bool {
	if a.in != nil && !slices.ContainsFunc(a.in, a.text) {
		return true
	}
	for _, s := range a.sets {
		if slices.ContainsFunc(a.notSets, func(n namedSet) bool { return n.name == s.name }) {
			return true
		}
	}
	if a.from == nil || a.to == nil {
		return false
	}
	from, to := a.closed()
	switch from.at.Cmp(to.at) {
	case -1:
		return false
	case 0:
		return from.open || to.open
	}
	return true
}

// closed are both edges, of whole numbers as the first and last that are allowed.
func (a *allowed) closed() (from, to edge) {
	if a.from != nil {
		from = *a.from
	}
	if a.to != nil {
		to = *a.to
	}
	if !a.whole {
		return from, to
	}
	one := money.Whole(1)
	if floor := from.at.Whole(); from.open || !floor.Equal(from.at) {
		if floor.Cmp(from.at) <= 0 {
			floor = floor.Add(one)
		}
		from = edge{at: floor}
	}
	if floor := to.at.Whole(); to.open || !floor.Equal(to.at) {
		if floor.Cmp(to.at) >= 0 {
			floor = floor.Sub(one)
		}
		to = edge{at: floor}
	}
	return from, to
}

// and is what both allow; ok is false when that is nothing.
func (a *allowed) and(b *allowed) (c *allowed, ok bool) {
	c = &allowed{
		whole: a.whole || b.whole, from: a.from, to: a.to, in: a.in, truth: a.truth,
		not: slices.Concat(a.not, b.not), sets: slices.Concat(a.sets, b.sets), notSets: slices.Concat(a.notSets, b.notSets), said: a.said,
	}
	for _, s := range b.said {
		if !slices.Contains(c.said, s) {
			c.said = append(c.said[:len(c.said):len(c.said)], s)
		}
	}
	if b.from != nil && (a.from == nil || tighter(b.from, a.from, 1)) {
		c.from = b.from
	}
	if b.to != nil && (a.to == nil || tighter(b.to, a.to, -1)) {
		c.to = b.to
	}
	switch {
	case a.in == nil:
		c.in = b.in
	case b.in != nil:
		c.in = []string{}
		for _, t := range a.in {
			if slices.Contains(b.in, t) {
				c.in = append(c.in, t)
			}
		}
	}
	if c.truth == 0 {
		c.truth = b.truth
	}
	return c, (a.truth == 0 || b.truth == 0 || a.truth == b.truth) && !c.empty()
}

// tighter tells whether an edge leaves less than another; direction is 1 for lower edges, -1 for upper ones.
func tighter(a, b *edge, direction int) bool {
	order := a.at.Cmp(b.at) * direction
	return order > 0 || order == 0 && a.open && !b.open
}

// or is what either allows, nil for anything; ok is true when it allows no more than the two do.
func (a *allowed) or(b *allowed) (c *allowed, ok bool) {
	c = &allowed{whole: a.whole && b.whole, said: []string{strings.Join(a.said, " and ") + " or " + strings.Join(b.said, " and ")}}
	if a.in != nil && b.in != nil {
		c.in = slices.Concat(a.in, b.in)
		plain := func(x *allowed) bool {
			return x.from == nil && x.to == nil && x.not == nil && x.sets == nil && x.notSets == nil && x.truth == 0
		}
		return c, plain(a) && plain(b)
	}
	if a.from != nil && b.from != nil {
		c.from = a.from
		if tighter(a.from, b.from, 1) {
			c.from = b.from
		}
	}
	if a.to != nil && b.to != nil {
		c.to = a.to
		if tighter(a.to, b.to, -1) {
			c.to = b.to
		}
	}
	if a.truth == b.truth {
		c.truth = a.truth
	}
	if c.from == nil && c.to == nil && c.truth == 0 {
		return nil, false
	}
	return c, false
}

// within tells that another allows all that this one does; true is certain.
func (a *allowed) within(b *allowed) bool {
	if b.truth != 0 && a.truth != b.truth {
		return false
	}
	if b.from != nil && (a.from == nil || tighter(b.from, a.from, 1)) || b.to != nil && (a.to == nil || tighter(b.to, a.to, -1)) {
		return false
	}
	if a.in != nil {
		for _, t := range a.in {
			if a.text(t) && !b.text(t) {
				return false
			}
		}
		return true
	}
	if b.in != nil {
		return false
	}
	for _, t := range b.not {
		if a.text(t) {
			return false
		}
	}
	same := func(in []namedSet) func(namedSet) bool {
		return func(s namedSet) bool {
			return !slices.ContainsFunc(in, func(o namedSet) bool { return o.name == s.name })
		}
	}
	return !slices.ContainsFunc(b.sets, same(a.sets)) && !slices.ContainsFunc(b.notSets, same(a.notSets))
}

// both is what is needed for two to hold.
func both(a, b *Needs) *Needs {
	n := &Needs{facts: make(map[string]*allowed, len(a.facts)+len(b.facts)), exact: a.exact && b.exact, Never: a.Never}
	if n.Never == "" {
		n.Never = b.Never
	}
	for name, need := range a.facts {
		n.facts[name] = need
	}
	var excluded []string
	for name, need := range b.facts {
		have := n.facts[name]
		if have == nil {
			n.facts[name] = need
			continue
		}
		together, ok := have.and(need)
		n.facts[name] = together
		if !ok {
			excluded = append(excluded, strings.Join(together.said, " and "))
		}
	}
	if n.Never == "" && len(excluded) > 0 {
		slices.Sort(excluded)
		n.Never = excluded[0] + " exclude each other"
	}
	return n
}

// either is what is needed for one of two to hold.
func either(a, b *Needs) *Needs {
	switch {
	case a.Never != "":
		return b
	case b.Never != "":
		return a
	}
	n := &Needs{facts: map[string]*allowed{}, exact: a.exact && b.exact && len(a.facts) == 1 && len(b.facts) == 1}
	for name, need := range a.facts {
		other := b.facts[name]
		if other == nil {
			n.exact = false
			continue
		}
		union, ok := need.or(other)
		n.exact = n.exact && ok
		if union != nil {
			n.facts[name] = union
		}
	}
	return n
}
