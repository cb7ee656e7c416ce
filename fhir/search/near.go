package search

import (
	"math"
	"strings"

	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
)

// A place is indexed as one Range whose ends are its latitude and longitude, moved apart so that the first is always the
// lesser: a Box is then a rectangle on the map. A circle is covered by strips of rectangles, each as wide as the circle is
// there, so that no place within the distance is missed, and none is found that lies beyond it by more than some
// hundredths of the distance.
const (
	southOf, eastOf = -1000, 1000 // what latitudes and longitudes are moved by
	nearStrips      = 64
	earthRadius     = 6371.0088 // km, the mean
	// nearby is the distance in km that is meant where none is stated.
	nearby = 50
	// nudge, in degrees, is more than rounding can lose, and a tenth of a millimetre.
	nudge = 1e-9
)

const nearExpected = "latitude|longitude|distance|unit, such as -6.8|39.28|10|km; the distance 50 km if left out, the unit km, m or [mi_us]"

// positionValue adds where a Location is.
func positionValue(x *extraction, y *yield, v codec.Value) {
	lat, okLat := number(v.Get(nameLatitude))
	lon, okLon := number(v.Get(nameLongitude))
	if okLat && okLon && math.Abs(lat) <= 90 && math.Abs(lon) <= 180 {
		x.ranges.add(Range{y.key, lat + southOf, lon + eastOf})
	}
}

// near reads "latitude|longitude[|distance[|unit]]".
func (f field) near(text string) ([]Condition, *outcome.Issue) {
	parts := split(text, '|')
	if len(parts) < 2 || len(parts) > 4 {
		return nil, invalidValue(f.name, text, nearExpected)
	}
	lat, okLat := parseDecimal(parts[0])
	lon, okLon := parseDecimal(parts[1])
	distance, okDistance := nearby, true
	scale := 1.0
	km := float64(distance)
	if len(parts) > 2 && parts[2] != "" {
		var n decimal
		n, okDistance = parseDecimal(parts[2])
		km = n.value
	}
	if len(parts) == 4 {
		scale = kilometresOf(unescape(parts[3]))
	}
	if !okLat || !okLon || !okDistance || math.Abs(lat.value) > 90 || math.Abs(lon.value) > 180 || km < 0 || scale == 0 {
		return nil, invalidValue(f.name, text, nearExpected)
	}
	return inBoxes(f.key, circle(lat.value, lon.value, km*scale)), nil
}

// kilometresOf is the length of a unit of UCUM; 0 for others.
func kilometresOf(unit string) float64 {
	switch strings.ToLower(unit) {
	case "", "km":
		return 1
	case "m":
		return 0.001
	case "[mi_i]", "mi":
		return 1.609344
	case "[mi_us]":
		return 6336.0 / 3937
	case "[nmi_i]":
		return 1.852
	}
	return 0
}

// circle covers the places within a distance in km.
func circle(lat, lon, km float64) []Box {
	reach := km / earthRadius // as an angle
	if reach >= math.Pi/2 {   // half the earth: strips would not narrow it down much
		return []Box{rectangle(-90, 90, -180, 180)}
	}
	center := radians(lat)
	var boxes []Box
	for i := range nearStrips {
		south := center - reach*math.Cos(math.Pi*float64(i)/nearStrips)
		north := center - reach*math.Cos(math.Pi*float64(i+1)/nearStrips)
		south, north = max(south, -math.Pi/2), min(north, math.Pi/2)
		if south > north {
			continue // beyond a pole
		}
		half := degrees(widest(center, reach, south, north)) + nudge
		boxes = append(boxes, around(degrees(south)-nudge, degrees(north)+nudge, lon, half)...)
	}
	return boxes
}

// widest is half the greatest width, as an angle of longitude, that a circle has between two latitudes.
func widest(center, reach, south, north float64) float64 {
	half := max(halfWidth(center, reach, south), halfWidth(center, reach, north))
	if s := math.Sin(center) / math.Cos(reach); math.Abs(s) <= 1 { // where meridians touch the circle
		if at := math.Asin(s); south <= at && at <= north {
			half = max(half, halfWidth(center, reach, at))
		}
	}
	return half
}

// halfWidth is half the width of a circle at a latitude.
func halfWidth(center, reach, at float64) float64 {
	narrow := math.Cos(center) * math.Cos(at)
	if narrow < 1e-12 {
		return math.Pi // at a pole
	}
	return math.Acos(min(1, max(-1, (math.Cos(reach)-math.Sin(center)*math.Sin(at))/narrow)))
}

// around is a strip on both sides of a meridian, in two parts where it crosses the date line.
func around(south, north, lon, half float64) []Box {
	west, east := lon-half, lon+half
	switch {
	case half >= 180:
		return []Box{rectangle(south, north, -180, 180)}
	case west < -180:
		return []Box{rectangle(south, north, -180, east), rectangle(south, north, west+360, 180)}
	case east > 180:
		return []Box{rectangle(south, north, west, 180), rectangle(south, north, -180, east-360)}
	}
	return []Box{rectangle(south, north, west, east)}
}

func rectangle(south, north, west, east float64) Box {
	return Box{LoMin: south + southOf, LoMax: north + southOf, HiMin: west + eastOf, HiMax: east + eastOf}
}

func radians(degrees float64) float64 { return degrees * math.Pi / 180 }
func degrees(radians float64) float64 { return radians * 180 / math.Pi }
