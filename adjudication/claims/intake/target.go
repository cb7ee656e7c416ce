package intake

import (
	"strings"

	"claimwright/fhir/codec"
)

// MaxIdentifiers bounds how many identifiers of one resource are tried.
const MaxIdentifiers = 8

// Identifier is a business identifier; System may be empty.
type Identifier struct{ System, Value string }

// Target is what a Reference leads to as far as the submission tells.
type Target struct {
	// Type and ID are a literal reference to this server's own resource; ID is empty when there is none. Type alone is
	// the type of the evidence or of Reference.type.
	Type, ID string
	// Identifiers are those of the Reference itself, then those of the evidence.
	Identifiers []Identifier
	// Evidence is the contained or bundled resource that the Reference leads to; absent when there is none.
	Evidence codec.Value
	// Dangling tells of a literal reference that can lead nowhere: into a Bundle or to contained resources that do not
	// have it.
	Dangling bool
}

// Target follows a Reference element. The zero Target is the answer for an absent one.
//
// A resource that came along is evidence: its identifiers say whom the submitter means, and its id means something only if
// it has none, or if its fullUrl is this server's own.
func (it *Item) Target(ref codec.Value) Target {
	t := Target{Type: ref.Get(nType).Text()}
	t.addIdentifiers(ref.Get(nIdentifier))
	literal := ref.Get(nReference).Text()
	if literal == "" {
		return t
	}
	if literal[0] == '#' {
		t.Evidence = it.contained(literal[1:])
		t.Dangling = !t.Evidence.Exists()
		t.describe()
		return t
	}
	if typ, id, ok := it.own(literal); ok {
		t.Type, t.ID = typ, id
		return t
	}
	if entry, ok := it.Bundle.Find(it.FullURL, literal); ok {
		t.Evidence = entry.Resource
		t.describe()
		if typ, id, ok := it.own(entry.FullURL); ok {
			t.Type, t.ID = typ, id
		} else if len(t.Identifiers) == 0 {
			t.Type, t.ID = relative(literal)
		}
		return t
	}
	if !isAbsolute(literal) {
		t.Type, t.ID = relative(literal)
		return t
	}
	t.Dangling = strings.HasPrefix(literal, "urn:")
	return t
}

// describe takes type and identifiers from the evidence.
func (t *Target) describe() {
	if t.Evidence.Exists() {
		t.Type = t.Evidence.Get(nResourceType).Text()
		t.addIdentifiers(t.Evidence.Get(nIdentifier))
	}
}

func (t *Target) addIdentifiers(v codec.Value) {
	for id := range v.Each() {
		if value := id.Get(nValue).Text(); value != "" && len(t.Identifiers) < MaxIdentifiers {
			t.Identifiers = append(t.Identifiers, Identifier{System: id.Get(nSystem).Text(), Value: value})
		}
	}
}

// own recognises an absolute reference to this server.
func (it *Item) own(literal string) (typ, id string, ok bool) {
	for _, base := range it.base {
		if rest, found := strings.CutPrefix(literal, base); found && strings.HasPrefix(rest, "/") {
			typ, id = relative(rest[1:])
			return typ, id, id != ""
		}
	}
	return "", "", false
}

// contained is the contained resource with an id.
func (it *Item) contained(id string) codec.Value {
	for c := range it.Doc.Root().Get(nContained).Each() {
		if c.Get(nID).Text() == id {
			return c
		}
	}
	return codec.Value{}
}

// relative splits "Type/id", with or without a version; the id is empty for anything else.
func relative(literal string) (typ, id string) {
	literal, _, _ = strings.Cut(literal, "/_history/")
	typ, id, ok := strings.Cut(literal, "/")
	if !ok || isAbsolute(literal) || strings.ContainsAny(id, "/?") {
		return typ, ""
	}
	return typ, id
}
