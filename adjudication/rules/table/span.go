package table

import (
	"slices"
	"sort"
	"strings"

	"claimwright/adjudication/engine/money"
)

// empty tells whether no number lies in the span.
func (s span) empty() bool {
	if !s.hasLow || !s.hasHigh {
		return false
	}
	order := s.low.Cmp(s.high)
	return order > 0 || order == 0 && (s.openLow || s.openHigh)
}

// compareLow orders spans by their lower ends.
func compareLow(a, b span) int {
	switch {
	case !a.hasLow || !b.hasLow:
		return btoi(a.hasLow) - btoi(b.hasLow)
	case !a.low.Equal(b.low):
		return a.low.Cmp(b.low)
	}
	return btoi(a.openLow) - btoi(b.openLow)
}

// compareHigh orders spans by their upper ends.
func compareHigh(a, b span) int {
	switch {
	case !a.hasHigh || !b.hasHigh:
		return btoi(b.hasHigh) - btoi(a.hasHigh)
	case !a.high.Equal(b.high):
		return a.high.Cmp(b.high)
	}
	return btoi(b.openHigh) - btoi(a.openHigh)
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// meet is what lies in both spans.
func meet(a, b span) (both span, ok bool) {
	low, high := a, a
	if compareLow(a, b) < 0 {
		low = b
	}
	if compareHigh(a, b) > 0 {
		high = b
	}
	both = span{low.low, high.high, low.hasLow, high.hasHigh, low.openLow, high.openHigh}
	return both, !both.empty()
}

// intersect is what lies in a span of each list.
func intersect(a, b []span) []span {
	var all []span
	for _, x := range a {
		for _, y := range b {
			if both, ok := meet(x, y); ok {
				all = append(all, both)
			}
		}
	}
	return all
}

// union adds spans to a sorted list of spans that do not touch, which it may change.
func union(covered, more []span) []span {
	for _, s := range more {
		first, last := near(covered, s), 0
		for last = first; last < len(covered) && !before(s, covered[last]); last++ {
			if c := covered[last]; compareLow(c, s) < 0 {
				s.low, s.hasLow, s.openLow = c.low, c.hasLow, c.openLow
			}
			if c := covered[last]; compareHigh(c, s) > 0 {
				s.high, s.hasHigh, s.openHigh = c.high, c.hasHigh, c.openHigh
			}
		}
		covered = slices.Replace(covered, first, last, s)
	}
	return covered
}

// near is the place in a sorted list of the first span that touches another or lies behind it.
func near(covered []span, s span) int {
	return sort.Search(len(covered), func(i int) bool { return !before(covered[i], s) })
}

// before tells whether a span ends before another begins, with something between them.
func before(a, b span) bool {
	if !a.hasHigh || !b.hasLow {
		return false
	}
	order := a.high.Cmp(b.low)
	return order < 0 || order == 0 && a.openHigh && b.openLow
}

// subtract is what of a span lies in none of a sorted list, and what lies in one.
func subtract(s span, covered []span) (left, met []span) {
	rest := s
	for _, c := range covered[near(covered, s):] {
		if before(s, c) {
			break
		}
		both, ok := meet(rest, c)
		if !ok {
			continue
		}
		met = append(met, both)
		if before := (span{rest.low, both.low, rest.hasLow, both.hasLow, rest.openLow, !both.openLow}); both.hasLow && !before.empty() {
			left = append(left, before)
		}
		if !both.hasHigh {
			return left, met
		}
		rest = span{both.high, rest.high, true, rest.hasHigh, !both.openHigh, rest.openHigh}
		if rest.empty() {
			return left, met
		}
	}
	return append(left, rest), met
}

// tell says spans in words: "5 to 17", "more than 100".
func tell(spans []span) string {
	var all []string
	for _, s := range spans {
		low, high := words(s.low, s.openLow, "more than ", "from "), words(s.high, s.openHigh, "less than ", "up to ")
		switch {
		case !s.hasLow && !s.hasHigh:
			all = append(all, "all numbers")
		case !s.hasHigh:
			all = append(all, low)
		case !s.hasLow:
			all = append(all, high)
		case s.low.Equal(s.high):
			all = append(all, s.low.String())
		case !s.openLow && !s.openHigh:
			all = append(all, s.low.String()+" to "+s.high.String())
		default:
			all = append(all, low+" and "+high)
		}
	}
	return strings.Join(all, ", ")
}

func words(d money.Decimal, open bool, without, with string) string {
	if open {
		return without + d.String()
	}
	return with + d.String()
}
