package value

import (
	"fmt"
	"reflect"
	"slices"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
)

// CodedType is the type of what carries several codes, such as a claim's diagnoses.
var CodedType = types.NewObjectType("coded", traits.ContainerType, traits.SizerType)

// Coded are the codes that something carries, in its order. It is nothing but the slice: nothing is copied.
type Coded []string

// ConvertToNative gives the []string.
func (c Coded) ConvertToNative(to reflect.Type) (any, error) {
	if to == reflect.TypeFor[[]string]() {
		return []string(c), nil
	}
	return nil, fmt.Errorf("codes are no %s", to)
}

// ConvertToType knows coded.
func (c Coded) ConvertToType(to ref.Type) ref.Val {
	if to == CodedType {
		return c
	}
	return types.NewErr("codes are no %s", to.TypeName())
}

// Equal compares code by code.
func (c Coded) Equal(other ref.Val) ref.Val {
	o, ok := other.(Coded)
	return types.Bool(ok && slices.Equal(c, o))
}

// Type is CodedType.
func (c Coded) Type() ref.Type { return CodedType }

// Value is the []string.
func (c Coded) Value() any { return []string(c) }

// Contains is the operator in.
func (c Coded) Contains(code ref.Val) ref.Val {
	s, ok := code.(types.String)
	if !ok {
		return types.MaybeNoSuchOverloadErr(code)
	}
	return types.Bool(slices.Contains(c, string(s)))
}

// Size is the number of codes.
func (c Coded) Size() ref.Val { return types.Int(len(c)) }

// count tells how many of the codes are in a set.
func (c Coded) count(of *Codes) int {
	n := 0
	for _, code := range c {
		if of.Has(code) {
			n++
		}
	}
	return n
}
