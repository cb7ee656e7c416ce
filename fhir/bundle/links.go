package bundle

import (
	"fmt"
	"strings"

	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
)

// Link is what an entry's fullUrl stands for once the entry has an id.
type Link struct {
	// Type and ID name the resource on the server.
	Type, ID string
	// Version is the version that the entry ends up with; references that name a version get it.
	Version int64
}

// Links rewrite the references between the entries of a transaction (R4 http.html#trules): every reference that is the
// fullUrl of an entry becomes the server's own, in Reference.reference, in elements of type uri and url, and in the links of
// narratives; canonicals stay. R4 names elements of type oid and uuid as well, but neither can hold an address such as
// Patient/1, so they stay, too. The zero value has no links.
type Links struct{ byURL map[string]Link }

// Add says what a fullUrl stands for; an empty one is no address.
func (l *Links) Add(fullURL string, to Link) {
	if fullURL == "" {
		return
	}
	if l.byURL == nil {
		l.byURL = map[string]Link{}
	}
	l.byURL[fullURL] = to
}

// Rewrite gives the resource of an entry with its references rewritten; it is the same Document when there is nothing to
// rewrite. The issues, whose expressions start with the resource's type, name references to a urn:uuid or urn:oid that no
// entry has; then there is no Document. A Bundle that is stored as a resource stays as it is: what its entries refer to is
// found in it first, and a document may be signed.
func (l *Links) Rewrite(doc *codec.Document, fullURL string) (*codec.Document, []outcome.Issue) {
	if isBundle(doc) {
		return doc, nil
	}
	var edits []codec.Edit
	var issues []outcome.Issue
	for v := range doc.References() {
		text := v.Text()
		to, known := l.resolve(v, text, fullURL)
		switch {
		case known && to != text:
			edits = append(edits, codec.Edit{At: v, JSON: quoted(to)})
		case !known && v.IsReference() && isPlaceholder(text):
			issues = append(issues, outcome.Issue{
				Code: outcome.Value, Expression: v.Path(), Text: "no entry of the transaction has the fullUrl that is referred to",
				Found: shorten(text), Expected: "the fullUrl of an entry",
			})
		}
	}
	if len(issues) > 0 {
		return nil, issues
	}
	for v := range doc.Narratives() {
		if text, changed := l.narrative(v.Text()); changed {
			edits = append(edits, codec.Edit{At: v, JSON: quoted(text)})
		}
	}
	if len(edits) == 0 {
		return doc, nil
	}
	return doc.Replace(edits)
}

// Versioned are the links that the resource refers to with a version, so that the version they get must be known.
func (l *Links) Versioned(doc *codec.Document, fullURL string) []Link {
	if isBundle(doc) {
		return nil
	}
	var found []Link
	for v := range doc.References() {
		url, _, versioned := strings.Cut(v.Text(), "/_history/")
		if !versioned || !v.IsReference() {
			continue
		}
		if to, known := l.lookup(url, fullURL); known {
			found = append(found, to)
		}
	}
	return found
}

// resolve is what a reference becomes.
func (l *Links) resolve(v codec.Value, text, fullURL string) (string, bool) {
	if !v.IsReference() {
		if ownURL(v) {
			return "", false
		}
		to, known := l.byURL[text]
		if !known || !holdsAddress(v) {
			return "", false
		}
		return to.Type + "/" + to.ID, true
	}
	url, _, versioned := strings.Cut(text, "/_history/")
	to, known := l.lookup(url, fullURL)
	if !known {
		return "", false
	}
	out := to.Type + "/" + to.ID
	if versioned {
		out += fmt.Sprintf("/_history/%d", to.Version)
	}
	return out, true
}

// lookup finds an address as it stands or, where the entry's own fullUrl is a RESTful one, relative to the same base (R4
// bundle.html#references).
func (l *Links) lookup(url, fullURL string) (Link, bool) {
	if url == "" {
		return Link{}, false
	}
	if to, known := l.byURL[url]; known {
		return to, true
	}
	if base, ok := restfulBase(fullURL); ok && !strings.Contains(url, ":") {
		to, known := l.byURL[base+url]
		return to, known
	}
	return Link{}, false
}

// restfulBase is "http://server/fhir/" of "http://server/fhir/Patient/1".
func restfulBase(fullURL string) (string, bool) {
	if !strings.HasPrefix(fullURL, "http://") && !strings.HasPrefix(fullURL, "https://") {
		return "", false
	}
	slash := strings.LastIndexByte(fullURL, '/')
	slash = strings.LastIndexByte(fullURL[:slash], '/')
	return fullURL[:slash+1], strings.Contains(fullURL[:slash], "://")
}

// ownURL tells whether the value is the address by which the resource names itself, like ValueSet.url: of type uri, but
// an identity and no reference, though in practice a fullUrl is often the same.
func ownURL(v codec.Value) bool { return v == v.Document().Root().Get(nURL) }

// holdsAddress tells whether an element that is no Reference can hold the address of a resource on the server.
func holdsAddress(v codec.Value) bool {
	kind := v.TypeName()
	return kind != "oid" && kind != "uuid"
}

// isBundle tells whether the resource is a Bundle, whose references are its own affair.
func isBundle(doc *codec.Document) bool { return doc.Type() == "Bundle" }

// isPlaceholder tells whether a reference can only mean an entry of the same Bundle.
func isPlaceholder(reference string) bool {
	return strings.HasPrefix(reference, "urn:uuid:") || strings.HasPrefix(reference, "urn:oid:")
}

func quoted(text string) []byte {
	w := codec.NewWriter(nil)
	w.String("", text)
	return w.Bytes()
}
