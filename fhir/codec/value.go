package codec

import (
	"iter"
	"strconv"
)

// Value is a cursor on one value of a Document: 16 bytes, passed by value, comparable. The zero Value is absent, and so
// is what a lookup did not find; every method may be called on it and gives the zero answer, so that lookups chain.
type Value struct {
	doc *Document
	at  uint32
}

func (v Value) node() *node { return &v.doc.tape[v.at] }

// Exists says whether there is a value.
func (v Value) Exists() bool { return v.doc != nil }

// Kind is the JSON kind, None for the absent Value.
func (v Value) Kind() Kind {
	if v.doc == nil {
		return None
	}
	return v.node().kind
}

// Document is the document that the value belongs to, nil for the absent Value.
func (v Value) Document() *Document { return v.doc }

// Key is the name that the value stands under; zero in arrays and at the root.
func (v Value) Key() Name {
	if v.doc == nil {
		return 0
	}
	return v.node().key
}

// Get is the member of an object with a name.
func (v Value) Get(n Name) Value {
	if v.Kind() != Object {
		return Value{}
	}
	tape := v.doc.tape
	for c, end := v.at+1, tape[v.at].next; c < end; c = tape[c].next {
		if tape[c].key == n {
			return Value{v.doc, c}
		}
	}
	return Value{}
}

// Field is Get by a name that is only known at run time; it takes a lock and a map lookup more.
func (v Value) Field(name string) Value {
	n, ok := names.lookup(name)
	if !ok {
		return Value{}
	}
	return v.Get(n)
}

// Len is the number of elements of an array; 1 for any other value, 0 when absent: what Each yields.
func (v Value) Len() int {
	count := 0
	for range v.Each() {
		count++
	}
	return count
}

// Index is the element of an array, absent beyond its end. It walks from the first element; loops use Each.
func (v Value) Index(i int) Value {
	for e := range v.Each() {
		if i == 0 {
			return e
		}
		i--
	}
	return Value{}
}

// Each yields the elements of an array, the value itself if it is no array, and nothing if it is absent.
func (v Value) Each() iter.Seq[Value] {
	return func(yield func(Value) bool) {
		if v.doc == nil {
			return
		}
		if v.Kind() != Array {
			yield(v)
			return
		}
		tape := v.doc.tape
		for c, end := v.at+1, tape[v.at].next; c < end; c = tape[c].next {
			if !yield(Value{v.doc, c}) {
				return
			}
		}
	}
}

// Members yields the members of an object in their order, resourceType and "_x" companions included.
func (v Value) Members() iter.Seq2[Name, Value] {
	return func(yield func(Name, Value) bool) {
		if v.Kind() != Object {
			return
		}
		tape := v.doc.tape
		for c, end := v.at+1, tape[v.at].next; c < end; c = tape[c].next {
			if !yield(tape[c].key, Value{v.doc, c}) {
				return
			}
		}
	}
}

// Raw is the value's JSON, quotes included. It shares the Document's memory and must not be changed.
func (v Value) Raw() []byte {
	if v.doc == nil {
		return nil
	}
	n := v.node()
	if n.kind == String {
		return v.doc.body[n.off-1 : n.end+1]
	}
	return v.doc.body[n.off:n.end]
}

// Text is the unescaped text of a string, the digits of a number as written, "true" or "false"; empty for anything
// else. Unless the string has escapes it shares the Document's memory: clone what outlives the request.
func (v Value) Text() string {
	if v.doc == nil {
		return ""
	}
	n := v.node()
	switch n.kind {
	case String, Number, True, False:
	default:
		return ""
	}
	raw := v.doc.body[n.off:n.end]
	if n.flags&flagEscaped != 0 {
		return string(appendUnescaped(nil, raw))
	}
	return viewString(raw)
}

// Int is the number, and whether the value is one without fraction and exponent that fits.
func (v Value) Int() (int64, bool) {
	if v.Kind() != Number {
		return 0, false
	}
	n, err := strconv.ParseInt(v.Text(), 10, 64)
	return n, err == nil
}

// Bool says whether the value is true.
func (v Value) Bool() bool { return v.Kind() == True }

// IsReference says whether the value is the string at Reference.reference.
func (v Value) IsReference() bool { return v.doc != nil && v.node().flags&flagLiteral != 0 }

// IsResource says whether the value is a whole resource: the root, a contained resource, a Bundle's entry and so on.
func (v Value) IsResource() bool { return v.doc != nil && v.node().flags&flagResource != 0 }

// Find is the first value at a path of names, arrays flattened: the first coding of all of them, say. It allocates
// nothing.
func (v Value) Find(path ...Name) Value {
	if len(path) == 0 {
		return v.first()
	}
	if v.Kind() != Array {
		return v.Get(path[0]).Find(path[1:]...)
	}
	for e := range v.Each() {
		if found := e.Find(path...); found.Exists() {
			return found
		}
	}
	return Value{}
}

// first is the value itself, or an array's first element.
func (v Value) first() Value {
	if v.Kind() == Array {
		return v.Index(0)
	}
	return v
}

// All appends to dst every value at a path of names, arrays flattened, in document order.
func (v Value) All(dst []Value, path ...Name) []Value {
	switch {
	case v.Kind() == Array:
		for e := range v.Each() {
			dst = e.All(dst, path...)
		}
	case v.doc == nil:
	case len(path) == 0:
		dst = append(dst, v)
	default:
		dst = v.Get(path[0]).All(dst, path[1:]...)
	}
	return dst
}
