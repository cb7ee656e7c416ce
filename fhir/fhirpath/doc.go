// Package fhirpath evaluates FHIRPath expressions over R4 resources: invariants of profiles, asserts of TestScripts.
//
// It owns the compiled Expression, the readable Resource and the answer, a Collection of Values that know their type and their
// place. It knows no store, no profile and no HTTP, and it is the only package that imports the FHIRPath library: that reads
// the syntax, and computes with dates, quantities and conversions of single values. Walking through the resource, types, equality
// and everything that iterates are this package's own (docs/decisions/0065-validate-with-profiles.md says why).
//
//	expression, err := fhirpath.Compile("name.where(use = 'official').given.first()")
//	patient, err := fhirpath.Read(body)
//	names, err := expression.Evaluate(ctx, fhirpath.Scope{Resource: patient})
//	// names[0].Text() == "Ada", names[0].Path() == "Patient.name[0].given[0]"
//
// Expressions and resources may come from strangers. An expression is bounded in length and nesting, an evaluation in time, in
// steps and in the size of what it makes; a fault of the library is an error. Nothing is looked up outside the resource:
// resolve() finds contained resources and entries of the same Bundle, and is empty for everything else. trace() is silent.
//
// It is FHIRPath 2.0 (N1) with the functions of R4's fhirpath.html, but for type(), elementDefinition(), slice(),
// checkModifiers(), subsumes() and subsumedBy(), which do not compile.
package fhirpath
