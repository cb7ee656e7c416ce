package search

import "math"

// prefix is a comparison in front of a date, number or quantity; eq where there is none.
type prefix string

const (
	equal          prefix = "eq"
	unequal        prefix = "ne"
	greater        prefix = "gt"
	less           prefix = "lt"
	greaterOrEqual prefix = "ge"
	lessOrEqual    prefix = "le"
	startsAfter    prefix = "sa"
	endsBefore     prefix = "eb"
	about          prefix = "ap"
)

const prefixesExpected = "one of the prefixes eq, ne, gt, lt, ge, le, sa, eb, ap, or none"

// cutPrefix takes the prefix off a value. A value that starts with two letters which are no prefix is not well formed.
func cutPrefix(value string) (p prefix, rest string, ok bool) {
	if len(value) < 2 || !isLetter(value[0]) || !isLetter(value[1]) {
		return equal, value, true
	}
	switch p = prefix(value[:2]); p {
	case equal, unequal, greater, less, greaterOrEqual, lessOrEqual, startsAfter, endsBefore, about:
		return p, value[2:], true
	}
	return "", value, false
}

func isLetter(b byte) bool { return b|0x20 >= 'a' && b|0x20 <= 'z' }

// aboutShare is how far "ap" reaches: a tenth, as R4 recommends.
const aboutShare = 0.1

// dateBoxes gives the boxes of which one must hold. V is what the search value covers, in whole milliseconds; now is the
// clock that ap measures its reach from, NaN for no reach.
func dateBoxes(p prefix, v interval, now float64) []Box {
	switch p {
	case unequal:
		return []Box{startsUpTo(v.lo - 1), endsFrom(v.hi + 1)}
	case greater:
		return []Box{endsFrom(v.hi + 1)}
	case less:
		return []Box{startsUpTo(v.lo - 1)}
	case greaterOrEqual:
		return []Box{endsFrom(v.hi + 1), inside(v)}
	case lessOrEqual:
		return []Box{startsUpTo(v.lo - 1), inside(v)}
	case startsAfter:
		return []Box{startsFrom(v.hi + 1)}
	case endsBefore:
		return []Box{endsUpTo(v.lo - 1)}
	case about:
		return []Box{touching(aroundDate(v, now))}
	}
	return []Box{inside(v)}
}

// momentBoxes is dateBoxes for values that are known to be single moments, which need one box in most cases.
func momentBoxes(p prefix, v interval, now float64) []Box {
	switch p {
	case greaterOrEqual:
		return []Box{startsFrom(v.lo)}
	case lessOrEqual:
		return []Box{endsUpTo(v.hi)}
	}
	return dateBoxes(p, v, now)
}

// aroundDate widens a date by a tenth of its distance from now, 0 where it covers now.
func aroundDate(v interval, now float64) interval {
	var distance float64
	switch {
	case now < v.lo:
		distance = v.lo - now
	case now > v.hi:
		distance = now - v.hi
	}
	reach := math.Floor(distance * aboutShare)
	return interval{v.lo - reach, v.hi + reach}
}

// numberBoxes gives the boxes of which one must hold. The comparisons take the number as exact; only eq and ne look at its
// precision (R4 search, "number").
func numberBoxes(p prefix, n decimal) []Box {
	switch p {
	case unequal:
		return []Box{startsUpTo(under(n.near.lo)), endsFrom(over(n.near.hi))}
	case greater:
		return []Box{endsFrom(over(n.value))}
	case less:
		return []Box{startsUpTo(under(n.value))}
	case greaterOrEqual:
		return []Box{endsFrom(n.value)}
	case lessOrEqual:
		return []Box{startsUpTo(n.value)}
	case startsAfter:
		return []Box{startsFrom(over(n.value))}
	case endsBefore:
		return []Box{endsUpTo(under(n.value))}
	case about:
		reach := math.Abs(n.value) * aboutShare
		return []Box{touching(interval{min(n.value-reach, n.near.lo), max(n.value+reach, n.near.hi)})}
	}
	return []Box{inside(n.near)}
}
