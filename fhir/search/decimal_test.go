package search

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParseDecimal(t *testing.T) {
	tests := []struct {
		text          string
		value, lo, hi float64
	}{
		{"100", 100, 99.5, 100.5},
		{"100.00", 100, 99.995, 100.005},
		{"1e2", 100, 95, 105},
		{"1E+2", 100, 95, 105},
		{"5.40e-3", 0.0054, 0.005395, 0.005405},
		{"0", 0, -0.5, 0.5},
		{"-3", -3, -3.5, -2.5},
		{"-0.1", -0.1, -0.15, -0.05},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			got, ok := parseDecimal(tt.text)
			require.True(t, ok)
			require.Equal(t, decimal{value: tt.value, near: interval{tt.lo, under(tt.hi)}}, got)
		})
	}
}

// A number with more digits than a float has is still near itself.
func TestParseDecimalBeyondFloats(t *testing.T) {
	for _, text := range []string{"12345678901234567890.5", "66.89999999999999", "1000000000000000000", "-1000000000000000000"} {
		t.Run(text, func(t *testing.T) {
			got, ok := parseDecimal(text)
			require.True(t, ok)
			require.LessOrEqual(t, got.near.lo, got.value)
			require.GreaterOrEqual(t, got.near.hi, got.value)
		})
	}
}

func TestParseDecimalRefuses(t *testing.T) {
	for _, text := range []string{"", "-", ".5", "5.", "1e", "1e+", "1e2.5", "1,5", "0x10", "NaN", "Inf", "+5", "--5", "1e999", "1e99999",
		"1 ", "12345678901234567890123456789012345678901"} {
		t.Run(text, func(t *testing.T) {
			_, ok := parseDecimal(text)
			require.False(t, ok)
		})
	}
}

func TestBoxesOfNumbers(t *testing.T) {
	tests := []struct {
		search string
		prefix prefix
		// hits and misses are stored numbers.
		hits, misses []float64
	}{
		{"100", equal, []float64{99.5, 100, 100.4999}, []float64{99.4999, 100.5}},
		{"100", unequal, []float64{99.4999, 100.5}, []float64{99.5, 100, 100.4999}},
		{"100", greater, []float64{100.0001, 200}, []float64{100, 99}},
		{"100", less, []float64{99.9999, -5}, []float64{100, 101}},
		{"100", greaterOrEqual, []float64{100, 101}, []float64{99.9999}},
		{"100", lessOrEqual, []float64{100, 99}, []float64{100.0001}},
		{"100", startsAfter, []float64{100.0001}, []float64{100, 99}},
		{"100", endsBefore, []float64{99.9999}, []float64{100, 101}},
		{"100", about, []float64{90, 100, 110}, []float64{89.9, 110.1}},
		{"1e2", about, []float64{90, 110}, []float64{89.9, 110.1}},
		{"0", about, []float64{-0.5, 0, 0.4}, []float64{0.6}},
		{"100.00", equal, []float64{99.995, 100.00499}, []float64{99.99, 100.005}},
	}
	for _, tt := range tests {
		t.Run(string(tt.prefix)+tt.search, func(t *testing.T) {
			n, ok := parseDecimal(tt.search)
			require.True(t, ok)
			holds := func(x float64) bool {
				for _, b := range numberBoxes(tt.prefix, n) {
					if b.Holds(x, x) {
						return true
					}
				}
				return false
			}
			for _, x := range tt.hits {
				require.True(t, holds(x), "%v", x)
			}
			for _, x := range tt.misses {
				require.False(t, holds(x), "%v", x)
			}
		})
	}
}
