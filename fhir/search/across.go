package search

import (
	"net/url"
	"slices"
	"strings"

	"claimwright/fhir/outcome"
	"claimwright/fhir/registry"
)

// MaxAcross is the greatest number of conditions that a search over several types may come to, those of all types
// together: a store looks each of them up once for every type.
const MaxAcross = 20_000

// Across is a parsed search over several resource types (R4 search, "searching multiple resource types"). Its matches are
// those of its Queries together, in the order of Sort, then of the types' names, then of the ids.
type Across struct {
	// Queries has one Query for each type, in the order of the types' names; at least one.
	Queries []*Query
	// Sort has one key at most, _id or _lastUpdated, where there are several Queries; else it is the Query's own.
	Sort      []Sort
	Count     int
	CountOnly bool
	Total     Total
	// Applied is the query string of what was honoured, _type included.
	Applied string
}

// ParseAcross reads the query string of a search over several of the types given, sorted; _type narrows them. The warnings
// and the error are as Parse's. A parameter that one of the types has and another has not is refused in any case, for
// the answer would be neither with it nor without it.
func ParseAcross(types []string, rawQuery string, o Options) (*Across, []outcome.Issue, error) {
	if len(rawQuery) > MaxQuery {
		return nil, nil, refused([]outcome.Issue{*tooMuch("the query is too long in bytes", MaxQuery)})
	}
	rest, narrowed, applied, issue := cutTypes(types, rawQuery)
	if issue != nil {
		return nil, nil, refused([]outcome.Issue{*issue})
	}
	if faults := uncommon(narrowed, rest, o); len(faults) > 0 {
		return nil, nil, refused(faults)
	}
	x := &Across{}
	var warnings []outcome.Issue
	conditions := 0
	for i, name := range narrowed {
		p := &parser{options: o, query: &Query{Type: name}, across: len(narrowed) > 1}
		if err := p.parse(rest); err != nil {
			return nil, nil, err
		}
		if conditions += p.conditions; conditions > MaxAcross {
			return nil, nil, refused([]outcome.Issue{*tooMuch("too many values for so many types", MaxAcross)})
		}
		if i == 0 {
			warnings, applied = p.warnings, joined(applied, p.query.Applied)
		}
		p.query.Applied = applied
		x.Queries = append(x.Queries, p.query)
	}
	first := x.Queries[0]
	x.Sort, x.Count, x.CountOnly, x.Total, x.Applied = first.Sort, first.Count, first.CountOnly, first.Total, applied
	return x, warnings, nil
}

func joined(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "&" + b
}

// cutTypes takes _type out of a query: the rest, the types that are searched, and _type as it was honoured.
func cutTypes(types []string, rawQuery string) (rest string, narrowed []string, applied string, issue *outcome.Issue) {
	var kept []string
	given := false
	for pair := range strings.SplitSeq(rawQuery, "&") {
		rawName, rawValue, _ := strings.Cut(pair, "=")
		name, errName := url.QueryUnescape(rawName)
		value, errValue := url.QueryUnescape(rawValue)
		switch {
		case errName != nil || errValue != nil || name != "_type":
			kept = append(kept, pair)
			continue
		case value == "":
			continue
		case given:
			return "", nil, "", invalidValue(name, value, "the parameter only once, its types joined by commas")
		}
		given = true
		for wanted := range strings.SplitSeq(value, ",") {
			if !registry.IsType(wanted) {
				return "", nil, "", invalidValue(name, wanted, "resource types, joined by commas"+nearest(wanted, registry.Types()))
			}
			if !slices.Contains(types, wanted) {
				return "", nil, "", invalidValue(name, wanted, "one of the types that are searched here: "+oneOf(types))
			}
			narrowed = append(narrowed, wanted)
		}
	}
	if !given {
		return strings.Join(kept, "&"), types, "", nil
	}
	slices.Sort(narrowed)
	narrowed = slices.Compact(narrowed)
	return strings.Join(kept, "&"), narrowed, "_type=" + strings.Join(narrowed, ","), nil
}

// uncommon finds the parameters that some of the types have and others have not, or have of another type. What no type
// has is unknown, which Parse treats.
func uncommon(types []string, rawQuery string, o Options) (faults []outcome.Issue) {
	params := 0
	for pair := range strings.SplitSeq(rawQuery, "&") {
		rawName, rawValue, _ := strings.Cut(pair, "=")
		name, err := url.QueryUnescape(rawName)
		if params++; params > MaxParams { // Parse says so
			return faults
		}
		if err != nil || rawValue == "" || slices.Contains(o.Own, name) {
			continue
		}
		base := name
		if end := strings.IndexAny(name, ":."); end >= 0 {
			base = name[:end]
		}
		if resultParam(base) != nil {
			continue
		}
		if issue := o.Custom.lacking(types, base, name); issue != nil {
			faults = append(faults, *issue)
		}
	}
	return faults
}

// lacking names the first type without a parameter that another type has.
func (c *Custom) lacking(types []string, base, name string) *outcome.Issue {
	var having *registry.Param
	haver, without := "", ""
	for _, t := range types {
		switch param, ok := c.Lookup(t, base); {
		case !ok:
			if without == "" {
				without = t
			}
		case having == nil:
			having, haver = param, t
		case having.Type != param.Type:
			return notSupported("search parameter "+shown(base)+" is not the same for all types searched: it is a "+
				having.Type.String()+" of "+haver+" and a "+param.Type.String()+" of "+t, name, "a parameter that all types share")
		}
	}
	if having == nil || without == "" {
		return nil
	}
	return notSupported("search parameter "+shown(base)+" is not common to all types searched: "+without+" has none", name,
		"a parameter that all types share, or other types in _type")
}

// mergeable tells whether the searches of several types can be laid together in the order of a sort key.
func mergeable(param string) bool { return param == "_id" || param == "_lastUpdated" }
