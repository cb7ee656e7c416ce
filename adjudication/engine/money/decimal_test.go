package money

import (
	"math"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func mustParse(t require.TestingT, text string) Decimal {
	d, err := Parse(text)
	require.NoError(t, err)
	return d
}

func TestParseAndString(t *testing.T) {
	for in, out := range map[string]string{
		"0": "0", "125.00": "125.00", "-3": "-3", "1.5e-3": "0.0015", "12E2": "1200", "0.000": "0.000", "1e-18": "0.000000000000000001",
		"123456789012345678": "123456789012345678", "100e-20": "0.000000000000000001", "-0.5": "-0.5", "-0": "0",
	} {
		require.Equal(t, out, mustParse(t, in).String(), in)
	}
}

func TestParseRefuses(t *testing.T) {
	for in, want := range map[string]error{
		"": ErrSyntax, "-": ErrSyntax, "1.": ErrSyntax, ".5": ErrSyntax, "1,5": ErrSyntax, "1e": ErrSyntax, "1e+x": ErrSyntax, "--1": ErrSyntax, "NaN": ErrSyntax,
		"1234567890123456789": ErrRange, "1e99": ErrRange, "1e-19": ErrRange, "0.1234567890123456789": ErrRange, "1e18": ErrRange,
	} {
		_, err := Parse(in)
		require.ErrorIs(t, err, want, in)
	}
}

func TestRoundIsHalfUp(t *testing.T) {
	for _, c := range []struct {
		in     string
		digits uint8
		out    string
	}{
		{"0.025", 2, "0.03"}, {"0.0249", 2, "0.02"}, {"-0.025", 2, "-0.03"}, {"1.5", 0, "2"}, {"2.5", 0, "3"}, {"7", 2, "7.00"},
		{"0.5", 0, "1"}, {"0.4999999999", 0, "0"}, {"999.995", 2, "1000.00"},
	} {
		require.Equal(t, c.out, mustParse(t, c.in).Round(c.digits).String(), c.in)
	}
}

func TestOverflowIsContagious(t *testing.T) {
	huge := New(math.MaxInt64, 0)
	for name, d := range map[string]Decimal{
		"add": huge.Add(Whole(1)), "sub": huge.Neg().Sub(Whole(2)), "align": huge.Add(New(1, 1)), "product": huge.Times(huge, 2),
		"round": huge.Round(1), "share": Share(2, Whole(1), Whole(1), Decimal{}), "scale": New(1, 19), "after": huge.Add(Whole(1)).Sub(huge),
		"min": Min(Overflow, Overflow), "percent": Overflow.Percent(Whole(1), 2), "minimum": New(math.MinInt64, 0),
	} {
		require.False(t, d.Valid(), name)
		require.Equal(t, "overflow", d.String())
	}
	require.Equal(t, 1, Overflow.Cmp(huge))
	require.Equal(t, Whole(3), Min(Overflow, Whole(3)))
	require.False(t, Overflow.IsZero())
}

func TestDigits(t *testing.T) {
	require.EqualValues(t, 2, Digits("KES"))
	require.EqualValues(t, 0, Digits("UGX"))
	require.EqualValues(t, 3, Digits("TND"))
}

// value is the exact value, as an oracle.
func value(d Decimal) *big.Rat {
	coef, scale := d.Parts()
	return new(big.Rat).SetFrac(big.NewInt(coef), new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(scale)), nil))
}

func drawDecimal(t *rapid.T, label string) Decimal {
	bound := rapid.SampledFrom([]int64{10, 1e6, 1e12, math.MaxInt64}).Draw(t, label+" bound")
	return New(rapid.Int64Range(-bound+1, bound-1).Draw(t, label), uint8(rapid.IntRange(0, 18).Draw(t, label+" scale")))
}

// halfUp rounds a fraction to digits, away from zero at the half; nil when that does not fit a Decimal.
func halfUp(r *big.Rat, digits uint8) *big.Int {
	scaled := new(big.Rat).Mul(r, new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(digits)), nil)))
	num := new(big.Int).Abs(scaled.Num())
	num.Mul(num, big.NewInt(2)).Add(num, scaled.Denom())
	num.Quo(num, new(big.Int).Mul(scaled.Denom(), big.NewInt(2)))
	if r.Sign() < 0 {
		num.Neg(num)
	}
	if !num.IsInt64() || num.Int64() == math.MinInt64 {
		return nil
	}
	return num
}

func requireRounded(t *rapid.T, want *big.Int, digits uint8, got Decimal) {
	if want == nil {
		require.False(t, got.Valid())
		return
	}
	require.Equal(t, New(want.Int64(), digits), got)
}

func TestArithmeticAgreesWithFractions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := drawDecimal(t, "a"), drawDecimal(t, "b"), drawDecimal(t, "c")
		digits := uint8(rapid.IntRange(0, 6).Draw(t, "digits"))
		require.Equal(t, value(a).Cmp(value(b)), a.Cmp(b))
		requireRounded(t, halfUp(value(a), digits), digits, a.Round(digits))
		if sum := a.Add(b); sum.Valid() {
			require.Zero(t, new(big.Rat).Add(value(a), value(b)).Cmp(value(sum)))
		}
		product := new(big.Rat).Mul(new(big.Rat).Mul(value(a), value(b)), value(c))
		requireRounded(t, halfUp(product, digits), digits, Product(digits, a, b, c))
		percent := new(big.Rat).Mul(value(a), new(big.Rat).Quo(value(b), big.NewRat(100, 1)))
		requireRounded(t, halfUp(percent, digits), digits, a.Percent(b, digits))
		if c.Sign() > 0 {
			share := new(big.Rat).Quo(new(big.Rat).Mul(value(a), value(b)), value(c))
			requireRounded(t, halfUp(share, digits), digits, Share(digits, a, b, c))
		}
		again, err := Parse(a.String())
		if err == nil {
			require.Equal(t, a, again)
		} else {
			require.Greater(t, magnitude(a.coef), uint64(1e17))
		}
	})
}

func TestArithmeticDoesNotAllocate(t *testing.T) {
	a, b := mustParse(t, "1234.567"), mustParse(t, "3.25")
	require.Zero(t, testing.AllocsPerRun(100, func() {
		if d := Product(2, a, b, Whole(2)).Percent(b, 2).Add(a); !d.Valid() {
			t.Fail()
		}
	}))
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"1.50", "-1e5", "0.0000000000000000001", "e", "9e17"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := Parse(text)
		if err != nil {
			return
		}
		require.True(t, d.Valid())
		want, ok := new(big.Rat).SetString(text)
		require.True(t, ok)
		require.Zero(t, want.Cmp(value(d)))
	})
}
