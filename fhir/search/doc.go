// Package search turns resources into what they can be found by, and query strings into what is looked for.
//
// It owns the model that stores execute without knowing a single search parameter (Values, Query, Match), the two
// translations into it (Extract and Parse), and Fold, the form in which texts compare. Both translations make their texts in
// the same place (forms.go), so that they agree. It must not know a store, HTTP, or how an answer looks; parameters that only
// say how the answer looks are recognised and left to the server.
//
//	q, warnings, err := search.Parse("ClaimResponse", "request=Claim/1&_sort=-created", search.Options{})
//	// q.Where[0].AnyOf[0] == search.Condition{Kind: search.HasTerm, Param: "request", Text: "Claim/1"}
//
// # What is offered
//
// All search parameters of R4 but those that Offered names, and those of a Custom: what stored SearchParameters define,
// read by Define and checked against R4's elements. AND and OR, all prefixes, the modifiers that Modifiers lists,
// and a reference's :[type]. Any other modifier is refused. ParseAcross reads a search over several types, Confine narrows a
// Query to a compartment, and _filter becomes clauses as far as clauses can say it.
//
// A Query looks at the values of one type's own resources. What asks for more, such as a chain, a value set or a List, is
// parsed into conditions that are Deferred: whoever has a store rewrites them, reading other resources first, before he lets
// it run the Query.
//
// # Decisions where R4 leaves room
//
//   - Tokens compare without regard to case; systems and uris compare exactly.
//   - A reference to our own base url is the same as the relative one. A versioned reference counts as one to the resource.
//   - A stored number is a single point; the precision that eq and ne look at is the search value's.
//   - Dates without a zone are in the zone that Options and Extractor are set up with.
//   - A Timing counts from its first to its last outer limit.
//   - A document's composites are indexed up to MaxPairs values, its texts up to MaxText bytes.
//   - :missing looks at the element, not at whether it has a value that can be searched for.
//   - :text finds a token from the start of any of the first words that it is called by.
//   - :below is about the path of a uri and about the version of a canonical.
//   - _text finds whole words of the narrative; near covers its circle by strips.
//   - Sorting is offered for all parameters that have an order; SortsByBody tells which of them no index has.
//
// docs/search.md says it to users.
package search
