// Package profile checks resources against profiles: what $validate does beyond what the codec checks of every resource.
//
// It owns the compiled Profile (a StructureDefinition that constrains a type), and the check of a resource against R4's own
// invariants, against the profiles it claims to follow or is said to follow, and of its extensions against their definitions.
// It knows no store and no HTTP: profiles come from a Source, value sets from Terms.
//
//	v := profile.Validator{Profiles: stored, Terms: terms}
//	issues, err := v.Validate(ctx, body, "http://example.org/StructureDefinition/my-claim")
//
// A profile comes from strangers like any other resource. How many elements it may have, how deep profiles may refer to one
// another, and how much is evaluated is bounded; what cannot be checked is a warning that says so, never silently right.
package profile
