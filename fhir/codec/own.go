package codec

import (
	"slices"

	"claimwright/fhir/outcome"
)

// ParseOwn indexes a resource that this program wrote itself: a page of stored resources, a resource of which elements were
// left out. It may be larger and deeper than what is accepted from clients, elements that R4 requires may be missing, and
// what an older version accepted as a value is not judged again. It returns the Document, or the problems for which not
// all of the resource could be indexed.
func ParseOwn(body []byte) (*Document, []outcome.Issue) {
	l := Limits{MaxBytes: hardMaxBytes, MaxDepth: hardMaxDepth}.withDefaults()
	if len(body) > l.MaxBytes {
		return nil, []outcome.Issue{tooLong(len(body), l.MaxBytes)}
	}
	p := parsers.Get().(*parser)
	defer p.release()
	p.reset(body, l)
	p.own = true
	root := p.document()
	if issues := p.sortedIssues(); len(issues) > 0 {
		return nil, issues
	}
	return &Document{body: body, tape: slices.Clone(p.tape), typ: root, limits: l}, nil
}
