package value

import (
	"fmt"
	"reflect"
	"strconv"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"

	"claimwright/adjudication/engine/money"
)

// DecimalType is the type of amounts and quantities in conditions.
var DecimalType = types.NewObjectType("decimal",
	traits.ComparerType, traits.AdderType, traits.SubtractorType, traits.MultiplierType, traits.DividerType, traits.NegatorType)

// divisionDigits are the digits behind the point that a quotient is rounded to, half up.
const divisionDigits = 6

// Decimal is an exact number. Its operators take a whole number or a double on the right as well; a double counts as the
// shortest decimal that writes it, so that 12.5 in a rule is exactly 12.5.
type Decimal struct{ money.Decimal }

// DecimalOf makes a value of a number.
func DecimalOf(d money.Decimal) Decimal { return Decimal{d} }

// Number is the exact number that a value of a condition stands for; ok is false for what is no number.
func Number(v ref.Val) (d money.Decimal, ok bool) {
	switch n := v.(type) {
	case Decimal:
		return n.Decimal, n.Valid()
	case types.Int:
		d = money.Whole(int64(n))
		return d, d.Valid()
	case types.Double:
		d, err := money.Parse(strconv.FormatFloat(float64(n), 'f', -1, 64))
		return d, err == nil
	}
	return money.Decimal{}, false
}

// ConvertToNative gives the money.Decimal.
func (d Decimal) ConvertToNative(to reflect.Type) (any, error) {
	if to == reflect.TypeFor[money.Decimal]() {
		return d.Decimal, nil
	}
	return nil, fmt.Errorf("a decimal is no %s", to)
}

// ConvertToType knows decimal and string.
func (d Decimal) ConvertToType(to ref.Type) ref.Val {
	switch to {
	case types.StringType:
		return types.String(d.String())
	case DecimalType:
		return d
	}
	return types.NewErr("a decimal is no %s", to.TypeName())
}

// Equal compares numbers: 1.0 equals 1.
func (d Decimal) Equal(other ref.Val) ref.Val {
	n, ok := Number(other)
	return types.Bool(ok && d.Decimal.Equal(n))
}

// Type is DecimalType.
func (d Decimal) Type() ref.Type { return DecimalType }

// Value is the money.Decimal.
func (d Decimal) Value() any { return d.Decimal }

// Compare orders numbers.
func (d Decimal) Compare(other ref.Val) ref.Val {
	n, ok := Number(other)
	if !ok {
		return types.MaybeNoSuchOverloadErr(other)
	}
	return types.Int(d.Cmp(n))
}

// Add adds.
func (d Decimal) Add(other ref.Val) ref.Val { return d.with(other, money.Decimal.Add) }

// Subtract subtracts.
func (d Decimal) Subtract(other ref.Val) ref.Val { return d.with(other, money.Decimal.Sub) }

// Multiply multiplies exactly as far as 18 digits go, and rounds half up behind them.
func (d Decimal) Multiply(other ref.Val) ref.Val {
	return d.with(other, func(a, b money.Decimal) money.Decimal {
		_, x := a.Parts()
		_, y := b.Parts()
		return a.Times(b, min(x+y, divisionDigits))
	})
}

// Divide rounds half up to six digits behind the point.
func (d Decimal) Divide(other ref.Val) ref.Val {
	n, ok := Number(other)
	if ok && n.IsZero() {
		return types.NewErr("division by zero")
	}
	return d.with(other, func(a, b money.Decimal) money.Decimal {
		negative := (a.Sign() < 0) != (b.Sign() < 0)
		quotient := money.Share(divisionDigits, money.Whole(1), absolute(a), absolute(b))
		if negative {
			return quotient.Neg()
		}
		return quotient
	})
}

// Negate changes the sign.
func (d Decimal) Negate() ref.Val { return Decimal{d.Neg()} }

func (d Decimal) with(other ref.Val, operate func(a, b money.Decimal) money.Decimal) ref.Val {
	n, ok := Number(other)
	if !ok {
		return types.MaybeNoSuchOverloadErr(other)
	}
	result := operate(d.Decimal, n)
	if !result.Valid() {
		return types.NewErr("the number is too large")
	}
	return Decimal{result}
}

func absolute(d money.Decimal) money.Decimal {
	if d.Sign() < 0 {
		return d.Neg()
	}
	return d
}
