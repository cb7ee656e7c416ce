package jsonbson

import (
	"encoding/binary"
	"math"
)

// numeral is a number token taken apart: ±digits × 10^exponent, leading zeros of the digits skipped.
type numeral struct {
	raw      []byte
	negative bool
	// coefficient holds the value of the first 34 significant digits, digits how many there are in all.
	coefficient uint128
	digits      int
	exponent    int
	// integer tells that the token has neither a fraction nor an exponent.
	integer, scientific bool
}

// number appends the number token at the cursor and returns the BSON type it took. Integers that fit become int32 or
// int64. Everything else becomes Decimal128, -0 included since an integer has no negative zero; what Decimal128 cannot
// hold stays text, and the form says that it was a number.
func (e *encoder) number() (kind byte, err error) {
	n, err := e.numeral()
	if err != nil {
		return 0, err
	}
	if i, ok := n.int64(); ok {
		e.form.token++
		if i >= math.MinInt32 && i <= math.MaxInt32 {
			e.out = binary.LittleEndian.AppendUint32(e.out, uint32(int32(i)))
			return typeInt32, nil
		}
		e.out = binary.LittleEndian.AppendUint64(e.out, uint64(i))
		return typeInt64, nil
	}
	if n.digits > maxDigits || n.exponent < minExponent || n.exponent > maxExponent {
		e.form.addToken(n.raw, false)
		e.out = binary.LittleEndian.AppendUint32(e.out, uint32(len(n.raw)+1))
		e.out = append(append(e.out, n.raw...), 0)
		return typeString, nil
	}
	e.form.addToken(n.raw, !n.scientific)
	e.out = appendDecimal(e.out, n)
	return typeDecimal, nil
}

func (n *numeral) int64() (int64, bool) {
	c := n.coefficient
	if !n.integer || n.digits > 19 || c.hi != 0 || n.negative && c.lo == 0 {
		return 0, false
	}
	switch {
	case n.negative && c.lo <= 1<<63:
		return -int64(c.lo), true
	case !n.negative && c.lo < 1<<63:
		return int64(c.lo), true
	}
	return 0, false
}

// numeral reads a number by the grammar of RFC 8259 §6.
func (e *encoder) numeral() (numeral, error) {
	start := e.at
	n := numeral{integer: true}
	if e.peek() == '-' {
		n.negative = true
		e.at++
	}
	if e.peek() == '0' {
		e.at++
	} else if e.digits(&n) == 0 {
		return n, e.fail("a digit")
	}
	if e.peek() == '.' {
		e.at++
		n.integer = false
		count := e.digits(&n)
		if count == 0 {
			return n, e.fail("a digit")
		}
		n.exponent = -count
	}
	if c := e.peek(); c == 'e' || c == 'E' {
		n.integer, n.scientific = false, true
		if err := e.exponent(&n); err != nil {
			return n, err
		}
	}
	n.raw = e.text[start:e.at]
	return n, nil
}

// digits reads decimal digits into the numeral and counts them, leading zeros included.
func (e *encoder) digits(n *numeral) int {
	start := e.at
	for e.at < len(e.text) {
		c := e.text[e.at]
		if c < '0' || c > '9' {
			break
		}
		e.at++
		if c == '0' && n.digits == 0 {
			continue
		}
		n.digits++
		if n.digits <= maxDigits {
			n.coefficient = n.coefficient.times10plus(c - '0')
		}
	}
	return e.at - start
}

// exponent reads e±digits. Absurdly large ones saturate: they are out of Decimal128's range anyway.
func (e *encoder) exponent(n *numeral) error {
	e.at++
	negative := false
	if c := e.peek(); c == '+' || c == '-' {
		negative = c == '-'
		e.at++
	}
	start, value := e.at, 0
	for e.at < len(e.text) && e.text[e.at] >= '0' && e.text[e.at] <= '9' {
		if value < 1_000_000 {
			value = value*10 + int(e.text[e.at]-'0')
		}
		e.at++
	}
	if e.at == start {
		return e.fail("a digit")
	}
	if negative {
		value = -value
	}
	n.exponent += value
	return nil
}
