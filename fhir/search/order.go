package search

import (
	"cmp"
	"slices"
	"strings"

	"claimwright/fhir/registry"
)

// SortValue is what a resource sorts by under one key.
type SortValue struct {
	Missing bool
	Num     float64
	Text    string
}

// Compare orders two values under a key: missing ones come last in either direction.
func (v SortValue) Compare(o SortValue, desc bool) int {
	switch {
	case v.Missing && o.Missing:
		return 0
	case v.Missing:
		return 1
	case o.Missing:
		return -1
	}
	c := cmp.Or(cmp.Compare(v.Num, o.Num), strings.Compare(v.Text, o.Text))
	if desc {
		return -c
	}
	return c
}

// SortsByBody tells that a key of the query has no Sortable values in the index. No store executes such a query: whoever
// runs it gathers its matches, a bounded number, and makes their values with SortValue.
func (q *Query) SortsByBody() bool {
	return slices.ContainsFunc(q.Sort, func(s Sort) bool {
		if s.Param == "_id" || s.Param == "_lastUpdated" {
			return false
		}
		p, ok := q.custom.Lookup(q.Type, s.Param)
		return ok && !keepsSortable(p)
	})
}

// keepsSortable tells whether a parameter's values are in the index in their order. Those of tokens and references would
// cost an entry in every resource, for orders that few ask for.
func keepsSortable(p *registry.Param) bool {
	if p.Name[0] == '_' {
		return false
	}
	switch p.Type {
	case registry.Date, registry.Number, registry.Quantity, registry.String, registry.URI:
		return true
	}
	return false
}

// SortValue finds what a resource with these values sorts by under a key that is neither _id nor _lastUpdated: the
// smallest value for ascending, the largest for descending. A token sorts by its code, whatever the system; a reference as
// it stands, "Patient/1". One that has an identifier alone has no value.
func (v *Values) SortValue(s Sort) SortValue {
	if v == nil {
		return SortValue{Missing: true}
	}
	if i := slices.IndexFunc(v.Sorts, func(x Sortable) bool { return x.Param == s.Param }); i >= 0 {
		return v.Sorts[i].value(s.Desc)
	}
	best := SortValue{Missing: true}
	for i := range v.Terms {
		t := &v.Terms[i]
		if t.Param != s.Param || strings.HasPrefix(t.Text, identifierMark) || hasBar(t.Text) {
			continue
		}
		if found := (SortValue{Text: t.Text}); found.Compare(best, s.Desc) < 0 {
			best = found
		}
	}
	return best
}

func (s *Sortable) value(desc bool) SortValue {
	switch {
	case s.IsNum && desc:
		return SortValue{Num: s.NumMax}
	case s.IsNum:
		return SortValue{Num: s.NumMin}
	case desc:
		return SortValue{Text: s.TextMax}
	}
	return SortValue{Text: s.TextMin}
}

// hasBar tells the forms of a token that have a system from the code alone, in which a bar is escaped.
func hasBar(form string) bool {
	for i := 0; i < len(form); i++ {
		switch form[i] {
		case '\\':
			i++
		case '|':
			return true
		}
	}
	return false
}
