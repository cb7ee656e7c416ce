// Package expression reads the small part of FHIRPath in which R4 writes its search parameters.
//
// It owns the syntax alone: dotted paths, unions, a choice narrowed to one of its types ("as", "ofType"), an index, the
// filters where(x='y') and where(resolve() is T), extension('url'), and the one boolean form in R4. It knows no resource,
// no search parameter and no document; the registry's generator uses it to find the types of the elements that a
// parameter ends at, the search package to make programs that run over documents. Whatever lies outside this part of
// FHIRPath is an error, never silently something else.
//
//	paths, err := expression.Parse("Observation.effective | (Observation.value as Period)")
//	// paths[1].Root == "Observation", paths[1].Steps[0] == Step{Name: "value", As: "Period", Index: -1}
package expression
