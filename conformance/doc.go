// Package conformance holds what Claimwright adds to FHIR: the StructureDefinitions of its extensions, its CodeSystems and
// ValueSets, as valid R4 resources.
//
// The package itself owns data only. The programs that give them meaning are adjudication/engine/scheme (extensions of plans, register and
// facilities) and adjudication/engine (denial reasons, categories, the trace); tests there hold codes and definitions
// together, so that neither changes alone.
//
// Beneath it, testscripts holds our own TestScripts, and testscript, testrun, testreport and junit are what runs them, or anybody's,
// against a server and tells how it went.
//
//	for name, body := range conformance.Definitions() {
//		doc, issues := codec.Parse(body, codec.Limits{})
//		…
//	}
package conformance
