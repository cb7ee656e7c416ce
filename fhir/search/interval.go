package search

import "math"

// interval is the closed range that a value stands for: milliseconds since 1970 of a date, or a number.
type interval struct{ lo, hi float64 }

// everything is the box without bounds, from which the others are cut.
func everything() Box {
	return Box{LoMin: math.Inf(-1), LoMax: math.Inf(1), HiMin: math.Inf(-1), HiMax: math.Inf(1)}
}

// The boxes that prefixes are made of, in the words of R4 search, "prefixes". All bounds are inclusive.

// inside holds for what lies wholly within v.
func inside(v interval) Box {
	b := everything()
	b.LoMin, b.HiMax = v.lo, v.hi
	return b
}

// touching holds for what has something in common with v.
func touching(v interval) Box {
	b := everything()
	b.LoMax, b.HiMin = v.hi, v.lo
	return b
}

// startsFrom, startsUpTo, endsFrom and endsUpTo bound one end.
func startsFrom(lo float64) Box { b := everything(); b.LoMin = lo; return b }
func startsUpTo(lo float64) Box { b := everything(); b.LoMax = lo; return b }
func endsFrom(hi float64) Box   { b := everything(); b.HiMin = hi; return b }
func endsUpTo(hi float64) Box   { b := everything(); b.HiMax = hi; return b }

// over and under are the nearest numbers above and below x.
func over(x float64) float64  { return math.Nextafter(x, math.Inf(1)) }
func under(x float64) float64 { return math.Nextafter(x, math.Inf(-1)) }
