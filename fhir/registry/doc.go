// Package registry holds what the R4 definitions (4.0.1) say, as tables that cost nothing to load: the resource types,
// their search parameters, the compartments, and the value sets that elements are bound to with strength required,
// and R4's own invariants.
//
// It owns the tables (*_gen.go, written by the program in generate) and the look-ups over them. It knows no document, no
// query and no store. All look-ups are safe for concurrent use and allocate nothing; what they return is shared and must
// not be changed.
//
//	p, ok := registry.Lookup("Claim", "care-team")
//	// p.Type == registry.Reference, p.Expression == "Claim.careTeam.provider"
//
// Some SearchParameters of the package are no part of R4 proper; Omitted lists each with the reason. A few expressions of
// R4 are at odds with R4's own element definitions; the generator corrects them, each with its reason (its corrections.go).
//
// To write the tables anew, unpack the official package and name its folder:
//
//	npm pack hl7.fhir.r4.examples@4.0.1 && tar xf hl7.fhir.r4.examples-4.0.1.tgz
//	CLAIMWRIGHT_R4_EXAMPLES=$PWD/package go generate ./fhir/registry
package registry

//go:generate go run ./generate -from $CLAIMWRIGHT_R4_EXAMPLES -to .
