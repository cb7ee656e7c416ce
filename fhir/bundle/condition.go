package bundle

import (
	"strings"

	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
)

// Condition is a conditional reference, "Patient?identifier=http://x|1" (R4 http.html#trules).
type Condition struct {
	// At is the string at Reference.reference.
	At codec.Value
	// Type is the type that is searched, Query what must find exactly one.
	Type, Query string
}

// Conditions finds the conditional references of a resource, in document order. Those inside a Bundle that is
// stored as a resource are for whoever processes it.
func Conditions(doc *codec.Document) []Condition {
	if isBundle(doc) {
		return nil
	}
	var out []Condition
	for v := range doc.References() {
		if !v.IsReference() {
			continue
		}
		typ, query, conditional := strings.Cut(v.Text(), "?")
		if conditional && !strings.ContainsAny(typ, ":/#") {
			out = append(out, Condition{At: v, Type: strings.Clone(typ), Query: strings.Clone(query)})
		}
	}
	return out
}

// Resolve gives the resource with each conditional reference replaced; references are in the order of Conditions.
func Resolve(doc *codec.Document, conditions []Condition, references []string) (*codec.Document, []outcome.Issue) {
	edits := make([]codec.Edit, len(conditions))
	for i, c := range conditions {
		edits[i] = codec.Edit{At: c.At, JSON: quoted(references[i])}
	}
	return doc.Replace(edits)
}
