package store

import (
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
		if c := r.sortValue(key).Compare(other.sortValue(key), key.Desc); c != 0 {
			return c
		}
	}
	return strings.Compare(r.record.ID, other.record.ID)
}

func (r ranked) sortValue(key search.Sort) search.SortValue {
	switch key.Param {
	case "_id":
		return search.SortValue{Text: r.record.ID}
	case "_lastUpdated":
		return search.SortValue{Num: float64(r.record.Updated.UnixMilli())}
	}
	return r.values.SortValue(key)
}

func sortsByValue(by []search.Sort) bool {
	return slices.ContainsFunc(by, func(s search.Sort) bool { return s.Param != "_id" && s.Param != "_lastUpdated" })
}
