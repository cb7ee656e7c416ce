// Package server speaks FHIR R4 over HTTP.
//
// It owns everything that is about the wire and nothing else: the routes, content negotiation, headers and preconditions,
// the shape of searchset and history Bundles, page links, limits, health, the access log, the CapabilityStatement, and the
// one place where an error becomes an OperationOutcome with a status. It is the only package that imports Echo.
//
// It must not decide anything about a resource. Writing goes through store/resources and the operations through small
// interfaces (Submitter) that adjudication's use cases fulfil; a type has no code of its own here. It knows no database.
//
// Where to find what:
//
//	routes.go            every route, in one table; /metadata is generated from it (metadata.go)
//	serve.go             what happens around each request, in order
//	interaction_*.go     one file per interaction of the RESTful API
//	op_*.go              one file per operation
//	fault.go             errors to OperationOutcome and status
//
// A server is made once and serves until its context ends:
//
//	srv := server.New(server.Options{Resources: service, Store: st, Claims: claims, Eligibility: eligibility})
//	err := srv.Run(ctx, listener)
package server
