package server

import (
	"context"
	"net/http"

	"claimwright/fhir/codec"
	"claimwright/store/resources"
)

// operation is a type-level operation with one resource in and one resource out (R4 §3.2).
type operation struct {
	resourceType, name string
	// definition is the canonical url of its OperationDefinition.
	definition string
	run        func(ctx context.Context, p resources.Principal, input *codec.Document) (*codec.Document, error)
	// attend takes from a request's header what the use case wants to know besides the input; nil where it is nothing.
	attend func(ctx context.Context, header http.Header) (context.Context, error)
}

// offered are the operations that the server has a use case for.
func offered(o Options) []*operation {
	var all []*operation
	if o.Claims != nil {
		all = append(all, claimSubmit(o.Claims))
	}
	if o.Eligibility != nil {
		all = append(all, eligibilitySubmit(o.Eligibility))
	}
	return all
}

// invoke makes the handler of an operation. The resource may be posted bare or in Parameters; which of the two is the
// use case's to see. The only out parameter is a resource, so it is the answer itself (R4 §3.2.0.5.1).
func (s *Server) invoke(op *operation) func(*exchange) error {
	return func(x *exchange) error {
		input, err := x.parse()
		if err != nil {
			return err
		}
		ctx := x.ctx
		if op.attend != nil {
			if ctx, err = op.attend(ctx, x.Request().Header); err != nil {
				return err
			}
		}
		answer, err := op.run(ctx, x.principal, input)
		if err != nil {
			return err
		}
		x.locateAnswer(answer)
		return x.send(http.StatusOK, answer.Bytes())
	}
}

// locateAnswer says where the answer is stored, if it is a stored resource: testers look for it in either header.
func (x *exchange) locateAnswer(answer *codec.Document) {
	version, stored := parseVersion(answer.VersionID())
	if !stored || answer.ID() == "" {
		return
	}
	at := []string{x.versionURL(answer.Type(), answer.ID(), version)}
	x.header()["Location"], x.header()["Content-Location"] = at, at
}
