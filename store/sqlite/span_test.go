package sqlite

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"claimwright/fhir/search"
)

// bounds draws ends of intervals: round ones, neighbours, extremes.
var bounds = rapid.Custom(func(t *rapid.T) float64 {
	v := rapid.SampledFrom([]float64{
		math.Inf(-1), -math.MaxFloat64, -1.79e12, -1, 0, math.SmallestNonzeroFloat64, 1, 3, 1.79e12, 1.79e12 + 86_399_999, 1 << 53,
		math.MaxFloat64, math.Inf(1),
	}).Draw(t, "bound")
	switch rapid.IntRange(0, 3).Draw(t, "change") {
	case 0:
		return v
	case 1:
		return math.Nextafter(v, math.Inf(1))
	case 2:
		return math.Nextafter(v, math.Inf(-1))
	default:
		return rapid.Float64().Draw(t, "any")
	}
})

// TestStartsWithin: no interval that lies in a box begins outside of what is looked through for it.
func TestStartsWithin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := bounds.Draw(t, "a"), bounds.Draw(t, "b")
		lo, hi := min(a, b), max(a, b)
		box := search.Box{
			LoMin: bounds.Draw(t, "lo min"), LoMax: bounds.Draw(t, "lo max"), HiMin: bounds.Draw(t, "hi min"), HiMax: bounds.Draw(t, "hi max"),
		}
		level := spanLevel(lo, hi)
		from, to := startsWithin(level, box)
		if box.Holds(lo, hi) {
			require.LessOrEqual(t, from, lo)
			require.GreaterOrEqual(t, to, lo)
		}
	})
}

// TestStartsWithinIsNarrow: the days that end after a moment are found without looking at all earlier ones.
func TestStartsWithinIsNarrow(t *testing.T) {
	const day = 86_400_000
	level := spanLevel(0, day-1)
	from, _ := startsWithin(level, search.Box{LoMin: math.Inf(-1), LoMax: math.Inf(1), HiMin: 1000 * day, HiMax: math.Inf(1)})
	require.Greater(t, from, 998.0*day-day)
	from, to := startsWithin(spanLevel(5, 5), search.Box{LoMin: math.Inf(-1), LoMax: math.Inf(1), HiMin: 7, HiMax: 9})
	require.True(t, from == 7 && to == 9, "points between 7 and 9 begin there: %v, %v", from, to)
}
