package sqlite

import (
	"math"

	"claimwright/fhir/search"
)

// Intervals are stored by the order of magnitude of their length, so that a search for those that end within some bounds
// also knows where they begin: an interval of level n is shorter than 2^n. A table has few levels per key: instants, days,
// months, years. Open intervals have levels of their own.
const (
	levelPoint     = -2000 // lo = hi
	levelHuge      = 1025  // longer than a float64 can tell
	levelOpenStart = 2000  // lo = -∞
	levelOpenEnd   = 2001  // hi = +∞
	levelOpen      = 2002  // both
)

func spanLevel(lo, hi float64) int {
	switch openStart, openEnd := math.IsInf(lo, -1), math.IsInf(hi, 1); {
	case openStart && openEnd:
		return levelOpen
	case openStart:
		return levelOpenStart
	case openEnd:
		return levelOpenEnd
	case lo == hi:
		return levelPoint
	case math.IsInf(hi-lo, 0):
		return levelHuge
	}
	_, exponent := math.Frexp(hi - lo)
	return exponent
}

// startsWithin bounds where intervals of a level begin that may lie in a box; lo > hi when none can.
func startsWithin(level int, b search.Box) (lo, hi float64) {
	lo, hi = b.LoMin, math.Min(b.LoMax, b.HiMax) // an interval begins before it ends
	switch {
	case level == levelPoint:
		lo = math.Max(lo, b.HiMin)
	case level < levelHuge:
		// hi-lo < 2^level once rounded, so lo > HiMin - 2^level but for that rounding.
		lo = math.Max(lo, math.Nextafter(b.HiMin-math.Ldexp(1, level), math.Inf(-1)))
	case level == levelOpenEnd && !math.IsInf(b.HiMax, 1):
		return 1, 0
	}
	return lo, hi
}
