package search

// Include asks for resources beside the matches, which references lead to (_include) or which refer to them (_revinclude).
type Include struct {
	// Reverse tells _revinclude from _include.
	Reverse bool
	// Source is the type that has the reference and Param its parameter; empty is any ("*").
	Source, Param string
	// Target is the type that is referred to, empty for any.
	Target string
	// Iterate asks for the same of what was included, again and again.
	Iterate bool
}
