// Package testrun runs TestScripts against a FHIR server and tells, action by action, what happened.
//
// It owns the requests, the variables, the asserts and the order of setup, tests and teardown. It knows servers by HTTP alone, its
// own included, and must not know how results are shown (conformance/testreport).
//
//	runner, err := testrun.New(testrun.Options{BaseURL: "https://fhir.example.org/r4"})
//	result := runner.Run(ctx, script)
//
// The server may be hostile: only the origin of the base URL is ever spoken to, redirects are not followed, a request has a
// deadline, bodies and headers are bounded, and what came back is never trusted to be FHIR. So may be the script: it can neither
// name another host nor loop.
//
// # The order
//
// Fixtures with autocreate, then setup, then the tests, then teardown and fixtures with autodelete. A failure in setup skips the
// tests; a failed assert, or an operation that could not be sent, ends its test and no other (R4 testscript.html); teardown always
// runs. An operation passes once it was answered, whatever the status: judging that is for asserts.
package testrun
