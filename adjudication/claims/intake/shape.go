package intake

import (
	"fmt"
	"iter"
	"net/http"
	"strings"

	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
)

var (
	nParameter    = codec.Intern("parameter")
	nName         = codec.Intern("name")
	nResource     = codec.Intern("resource")
	nResourceType = codec.Intern("resourceType")
	nType         = codec.Intern("type")
	nEntry        = codec.Intern("entry")
	nFullURL      = codec.Intern("fullUrl")
	nID           = codec.Intern("id")
	nMeta         = codec.Intern("meta")
	nContained    = codec.Intern("contained")
	nReference    = codec.Intern("reference")
	nIdentifier   = codec.Intern("identifier")
	nDisplay      = codec.Intern("display")
	nSystem       = codec.Intern("system")
	nValue        = codec.Intern("value")
	nRelated      = codec.Intern("related")
	nClaim        = codec.Intern("claim")
)

// DefaultMaxItems bounds the focal resources of one input; national exchanges batch 200 claims.
const DefaultMaxItems = 200

// Options say what to look for in an input.
type Options struct {
	// Type is the focal resource type: "Claim" or "CoverageEligibilityRequest".
	Type string
	// Base are the addresses of this server ("https://claims.example.org/fhir"), as Bases makes them. References and fullUrls
	// beneath them are the server's own resources. None is fine.
	Base []string
	// MaxItems bounds the focal resources; 0 means DefaultMaxItems.
	MaxItems int
}

// Bases makes the addresses of a server fit for comparison: without a final slash, and without empty ones.
func Bases(addresses []string) []string {
	var bases []string
	for _, a := range addresses {
		if a = strings.TrimRight(a, "/"); a != "" {
			bases = append(bases, a)
		}
	}
	return bases
}

// Part is one piece of an input that gets one answer: either an Item, or the Parts of a Bundle of several, or an Err for
// a piece of a Bundle of several that cannot be read.
type Part struct {
	Item  *Item
	Parts []Part
	Err   *outcome.Error
}

// Item is one focal resource and what came along with it. It is immutable.
type Item struct {
	Doc *codec.Document
	// At is the FHIRPath of the resource in the input; empty when it is the input itself, so that paths need no prefix.
	At string
	// FullURL is the fullUrl of its Bundle entry, empty without one.
	FullURL string
	// Bundle is the Bundle that it came in, nil when it came alone.
	Bundle *Bundle
	// Accompanied tells that it was the one focal resource of its Bundle, so that the answer is a Bundle too.
	Accompanied bool

	base []string
}

// Alone makes an Item of a resource that came by itself, such as a plain create.
func Alone(doc *codec.Document, base []string) *Item { return &Item{Doc: doc, base: base} }

// Locate turns the path of an element of the resource into its path in the input; other paths stay.
func (it *Item) Locate(expression string) string {
	if name, _, _ := strings.Cut(expression, "."); name != it.Doc.Type() {
		return expression
	}
	return located(it.At, expression)
}

// LocateAll is Locate for the issues of an error; the error given is not changed.
func (it *Item) LocateAll(e *outcome.Error) *outcome.Error {
	if it.At == "" {
		return e
	}
	moved := *e
	moved.Issues = make([]outcome.Issue, len(e.Issues))
	for i, issue := range e.Issues {
		issue.Expression = it.Locate(issue.Expression)
		moved.Issues[i] = issue
	}
	return &moved
}

// Items yields the items of the part and of its parts, in order.
func (p *Part) Items() iter.Seq[*Item] {
	return func(yield func(*Item) bool) { p.each(yield) }
}

func (p *Part) each(yield func(*Item) bool) bool {
	if p.Item != nil && !yield(p.Item) {
		return false
	}
	for i := range p.Parts {
		if !p.Parts[i].each(yield) {
			return false
		}
	}
	return true
}

// Read finds what is to be decided in an input. What is wrong with the input as a whole, or with the only piece of it, is
// an outcome.Error; what is wrong with one of several pieces is that Part's Err.
func Read(doc *codec.Document, o Options) (*Part, error) {
	if o.MaxItems == 0 {
		o.MaxItems = DefaultMaxItems
	}
	r := reader{Options: o}
	part := r.resource(doc, "")
	if part.Err != nil {
		return nil, part.Err
	}
	if r.items > o.MaxItems {
		return nil, outcome.New(http.StatusRequestEntityTooLarge, outcome.TooLong, doc.Type(),
			"There are %d resources of type %s in one request; at most %d are accepted.", r.items, o.Type, o.MaxItems)
	}
	return &part, nil
}

type reader struct {
	Options
	items int
}

