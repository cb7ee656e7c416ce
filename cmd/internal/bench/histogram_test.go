package bench

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestBucketsAreOrderedAndNarrow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := time.Duration(rapid.Int64Range(0, int64(time.Hour)).Draw(t, "duration"))
		b := bucketOf(d)
		require.LessOrEqual(t, d, upperEdge(b))
		require.LessOrEqual(t, float64(upperEdge(b)), float64(d)*1.04+1)
		require.GreaterOrEqual(t, bucketOf(d+1), b)
	})
}

func TestQuantiles(t *testing.T) {
	var h histogram
	require.Zero(t, h.quantile(0.99))
	for i := 1; i <= 1000; i++ {
		h.add(time.Duration(i) * time.Millisecond)
	}
	require.InDelta(t, 500, h.quantile(0.5).Milliseconds(), 20)
	require.InDelta(t, 990, h.quantile(0.99).Milliseconds(), 35)
	require.Equal(t, time.Second, h.quantile(1))
}
