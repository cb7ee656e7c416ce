package search

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// distance is the great circle between two places in km, by the haversine formula.
func distance(lat1, lon1, lat2, lon2 float64) float64 {
	sq := func(x float64) float64 { return x * x }
	a, b := radians(lat1), radians(lat2)
	h := sq(math.Sin((b-a)/2)) + math.Cos(a)*math.Cos(b)*sq(math.Sin(radians(lon2-lon1)/2))
	return 2 * earthRadius * math.Asin(math.Sqrt(min(1, h)))
}

// TestCircle: every place within the distance is found, and none that lies beyond it by more than a twentieth.
func TestCircle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lat, lon := rapid.Float64Range(-90, 90).Draw(t, "lat"), rapid.Float64Range(-180, 180).Draw(t, "lon")
		km := math.Pow(10, rapid.Float64Range(-2, 3.9).Draw(t, "log km"))
		// a place around the border, as the crow flies
		bearing, reach := rapid.Float64Range(0, 2*math.Pi).Draw(t, "bearing"), km*rapid.Float64Range(0.5, 1.5).Draw(t, "reach")/earthRadius
		a := radians(lat)
		b := math.Asin(min(1, max(-1, math.Sin(a)*math.Cos(reach)+math.Cos(a)*math.Sin(reach)*math.Cos(bearing))))
		dLon := math.Atan2(math.Sin(bearing)*math.Sin(reach)*math.Cos(a), math.Cos(reach)-math.Sin(a)*math.Sin(b))
		lat2, lon2 := degrees(b), math.Remainder(lon+degrees(dLon), 360)
		found := false
		for _, box := range circle(lat, lon, km) {
			found = found || box.Holds(lat2+southOf, lon2+eastOf)
		}
		switch d := distance(lat, lon, lat2, lon2); {
		case d <= km:
			require.True(t, found, "%g km of %g", d, km)
		case d > km*1.05+0.001:
			require.False(t, found, "%g km of %g", d, km)
		}
	})
}
