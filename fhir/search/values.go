package search

// Values are what a stored resource can be found by: the answer of Extract. Stores index them without knowing any
// search parameter. The zero value is a resource that only its id finds. Values are read-only once made.
type Values struct {
	Terms   []Term
	Ranges  []Range
	Strings []Text
	Sorts   []Sortable
}

// Term is an exact match: tokens, references, uris and token-only composites.
//
// Text is written in one canonical form per parameter type, the same on both sides:
//
//	token      "code", "system|code", "|code" (a code without system), "system|"
//	reference  "Patient/1", an absolute URL as it stands, or "identifier:system|value" for a logical reference
//	uri        the uri as it stands; a canonical with a version also without it
//	composite  the two parts' forms joined by "$"
//	_text      a word of the narrative, folded
//
// Entries of modifiers have a Param of their own: "identifier:of-type" with "system|code|value", "instantiates:below" with a
// canonical and the beginning of its version, "status:missing" with "true". What is missing is known from one entry for
// many parameters where it can be ("presence.go").
//
// Tokens are case-folded, systems are not; a coding with a system yields "code", "system|code" and "system|". A bar or
// backslash inside a token's parts has a backslash before it. Texts beyond MaxText end with a digest.
type Term struct {
	// Param is the parameter's name, with ":modifier" where a modifier has entries of its own.
	Param string
	Text  string
}

// Range is a closed interval: dates and periods in milliseconds since 1970 UTC (the last millisecond included), numbers
// and quantities as they are, a single point unless they are a range or have a comparator. (The implied precision is the
// search value's: with a stored 100 as [99.5, 100.5) it would answer to "greater than 100".) Open ends are ±infinity.
type Range struct {
	// Param is the parameter's name; "near" has the latitude - 1000 and the longitude + 1000 of a place; for quantities and composites followed by "|" and the unit or first component that
	// the interval is about, in Term's form ("value-quantity|http://unitsofmeasure.org|mg").
	Param  string
	Lo, Hi float64
}

// Text is a string value, folded by Fold for starts-with matching.
type Text struct {
	Param  string
	Folded string
	// Exact is the value as it stands, for :exact; empty for texts that are only found by how they begin.
	Exact string
}

// Sortable is the single value that a parameter sorts by: the smallest for ascending, the largest for descending.
// Numbers and dates sort by Num, uris as they stand, everything else by the folded text; IsNum tells which.
type Sortable struct {
	Param            string
	IsNum            bool
	NumMin, NumMax   float64
	TextMin, TextMax string
}
