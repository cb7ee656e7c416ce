package xmlform

import (
	"bytes"

	"claimwright/fhir/codec"
)

// run is what stands side by side of one element: one member in JSON, an array if the element is repeated.
type run struct {
	element codec.Element // none before the first
	place   int           // the element's place in its type, -1 before the first
	begun   int           // where the member begins in the output
	count   int
	values  int // of a primitive: how many have a value
	// beside is the array of what stands beside the values, without its end, nil while there is nothing; besides is how
	// many it has.
	beside  []byte
	besides int
}

func (r *reader) beginRun(run *run, e codec.Element) {
	*run = runOf(e)
	run.begun = len(r.out)
	r.key(e.Name())
	if e.Repeated() {
		r.out = append(r.out, '[')
	}
}

func runOf(e codec.Element) run { return run{element: e, place: e.Place()} }

// endRun ends the member of a run. Of a primitive without any value only what stands beside it is written.
func (r *reader) endRun(run *run) {
	e := run.element
	if !e.Exists() {
		return
	}
	if e.Repeated() {
		r.out = append(r.out, ']')
	}
	if run.values == 0 && isPrimitive(e) {
		r.out = r.out[:run.begun]
	}
	if run.beside == nil {
		return
	}
	r.key("_" + e.Name())
	if !e.Repeated() {
		r.out = append(r.out, run.beside...)
		return
	}
	for run.besides < run.count {
		run.addBeside([]byte("null"))
	}
	r.out = append(append(append(r.out, '['), run.beside...), ']')
}

func (run *run) addBeside(json []byte) {
	if run.besides > 0 {
		run.beside = append(run.beside, ',')
	}
	run.beside = append(run.beside, json...)
	run.besides++
}

func isPrimitive(e codec.Element) bool {
	switch e.Form() {
	case codec.Textual, codec.Numeric, codec.Logical:
		return true
	}
	return false
}

// primitive reads a primitive's value, and its id and extensions into what stands beside it.
func (r *reader) primitive(run *run) bool {
	begun := r.all.from
	var value, id attribute
	if !r.attributes(func(name string, a attribute) bool {
		switch name {
		case "value":
			value = a
		case "id":
			id = a
		default:
			return false
		}
		return true
	}) {
		return false
	}
	hasValue := value.all != span{}
	if hasValue {
		run.values++
		r.out = appendValue(r.out, run.element.Form(), r.piece(value.value))
	} else {
		r.out = append(r.out, "null"...)
	}
	beside, ok := r.besideValue(id)
	if !ok {
		return false
	}
	if beside == nil {
		return hasValue || r.problemAt(begun, emptyPrimitive)
	}
	for run.besides < run.count {
		run.addBeside([]byte("null"))
	}
	run.addBeside(beside)
	return true
}

// besideValue reads the id and the extensions of a primitive as an object of their own, nil if there are none.
func (r *reader) besideValue(id attribute) ([]byte, bool) {
	around := r.out
	defer func() { r.out = around }()
	r.out = []byte{'{'}
	if (id.all != span{}) {
		r.key("id")
		r.out = appendString(r.out, r.piece(id.value))
	}
	if !r.elements(codec.PrimitiveType()) {
		return nil, false
	}
	if len(r.out) == 1 {
		return nil, true
	}
	return append(r.out, '}'), true
}

// appendValue appends the value of an attribute as JSON. A number keeps its digits; what is no number or boolean becomes
// a string, which the codec refuses with the words it has for that.
func appendValue(dst []byte, form codec.Form, value []byte) []byte {
	switch {
	case form == codec.Numeric && isNumber(value):
		return append(dst, value...)
	case form == codec.Logical && (string(value) == "true" || string(value) == "false"):
		return append(dst, value...)
	}
	return appendString(dst, value)
}

// isNumber tells a JSON number, which is the lexical form of R4's decimal.
func isNumber(b []byte) bool {
	b = bytes.TrimPrefix(b, []byte("-"))
	whole := digits(b)
	if whole == 0 || whole > 1 && b[0] == '0' {
		return false
	}
	b = b[whole:]
	if len(b) > 0 && b[0] == '.' {
		fraction := digits(b[1:])
		if fraction == 0 {
			return false
		}
		b = b[1+fraction:]
	}
	if len(b) > 0 && b[0]|0x20 == 'e' {
		b = b[1:]
		if len(b) > 0 && (b[0] == '+' || b[0] == '-') {
			b = b[1:]
		}
		exponent := digits(b)
		return exponent > 0 && exponent == len(b)
	}
	return len(b) == 0
}

func digits(b []byte) int {
	n := 0
	for n < len(b) && b[n] >= '0' && b[n] <= '9' {
		n++
	}
	return n
}
