package sqlite

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"claimwright/fhir/search"
	"claimwright/store"
)

// entries are everything that the index holds about one version of a resource. Each list is sorted and free of
// duplicates. A deleted version has none.
type entries struct {
	terms   []indexKey // terms, exact strings, labels and the type
	ranges  []rangeEntry
	texts   []textEntry
	columns []columnEntry
}

type rangeEntry struct {
	key    indexKey
	lo, hi float64
}

type textEntry struct {
	key    indexKey
	folded string
}

// columnEntry is what a resource sorts by under one parameter, as sortable.encode writes it.
type columnEntry struct {
	key   indexKey
	value string
}

func (r rangeEntry) compare(o rangeEntry) int {
	return cmp.Or(cmp.Compare(r.key, o.key), cmp.Compare(r.lo, o.lo), cmp.Compare(r.hi, o.hi))
}

func (t textEntry) compare(o textEntry) int {
	return cmp.Or(cmp.Compare(t.key, o.key), strings.Compare(t.folded, o.folded))
}

func (c columnEntry) compare(o columnEntry) int {
	return cmp.Or(cmp.Compare(c.key, o.key), strings.Compare(c.value, o.value))
}

// entriesOf makes the entries of a version that is not deleted.
func (m keyMaker) entriesOf(k store.Key, v *search.Values, labels []string) *entries {
	if v == nil {
		v = &search.Values{}
	}
	e := &entries{terms: make([]indexKey, 0, 1+len(labels)+len(v.Terms)+len(v.Strings))}
	e.terms = append(e.terms, m.all(k.Type))
	for _, l := range labels {
		e.terms = append(e.terms, m.label(k.Type, l))
	}
	for _, t := range v.Terms {
		e.terms = append(e.terms, m.key(kindTerm, k.Type, t.Param, t.Text))
	}
	for _, s := range v.Strings {
		if s.Exact != "" {
			e.terms = append(e.terms, m.key(kindExact, k.Type, s.Param, s.Exact))
		}
		e.texts = append(e.texts, textEntry{m.key(kindText, k.Type, s.Param, ""), s.Folded})
	}
	for _, r := range v.Ranges {
		if !math.IsNaN(r.Lo) && !math.IsNaN(r.Hi) { // such a range lies in no box
			e.ranges = append(e.ranges, rangeEntry{m.key(kindRange, k.Type, r.Param, ""), r.Lo + 0, r.Hi + 0})
		}
	}
	for _, s := range v.Sorts {
		e.addColumn(m.column(k.Type, s.Param), sortable(s).encode())
	}
	e.sort()
	return e
}

// addID adds the id as a column where the rid does not follow it, so that searches can sort by it. It tells whether it
// did: entries are made before the rid is known.
func (m keyMaker) addID(e *entries, k store.Key, rid int64) bool {
	if rid < firstIrregular {
		return false
	}
	e.addColumn(m.column(k.Type, idColumn), k.ID)
	slices.SortFunc(e.columns, columnEntry.compare)
	return true
}

// addColumn adds a column's value, unless there is one: the first counts.
func (e *entries) addColumn(key indexKey, value string) {
	if !slices.ContainsFunc(e.columns, func(c columnEntry) bool { return c.key == key }) {
		e.columns = append(e.columns, columnEntry{key, value})
	}
}

func (e *entries) sort() {
	slices.Sort(e.terms)
	e.terms = slices.Compact(e.terms)
	slices.SortFunc(e.ranges, rangeEntry.compare)
	e.ranges = slices.Compact(e.ranges)
	slices.SortFunc(e.texts, textEntry.compare)
	e.texts = slices.Compact(e.texts)
	slices.SortFunc(e.columns, columnEntry.compare)
}

// count is the number of entries.
func (e *entries) count() int {
	return len(e.terms) + len(e.ranges) + len(e.texts) + len(e.columns)
}

// column finds the value under a column's key; false where there is none.
func (e *entries) column(key indexKey) (string, bool) {
	for _, c := range e.columns {
		if c.key == key {
			return c.value, true
		}
	}
	return "", false
}

// difference calls back for every element of two sorted lists that only one of them has.
func difference[E any](before, after []E, compare func(x, y E) int, gone, come func(E)) {
	for len(before) > 0 || len(after) > 0 {
		switch c := order(before, after, compare); {
		case c < 0:
			gone(before[0])
			before = before[1:]
		case c > 0:
			come(after[0])
			after = after[1:]
		default:
			before, after = before[1:], after[1:]
		}
	}
}

// order compares the heads of two lists; an empty list comes last.
func order[E any](x, y []E, compare func(x, y E) int) int {
	switch {
	case len(x) == 0:
		return 1
	case len(y) == 0:
		return -1
	}
	return compare(x[0], y[0])
}