// resource reads the whole input.
func (r *reader) resource(doc *codec.Document, at string) Part {
	switch doc.Type() {
	case r.Type:
		r.items++
		return Part{Item: &Item{Doc: doc, At: at, base: r.Base}}
	case "Bundle":
		return r.bundle(doc.Root(), at, true)
	case "Parameters":
		if at == "" {
			return r.parameters(doc)
		}
	}
	return Part{Err: r.wrongType(doc.Type(), at)}
}

func (r *reader) wrongType(found, at string) *outcome.Error {
	if at == "" {
		at = found
	}
	expected := fmt.Sprintf("%s, a Bundle of them, or Parameters with one of these as resource", r.Type)
	return outcome.Of(http.StatusBadRequest, []outcome.Issue{{Code: outcome.Invalid, Expression: at,
		Text: "The operation does not take this type of resource.", Found: found, Expected: expected}})
}

// parameters peels the one parameter that both $submit operations define: resource, 1..1.
func (r *reader) parameters(doc *codec.Document) Part {
	var inner codec.Value
	for p := range doc.Root().Get(nParameter).Each() {
		if p.Get(nName).Text() != "resource" {
			continue
		}
		if inner.Exists() {
			return Part{Err: outcome.New(http.StatusBadRequest, outcome.Invalid, p.Path(),
				"The parameter resource may be given only once.")}
		}
		if inner = p.Get(nResource); !inner.Exists() {
			return Part{Err: outcome.New(http.StatusBadRequest, outcome.Required, p.Path()+".resource",
				"The parameter resource holds no resource.")}
		}
	}
	if !inner.Exists() {
		return Part{Err: outcome.New(http.StatusBadRequest, outcome.Required, "Parameters.parameter",
			"The parameter resource is missing.")}
	}
	return r.resource(doc.Extract(inner), inner.Path())
}

// bundle reads a Bundle. Of several focal resources each is a part of its own, unless all others are only the prior
// claims that the first entry refers to.
func (r *reader) bundle(root codec.Value, at string, outermost bool) Part {
	if kind := root.Get(nType); kind.Text() != "collection" && kind.Text() != "batch" {
		return Part{Err: outcome.Of(http.StatusBadRequest, []outcome.Issue{{Code: outcome.Value,
			Expression: located(at, kind.Path()), Text: "The Bundle is of the wrong type for this operation.",
			Found: kind.Text(), Expected: "collection"}})}
	}
	b := newBundle(root, r.Base)
	var focal, nested []codec.Value
	for entry := range root.Get(nEntry).Each() {
		switch entry.Get(nResource).Get(nResourceType).Text() {
		case r.Type:
			focal = append(focal, entry)
		case "Bundle":
			nested = append(nested, entry)
		}
	}
	switch {
	case len(focal)+len(nested) == 0:
		return Part{Err: outcome.New(http.StatusBadRequest, outcome.Required, located(at, "Bundle.entry"),
			"The Bundle holds no %s.", r.Type)}
	case len(nested) == 0 && (len(focal) == 1 || b.firstRules(focal)):
		r.items++
		return Part{Item: r.item(b, focal[0], at, true)}
	case !outermost:
		return Part{Err: outcome.New(http.StatusBadRequest, outcome.Structure, located(at, "Bundle.entry"),
			"A Bundle inside a Bundle holds one %s and what it refers to.", r.Type)}
	}
	return r.several(b, root, at)
}

// several reads each entry of a Bundle of several as a part of its own; other resources are there for all of them.
func (r *reader) several(b *Bundle, root codec.Value, at string) Part {
	var all Part
	for entry := range root.Get(nEntry).Each() {
		switch res := entry.Get(nResource); res.Get(nResourceType).Text() {
		case r.Type:
			r.items++
			all.Parts = append(all.Parts, Part{Item: r.item(b, entry, at, false)})
		case "Bundle":
			inner := res.Document().Extract(res)
			all.Parts = append(all.Parts, r.bundle(inner.Root(), located(at, res.Path()), false))
		}
	}
	return all
}

func (r *reader) item(b *Bundle, entry codec.Value, at string, accompanied bool) *Item {
	res := entry.Get(nResource)
	return &Item{
		Doc: res.Document().Extract(res), At: located(at, res.Path()), FullURL: entry.Get(nFullURL).Text(),
		Bundle: b, Accompanied: accompanied, base: r.Base,
	}
}

// located is the path in the input of an element of a resource that stands at `at`.
func located(at, path string) string {
	if at == "" {
		return path
	}
	_, rest, found := strings.Cut(path, ".")
	if !found {
		return at
	}
	return at + "." + rest
}
