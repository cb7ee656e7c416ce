package store

import (
	"cmp"
	"slices"
	"strings"

	"claimwright/fhir/search"
)

// ranked is a match with what it sorts by.
type ranked struct {
	record *Record
	values *search.Values // nil where the query sorts by nothing that needs it
}

// compare orders two matches as every store does: by the sort keys, those without a value last in either direction, then
// by id.
func (r ranked) compare(other ranked, by []search.Sort) int {
	for _, key := range by {
		if c := compareKey(r.sortValue(key), other.sortValue(key), key.Desc); c != 0 {
			return c
		}
	}
	return strings.Compare(r.record.ID, other.record.ID)
}

// sortValue is what a match sorts by under one key; ok is false where it has no value.
type sortValue struct {
	ok   bool
	num  float64
	text string
}

func compareKey(a, b sortValue, desc bool) int {
	if !a.ok || !b.ok {
		switch {
		case a.ok:
			return -1
		case b.ok:
			return 1
		}
		return 0
	}
	c := cmp.Or(cmp.Compare(a.num, b.num), strings.Compare(a.text, b.text))
	if desc {
		return -c
	}
	return c
}

func (r ranked) sortValue(key search.Sort) sortValue {
	switch key.Param {
	case "_id":
		return sortValue{ok: true, text: r.record.ID}
	case "_lastUpdated":
		return sortValue{ok: true, num: float64(r.record.Updated.UnixMilli())}
	}
	if r.values == nil {
		return sortValue{}
	}
	i := slices.IndexFunc(r.values.Sorts, func(s search.Sortable) bool { return s.Param == key.Param })
	if i < 0 {
		return sortValue{}
	}
	v := &r.values.Sorts[i]
	switch {
	case v.IsNum && key.Desc:
		return sortValue{ok: true, num: v.NumMax}
	case v.IsNum:
		return sortValue{ok: true, num: v.NumMin}
	case key.Desc:
		return sortValue{ok: true, text: v.TextMax}
	}
	return sortValue{ok: true, text: v.TextMin}
}

func sortsByValue(by []search.Sort) bool {
	return slices.ContainsFunc(by, func(s search.Sort) bool { return s.Param != "_id" && s.Param != "_lastUpdated" })
}
