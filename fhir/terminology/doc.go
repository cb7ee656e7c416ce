// Package terminology answers what codes a value set holds and how codes of a code system stand to each other.
//
// It owns the expansion of a ValueSet (R4 valueset.html#expansion: compose with concepts, filters, other value sets and
// exclusions, or an expansion that the ValueSet brings along) and the hierarchy of a CodeSystem (concepts within concepts,
// and the properties parent and subsumedBy). Definitions come from a Source; value sets that R4 binds elements to with
// strength required are known without one. It must not know a store, HTTP or the search; it reads no network.
//
//	terms := terminology.New(source)
//	set, err := terms.Expand(ctx, "http://hl7.org/fhir/ValueSet/claim-use")
//	set.Has("http://hl7.org/fhir/claim-use", "claim") // terminology.In
//
// # What is not listed
//
// A system that is included whole is kept as such, not as a list, so that SNOMED CT and LOINC can be named without being
// loaded. Whether a code belongs to it is In or Out where the CodeSystem is known with all its concepts, else Unverified.
// A filter over a code system that is not known cannot be computed and is an Error.
//
// # Bounds
//
// A set lists at most MaxCodes codes, follows value sets within value sets up to MaxDepth, and reads at most MaxReads
// definitions; beyond that the Error has the code too-costly. A value set that includes itself is an Error.
package terminology
