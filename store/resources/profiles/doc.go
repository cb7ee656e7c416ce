// Package profiles gives the validator the profiles and value sets that are stored: StructureDefinitions by their canonical
// url, compiled once for each version of the stored resource, and ValueSets and CodeSystems through package terminology.
//
// It owns the cache of compiled profiles, bounded by what they hold. It knows no HTTP. What a principal may not see is not
// there: every look-up reads under its access, and only what it found is taken from the cache.
//
//	library := profiles.New()
//	found := library.For(reads, principal)
//	issues, err := profile.Validator{Profiles: found, Terms: found}.Validate(ctx, body, limits)
package profiles
