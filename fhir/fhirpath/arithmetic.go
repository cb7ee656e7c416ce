package fhirpath

import (
	"errors"
	"fmt"
	"math"

	"github.com/gofhir/fhirpath/eval"
	"github.com/gofhir/fhirpath/types"
)

// arithmetic performs + - * / div mod on two items; nothing where one has no value (FHIRPath §6.6).
func (r *run) arithmetic(name string, left, right item) ([]item, error) {
	a, b := left.arithmeticValue(), right.arithmeticValue()
	if a == nil || b == nil {
		return nil, nil
	}
	if x, ok := a.(types.Integer); ok {
		if y, ok := b.(types.Integer); ok && name != "/" {
			return integers(name, x.Value(), y.Value())
		}
	}
	if q, ok := b.(types.Quantity); ok && (name == "+" || name == "-") {
		switch a.(type) {
		case types.Date, types.DateTime, types.Time:
			sign := int64(1)
			if name == "-" {
				sign = -1
			}
			return bounded(shifted(a, q, sign))
		}
	}
	switch name {
	case "+":
		if x, ok := a.(types.String); ok {
			if y, ok := b.(types.String); ok {
				return r.made(x.Value() + y.Value())
			}
		}
		return bounded(eval.Add(a, b))
	case "-":
		return bounded(eval.Subtract(a, b))
	case "*":
		return bounded(multiplied(a, b))
	case "/":
		if zero(b) {
			return nil, nil
		}
		return bounded(divided(a, b))
	}
	return decimals(name, a, b)
}

// arithmeticValue is the item's own type, a Quantity of the resource as one.
func (it item) arithmeticValue() types.Value {
	if it.node != nil && it.node.kind == complexKind {
		if q, ok := it.quantity(); ok {
			return q
		}
	}
	return it.system()
}

func multiplied(a, b types.Value) (types.Value, error) {
	if q, ok := a.(types.Quantity); ok {
		if n, ok := b.(types.Numeric); ok {
			return q.Multiply(n.ToDecimal().Value()), nil
		}
	}
	return eval.Multiply(a, b)
}

func divided(a, b types.Value) (types.Value, error) {
	if q, ok := a.(types.Quantity); ok {
		if n, ok := b.(types.Numeric); ok {
			return q.Divide(n.ToDecimal().Value())
		}
	}
	return eval.Divide(a, b)
}

func zero(v types.Value) bool {
	n, ok := v.(types.Numeric)
	return ok && n.ToDecimal().Value().IsZero()
}

// decimals performs div and mod, which the library knows for integers alone.
func decimals(name string, a, b types.Value) ([]item, error) {
	x, okX := a.(types.Numeric)
	y, okY := b.(types.Numeric)
	if !okX || !okY {
		return nil, fmt.Errorf("%s is for numbers", name)
	}
	if zero(b) {
		return nil, nil
	}
	quotient, rest := x.ToDecimal().Value().QuoRem(y.ToDecimal().Value(), 0)
	if name == "div" {
		return bounded(types.NewInteger(quotient.IntPart()), nil)
	}
	d, err := types.NewDecimal(rest.String())
	return bounded(d, err)
}

var errOverflow = errors.New("an integer is too large")

// integers performs arithmetic that does not wrap around.
func integers(name string, a, b int64) ([]item, error) {
	var n int64
	switch name {
	case "+":
		n = a + b
		if (n > a) != (b > 0) && b != 0 {
			return nil, errOverflow
		}
	case "-":
		n = a - b
		if (n < a) != (b > 0) && b != 0 {
			return nil, errOverflow
		}
	case "*":
		n = a * b
		if a != 0 && (n/a != b || a == -1 && b == math.MinInt64) {
			return nil, errOverflow
		}
	default:
		if b == 0 || a == math.MinInt64 && b == -1 {
			return nil, nil
		}
		n = a / b
		if name == "mod" {
			n = a % b
		}
	}
	return one(types.NewInteger(n)), nil
}

func negated(list []item) ([]item, error) {
	if len(list) > 1 {
		return nil, ErrNotSingle
	}
	v := list[0].system()
	if v == nil {
		return nil, nil
	}
	if q, ok := v.(types.Quantity); ok {
		return one(types.NewQuantityFromDecimal(q.Value().Neg(), q.Unit())), nil
	}
	return bounded(eval.Negate(v))
}
