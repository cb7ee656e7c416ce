package server

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
	"claimwright/store/resources"
)

// operation is an operation with at most one resource in and one resource out (R4 §3.2), on a type or on one resource.
type operation struct {
	resourceType, name string
	// definition is the canonical url of its OperationDefinition.
	definition string
	// run performs it on the type; nil for an operation on one resource.
	run func(ctx context.Context, p resources.Principal, input *codec.Document) (*codec.Document, error)
	// act performs it on the resource with an id; nil for an operation on the type. Input is nil where a request without a
	// body may leave it out.
	act func(ctx context.Context, p resources.Principal, id string, input *codec.Document) (*codec.Document, error)
	// asks marks an operation that changes nothing: it can be invoked by GET as well, its parameters in the query (R4
	// §3.2.0.5), and needs no body.
	asks bool
	// attend takes from a request's header what the use case wants to know besides the input; nil where it is nothing.
	attend func(ctx context.Context, header http.Header) (context.Context, error)
}

// offered are the operations that the server has a use case for.
func offered(o Options) []*operation {
	var all []*operation
	if o.Claims != nil {
		all = append(all, claimSubmit(o.Claims))
	}
	if o.Reviews != nil {
		all = append(all, claimReview(o.Reviews))
	}
	if o.Eligibility != nil {
		all = append(all, eligibilitySubmit(o.Eligibility))
	}
	if o.Balances != nil {
		all = append(all, coverageBalance(o.Balances), coverageBalances(o.Balances))
	}
	if o.Checklist != nil {
		all = append(all, ruleChecklist(o.Checklist))
	}
	if o.Simulations != nil {
		all = append(all, ruleSimulate(o.Simulations), ruleSimulateOne(o.Simulations), ruleShadowReport(o.Simulations))
	}
	return all
}

// invoke makes the handler of an operation. The resource may be posted bare or in Parameters; which of the two is the
// use case's to see. The only out parameter is a resource, so it is the answer itself (R4 §3.2.0.5.1).
func (s *Server) invoke(op *operation) func(*exchange) error {
	return func(x *exchange) error {
		input, err := x.operationInput(op)
		if err != nil {
			return err
		}
		ctx := x.ctx
		if op.attend != nil {
			if ctx, err = op.attend(ctx, x.Request().Header); err != nil {
				return err
			}
		}
		answer, err := op.on(ctx, x.principal, x.Param("id"), input)
		if err != nil {
			return err
		}
		x.locateAnswer(answer)
		return x.send(http.StatusOK, answer.Bytes())
	}
}

// on performs the operation, on the resource with the id where it is one of those.
func (op *operation) on(ctx context.Context, p resources.Principal, id string, input *codec.Document) (*codec.Document, error) {
	if op.act != nil {
		return op.act(ctx, p, id, input)
	}
	return op.run(ctx, p, input)
}

// operationInput is what was posted, or the Parameters of a question's query; nil where a question has neither.
func (x *exchange) operationInput(op *operation) (*codec.Document, error) {
	if len(x.body) > 0 || !op.asks {
		return x.parse()
	}
	values, err := url.ParseQuery(x.query)
	if err != nil {
		return nil, outcome.New(http.StatusBadRequest, outcome.Value, "", "the query cannot be read")
	}
	w := codec.NewWriter(nil)
	w.Object("")
	w.String("resourceType", "Parameters")
	w.Array("parameter")
	any := false
	for _, name := range slices.Sorted(maps.Keys(values)) {
		for _, value := range values[name] {
			if strings.HasPrefix(name, "_") || value == "" { // of the answer's form, such as _pretty
				continue
			}
			any = true
			w.Object("")
			w.String("name", name)
			w.String("valueString", value)
			w.End()
		}
	}
	w.End()
	w.End()
	if !any {
		return nil, nil
	}
	doc, issues := codec.Parse(w.Bytes(), codec.Limits{MaxBytes: int(x.srv.limits.Body)})
	if refused := outcome.Rejected(issues); refused != nil {
		return nil, refused
	}
	return doc, nil
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
