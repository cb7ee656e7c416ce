package jsonbson

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"strconv"
)

// ErrDocument is wrapped by every error of Decode: the document or its form is damaged, or holds a type that no resource
// has.
var ErrDocument = errors.New("damaged resource document")

// Decode appends the JSON text that Encode made doc and form from to dst. Both are only read. A document that somebody
// changed in the database by hand is written as compact JSON as long as its form still fits; doubles are accepted for
// that reason.
func Decode(dst, doc, form []byte) ([]byte, error) {
	reader, err := newFormReader(form)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDocument, err)
	}
	d := decoder{out: dst, form: reader, plain: len(form) == 0}
	if len(dst) == 0 && cap(dst) < len(doc) {
		d.out = make([]byte, 0, len(doc)+len(doc)/8+2*len(form))
	}
	d.space()
	rest, err := d.document(doc, '{', '}', 1)
	if err != nil {
		return nil, err
	}
	if len(rest) != 0 {
		return nil, damaged("bytes after the end")
	}
	d.space()
	return d.out, nil
}

// decoder appends text while it walks the document.
type decoder struct {
	out  []byte
	form formReader
	// plain saves the questions to an empty form.
	plain bool
}

func damaged(what string) error { return fmt.Errorf("%w: %s", ErrDocument, what) }

func (d *decoder) space() {
	if !d.plain {
		d.out = append(d.out, d.form.gap()...)
	}
}

// spelled writes the next token from the form if it is there.
func (d *decoder) spelled() (bool, error) {
	if d.plain {
		return false, nil
	}
	spelling, err := d.form.spelled()
	if err != nil {
		return false, fmt.Errorf("%w: %w", ErrDocument, err)
	}
	d.out = append(d.out, spelling...)
	return spelling != nil, nil
}

// document writes the object or array that b starts with and returns what follows it.
func (d *decoder) document(b []byte, open, closing byte, depth int) (rest []byte, err error) {
	if len(b) < 5 || depth > MaxDepth {
		return nil, damaged("length or depth")
	}
	length := binary.LittleEndian.Uint32(b)
	if length < 5 || uint64(length) > uint64(len(b)) {
		return nil, damaged("length")
	}
	b, rest = b[4:length], b[length:]
	d.out = append(d.out, open)
	if b[0] == 0 {
		d.space()
	}
	for first := true; b[0] != 0; first = false {
		if !first {
			d.out = append(d.out, ',')
		}
		if b, err = d.element(b, open == '{', depth); err != nil {
			return nil, err
		}
		if len(b) == 0 {
			return nil, damaged("no end of document")
		}
	}
	d.out = append(d.out, closing)
	return rest, nil
}

// element writes one element, with its name in an object, and the white space around it.
func (d *decoder) element(b []byte, named bool, depth int) (rest []byte, err error) {
	kind := b[0]
	end := bytes.IndexByte(b[1:], 0)
	if end < 0 {
		return nil, damaged("no end of name")
	}
	name, b := b[1:1+end], b[2+end:]
	d.space()
	if named {
		if err := d.name(name); err != nil {
			return nil, err
		}
		d.space()
		d.out = append(d.out, ':')
		d.space()
	}
	switch kind {
	case typeObject:
		rest, err = d.document(b, '{', '}', depth+1)
	case typeArray:
		rest, err = d.document(b, '[', ']', depth+1)
	default:
		rest, err = d.scalar(kind, b)
	}
	d.space()
	return rest, err
}

func (d *decoder) name(name []byte) error {
	spelled, err := d.spelled()
	if err == nil && !spelled {
		d.out = appendQuoted(d.out, name)
	}
	return err
}

func (d *decoder) scalar(kind byte, b []byte) (rest []byte, err error) {
	size, err := scalarSize(kind, b)
	if err != nil {
		return nil, err
	}
	value, rest := b[:size], b[size:]
	spelled, err := d.spelled()
	if err != nil || spelled {
		return rest, err
	}
	ok := true
	switch kind {
	case typeString:
		d.out = appendQuoted(d.out, value[4:size-1])
	case typeInt32:
		d.out = strconv.AppendInt(d.out, int64(int32(binary.LittleEndian.Uint32(value))), 10)
	case typeInt64:
		d.out = strconv.AppendInt(d.out, int64(binary.LittleEndian.Uint64(value)), 10)
	case typeDecimal:
		lo, hi := binary.LittleEndian.Uint64(value), binary.LittleEndian.Uint64(value[8:])
		d.out, ok = appendPlainDecimal(d.out, lo, hi)
	case typeBool:
		d.out = strconv.AppendBool(d.out, value[0] != 0)
	case typeNull:
		d.out = append(d.out, "null"...)
	case typeDouble:
		f := math.Float64frombits(binary.LittleEndian.Uint64(value))
		ok = !math.IsNaN(f) && !math.IsInf(f, 0)
		d.out = strconv.AppendFloat(d.out, f, 'f', -1, 64)
	}
	if !ok {
		return nil, damaged("a number that JSON cannot hold")
	}
	return rest, nil
}

// scalarSize is how many bytes of b the value takes; no more than there are.
func scalarSize(kind byte, b []byte) (int, error) {
	size := 0
	switch kind {
	case typeString:
		if len(b) < 5 {
			return 0, damaged("string")
		}
		length := binary.LittleEndian.Uint32(b)
		if length < 1 || uint64(length) > uint64(len(b)-4) {
			return 0, damaged("string length")
		}
		return 4 + int(length), nil
	case typeInt32:
		size = 4
	case typeInt64, typeDouble:
		size = 8
	case typeDecimal:
		size = 16
	case typeBool:
		size = 1
	case typeNull:
	default:
		return 0, damaged(fmt.Sprintf("BSON type %#02x", kind))
	}
	if len(b) < size {
		return 0, damaged("cut short")
	}
	return size, nil
}
