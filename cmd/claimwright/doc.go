// Command claimwright is the FHIR R4 claims server and its tools: one binary, one file per command.
//
// It owns the command line only: flags, exit codes, what a person reads. What the commands do is in cmd/internal and below.
//
//	claimwright serve --sandbox
//	claimwright healthcheck --url http://127.0.0.1:8080
package main
