package scheme

import (
	"maps"
	"slices"

	"claimwright/adjudication/engine/rules/order"
)

// Known is what a report on the order of rules can hold them against. What the scheme has none of is not known: a part of it
// may have been left out.
func (s *Scheme) Known() order.Scheme {
	known := order.Scheme{Categories: categories}
	codes, plans := map[string]bool{}, map[string]bool{}
	for _, versions := range s.register {
		for _, item := range versions {
			codes[item.Codes[0].Value] = true
		}
	}
	for key := range s.plans {
		plans[key.code] = true
	}
	known.Codes, known.Plans = sorted(codes), sorted(plans)
	known.Insurers, known.Facilities = sorted(s.insurers), sorted(s.facilities)
	return known
}

// sorted are the keys in order, nil when there are none.
func sorted[V any](of map[string]V) []string { return slices.Sorted(maps.Keys(of)) }
