package codec

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
)

// tree is a JSON value with its members in order, so that it can be changed and written again. Exactly one of members,
// elements and scalar is in use, told by kind.
type tree struct {
	kind     json.Delim // '{', '[' or 0 for a scalar
	members  []member
	elements []*tree
	scalar   string // raw JSON
}

type member struct {
	key   string
	value *tree
}

func parseTree(body []byte) *tree {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	return readTree(d)
}

func readTree(d *json.Decoder) *tree {
	token, err := d.Token()
	if err != nil {
		panic(err) // the samples are valid JSON
	}
	delim, ok := token.(json.Delim)
	if !ok {
		raw, err := json.Marshal(token)
		if err != nil {
			panic(err)
		}
		return &tree{scalar: string(raw)}
	}
	t := &tree{kind: delim}
	for d.More() {
		if delim == '[' {
			t.elements = append(t.elements, readTree(d))
			continue
		}
		key, err := d.Token()
		if err != nil {
			panic(err)
		}
		t.members = append(t.members, member{key.(string), readTree(d)})
	}
	if _, err := d.Token(); err != nil {
		panic(err)
	}
	return t
}

func (t *tree) append(dst []byte) []byte {
	switch t.kind {
	case '{':
		dst = append(dst, '{')
		for i, m := range t.members {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(appendQuoted(dst, m.key), ':')
			dst = m.value.append(dst)
		}
		return append(dst, '}')
	case '[':
		dst = append(dst, '[')
		for i, e := range t.elements {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = e.append(dst)
		}
		return append(dst, ']')
	}
	return append(dst, t.scalar...)
}

func (t *tree) clone() *tree {
	c := &tree{kind: t.kind, scalar: t.scalar}
	for _, m := range t.members {
		c.members = append(c.members, member{m.key, m.value.clone()})
	}
	for _, e := range t.elements {
		c.elements = append(c.elements, e.clone())
	}
	return c
}

// all lists a tree and everything below it.
func (t *tree) all(dst []*tree) []*tree {
	dst = append(dst, t)
	for _, m := range t.members {
		dst = m.value.all(dst)
	}
	for _, e := range t.elements {
		dst = e.all(dst)
	}
	return dst
}

// odd are values that tempt a parser in the place of any other.
var odd = []string{`null`, `""`, `" "`, `{}`, `[]`, `[null]`, `[{}]`, `{"id":"x"}`, `{"extension":[{"url":"http://a.example/e","valueCode":"c"}]}`,
	`true`, `false`, `0`, `-0`, `-1`, `1`, `1.0`, `1.5`, `1e2`, `12345678901`, `2147483648`, `1e9999999`, `"1"`, `"true"`, `"a b"`, `"a  b"`, `" a"`, `"\u0001"`,
	`"2026"`, `"2026-02"`, `"2026-02-30"`, `"0000-01-01"`, `"2026-02-03T10:00"`, `"2026-02-03T10:00:00Z"`, `"2026-02-03T23:59:60Z"`, `"2026-02-03T24:00:00Z"`,
	`"2026-02-03T10:00:00.123456789+03:00"`, `"10:00:00"`, `"10:00"`, `"#nobody"`, `"#"`, `"Foo/1"`, `"Patient/1"`, `"Patient/a_b!"`, `"Organization/1"`,
	`"http://a.example/fhir/Group/1"`, `"Patient?identifier=x"`, `"urn:uuid:c757873d-ec9a-4326-a141-556f43239520"`, `"urn:uuid:C757873D-EC9A-4326-A141-556F43239520"`,
	`"urn:oid:1.2.3"`, `"urn:oid:1.02"`, `"http://[::1"`, `"%zz"`, `":x"`, `"aGk="`, `"aGk"`, `"aG k="`, `"USD"`, `"usd"`, `"XXKES"`, `"<div>x</div>"`,
	`"<div xmlns=\"http://www.w3.org/1999/xhtml\">x</div>"`, `"active"`, `"Active"`, `"ACTIVE"`, `"enteredInError"`, `"\ud83d\ude00"`, `"\/"`}

var oddKeys = []string{"id", "_id", "extension", "_extension", "resourceType", "fragment", "patientId", "uri", "value", "valueString", "_valueString", "valueUs", "text", "contained", "Status", "status", "_status", "reference"}

// mutate changes a tree in one place and reports whether it could.
func mutate(r *rand.Rand, root *tree) bool {
	nodes := root.all(nil)
	t := nodes[r.IntN(len(nodes))]
	other := nodes[r.IntN(len(nodes))]
	switch r.IntN(9) {
	case 0:
		*t = *parseTree([]byte(odd[r.IntN(len(odd))]))
	case 1:
		if other == t || slices.Contains(other.all(nil), t) || slices.Contains(t.all(nil), other) {
			return false
		}
		*t = *other.clone()
	case 2:
		*t = tree{kind: '[', elements: []*tree{t.clone()}}
	case 3:
		if len(t.elements) == 0 {
			return false
		}
		*t = *t.elements[0]
	default:
		return t.mutateMembers(r)
	}
	return true
}

func (t *tree) mutateMembers(r *rand.Rand) bool {
	if len(t.members) == 0 {
		if len(t.elements) > 0 && r.IntN(2) == 0 {
			t.elements = append(t.elements, t.elements[0].clone())
			return true
		}
		return false
	}
	i := r.IntN(len(t.members))
	m := t.members[i]
	switch r.IntN(6) {
	case 0:
		t.members = slices.Delete(t.members, i, i+1)
	case 1:
		t.members[i].key = strings.ToUpper(m.key[:1]) + m.key[1:]
	case 2:
		t.members[i].key = m.key + "x"
	case 3:
		t.members = append(t.members, member{m.key, m.value.clone()})
	case 4:
		t.members = append(t.members, member{oddKeys[r.IntN(len(oddKeys))], parseTree([]byte(odd[r.IntN(len(odd))]))})
	case 5:
		t.members = append(t.members, member{"_" + m.key, parseTree([]byte(odd[5+r.IntN(4)]))})
	}
	return true
}
