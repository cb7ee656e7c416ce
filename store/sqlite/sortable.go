package sqlite

import (
	"cmp"
	"encoding/binary"
	"math"
	"strings"

	"claimwright/fhir/search"
)

// sortable is a search.Sortable as a column keeps it.
type sortable search.Sortable

// The first byte of a column's value.
const (
	oneNumber  = 'n'
	twoNumbers = 'N'
	oneText    = 't'
	twoTexts   = 'T'
)

// encode writes the smallest and the largest value, or one where they are equal.
func (s sortable) encode() string {
	var b []byte
	switch {
	case s.IsNum && s.NumMin == s.NumMax:
		b = binary.LittleEndian.AppendUint64([]byte{oneNumber}, math.Float64bits(s.NumMin))
	case s.IsNum:
		b = binary.LittleEndian.AppendUint64([]byte{twoNumbers}, math.Float64bits(s.NumMin))
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(s.NumMax))
	case s.TextMin == s.TextMax:
		b = append([]byte{oneText}, s.TextMin...)
	default:
		b = appendText([]byte{twoTexts}, s.TextMin)
		b = append(b, s.TextMax...)
	}
	return string(b)
}

// sortValue is what one resource sorts by under one sort key.
type sortValue struct {
	missing bool
	num     float64
	text    string
}

// decodeSortable reads the value that counts in a direction.
func decodeSortable(value string, desc bool) sortValue {
	if value == "" {
		return sortValue{missing: true}
	}
	r := byteReader{rest: []byte(value[1:])}
	switch value[0] {
	case oneNumber:
		return sortValue{num: math.Float64frombits(r.fixed())}
	case twoNumbers:
		least, most := r.fixed(), r.fixed()
		if desc {
			least = most
		}
		return sortValue{num: math.Float64frombits(least)}
	case twoTexts:
		least := r.text()
		if desc {
			return sortValue{text: string(r.rest)}
		}
		return sortValue{text: least}
	default:
		return sortValue{text: value[1:]}
	}
}

// compare orders two values under a sort key: missing ones last in either direction.
func (v sortValue) compare(o sortValue, desc bool) int {
	if v.missing || o.missing {
		return boolCompare(v.missing, o.missing)
	}
	c := cmp.Or(cmp.Compare(v.num, o.num), strings.Compare(v.text, o.text))
	if desc {
		return -c
	}
	return c
}

// boolCompare puts false before true.
func boolCompare(x, y bool) int {
	switch {
	case x == y:
		return 0
	case y:
		return -1
	}
	return 1
}
