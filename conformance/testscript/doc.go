// Package testscript reads FHIR R4 TestScript resources: the script, its fixtures and its variables, checked so far that a runner
// can rely on every name in it.
//
// It owns the form of a script and where its parts come from: a file, or what the script contains. It must not know HTTP, nor how
// a script is run (conformance/testrun) or told (conformance/testreport).
//
//	scripts, err := testscript.Load("conformance/testscripts/rest")
//
// A script comes from a stranger as much as any resource does. It is parsed as strictly as a request to the server; a fixture is
// read only from the folder that was named or from beneath it; a name that nothing declares is refused with the nearest one that is.
package testscript
