package fhirpath

import (
	"errors"
	"strconv"
	"strings"

	"github.com/gofhir/fhirpath/types"
)

// Bounds of a number. FHIR asks for 18 digits; more than this is nobody's amount and would make arithmetic slow.
const (
	maxDigits   = 1000
	maxExponent = 1000
)

var errNumber = errors.New("a number has too many digits")

// system is the item as one of FHIRPath's own types; nil where it is a complex element or a primitive without a value.
func (it item) system() types.Value {
	n := it.node
	if n == nil {
		return it.value
	}
	if !n.valued {
		return nil
	}
	switch n.kind {
	case booleanKind:
		return types.NewBoolean(n.text == "true")
	case numberKind:
		if n.typeOf() == "decimal" {
			if d, err := decimalOf(n.text); err == nil {
				return d
			}
			return nil
		}
		if v, err := number(n.text); err == nil {
			return v
		}
		return nil
	case textKind:
		return temporal(n.typeOf(), n.text)
	}
	return nil
}

// temporal reads a text by its type in R4; what is no date, time or instant is a String.
func temporal(typeName, text string) types.Value {
	switch typeName {
	case "date":
		if d, err := types.NewDate(text); err == nil {
			return d
		}
	case "dateTime", "instant":
		if d, err := types.NewDateTime(text); err == nil {
			return d
		}
	case "time":
		if t, err := types.NewTime(text); err == nil {
			return t
		}
	}
	return types.NewString(text)
}

// number is an Integer where it is written as one and fits, else a Decimal.
func number(text string) (types.Value, error) {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return types.NewInteger(n), nil
	}
	return decimalOf(text)
}

// decimalOf reads a decimal within bounds: an exponent of a billion would fill the memory with noughts.
func decimalOf(text string) (types.Decimal, error) {
	if at := strings.IndexAny(text, "eE"); at >= 0 {
		if n, err := strconv.Atoi(text[at+1:]); err != nil || n > maxExponent || n < -maxExponent {
			return types.Decimal{}, errNumber
		}
	}
	if len(text) > maxDigits {
		return types.Decimal{}, errNumber
	}
	return types.NewDecimal(text)
}

// bounded refuses the result of arithmetic that grew beyond all use.
func bounded(v types.Value, err error) ([]item, error) {
	if err != nil || v == nil {
		return nil, err
	}
	if d, ok := v.(types.Decimal); ok {
		if n := d.Value(); n.NumDigits() > maxDigits || n.Exponent() > maxExponent || n.Exponent() < -2*maxExponent {
			return nil, ErrTooCostly
		}
	}
	return one(v), nil
}

// quantity is the item as a Quantity: one that the expression made, a Quantity of the resource, or a bare number.
func (it item) quantity() (types.Quantity, bool) {
	if it.node == nil || it.node.kind != complexKind {
		switch v := it.system().(type) {
		case types.Quantity:
			return v, true
		case types.Integer:
			return types.NewQuantityFromDecimal(v.ToDecimal().Value(), "1"), true
		case types.Decimal:
			return types.NewQuantityFromDecimal(v.Value(), "1"), true
		}
		return types.Quantity{}, false
	}
	n := it.node
	if !isType(n.typeOf(), "Quantity") {
		return types.Quantity{}, false
	}
	d, err := decimalOf(n.textOf("value"))
	if err != nil {
		return types.Quantity{}, false
	}
	unit := n.textOf("code")
	if unit == "" {
		unit = n.textOf("unit")
	}
	if unit == "" {
		unit = "1"
	}
	return types.NewQuantityFromDecimal(d.Value(), unit), true
}

// text is the item as a String.
func (it item) text() (string, bool) {
	if it.node != nil {
		return it.node.text, it.node.valued && it.node.kind == textKind
	}
	s, ok := it.value.(types.String)
	return s.Value(), ok
}

// boolean is the item as a Boolean.
func (it item) boolean() (value, ok bool) {
	b, ok := it.system().(types.Boolean)
	return ok && b.Bool(), ok
}

// truth is a collection as a condition: what it says, and whether it says anything.
func truth(list []item) (yes, known bool, err error) {
	switch len(list) {
	case 0:
		return false, false, nil
	case 1:
		if b, ok := list[0].boolean(); ok {
			return b, true, nil
		}
		return true, true, nil
	}
	return false, false, ErrNotSingle
}
