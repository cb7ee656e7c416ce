package sqlite

import (
	"encoding/binary"
	"errors"
	"math"
)

var errEntries = errors.New("index entries are damaged")

// encode writes entries as they are kept with the version: four lists, each with its length in front. Keys and bounds
// have fixed sizes; a range whose ends are equal (an instant, a plain number) keeps one of them.
func (e *entries) encode() []byte {
	b := make([]byte, 0, 8+9*len(e.terms)+26*len(e.ranges)+40*len(e.texts)+32*len(e.columns))
	b = binary.AppendUvarint(b, uint64(len(e.terms)))
	for _, t := range e.terms {
		b = binary.LittleEndian.AppendUint64(b, uint64(t))
	}
	b = binary.AppendUvarint(b, uint64(len(e.ranges)))
	for _, r := range e.ranges {
		b = binary.LittleEndian.AppendUint64(b, uint64(r.key))
		if r.lo == r.hi {
			b = append(b, 1)
		} else {
			b = append(b, 2)
			b = binary.LittleEndian.AppendUint64(b, math.Float64bits(r.hi))
		}
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(r.lo))
	}
	b = binary.AppendUvarint(b, uint64(len(e.texts)))
	for _, t := range e.texts {
		b = binary.LittleEndian.AppendUint64(b, uint64(t.key))
		b = appendText(b, t.folded)
	}
	b = binary.AppendUvarint(b, uint64(len(e.columns)))
	for _, c := range e.columns {
		b = binary.LittleEndian.AppendUint64(b, uint64(c.key))
		b = appendText(b, c.value)
	}
	return b
}

func appendText(b []byte, s string) []byte {
	b = binary.AppendUvarint(b, uint64(len(s)))
	return append(b, s...)
}

// decodeEntries reads what encode wrote. It copies what it keeps.
func decodeEntries(b []byte) (*entries, error) {
	r := byteReader{rest: b}
	e := &entries{}
	e.terms = make([]indexKey, 0, r.length(8))
	for range cap(e.terms) {
		e.terms = append(e.terms, indexKey(r.fixed()))
	}
	e.ranges = make([]rangeEntry, 0, r.length(17))
	for range cap(e.ranges) {
		e.ranges = append(e.ranges, r.rangeEntry())
	}
	e.texts = make([]textEntry, 0, r.length(9))
	for range cap(e.texts) {
		e.texts = append(e.texts, textEntry{indexKey(r.fixed()), r.text()})
	}
	e.columns = make([]columnEntry, 0, r.length(9))
	for range cap(e.columns) {
		e.columns = append(e.columns, columnEntry{indexKey(r.fixed()), r.text()})
	}
	if r.damaged || len(r.rest) > 0 {
		return nil, errEntries
	}
	return e, nil
}

func (r *byteReader) rangeEntry() rangeEntry {
	out := rangeEntry{key: indexKey(r.fixed())}
	one := r.byte() == 1
	if !one {
		out.hi = math.Float64frombits(r.fixed())
	}
	out.lo = math.Float64frombits(r.fixed())
	if one {
		out.hi = out.lo
	}
	return out
}

// byteReader reads the store's own encodings. Once something is missing it answers zeros and says that it is damaged.
type byteReader struct {
	rest    []byte
	damaged bool
}

func (r *byteReader) take(n int) []byte {
	if n > len(r.rest) {
		r.rest, r.damaged = nil, true
		return nil
	}
	out := r.rest[:n]
	r.rest = r.rest[n:]
	return out
}

func (r *byteReader) byte() byte {
	if b := r.take(1); b != nil {
		return b[0]
	}
	return 0
}

func (r *byteReader) fixed() uint64 {
	if b := r.take(8); b != nil {
		return binary.LittleEndian.Uint64(b)
	}
	return 0
}

func (r *byteReader) varint() uint64 {
	v, n := binary.Uvarint(r.rest)
	if n <= 0 {
		r.rest, r.damaged = nil, true
		return 0
	}
	r.rest = r.rest[n:]
	return v
}

// length reads the length of a list whose elements take at least size bytes each.
func (r *byteReader) length(size int) int {
	n := r.varint()
	if n > uint64(len(r.rest)/size) {
		r.rest, r.damaged = nil, true
		return 0
	}
	return int(n)
}

func (r *byteReader) text() string {
	return string(r.take(r.length(1)))
}
