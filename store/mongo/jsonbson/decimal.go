package jsonbson

import (
	"encoding/binary"
	"math/bits"
	"strconv"
)

// The range of Decimal128 (IEEE 754-2008 decimal128, BID encoding): 34 digits, coefficient × 10^exponent.
const (
	maxDigits   = 34
	minExponent = -6176
	maxExponent = 6111
)

// uint128 is an unsigned number of 128 bits.
type uint128 struct{ hi, lo uint64 }

func (u uint128) times10plus(digit byte) uint128 {
	carry, lo := bits.Mul64(u.lo, 10)
	lo, c := bits.Add64(lo, uint64(digit), 0)
	return uint128{hi: u.hi*10 + carry + c, lo: lo}
}

// appendDigits appends the number in decimal.
func (u uint128) appendDigits(dst []byte) []byte {
	if u.hi == 0 {
		return strconv.AppendUint(dst, u.lo, 10)
	}
	const ten19 = 10_000_000_000_000_000_000
	// hi < 2^49 < ten19 for a valid coefficient, so that the quotient of 34 digits by 10^19 fits in 64 bits
	quotient, remainder := bits.Div64(u.hi, u.lo, ten19)
	dst = strconv.AppendUint(dst, quotient, 10)
	low := strconv.AppendUint(make([]byte, 0, 20), remainder, 10)
	for range 19 - len(low) {
		dst = append(dst, '0')
	}
	return append(dst, low...)
}

// appendDecimal appends the numeral, which must be in range, as a BSON Decimal128.
func appendDecimal(dst []byte, n numeral) []byte {
	hi := n.coefficient.hi | uint64(n.exponent-minExponent)<<49
	if n.negative {
		hi |= 1 << 63
	}
	dst = binary.LittleEndian.AppendUint64(dst, n.coefficient.lo)
	return binary.LittleEndian.AppendUint64(dst, hi)
}

// appendPlainDecimal appends a BSON Decimal128 as a JSON number with all its digits and without an exponent, as far as
// there is one that way. It reports false for what is no JSON number: infinities, NaN and invalid encodings.
func appendPlainDecimal(dst []byte, lo, hi uint64) ([]byte, bool) {
	const special = 3 << 61 // both bits set: infinity, NaN, or a coefficient beyond 34 digits
	if hi&special == special {
		return dst, false
	}
	if hi>>63 == 1 {
		dst = append(dst, '-')
	}
	exponent := int(hi>>49&(1<<14-1)) + minExponent
	start := len(dst)
	dst = uint128{hi: hi & (1<<49 - 1), lo: lo}.appendDigits(dst)
	if exponent > 0 {
		return strconv.AppendInt(append(dst, 'E'), int64(exponent), 10), true
	}
	return insertPoint(dst, start, -exponent), true
}

// insertPoint puts the decimal point into the digits from start on, so that decimals of them follow it.
func insertPoint(dst []byte, start, decimals int) []byte {
	if decimals == 0 {
		return dst
	}
	digits := len(dst) - start
	if missing := decimals + 1 - digits; missing > 0 {
		for range missing {
			dst = append(dst, '0')
		}
		copy(dst[start+missing:], dst[start:start+digits])
		for i := range missing {
			dst[start+i] = '0'
		}
	}
	point := len(dst) - decimals
	dst = append(dst, 0)
	copy(dst[point+1:], dst[point:])
	dst[point] = '.'
	return dst
}
