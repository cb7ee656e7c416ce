package money

import (
	"math"
	"math/bits"
)

// MaxScale is the largest number of digits behind the point.
const MaxScale = 18

// overflowScale marks the result of an operation that did not fit; no valid Decimal has it.
const overflowScale = math.MaxUint8

// Decimal is coefficient × 10^-scale, exact. It keeps its scale as written, so 125.00 prints as 125.00; use Equal, not
// ==, to compare values. The zero value is 0. Decimals are values: immutable and safe for concurrent use.
type Decimal struct {
	coef  int64
	scale uint8
}

// Overflow is the result of an operation that does not fit 64 bits, and of every operation on such a result.
var Overflow = Decimal{scale: overflowScale}

// New is coef × 10^-scale; a scale beyond MaxScale gives Overflow.
func New(coef int64, scale uint8) Decimal {
	if scale > MaxScale || coef == math.MinInt64 {
		return Overflow
	}
	return Decimal{coef: coef, scale: scale}
}

// Whole is the integer n.
func Whole(n int64) Decimal { return New(n, 0) }

// Parts returns the coefficient and the scale; they are meaningless for Overflow.
func (d Decimal) Parts() (coef int64, scale uint8) { return d.coef, d.scale }

// Valid is false for Overflow.
func (d Decimal) Valid() bool { return d.scale <= MaxScale }

// Whole is the number without its fraction.
func (d Decimal) Whole() Decimal {
	if !d.Valid() {
		return d
	}
	return New(d.coef/int64(pow10(d.scale)), 0)
}

// IsZero tells whether the value is 0, at any scale. Overflow is not zero.
func (d Decimal) IsZero() bool { return d.coef == 0 && d.Valid() }

// Sign is -1, 0 or 1. Overflow counts as positive: too much of something.
func (d Decimal) Sign() int {
	switch {
	case !d.Valid() || d.coef > 0:
		return 1
	case d.coef < 0:
		return -1
	}
	return 0
}

// Neg is -d.
func (d Decimal) Neg() Decimal {
	d.coef = -d.coef
	return d
}

// Add is d + e, at the larger of their scales. Most sums of a decision add a 0; that case is here by itself, so that it is
// compiled into the caller: a fifth of a decision's instructions were sums.
func (d Decimal) Add(e Decimal) Decimal {
	if e.coef == 0 && e.scale <= d.scale { // of Overflow, too, whose scale is the largest
		return d
	}
	return d.add(e)
}

func (d Decimal) add(e Decimal) Decimal {
	if d.coef == 0 && d.scale <= e.scale {
		return e
	}
	if d.scale != e.scale {
		d, e = align(d, e)
	}
	if !d.Valid() || !e.Valid() {
		return Overflow
	}
	sum := d.coef + e.coef
	if (sum > d.coef) != (e.coef > 0) && e.coef != 0 || sum == math.MinInt64 {
		return Overflow
	}
	return Decimal{coef: sum, scale: d.scale}
}

// Sub is d - e, at the larger of their scales.
func (d Decimal) Sub(e Decimal) Decimal { return d.Add(e.Neg()) }

// Cmp is -1, 0 or 1 as d is smaller than, equal to or greater than e. Overflow is greater than everything else.
func (d Decimal) Cmp(e Decimal) int {
	if !d.Valid() || !e.Valid() {
		return boolInt(!d.Valid()) - boolInt(!e.Valid())
	}
	if d.scale == e.scale {
		return cmpInt(d.coef, e.coef)
	}
	return cmpWide(d, e)
}

// Equal tells whether the values are equal, whatever their scales.
func (d Decimal) Equal(e Decimal) bool {
	if d.scale == e.scale { // two Overflows are equal, and have the same coefficient
		return d.coef == e.coef
	}
	return d.Cmp(e) == 0
}

// Less tells whether d < e.
func (d Decimal) Less(e Decimal) bool {
	if d.scale == e.scale {
		return d.coef < e.coef
	}
	return d.Cmp(e) < 0
}

// Min is the smaller of two; the first when they are equal.
func Min(d, e Decimal) Decimal {
	if e.Less(d) {
		return e
	}
	return d
}

// Floor0 is d, or 0 at the same scale when d is negative.
func (d Decimal) Floor0() Decimal {
	if d.coef < 0 {
		d.coef = 0
	}
	return d
}

// align brings two decimals to the larger of their scales, or makes the one that does not fit Overflow.
func align(d, e Decimal) (Decimal, Decimal) {
	if !d.Valid() || !e.Valid() {
		return Overflow, Overflow
	}
	if d.scale < e.scale {
		return d.grown(e.scale), e
	}
	return d, e.grown(d.scale)
}

// grown is the same value at a larger scale.
func (d Decimal) grown(scale uint8) Decimal {
	hi, lo := bits.Mul64(magnitude(d.coef), pow10(scale-d.scale))
	if hi != 0 || lo > math.MaxInt64 {
		return Overflow
	}
	return signed(lo, d.coef < 0, scale)
}

// cmpWide compares decimals of different scales in 128 bits, so that it never overflows.
func cmpWide(d, e Decimal) int {
	if s, t := d.Sign(), e.Sign(); s != t {
		return cmpInt(int64(s), int64(t))
	}
	scale := max(d.scale, e.scale)
	dh, dl := bits.Mul64(magnitude(d.coef), pow10(scale-d.scale))
	eh, el := bits.Mul64(magnitude(e.coef), pow10(scale-e.scale))
	order := cmpUint(dh, eh)
	if order == 0 {
		order = cmpUint(dl, el)
	}
	return order * d.Sign()
}

func magnitude(n int64) uint64 {
	if n < 0 {
		return uint64(-n)
	}
	return uint64(n)
}

func signed(magnitude uint64, negative bool, scale uint8) Decimal {
	if magnitude > math.MaxInt64 || scale > MaxScale {
		return Overflow
	}
	if negative {
		return Decimal{coef: -int64(magnitude), scale: scale}
	}
	return Decimal{coef: int64(magnitude), scale: scale}
}

func cmpInt(a, b int64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func cmpUint(a, b uint64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

var powers = [19]uint64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18}

func pow10(n uint8) uint64 { return powers[n] }
