package search

// Query is a parsed search: every Clause must hold. Stores execute it without knowing any search parameter, once the
// conditions that are Deferred were rewritten.
type Query struct {
	// Type is the resource type searched.
	Type  string
	Where []Clause
	// Compartment is the resource to whose compartment the query is confined ("Patient/1"); empty for none. Where has the
	// clause that confines it.
	Compartment string
	// Sort keys apply in order; the store always ends with the id as the tie-break. Empty means newest-created last.
	Sort []Sort
	// Count is the page size, always positive unless CountOnly.
	Count int
	// CountOnly asks for the total alone (_summary=count, _count=0).
	CountOnly bool
	Total     Total
	// CountTo spares a store the counting of what is of no interest: where the matches are more than this, or to tell takes
	// looking at far more of the index than so many entries, Store.Count may answer any greater number. 0 counts all. Parse
	// leaves it 0.
	CountTo int64
	// Include are the resources wanted beside each page's matches. Stores do not look at it.
	Include []Include
	// custom are the parameters beside R4's own that it was read with.
	custom *Custom
	// Applied is the query string of the parameters that were honoured, in the order given, for the self link; _count
	// included, paging not.
	Applied string
}

// Total says how much a client cares for Bundle.total.
type Total uint8

// The values of _total.
const (
	TotalDefault Total = iota
	TotalNone
	TotalEstimate
	TotalAccurate
)

// Sort is one key of _sort: "_id", "_lastUpdated" or a parameter, which has Sortable values unless SortsByBody. Resources
// without a value come last, in either direction.
type Sort struct {
	Param string
	Desc  bool
}

// Clause holds when any of its conditions does, or with Not, when none does.
type Clause struct {
	Not   bool
	AnyOf []Condition
}

// ConditionKind tells which fields of a Condition count.
type ConditionKind uint8

// The kinds of condition that every store must execute from an index.
const (
	// HasID: the resource's id is Text.
	HasID ConditionKind = iota + 1
	// HasTerm: a Term with this Param and this Text.
	HasTerm
	// HasPrefix: a Text with this Param whose Folded starts with Text.
	HasPrefix
	// HasExact: a Text with this Param whose Exact is Text.
	HasExact
	// HasContaining: a Text with this Param whose Folded contains Text.
	HasContaining
	// InBox: a Range with this Param with LoMin ≤ Lo ≤ LoMax and HiMin ≤ Hi ≤ HiMax.
	InBox
	// UpdatedIn: the record's last update, in milliseconds, as a Range with Lo = Hi, lies in the box.
	UpdatedIn
	// HasFolded: a Text with this Param whose Folded is Text.
	HasFolded
)

// Condition is one test against a resource's Values.
type Condition struct {
	Kind  ConditionKind
	Param string
	Text  string
	Box   Box
	// Join is what Refers and IsReferredTo want of other resources; nil for all other kinds.
	Join *Join
	// Codes is what InValueSet, BelowCode and AboveCode want; nil for all other kinds.
	Codes *Codes
}

// Box bounds a Range; all bounds are inclusive and may be ±infinity. A search prefix becomes one box (eq, gt, lt, sa, eb,
// ap) or two conditions (ne, ge, le).
type Box struct {
	LoMin, LoMax, HiMin, HiMax float64
}

// Holds tells whether the interval [lo, hi] lies in the box.
func (b Box) Holds(lo, hi float64) bool {
	return lo >= b.LoMin && lo <= b.LoMax && hi >= b.HiMin && hi <= b.HiMax
}
