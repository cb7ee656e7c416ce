package money

import "math/bits"

// wide is a magnitude of 192 bits, enough for the product of three coefficients.
type wide struct{ hi, mid, lo uint64 }

// Round rounds half up (away from zero) to the given digits behind the point; fewer digits are filled with zeros.
func (d Decimal) Round(digits uint8) Decimal {
	if d.scale == digits && digits <= MaxScale { // mostly; so small that it is compiled into the caller
		return d
	}
	return d.round(digits)
}

func (d Decimal) round(digits uint8) Decimal {
	switch {
	case !d.Valid() || digits > MaxScale:
		return Overflow
	case d.scale < digits:
		return d.grown(digits)
	}
	cut := d.scale - digits
	unit := pow10(cut)
	whole, rest := magnitude(d.coef)/unit, magnitude(d.coef)%unit
	if rest >= unit-rest {
		whole++
	}
	return signed(whole, d.coef < 0, digits)
}

// Product multiplies two or three factors exactly and rounds the result half up, once, to the given digits. The zero
// Decimal is 0, not 1: an absent factor must be passed as Whole(1).
func Product(digits uint8, a, b, c Decimal) Decimal {
	if !a.Valid() || !b.Valid() || !c.Valid() || digits > MaxScale {
		return Overflow
	}
	var w wide
	w.mid, w.lo = bits.Mul64(magnitude(a.coef), magnitude(b.coef))
	w = w.times(magnitude(c.coef))
	negative := (a.coef < 0) != (b.coef < 0) != (c.coef < 0)
	return w.rounded(a.scale+b.scale+c.scale, digits, negative)
}

// Times is d × e, half up to the given digits.
func (d Decimal) Times(e Decimal, digits uint8) Decimal { return Product(digits, d, e, Whole(1)) }

// Percent is d × percent / 100, half up to the given digits.
func (d Decimal) Percent(percent Decimal, digits uint8) Decimal {
	return Product(digits, d, percent, Decimal{coef: 1, scale: 2})
}

// times multiplies by a number below 2^63; the product of a coefficient pair fits 126 bits, so 192 bits suffice.
func (w wide) times(m uint64) wide {
	h1, l1 := bits.Mul64(w.lo, m)
	h2, l2 := bits.Mul64(w.mid, m)
	mid, carry := bits.Add64(h1, l2, 0)
	return wide{hi: h2 + carry, mid: mid, lo: l1}
}

// rounded turns w × 10^-scale into a Decimal of the given digits. Half up looks at one digit only, the first that is
// dropped, so the others may be cut off before.
func (w wide) rounded(scale, digits uint8, negative bool) Decimal {
	if scale <= digits {
		grown := w.times(pow10(digits - scale))
		if w.hi != 0 || grown.hi != 0 || grown.mid != 0 {
			return Overflow
		}
		return signed(grown.lo, negative, digits)
	}
	drop := scale - digits - 1
	for drop > 0 {
		step := min(drop, MaxScale)
		w, _ = w.divided(pow10(step))
		drop -= step
	}
	w, last := w.divided(10)
	if w.hi != 0 || w.mid != 0 || w.lo > 1<<63-2 {
		return Overflow
	}
	if last >= 5 {
		w.lo++
	}
	return signed(w.lo, negative, digits)
}

func (w wide) divided(by uint64) (wide, uint64) {
	var q wide
	var rest uint64
	q.hi, rest = w.hi/by, w.hi%by
	q.mid, rest = bits.Div64(rest, w.mid, by)
	q.lo, rest = bits.Div64(rest, w.lo, by)
	return q, rest
}

// Share is total × part / whole, half up to the given digits: the part's share of a total. A whole that is not positive
// gives Overflow.
func Share(digits uint8, total, part, whole Decimal) Decimal {
	if !total.Valid() || !part.Valid() || !whole.Valid() || whole.coef <= 0 || digits > MaxScale {
		return Overflow
	}
	// value = total·part·10^digits·10^whole.scale / (whole·10^(total.scale+part.scale)), in big numbers because this is rare
	return shareBig(digits, total, part, whole)
}
