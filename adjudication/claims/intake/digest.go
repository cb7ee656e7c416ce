package intake

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"slices"

	"claimwright/fhir/codec"
)

// Digest identifies the content of a resource: equal for resources that differ in white space, the order of members or
// the spelling of strings only (escapes), different otherwise. Numbers count as they are written, because 1.0 and 1.00
// are different decimals in FHIR. The resource's own id and meta are left out, since a submitter does not give them, and
// so are the root members named.
//
// Digests are stored: the form must not change without a new format in the records that keep them.
func Digest(doc *codec.Document, without ...codec.Name) [sha256.Size]byte {
	d := digester{buf: make([]byte, 0, len(doc.Bytes()))}
	d.object(doc.Root(), func(n codec.Name) bool { return n == nID || n == nMeta || slices.Contains(without, n) })
	return sha256.Sum256(d.buf)
}

// digester writes values in a form of its own that needs no escapes: a letter for the kind, the length, the bytes.
type digester struct {
	buf     []byte
	members []member
}

type member struct {
	name  string
	value codec.Value
}

func (d *digester) value(v codec.Value) {
	switch v.Kind() {
	case codec.Object:
		d.object(v, nil)
	case codec.Array:
		d.buf = append(d.buf, '[')
		for e := range v.Each() {
			d.value(e)
		}
		d.buf = append(d.buf, ']')
	case codec.String:
		d.text('s', v.Text())
	case codec.Number:
		d.text('n', v.Text())
	case codec.True:
		d.buf = append(d.buf, 't')
	case codec.False:
		d.buf = append(d.buf, 'f')
	default:
		d.buf = append(d.buf, 'z')
	}
}

func (d *digester) text(kind byte, s string) {
	d.buf = binary.AppendUvarint(append(d.buf, kind), uint64(len(s)))
	d.buf = append(d.buf, s...)
}

// object writes the members sorted by name; the members slice is a stack shared by all levels.
func (d *digester) object(v codec.Value, skip func(codec.Name) bool) {
	from := len(d.members)
	for n, m := range v.Members() {
		if skip == nil || !skip(n) {
			d.members = append(d.members, member{n.String(), m})
		}
	}
	to := len(d.members)
	slices.SortFunc(d.members[from:to], func(a, b member) int { return cmp.Compare(a.name, b.name) })
	d.buf = append(d.buf, '{')
	for i := from; i < to; i++ {
		d.text('k', d.members[i].name)
		d.value(d.members[i].value)
	}
	d.buf = append(d.buf, '}')
	d.members = d.members[:from]
}
