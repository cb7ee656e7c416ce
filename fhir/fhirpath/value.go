package fhirpath

import (
	"errors"

	"github.com/gofhir/fhirpath/types"

	"claimwright/fhir/codec"
)

// ErrNotSingle is a collection of several items where one was expected.
var ErrNotSingle = errors.New("the expression gives several items where one is expected")

// item is one item of a collection: an element of a resource, or a value that the expression made.
type item struct {
	node  *node
	value types.Value
}

// Value is one item of a Collection: an element of a resource, or a value that the expression made. The zero Value is
// absent; every method may be called on it.
type Value item

// Collection is what an expression gives: values in order, none at all for what does not exist.
type Collection []Value

// String makes a Value of a text, for variables.
func String(text string) Value { return Value{value: types.NewString(text)} }

// Exists says whether there is a value.
func (v Value) Exists() bool { return v.node != nil || v.value != nil }

// Type is the value's type: of an element its type in R4 ("Coding", "code", "BackboneElement", "Claim"; empty where R4 knows
// no such element), of a value that the expression made one of FHIRPath's own: "String", "Boolean", "Integer", "Decimal",
// "Date", "DateTime", "Time", "Quantity".
func (v Value) Type() string {
	switch {
	case v.node != nil:
		return v.node.typeOf()
	case v.value != nil:
		return v.value.Type()
	}
	return ""
}

// Text is a primitive's text, of an element as the resource spells it: a decimal keeps its digits. It is empty for a
// complex element.
func (v Value) Text() string {
	switch {
	case v.node != nil:
		return v.node.text
	case v.value != nil:
		return v.value.String()
	}
	return ""
}

// JSON is an element's JSON as it stands in the resource, nil for what the expression made and for a primitive without a
// value. It must not be changed.
func (v Value) JSON() []byte {
	if v.node == nil {
		return nil
	}
	return v.node.raw
}

// Path is an element's place in the whole resource that was read, with indices ("Claim.item[2].serviced"); empty for what the
// expression made.
func (v Value) Path() string {
	if v.node == nil {
		return ""
	}
	return v.node.path()
}

// Primitive says whether the value is no complex element.
func (v Value) Primitive() bool {
	return v.node == nil && v.value != nil || v.node != nil && v.node.kind != complexKind
}

// HasValue says whether a primitive has a value and not extensions alone.
func (v Value) HasValue() bool { return v.value != nil || v.node != nil && v.node.valued }

// Name is the element's name in FHIRPath, and Key the one in JSON, which of a choice has the type ("value", "valueCode").
func (v Value) Name() string {
	if v.node == nil {
		return ""
	}
	return v.node.name
}

// Key is the element's name in JSON; see Name.
func (v Value) Key() string {
	if v.node == nil {
		return ""
	}
	return v.node.key
}

// Defined is the element's type as the schema has it, unknown for a value that the expression made.
func (v Value) Defined() codec.Type {
	if v.node == nil {
		return codec.Type{}
	}
	return v.node.typ
}

// IsResource says whether the element is a whole resource.
func (v Value) IsResource() bool { return v.node != nil && v.node.resource }

// Resource is the nearest resource that the element stands in, itself if it is one: what %resource means for it.
func (v Value) Resource() *Resource {
	if v.node == nil {
		return nil
	}
	return &Resource{root: v.node.holder()}
}

// Container is what %rootResource means for the element: the resource that contains its resource, else that resource.
func (v Value) Container() *Resource {
	if v.node == nil {
		return nil
	}
	return &Resource{root: v.node.container()}
}

// Parent is the element that the element is in, absent for the whole resource that was read.
func (v Value) Parent() Value {
	if v.node == nil {
		return Value{}
	}
	return Value{node: v.node.parent}
}

// Children are the elements below, in the order of the resource.
func (v Value) Children() Collection {
	if v.node == nil {
		return nil
	}
	c := make(Collection, 0, len(v.node.children))
	for _, n := range v.node.children {
		c = append(c, Value{node: n})
	}
	return c
}

// Named are the elements below with a name in FHIRPath.
func (v Value) Named(name string) Collection {
	if v.node == nil {
		return nil
	}
	var c Collection
	for _, n := range v.node.named(name) {
		c = append(c, Value{node: n})
	}
	return c
}

// First is the first element below with a name, absent where there is none.
func (v Value) First(name string) Value {
	if v.node == nil {
		return Value{}
	}
	return Value{node: v.node.first(name)}
}

// Resolve is what a Reference, canonical or uri refers to within the resource that was read: a contained resource or an entry
// of the Bundle. Nothing is looked up elsewhere.
func (v Value) Resolve() Value {
	if v.node == nil {
		return Value{}
	}
	return Value{node: v.node.resolved()}
}

// Equal says whether two values are equal as FHIRPath's = has it; two that cannot be compared are not.
func (v Value) Equal(o Value) bool {
	yes, known := item(v).equal(item(o))
	return known && yes
}

// Truth is what a collection means where a condition is asked for (FHIRPath §4.5): a boolean is itself, nothing is false, any
// other single item is true, several are ErrNotSingle.
func (c Collection) Truth() (bool, error) {
	items := make([]item, len(c))
	for i, v := range c {
		items[i] = item(v)
	}
	yes, known, err := truth(items)
	return yes && known, err
}

// Compare orders two values as FHIRPath's < has it, quantities by their units; known is false where nothing can be said.
func (v Value) Compare(o Value) (order int, known bool) {
	if !v.Exists() || !o.Exists() {
		return 0, false
	}
	order, known, comparable := item(v).order(item(o))
	return order, known && comparable
}

// Detached is a copy of an element with all that is below it, which keeps nothing else of the resource in memory. Its path begins
// with itself.
func (v Value) Detached() Value {
	if v.node == nil {
		return v
	}
	return Value{node: v.node.copied(nil)}
}
