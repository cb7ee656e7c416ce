package seed

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
)

const (
	// maxFile bounds a file and a line of one, in bytes; a file of the operator's own may be larger than a request.
	maxFile = 64 << 20
	// togetherAtMost is how many plain resources are written in one transaction.
	togetherAtMost = 200
)

// kinds are the types of resources in the order that plain ones are written: whoever is referred to comes first. Types that
// are not named come last.
var kinds = []string{"Organization", "Location", "InsurancePlan", "ChargeItemDefinition", "Contract", "Patient", "Coverage"}

// alike are the types that are written with those of another kind: terminology before the plans and rules that name it, rules
// after all that they name.
var alike = map[string]string{"CodeSystem": "Organization", "ValueSet": "Organization", "PlanDefinition": "Contract", "MeasureReport": "Contract"}

var (
	nEntry        = codec.Intern("entry")
	nResource     = codec.Intern("resource")
	nResourceType = codec.Intern("resourceType")
	nType         = codec.Intern("type")
)

// piece is what is written in one transaction.
type piece struct {
	// name tells a person where it comes from.
	name string
	// rank orders the pieces: the place in Files, or in kinds.
	rank int
	// whole is a transaction Bundle as it stands; nil when the piece is made of plain resources.
	whole *codec.Document
	plain []*codec.Document
}

// bundle is the piece as a transaction.
func (p *piece) bundle() (*codec.Document, error) {
	if p.whole != nil {
		return p.whole, nil
	}
	w := codec.NewWriter(nil)
	w.Object("")
	w.String("resourceType", "Bundle")
	w.String("type", "transaction")
	w.Array("entry")
	for _, doc := range p.plain {
		w.Object("")
		w.Raw("resource", doc.Bytes())
		w.Object("request")
		w.String("method", "PUT")
		w.String("url", doc.Type()+"/"+doc.ID())
		w.End()
		w.End()
	}
	w.End()
	w.End()
	return parse(w.Bytes())
}

func parse(body []byte) (*codec.Document, error) {
	doc, issues := codec.Parse(body, codec.Limits{MaxBytes: 2 * maxFile})
	if len(issues) > 0 {
		return nil, outcome.Of(400, issues)
	}
	return doc, nil
}

// read reads the folder and puts what is in it into order.
func read(folder fs.FS) ([]piece, error) {
	entries, err := fs.ReadDir(folder, ".")
	if err != nil {
		return nil, fmt.Errorf("load scheme: %w", err)
	}
	var pieces []piece
	for _, e := range entries {
		ext := path.Ext(e.Name())
		if e.IsDir() || ext != ".json" && ext != ".ndjson" {
			continue
		}
		found, err := readFile(folder, e.Name(), ext == ".ndjson")
		if err != nil {
			return nil, fmt.Errorf("load %s: %w", e.Name(), err)
		}
		pieces = append(pieces, found...)
	}
	slices.SortStableFunc(pieces, func(a, b piece) int { return a.rank - b.rank })
	return together(pieces), nil
}

func readFile(folder fs.FS, name string, lines bool) ([]piece, error) {
	body, err := fs.ReadFile(folder, name)
	if err != nil {
		return nil, err
	}
	if !lines {
		return piecesOf(name, body)
	}
	var pieces []piece
	for n := 1; len(body) > 0; n++ {
		var line []byte
		line, body, _ = bytes.Cut(body, []byte("\n"))
		if line = bytes.TrimSpace(line); len(line) == 0 {
			continue
		}
		found, err := piecesOf(fmt.Sprintf("%s, line %d", name, n), line)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		pieces = append(pieces, found...)
	}
	return pieces, nil
}

// piecesOf are the pieces in one JSON document.
func piecesOf(name string, body []byte) ([]piece, error) {
	if len(body) > maxFile {
		return nil, fmt.Errorf("found %d bytes, expected at most %d", len(body), maxFile)
	}
	doc, err := parse(body)
	if err != nil {
		return nil, err
	}
	root := doc.Root()
	if doc.Type() != "Bundle" {
		return plain(name, doc)
	}
	switch kind := root.Get(nType).Text(); kind {
	case "transaction":
		return []piece{{name: name, rank: rankOf(name, root), whole: doc}}, nil
	case "collection":
		var pieces []piece
		for e := range root.Get(nEntry).Each() {
			found, err := plain(name, doc.Extract(e.Get(nResource)))
			if err != nil {
				return nil, err
			}
			pieces = append(pieces, found...)
		}
		return pieces, nil
	default:
		return nil, fmt.Errorf("the Bundle is of type %q, expected transaction or collection", kind)
	}
}

func plain(name string, doc *codec.Document) ([]piece, error) {
	if doc.ID() == "" {
		return nil, errors.New(doc.Type() + ".id: found none, expected the id to store it by")
	}
	return []piece{{name: name, rank: kindRank(doc.Type()), plain: []*codec.Document{doc}}}, nil
}

// rankOf is the rank of a transaction: its file's if that has a place, else that of the first kind that it has.
func rankOf(name string, bundle codec.Value) int {
	if at := slices.Index(Files, name); at >= 0 {
		return at
	}
	first := len(kinds)
	for e := range bundle.Get(nEntry).Each() {
		first = min(first, kindRank(e.Get(nResource).Get(nResourceType).Text()))
	}
	return first
}

func kindRank(typ string) int {
	if at := slices.Index(kinds, cmp.Or(alike[typ], typ)); at >= 0 {
		return at
	}
	return len(kinds)
}

// together joins neighbours of plain resources of one kind into one piece, as far as that stays small.
func together(pieces []piece) []piece {
	var joined []piece
	for _, p := range pieces {
		if n := len(joined); n > 0 && p.whole == nil {
			if last := &joined[n-1]; last.whole == nil && last.rank == p.rank && len(last.plain) < togetherAtMost {
				last.plain = append(last.plain, p.plain...)
				last.name = span(last.name, p.name)
				continue
			}
		}
		joined = append(joined, p)
	}
	return joined
}

// span names what lies between two places: "a.ndjson, line 1" and "a.ndjson, line 9" give "a.ndjson, line 1 to line 9".
func span(first, last string) string {
	first, _, _ = strings.Cut(first, " to ")
	file, _, lines := strings.Cut(first, ", ")
	if rest, same := strings.CutPrefix(last, file+", "); same && lines {
		last = rest
	}
	if first == last {
		return first
	}
	return first + " to " + last
}
