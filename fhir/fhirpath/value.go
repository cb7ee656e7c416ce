package fhirpath

import (
	"errors"

	"github.com/gofhir/fhirpath/types"
)

// ErrNotSingle is a collection of several items where one was expected.
var ErrNotSingle = errors.New("the expression gives several items where one is expected")

// Value is one item of a Collection. The zero Value is absent.
type Value struct{ held types.Value }

// Collection is what an expression gives: values in order, none at all for what does not exist.
type Collection []Value

// Type is the value's type: a resource type, a data type such as "Coding", or one of the types of FHIRPath, "String",
// "Boolean", "Integer", "Decimal", "Date", "DateTime", "Time", "Quantity".
func (v Value) Type() string {
	if v.held == nil {
		return ""
	}
	return v.held.Type()
}

// Text is a primitive's text as the resource spells it; of a resource or a complex type it is the JSON.
func (v Value) Text() string {
	if v.held == nil {
		return ""
	}
	return v.held.String()
}

// Truth is what a collection means where a condition is asked for (FHIRPath §4.5): a boolean is itself, nothing is false, any
// other single item is true, several are ErrNotSingle.
func (c Collection) Truth() (bool, error) {
	switch {
	case len(c) == 0:
		return false, nil
	case len(c) > 1:
		return false, ErrNotSingle
	}
	if b, ok := c[0].held.(types.Boolean); ok {
		return b.Bool(), nil
	}
	return true, nil
}

// String makes a Value of a text, for variables.
func String(text string) Value { return Value{types.NewString(text)} }
