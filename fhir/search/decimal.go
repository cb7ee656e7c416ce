package search

import (
	"math/big"
	"strconv"
	"strings"
)

// decimal is a number of a query: its value, and the numbers that round to it at the precision it is written in. 100
// stands for [99.5, 100.5), 1e2 for [95, 105); as intervals are closed, the upper end is the last number below.
type decimal struct {
	value float64
	near  interval
}

// maxDigits bounds the digits of a number in a query; R4 asks for 18.
const maxDigits = 40

// parseDecimal reads a FHIR decimal: digits, a point with digits behind it, an exponent.
func parseDecimal(text string) (decimal, bool) {
	rest := strings.TrimPrefix(text, "-")
	whole, rest := leadingDigits(rest)
	fraction := ""
	if strings.HasPrefix(rest, ".") {
		if fraction, rest = leadingDigits(rest[1:]); fraction == "" {
			return decimal{}, false
		}
	}
	exponent, ok := parseExponent(rest)
	if !ok || whole == "" || len(whole)+len(fraction) > maxDigits {
		return decimal{}, false
	}
	if rest != "" && fraction == "" {
		fraction = "0" // as R4 reads 1e2 in its example
	}
	value, err := strconv.ParseFloat(text, 64)
	if err != nil { // only if it is out of range
		return decimal{}, false
	}
	// In units of a tenth of the last digit, the ends are 5 units away.
	units, _ := new(big.Int).SetString(whole+fraction+"0", 10)
	if strings.HasPrefix(text, "-") {
		units.Neg(units)
	}
	scale := exponent - len(fraction) - 1
	lo, okLo := scaled(new(big.Int).Sub(units, big.NewInt(5)), scale)
	// With more digits than a float has, the ends are no other floats than the value: it is near itself in any case.
	hi, okHi := scaled(new(big.Int).Add(units, big.NewInt(5)), scale)
	return decimal{value: value, near: interval{min(lo, value), max(under(hi), value)}}, okLo && okHi
}

func leadingDigits(s string) (digits, rest string) {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return s[:n], s[n:]
}

// parseExponent reads "e2", "E-3" or nothing.
func parseExponent(s string) (int, bool) {
	if s == "" {
		return 0, true
	}
	if s[0] != 'e' && s[0] != 'E' || len(s) > 5 {
		return 0, false
	}
	sign, digits := 1, s[1:]
	switch {
	case strings.HasPrefix(digits, "-"):
		sign, digits = -1, digits[1:]
	case strings.HasPrefix(digits, "+"):
		digits = digits[1:]
	}
	if number, rest := leadingDigits(digits); number == "" || rest != "" {
		return 0, false
	}
	n, err := strconv.Atoi(digits)
	return sign * n, err == nil
}

// scaled is units × 10^scale as the nearest float.
func scaled(units *big.Int, scale int) (float64, bool) {
	f, err := strconv.ParseFloat(units.String()+"e"+strconv.Itoa(scale), 64)
	return f, err == nil
}
