package codec

import (
	"maps"
	"slices"
)

// Type is an R4 type as it is defined: its elements in the order of the definition. It is what a form of FHIR other than
// JSON needs to know. The zero Type has no elements. Types are immutable, comparable and safe for concurrent use.
type Type struct{ t *elementType }

// ResourceType is the type of a resource by its name, zero if R4 has none of that name.
func ResourceType(name string) Type { return Type{compiled().resources[name]} }

// PrimitiveType is what a primitive has besides its value: an id and extensions.
func PrimitiveType() Type { return Type{compiled().primitiveElement} }

// Known says whether there is such a type.
func (t Type) Known() bool { return t.t != nil }

// Name is the type's name as FHIR writes it: "Claim", "Coding", "dateTime", "BackboneElement".
func (t Type) Name() string {
	if t.t == nil {
		return ""
	}
	return t.t.name
}

// Path is where the type is defined: "Claim.item" for one defined in place, wherever it is used again, and the name of every
// other type.
func (t Type) Path() string {
	if t.t == nil {
		return ""
	}
	return t.t.definedAt()
}

// Element is the element of a name, with the type for a choice ("servicedDate"); "_birthDate" and resourceType are no
// elements but how JSON writes them. Without one it is the zero Element.
func (t Type) Element(name []byte) Element {
	if t.t == nil {
		return Element{}
	}
	if e := t.t.find(name); e != nil && !e.companion && !e.typeName {
		return Element{e}
	}
	return Element{}
}

// Choices are the names in instances of a choice: "value" of an Extension has "valueBase64Binary" and so on. It is nil for the
// name of any other element.
func (t Type) Choices(name string) []string {
	if t.t == nil {
		return nil
	}
	for i := range t.t.slots {
		if t.t.slots[i].name == name {
			return t.t.slots[i].choices
		}
	}
	return nil
}

// Names are the elements' names in order of definition, a choice as "value[x]", for messages.
func (t Type) Names() []string {
	if t.t == nil {
		return nil
	}
	names := t.t.slotNames()
	if t.t.isResource { // the last slot is resourceType
		names = names[:len(names)-1]
	}
	return names
}

// Element is one element of a Type; each type of a choice is one of its own. The zero Element is none. Elements are
// comparable.
type Element struct{ e *element }

// Form is how an element's value is written.
type Form uint8

// The forms.
const (
	// Complex values have elements of their own; their Type says which.
	Complex Form = iota
	// Resource is a whole resource of any type.
	Resource
	// Textual primitives are strings in JSON.
	Textual
	// Numeric primitives are numbers in JSON: decimal, integer, unsignedInt and positiveInt.
	Numeric
	// Logical primitives are true or false.
	Logical
	// Narrative is the XHTML of Narrative.div.
	Narrative
)

// Exists says whether there is such an element.
func (e Element) Exists() bool { return e.e != nil }

// Name is the element's name in instances: "servicedDate".
func (e Element) Name() string { return e.e.name }

// PathName is its name in FHIRPath: "serviced".
func (e Element) PathName() string { return e.e.pathName() }

// Type is the type of its values.
func (e Element) Type() Type { return Type{e.e.typ} }

// Repeated says whether there may be several: an array in JSON.
func (e Element) Repeated() bool { return e.e.repeated }

// Place is the element's number in the order of its Type's definition; the types of a choice share one.
func (e Element) Place() int { return int(e.e.slot) }

// Form is how its value is written.
func (e Element) Form() Form {
	switch {
	case e.e.typ.anyResource:
		return Resource
	case e.e.typ.primitive == notPrimitive:
		return Complex
	}
	switch e.e.typ.primitive {
	case booleanType:
		return Logical
	case integerType, unsignedIntType, positiveIntType, decimalType:
		return Numeric
	case xhtmlType:
		return Narrative
	}
	return Textual
}

// Binding is the url of the value set that a code is bound to with strength required, empty for every other element.
func (e Element) Binding() string {
	if e.e.typ.codes == nil {
		return ""
	}
	return e.e.typ.codes.url
}

// Targets are the types that a Reference may point to, sorted; nil if that is any, and for every other element. The slice is
// the caller's.
func (e Element) Targets() []string {
	if e.e.targets == nil {
		return nil
	}
	return slices.Sorted(maps.Keys(e.e.targets.types))
}
