package storetest

import (
	"math"

	"claimwright/fhir/search"
)

var inf = math.Inf(1)

// Conditions and clauses, short enough for tables.

func where(anyOf ...search.Condition) search.Clause { return search.Clause{AnyOf: anyOf} }

func whereNot(anyOf ...search.Condition) search.Clause {
	return search.Clause{Not: true, AnyOf: anyOf}
}

func everything(resourceType string, count int) search.Query {
	return search.Query{Type: resourceType, Count: count}
}

func id(text string) search.Condition { return search.Condition{Kind: search.HasID, Text: text} }

func term(param, text string) search.Condition {
	return search.Condition{Kind: search.HasTerm, Param: param, Text: text}
}

func prefix(param, text string) search.Condition {
	return search.Condition{Kind: search.HasPrefix, Param: param, Text: text}
}

func exact(param, text string) search.Condition {
	return search.Condition{Kind: search.HasExact, Param: param, Text: text}
}

func containing(param, text string) search.Condition {
	return search.Condition{Kind: search.HasContaining, Param: param, Text: text}
}

func folded(param, text string) search.Condition {
	return search.Condition{Kind: search.HasFolded, Param: param, Text: text}
}

func box(param string, loMin, loMax, hiMin, hiMax float64) search.Condition {
	return search.Condition{Kind: search.InBox, Param: param, Box: search.Box{
		LoMin: loMin, LoMax: loMax, HiMin: hiMin, HiMax: hiMax,
	}}
}

// within is the box of "eq": the stored interval lies in [lo, hi].
func within(param string, lo, hi float64) search.Condition { return box(param, lo, inf, -inf, hi) }

// meets is the box of two intervals that have a point in common.
func meets(param string, lo, hi float64) search.Condition { return box(param, -inf, hi, lo, inf) }

func updated(lo, hi float64) search.Condition {
	return search.Condition{Kind: search.UpdatedIn, Box: search.Box{LoMin: lo, LoMax: inf, HiMin: -inf, HiMax: hi}}
}

func numSort(param string, least, most float64) search.Sortable {
	return search.Sortable{Param: param, IsNum: true, NumMin: least, NumMax: most}
}

func textSort(param, least, most string) search.Sortable {
	return search.Sortable{Param: param, TextMin: least, TextMax: most}
}
