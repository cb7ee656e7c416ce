package server

import (
	"context"
	"net/http"

	"claimwright/fhir/codec"
	"claimwright/store"
	"claimwright/store/resources"
)

// level says on what an operation is invoked (R4 §3.2.0.1); an operation may be offered on several.
type level uint8

// The levels. A version is not one of R4's own, but $meta is offered on one.
const (
	onSystem level = 1 << iota
	onType
	onInstance
	onVersion
)

// operation is an operation with at most one resource in and one resource out (R4 §3.2).
type operation struct {
	// name is without the dollar sign.
	name string
	// definition is the canonical url of its OperationDefinition.
	definition string
	// resourceType is the type on which it is offered; empty for every type.
	resourceType string
	levels       level
	// in are the parameters that a query may carry, with their types; nil takes every one as a string.
	in []parameter
	// asks marks an operation that changes nothing (affectsState is false): it can be invoked by GET as well, its
	// parameters in the query (R4 §3.2.0.5), and needs no body.
	asks bool
	// starts marks an operation whose every invocation starts work: its GET serves no HEAD, which must have no effect.
	starts bool
	// transacts marks an operation that can be an entry of a transaction, because it reads and writes through the call's
	// unit of work.
	transacts bool
	// large marks a question whose answer may fill a page. In a Bundle it is asked by GET, so that its answer is counted.
	large bool
	// judges marks an operation whose answer says what is wrong with the body: one that cannot be read is no refused request.
	judges bool
	// anyFormat is the route's.
	anyFormat bool
	// run performs it.
	run func(ctx context.Context, c *call) (answered, error)
	// handle answers a request instead of run where the answer is more than a resource, or the body is not to be parsed first.
	// Without run, the operation cannot be an entry of a Bundle.
	handle func(*exchange) error
}

// call is one invocation of an operation, be it a request of its own or an entry of a Bundle.
type call struct {
	// asking is who asks, and how what is asked for is read: over what a transaction staged, too.
	asking
	level level
	// key is what the operation is invoked on: empty for the system, without an id for a type. Version is 0 but for one
	// version of a resource.
	key     store.Key
	version int64
	// input is what was posted, or the Parameters of a question's query; nil where a question has neither.
	input *codec.Document
	// raw is the query of the address, still escaped.
	raw string
	// page is the token of the page of the answer that is wanted, empty for the first.
	page string
	// header is the request's; an entry of a Bundle has none but for its ifMatch.
	header http.Header
	// unit is the transaction that the call is part of, nil outside of one.
	unit *resources.Unit
}

// answered is what an operation answers: a resource, and which stored version that is, if it is one.
type answered struct {
	body    []byte
	key     store.Key
	version int64
}

// answer is a Document as an operation's answer.
func answer(doc *codec.Document, err error) (answered, error) {
	if err != nil {
		return answered{}, err
	}
	a := answered{body: doc.Bytes(), key: store.Key{Type: doc.Type(), ID: doc.ID()}}
	a.version, _ = parseVersion(doc.VersionID())
	return a, nil
}

// forType makes an operation's run of a use case that works on a whole type.
func forType(use func(context.Context, resources.Principal, *codec.Document) (*codec.Document, error)) func(context.Context, *call) (answered, error) {
	return func(ctx context.Context, c *call) (answered, error) {
		return answer(use(ctx, c.principal, c.input))
	}
}

// forInstance makes an operation's run of a use case that works on the resource with an id.
func forInstance(use func(context.Context, resources.Principal, string, *codec.Document) (*codec.Document, error)) func(context.Context, *call) (answered, error) {
	return func(ctx context.Context, c *call) (answered, error) {
		return answer(use(ctx, c.principal, c.key.ID, c.input))
	}
}

// offered are the operations that the server has a use case for.
func offered(o Options) []*operation {
	all := append(metaOperations(o.Resources), everythingOperations()...)
	all = append(all, patientMatch())
	all = append(all, validateOperation(o.Resources))
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

// invoke makes the handler of an operation on a level. The resource may be posted bare or in Parameters; which of the two
// is the use case's to see. The only out parameter is a resource, so it is the answer itself (R4 §3.2.0.5.1).
func (s *Server) invoke(op *operation, on level) func(*exchange) error {
	if op.handle != nil {
		return op.handle
	}
	return func(x *exchange) error {
		c, err := x.call(op, on)
		if err != nil {
			return err
		}
		a, err := op.run(x.ctx, c)
		if err != nil {
			return err
		}
		x.locateAnswer(a)
		if op.large {
			return x.sendRead(a.body)
		}
		return x.send(http.StatusOK, a.body)
	}
}

// call is the request as an invocation of an operation.
func (x *exchange) call(op *operation, on level) (*call, error) {
	c := &call{asking: x.asking(), level: on, key: x.key, header: x.Request().Header, raw: x.query}
	_, c.page = cutPage(x.query)
	if on == onType {
		c.key.Type = x.resourceType()
	}
	if on == onVersion {
		version, ok := parseVersion(x.Param("version"))
		if !ok {
			return nil, unknownVersion(x.Param("version"))
		}
		c.version = version
	}
	input, err := x.operationInput(op)
	c.input = input
	return c, err
}

// locateAnswer says where the answer is stored, if it is a stored resource: testers look for it in either header.
func (x *exchange) locateAnswer(a answered) {
	if a.version == 0 || a.key.ID == "" {
		return
	}
	at := []string{x.versionURL(a.key.Type, a.key.ID, a.version)}
	x.header()["Location"], x.header()["Content-Location"] = at, at
}
