package money

import (
	"errors"
	"strconv"
	"strings"
)

// ErrSyntax is returned for text that is no decimal number.
var ErrSyntax = errors.New("not a decimal number")

// ErrRange is returned for a number that needs more than 18 digits before or behind the point, or in all.
var ErrRange = errors.New("number has too many digits")

// Parse reads a decimal as JSON and FHIR write it, exponent included: "125.00", "-3", "1.5e-3". The scale is kept as
// written.
func Parse(text string) (Decimal, error) {
	mantissa, exponent, err := splitExponent(text)
	if err != nil {
		return Decimal{}, err
	}
	negative := strings.HasPrefix(mantissa, "-")
	mantissa = strings.TrimPrefix(mantissa, "-")
	whole, fraction, pointed := strings.Cut(mantissa, ".")
	if whole == "" || pointed && fraction == "" {
		return Decimal{}, ErrSyntax
	}
	coef, err := digitsOf(whole, fraction)
	if err != nil {
		return Decimal{}, err
	}
	return scaled(coef, len(fraction)-exponent, negative)
}

func splitExponent(text string) (mantissa string, exponent int, err error) {
	at := strings.IndexAny(text, "eE")
	if at < 0 {
		return text, 0, nil
	}
	exponent, err = strconv.Atoi(text[at+1:])
	if err != nil {
		return "", 0, ErrSyntax
	}
	if exponent > 64 || exponent < -64 {
		return "", 0, ErrRange
	}
	return text[:at], exponent, nil
}

// digitsOf reads up to 18 significant digits.
func digitsOf(parts ...string) (uint64, error) {
	var n uint64
	for _, part := range parts {
		for i := range len(part) {
			c := part[i] - '0'
			if c > 9 {
				return 0, ErrSyntax
			}
			if n >= 1e17 {
				return 0, ErrRange
			}
			n = n*10 + uint64(c)
		}
	}
	return n, nil
}

// scaled brings coef × 10^-scale into the range of scales, where that is possible without loss.
func scaled(coef uint64, scale int, negative bool) (Decimal, error) {
	for ; scale > MaxScale; scale-- {
		if coef%10 != 0 {
			return Decimal{}, ErrRange
		}
		coef /= 10
	}
	for ; scale < 0; scale++ {
		if coef >= 1e17 {
			return Decimal{}, ErrRange
		}
		coef *= 10
	}
	return signed(coef, negative, uint8(scale)), nil
}

// String writes the decimal with all digits of its scale: "125.00". Overflow is "overflow".
func (d Decimal) String() string { return string(d.Append(make([]byte, 0, 24))) }

// Append appends what String returns.
func (d Decimal) Append(dst []byte) []byte {
	if !d.Valid() {
		return append(dst, "overflow"...)
	}
	if d.coef < 0 {
		dst = append(dst, '-')
	}
	unit := pow10(d.scale)
	dst = strconv.AppendUint(dst, magnitude(d.coef)/unit, 10)
	if d.scale == 0 {
		return dst
	}
	dst = append(dst, '.')
	fraction := strconv.AppendUint(nil, magnitude(d.coef)%unit, 10)
	for range int(d.scale) - len(fraction) {
		dst = append(dst, '0')
	}
	return append(dst, fraction...)
}
