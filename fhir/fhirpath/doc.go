// Package fhirpath evaluates FHIRPath expressions over R4 resources: invariants of profiles, asserts of TestScripts.
//
// It owns the compiled Expression, the readable Resource and the answer, a Collection of Values. It knows no store, no
// profile and no HTTP, and it is the only package that imports the FHIRPath library.
//
//	expression, err := fhirpath.Compile("name.where(use = 'official').given.first()")
//	patient, err := fhirpath.Read(body)
//	names, err := expression.Evaluate(ctx, fhirpath.Scope{Resource: patient})
//
// Expressions and resources may come from strangers. An expression is bounded in length and nesting, an evaluation in time
// and in the size of what it makes; a fault of the library is an error. Nothing is looked up outside the resource:
// resolve() finds contained resources and entries of the same Bundle, and is empty for everything else.
package fhirpath
