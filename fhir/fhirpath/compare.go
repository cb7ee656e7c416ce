package fhirpath

import (
	"strings"
	"time"
	"unicode"

	"github.com/gofhir/fhirpath/types"
)

// equal compares two items as = does: whether they are, and whether that can be said at all.
func (it item) equal(o item) (yes, known bool) {
	if it.node != nil && it.node == o.node {
		return true, true
	}
	a, b := it.system(), o.system()
	if a == nil || b == nil {
		if qa, ok := it.quantity(); ok {
			if qb, ok := o.quantity(); ok && (it.node == nil || o.node == nil) {
				return qa.Equal(qb), true
			}
		}
		return a == nil && b == nil && it.node != nil && o.node != nil && sameTree(it.node, o.node), true
	}
	switch x := a.(type) {
	case types.Date, types.DateTime, types.Time:
		order, known, comparable := compareTimes(x, b)
		return comparable && order == 0, known || !comparable
	case types.Quantity:
		q, ok := o.quantity()
		return ok && x.Equal(q), true
	case types.Integer, types.Decimal:
		if q, ok := b.(types.Quantity); ok {
			own, _ := it.quantity()
			return own.Equal(q), true
		}
	}
	return a.Equal(b), true
}

// sameTree compares complex elements by all their children: lists in order, members in any.
func sameTree(a, b *node) bool {
	if len(a.children) != len(b.children) || a.valued != b.valued || a.typeName != b.typeName {
		return false
	}
	if a.valued && a.kind != complexKind {
		if yes, known := (item{node: a}).equal(item{node: b}); !yes || !known {
			return false
		}
	}
	taken := map[[2]any]*node{}
	for _, c := range b.children {
		taken[[2]any{c.key, c.index}] = c
	}
	for _, c := range a.children {
		other, ok := taken[[2]any{c.key, c.index}]
		if !ok {
			return false
		}
		switch {
		case c.kind != complexKind || other.kind != complexKind:
			if yes, known := (item{node: c}).equal(item{node: other}); !yes || !known {
				return false
			}
		case !sameTree(c, other):
			return false
		}
	}
	return true
}

// equivalent compares as ~ does: texts without regard to case and blanks, decimals to the lesser precision.
func (it item) equivalent(o item) bool {
	a, b := it.system(), o.system()
	if sa, ok := a.(types.String); ok {
		sb, ok := b.(types.String)
		return ok && folded(sa.Value()) == folded(sb.Value())
	}
	if da, ok := a.(types.Decimal); ok {
		if db, ok := b.(types.Decimal); ok {
			places := int32(min(da.ImplicitPrecision(), db.ImplicitPrecision()))
			return da.Value().Round(places).Equal(db.Value().Round(places))
		}
	}
	if it.node != nil && o.node != nil && isType(it.node.typeOf(), "CodeableConcept") && isType(o.node.typeOf(), "CodeableConcept") {
		return sameConcept(it.node, o.node)
	}
	yes, known := it.equal(o)
	return yes && known
}

// sameConcept holds where the two share a coding (R4 fhirpath.html#types).
func sameConcept(a, b *node) bool {
	for _, x := range a.children {
		for _, y := range b.children {
			if x.key == "coding" && y.key == "coding" && x.textOf("code") == y.textOf("code") && x.textOf("system") == y.textOf("system") {
				return true
			}
		}
	}
	return false
}

func folded(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return ' '
		}
		return unicode.ToLower(r)
	}, strings.TrimSpace(s))
}

// order compares two items as < does: less, equal or greater; known is false where it cannot be said, comparable where the
// types have no order.
func (it item) order(o item) (order int, known, comparable bool) {
	if qa, ok := it.quantity(); ok {
		qb, ok := o.quantity()
		if !ok {
			return 0, false, false
		}
		n, err := qa.Compare(qb)
		return n, err == nil, true // other units: nothing can be said
	}
	switch a := it.system().(type) {
	case types.String:
		if b, ok := o.system().(types.String); ok {
			return strings.Compare(a.Value(), b.Value()), true, true
		}
	case types.Date, types.DateTime, types.Time:
		return compareTimes(a, o.system())
	}
	return 0, false, false
}

// moment is a point in time with as many parts as were given: year, month, day, hour, minute, nanosecond of the minute.
type moment struct {
	parts [6]int
	given int
	zone  bool
	clock bool // a time without a day
}

func momentOf(v types.Value) (moment, bool) {
	switch d := v.(type) {
	case types.Date:
		return moment{parts: [6]int{d.Year(), d.Month(), d.Day()}, given: int(d.Precision()) + 1}, true
	case types.DateTime:
		t := d.ToTime()
		if d.HasTZ() && d.Precision() >= types.DTHourPrecision {
			t = t.UTC()
		}
		given := min(int(d.Precision())+1, 6)
		return moment{parts: [6]int{t.Year(), int(t.Month()), t.Day(), t.Hour(), t.Minute(), t.Second()*int(time.Second) + t.Nanosecond()},
			given: given, zone: d.HasTZ()}, true
	case types.Time:
		return moment{parts: [6]int{0, 0, 0, d.Hour(), d.Minute(), d.Second()*int(time.Second) + d.Millisecond()*int(time.Millisecond)},
			given: min(int(d.Precision())+4, 6), clock: true}, true
	}
	return moment{}, false
}

// compareTimes compares part by part; where one is given to a lesser precision and all parts that both have are equal,
// nothing can be said (FHIRPath §6.2).
func compareTimes(x, y types.Value) (order int, known, comparable bool) {
	a, okA := momentOf(x)
	b, okB := momentOf(y)
	if !okA || !okB || a.clock != b.clock {
		return 0, false, false
	}
	for i := range min(a.given, b.given) {
		switch {
		case a.parts[i] < b.parts[i]:
			return -1, true, true
		case a.parts[i] > b.parts[i]:
			return 1, true, true
		}
	}
	return 0, a.given == b.given, true
}
