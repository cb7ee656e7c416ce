package search

import (
	"time"

	"claimwright/fhir/codec"
)

// ExtractorVersion is the version of what Extract yields. Any change of the values that a document gives, new parameters
// and other forms included, must raise it: stores then reindex what an older extractor indexed.
const ExtractorVersion = 2

// Extractor makes index values. The zero value reads dates without a zone as UTC and knows no base url. It is safe for
// concurrent use.
type Extractor struct {
	// BaseURL is the server's own base; references below it are indexed as relative ones. After it changes, resources with
	// absolute references must be reindexed.
	BaseURL string
	// Zone is where dates without a zone are, UTC if nil. After it changes, everything must be reindexed.
	Zone *time.Location
	// Custom are further parameters to make values of, nil for none.
	Custom *Custom
}

// Extract is Extract of the zero Extractor.
func Extract(d *codec.Document) *Values { return Extractor{}.Extract(d) }

// Extract makes the values of all parameters of a document's type, except _id and _lastUpdated, which stores know by
// themselves. Equal documents give equal values in the same order; nothing is there twice. A nil document has none.
//
// The strings of Values may share the memory of the document's body. Whoever keeps Values longer than the request, or
// some of their strings, keeps the whole body alive; stores copy what they keep.
func (e Extractor) Extract(d *codec.Document) *Values {
	x := extraction{baseURL: e.BaseURL, zone: e.Zone}
	x.terms.items = make([]Term, 0, expectedTerms)
	p := planOf(d.Type())
	root := d.Root()
	x.walk(&p.root, root)
	for i := range p.truths {
		x.truth(&p.truths[i], root)
	}
	x.addPresence(&p.presences)
	if e.Custom != nil {
		x.custom = &customExtraction{Custom: e.Custom}
		x.addCustom(d.Type(), root)
	}
	if len(x.inwards.items) > 0 {
		x.contained(root)
	}
	return &Values{Terms: x.terms.items, Ranges: x.ranges.items, Strings: x.strings.items, Sorts: x.sorts}
}

// expectedTerms is room for the terms of most resources.
const expectedTerms = 24

// extraction collects the values of one document.
type extraction struct {
	baseURL string
	zone    *time.Location
	terms   distinct[Term]
	ranges  distinct[Range]
	strings distinct[Text]
	sorts   []Sortable
	// pairs counts the values of composites.
	pairs int
	// inPair leaves out forms that composites are not indexed by.
	inPair bool
	// present are the parameters that the document has an element for.
	present places
	// inwards are the references to contained resources.
	inwards distinct[inward]
	// links collects where references lead, instead of values; nil if that is not what is looked for.
	links *distinct[Reference]
	// custom is what is due beside R4's own parameters, nil for nothing.
	custom *customExtraction
}

// distinct is a list without repetition, in the order of addition.
type distinct[T comparable] struct {
	items []T
	// seen is used once the list is too long to look through.
	seen map[T]struct{}
}

const shortList = 48

func (l *distinct[T]) add(item T) {
	if l.seen == nil {
		for i := range l.items {
			if l.items[i] == item {
				return
			}
		}
		l.items = append(l.items, item)
		if len(l.items) > shortList {
			l.seen = make(map[T]struct{}, 2*len(l.items))
			for i := range l.items {
				l.seen[l.items[i]] = struct{}{}
			}
		}
		return
	}
	if _, again := l.seen[item]; !again {
		l.seen[item] = struct{}{}
		l.items = append(l.items, item)
	}
}

func (x *extraction) term(y *yield, text string) { x.terms.add(Term{y.key, text}) }

// interval adds a range, and lets the parameter sort by it.
func (x *extraction) interval(y *yield, v interval) {
	x.ranges.add(Range{y.key, v.lo, v.hi})
	x.sortByNumber(y, v)
}

func (x *extraction) sortByNumber(y *yield, v interval) {
	if !y.sorts {
		return
	}
	if s := x.sortable(y.key); s != nil {
		s.NumMin, s.NumMax = min(s.NumMin, v.lo), max(s.NumMax, v.hi)
		return
	}
	x.sorts = append(x.sorts, Sortable{Param: y.key, IsNum: true, NumMin: v.lo, NumMax: v.hi})
}

func (x *extraction) sortByText(y *yield, text string) {
	if !y.sorts || text == "" {
		return
	}
	if s := x.sortable(y.key); s != nil {
		s.TextMin, s.TextMax = min(s.TextMin, text), max(s.TextMax, text)
		return
	}
	x.sorts = append(x.sorts, Sortable{Param: y.key, TextMin: text, TextMax: text})
}

func (x *extraction) sortable(key string) *Sortable {
	for i := range x.sorts {
		if x.sorts[i].Param == key {
			return &x.sorts[i]
		}
	}
	return nil
}

// truth adds whether there is an element that is not false.
func (x *extraction) truth(t *truth, root codec.Value) {
	text := "false"
	for _, name := range t.names {
		if v := root.Get(name); v.Exists() && v.Kind() != codec.False {
			text = "true"
		}
	}
	x.terms.add(Term{t.key, text})
}
