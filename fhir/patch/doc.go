// Package patch changes parts of a resource: JSON Patch (RFC 6902) and FHIRPath Patch (R4 fhirpatch.html).
//
// It owns the two forms of a patch document, what their operations do, and the bounds on both. What comes out is a Document
// that the codec has checked like any other content. It must not know a store, HTTP or what a change means to a type.
//
//	p, err := patch.ParseJSON(body)        // or patch.ParseParameters(doc)
//	if err != nil {
//		return err // 400: no patch
//	}
//	changed, err := p.Apply(stored)        // 422: it cannot be applied to this resource
//
// # How it is applied
//
// The resource becomes a tree whose branches stay bytes until an operation goes into them, so that everything that is not
// touched keeps its spelling, decimals above all: nothing is ever converted to a number. The operations are done in their
// order; whether the result is valid is asked at the end only, because what is removed first may be added again. FHIR has
// no empty objects and arrays: what an operation has emptied is left out.
//
// # Decided here
//
// A document that is no patch is refused with 400. A patch that cannot be applied (a test that fails, a path that is not
// there or is not one place) or whose result is no valid resource gets 422, and so does one that changes id or
// resourceType. Test compares numbers by value, as RFC 6902 §4.6 demands: 125.0 equals 125.00. In a FHIRPath Patch, deleting
// what is not there is no error, and the name of a choice may be given with or without its type.
package patch
