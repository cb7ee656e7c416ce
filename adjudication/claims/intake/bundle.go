package intake

import (
	"iter"
	"strings"

	"claimwright/fhir/codec"
)

// Bundle finds what came along in a Bundle, by the rules of R4 bundle.html#references.
type Bundle struct {
	root    codec.Value
	base    []string
	entries []Entry
	byURL   map[string]int
	// byKey finds entries by "Type/id", of the resource and at the end of a RESTful fullUrl.
	byKey map[string]int
}

// Entry is a resource of a Bundle.
type Entry struct {
	FullURL  string
	Resource codec.Value
}

func newBundle(root codec.Value, base []string) *Bundle {
	b := &Bundle{root: root, base: base, byURL: map[string]int{}, byKey: map[string]int{}}
	for e := range root.Get(nEntry).Each() {
		entry := Entry{FullURL: e.Get(nFullURL).Text(), Resource: e.Get(nResource)}
		if !entry.Resource.Exists() {
			continue
		}
		typ := entry.Resource.Get(nResourceType).Text()
		b.name(b.byURL, entry.FullURL)
		if id := entry.Resource.Get(nID).Text(); id != "" {
			b.name(b.byKey, typ+"/"+id)
		}
		if root := rootOf(entry.FullURL); strings.HasPrefix(entry.FullURL[len(root):], typ+"/") {
			b.name(b.byKey, entry.FullURL[len(root):])
		}
		b.entries = append(b.entries, entry)
	}
	return b
}

// name lets the next entry be found by a name, unless an earlier one is or the name is empty.
func (b *Bundle) name(by map[string]int, name string) {
	if _, taken := by[name]; name != "" && !taken {
		by[name] = len(b.entries)
	}
}

// Entries yields the resources of the Bundle in order, the focal ones included.
func (b *Bundle) Entries() iter.Seq[Entry] {
	return func(yield func(Entry) bool) {
		if b == nil {
			return
		}
		for _, e := range b.entries {
			if !yield(e) {
				return
			}
		}
	}
}

// Find is the entry that a literal reference leads to, seen from a resource with a fullUrl. A relative reference is
// completed by the root of that fullUrl if it has one; failing that, it finds the entry of the same type and id, because
// submitters mix urn:uuid fullUrls with relative references.
func (b *Bundle) Find(fromURL, reference string) (Entry, bool) {
	if b == nil || reference == "" || reference[0] == '#' {
		return Entry{}, false
	}
	reference, _, _ = strings.Cut(reference, "/_history/")
	if i, ok := b.byURL[reference]; ok {
		return b.entries[i], true
	}
	if isAbsolute(reference) {
		return Entry{}, false
	}
	if i, ok := b.byURL[rootOf(fromURL)+reference]; ok {
		return b.entries[i], true
	}
	if i, ok := b.byKey[reference]; ok {
		return b.entries[i], true
	}
	return Entry{}, false
}

// firstRules tells that all focal resources but the first are only what the first one's related claims refer to, as in an
// update of an authorisation (Da Vinci PAS): then the first entry alone is to be decided.
func (b *Bundle) firstRules(focal []codec.Value) bool {
	if len(b.entries) == 0 || b.entries[0].Resource != focal[0].Get(nResource) {
		return false
	}
	prior := map[codec.Value]bool{}
	for related := range focal[0].Get(nResource).Get(nRelated).Each() {
		if e, ok := b.Find(focal[0].Get(nFullURL).Text(), related.Get(nClaim).Get(nReference).Text()); ok {
			prior[e.Resource] = true
		}
	}
	for _, f := range focal[1:] {
		if !prior[f.Get(nResource)] {
			return false
		}
	}
	return true
}

// isAbsolute tells references with a scheme (http:, urn:) from relative ones.
func isAbsolute(reference string) bool {
	i := strings.IndexAny(reference, ":/?#")
	return i > 0 && reference[i] == ':'
}

// rootOf is what precedes "Type/id" in a RESTful fullUrl, with its slash; empty for a urn.
func rootOf(fullURL string) string {
	if !strings.HasPrefix(fullURL, "http") {
		return ""
	}
	id := strings.LastIndexByte(fullURL, '/')
	if id < 0 {
		return ""
	}
	return fullURL[:strings.LastIndexByte(fullURL[:id], '/')+1]
}
