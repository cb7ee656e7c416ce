package terminology

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// TestPartsAreSets: union, intersection and difference hold code by code, whole systems included.
func TestPartsAreSets(t *testing.T) {
	alphabet := []string{"a", "b", "c", "d"}
	draw := rapid.Custom(func(t *rapid.T) part {
		p := listed(rapid.SliceOf(rapid.SampledFrom(alphabet)).Draw(t, "codes")...)
		p.whole = rapid.Bool().Draw(t, "whole")
		return p
	})
	holds := func(p part, code string) bool {
		_, ok := p.codes[code]
		return ok != p.whole
	}
	rapid.Check(t, func(t *rapid.T) {
		p, q := draw.Draw(t, "p"), draw.Draw(t, "q")
		for _, code := range append(alphabet, "other") {
			require.Equal(t, holds(p, code) || holds(q, code), holds(p.or(q), code))
			require.Equal(t, holds(p, code) && holds(q, code), holds(p.and(q), code))
			require.Equal(t, holds(p, code) && !holds(q, code), holds(p.but(q), code))
		}
	})
}
