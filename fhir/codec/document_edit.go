package codec

import (
	"cmp"
	"slices"

	"claimwright/fhir/outcome"
)

// Extract makes a Document of the resource at v: a Bundle's entry, a parameter, a contained resource. The bytes are
// copied, so that the outer document can be forgotten. It is nil when v is no resource.
func (d *Document) Extract(v Value) *Document {
	if !v.IsResource() {
		return nil
	}
	n := v.node()
	tape := slices.Clone(v.doc.tape[v.at:n.next])
	for i := range tape {
		tape[i].off -= n.off
		tape[i].end -= n.off
		tape[i].next -= v.at
	}
	tape[0].key = 0
	body := slices.Clone(v.doc.body[n.off:n.end])
	return &Document{body: body, tape: tape, typ: compiled().resources[v.Get(nameResourceType).Text()], limits: v.doc.limits}
}

// Edit says that a value is to be replaced by other JSON.
type Edit struct {
	At   Value
	JSON []byte
}

// Replace returns the document with some values replaced, all other bytes kept, parsed and checked anew under the
// Limits it was first parsed with. Edits may come in any order but must be values of d that do not contain one another;
// otherwise the answer is a single issue of code exception.
func (d *Document) Replace(edits []Edit) (*Document, []outcome.Issue) {
	if d == nil {
		return nil, misplacedEdit()
	}
	splices := make([]splice, 0, len(edits))
	for _, e := range edits {
		if e.At.doc != d {
			return nil, misplacedEdit()
		}
		s := e.At.replacement()
		s.json = e.JSON
		splices = append(splices, s)
	}
	slices.SortFunc(splices, func(a, b splice) int { return cmp.Compare(a.off, b.off) })
	for i := 1; i < len(splices); i++ {
		if splices[i].off < splices[i-1].end {
			return nil, misplacedEdit()
		}
	}
	return Parse(splicedBody(d.body, splices), d.limits)
}

func misplacedEdit() []outcome.Issue {
	return []outcome.Issue{{Severity: outcome.Fatal, Code: outcome.Exception, Text: "The edits do not fit the document."}}
}
