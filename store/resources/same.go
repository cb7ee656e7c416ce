package resources

import (
	"bytes"

	"claimwright/fhir/codec"
)

var (
	nMeta        = codec.Intern("meta")
	nVersionID   = codec.Intern("versionId")
	nLastUpdated = codec.Intern("lastUpdated")
)

// sameContent tells whether two resources say the same but for meta.versionId and meta.lastUpdated, which the server
// sets. Blanks, escapes and the order of members do not matter; the digits of a number do, since 125.0 is not 125.00.
func sameContent(a, b *codec.Document) bool {
	return sameMembers(a.Root(), b.Root(), nMeta) && sameMembers(a.Root().Get(nMeta), b.Root().Get(nMeta), nVersionID, nLastUpdated)
}

// sameMembers compares two objects, either of which may be absent, but for the members to skip.
func sameMembers(a, b codec.Value, skip ...codec.Name) bool {
	count := 0
	for name, value := range a.Members() {
		if skipped(name, skip) {
			continue
		}
		count++
		if !sameValue(value, b.Get(name)) {
			return false
		}
	}
	for name := range b.Members() {
		if !skipped(name, skip) {
			count--
		}
	}
	return count == 0
}

func skipped(name codec.Name, skip []codec.Name) bool {
	for _, s := range skip {
		if name == s {
			return true
		}
	}
	return false
}

func sameValue(a, b codec.Value) bool {
	if a.Kind() != b.Kind() {
		return false
	}
	switch a.Kind() {
	case codec.Object:
		return sameMembers(a, b)
	case codec.Array:
		return sameElements(a, b)
	case codec.String:
		return bytes.Equal(a.Raw(), b.Raw()) || a.Text() == b.Text()
	}
	return bytes.Equal(a.Raw(), b.Raw())
}

func sameElements(a, b codec.Value) bool {
	var others []codec.Value
	others = b.All(others)
	i := 0
	for value := range a.Each() {
		if i >= len(others) || !sameValue(value, others[i]) {
			return false
		}
		i++
	}
	return i == len(others)
}
