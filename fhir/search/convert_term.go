package search

import (
	"slices"
	"strings"

	"claimwright/fhir/codec"
	"claimwright/fhir/registry"
)

// codeValue handles everything that is a code without a system of its own.
func codeValue(x *extraction, y *yield, v codec.Value) {
	if text := v.Text(); text != "" {
		x.term(y, codeForm(text))
	}
}

func codingValue(x *extraction, y *yield, v codec.Value) {
	x.coding(y, v.Get(nameSystem).Text(), v.Get(nameCode).Text())
	x.label(y, v.Get(nameDisplay))
}

func conceptValue(x *extraction, y *yield, v codec.Value) {
	x.label(y, v.Get(nameText))
	for coding := range v.Get(nameCoding).Each() {
		codingValue(x, y, coding)
	}
}

func identifierValue(x *extraction, y *yield, v codec.Value) {
	x.coding(y, v.Get(nameSystem).Text(), v.Get(nameValue).Text())
	if kind := v.Get(nameType); kind.Exists() {
		x.label(y, kind.Get(nameText))
		x.typed(y, v)
	}
}

// contactValue looks at the value alone: which system it is of, such as phone or email, is no system of codes.
func contactValue(x *extraction, y *yield, v codec.Value) { codeValue(x, y, v.Get(nameValue)) }

// coding adds the forms of a code in a system; both may be empty.
func (x *extraction) coding(y *yield, system, code string) {
	switch {
	case code == "" && system == "":
	case code == "":
		if !x.inPair {
			x.term(y, systemForm(system))
		}
	default:
		x.term(y, codeForm(code))
		x.term(y, codingForm(system, code))
		if system != "" && !x.inPair {
			x.term(y, systemForm(system))
		}
	}
}

func uriValue(x *extraction, y *yield, v codec.Value) {
	text := bounded(v.Text())
	x.term(y, text)
	if y.below != "" && strings.Contains(text, "://") {
		x.strings.add(Text{Param: y.below, Folded: text})
	}
	x.sortByText(y, text)
}

// canonicalValue adds a canonical with a version also without it: a search that states no version means any. Canonicals are
// names, so that one below our own base stays as it is.
func canonicalValue(x *extraction, y *yield, v codec.Value) {
	text := v.Text()
	if x.links != nil {
		x.canonicalLink(y, text)
		return
	}
	if url, version, versioned := strings.Cut(text, "|"); versioned {
		x.term(y, bounded(url))
		x.versions(y, url, version)
	}
	x.term(y, bounded(text))
	x.sortByText(y, bounded(text))
}

// versions adds what a version lies below: of 1.2.3, 1 and 1.2.
func (x *extraction) versions(y *yield, url, version string) {
	if y.below == "" {
		return
	}
	end := 0
	for range maxVersionParts {
		dot := strings.IndexByte(version[end:], '.')
		if dot < 0 {
			return
		}
		end += dot
		x.terms.add(Term{y.below, bounded(url + "|" + version[:end])})
		end++
	}
}

// maxVersionParts bounds the entries that one version needs.
const maxVersionParts = 4

// referenceValue adds the literal reference and the identifier of a Reference. A reference into the same resource
// ("#x") leads nowhere else; what it leads to counts, see contained.
func referenceValue(x *extraction, y *yield, v codec.Value) {
	if x.links != nil {
		x.link(y, v.Get(nameReference).Text())
		return
	}
	switch text := v.Get(nameReference).Text(); {
	case text == "":
	case text[0] == '#':
		if !x.inPair {
			x.inwards.add(inward{y.key, text[1:]})
		}
	default:
		x.term(y, bounded(withoutVersion(localReference(text, x.baseURL))))
	}
	identifier := v.Get(nameIdentifier)
	if value := identifier.Get(nameValue).Text(); value != "" && !x.inPair {
		x.term(y, identifierMark+codeForm(value))
		x.term(y, identifierMark+codingForm(identifier.Get(nameSystem).Text(), value))
	}
}

// resourceValue handles a resource that stands where a reference could: the first entry of a document or message.
func resourceValue(x *extraction, y *yield, v codec.Value) {
	resourceType, id := v.Get(nameResourceType).Text(), v.Get(nameID).Text()
	if x.links != nil {
		return // what stands here needs no leading to
	}
	if id != "" && slices.Contains(y.targets, resourceType) {
		x.term(y, resourceType+"/"+id)
	}
}

// withoutVersion cuts "/_history/n" off: a reference to a version counts as one to the resource.
func withoutVersion(reference string) string {
	if i := strings.Index(reference, "/_history/"); i > 0 {
		return reference[:i]
	}
	return reference
}

// typeOfReference finds the resource type in "Type/id", relative or at the end of a url.
func typeOfReference(reference string) (string, bool) {
	rest, id := cutLast(withoutVersion(reference))
	_, resourceType := cutLast(rest)
	return resourceType, id != "" && registry.IsType(resourceType)
}

// cutLast cuts a text at its last slash.
func cutLast(s string) (before, after string) {
	i := strings.LastIndexByte(s, '/')
	if i < 0 {
		return "", s
	}
	return s[:i], s[i+1:]
}

// MaxPairs bounds what the composites of one document are indexed by, because a pair of elements with many codes each has as
// many values as the product of them. Beyond it a composite is not found; R4's own examples stay far below.
const MaxPairs = 10_000

// pairValue adds the values of a composite: the second part's, each under each form of the first's.
func pairValue(x *extraction, y *yield, v codec.Value) {
	first, second := x.part(&y.pair.first, v), x.part(&y.pair.second, v)
	each := len(second.terms.items) + len(second.ranges.items) + len(second.strings.items)
	for _, a := range first.terms.items {
		if x.pairs += each; x.pairs > MaxPairs {
			return
		}
		for _, b := range second.terms.items {
			x.term(y, pairForm(a.Text, b.Text))
		}
		key := pairParam(y.key, a.Text)
		for _, r := range second.ranges.items {
			x.ranges.add(Range{key + r.Param, r.Lo, r.Hi})
		}
		for _, s := range second.strings.items {
			x.strings.add(Text{key, s.Folded, s.Exact})
		}
	}
}

// part collects one part of a composite, whose values have no Param of their own but that of a unit.
func (x *extraction) part(n *node, v codec.Value) *extraction {
	collected := &extraction{baseURL: x.baseURL, zone: x.zone, inPair: true}
	collected.walk(n, v)
	return collected
}
