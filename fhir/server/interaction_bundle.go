package server

import (
	"context"
	"net/http"

	"claimwright/fhir/bundle"
	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
	"claimwright/store"
	"claimwright/store/resources"
)

// bundle runs a batch or a transaction (R4 §3.1.0.11.1): Bundles of these types, posted to the base.
func (s *Server) bundle(x *exchange) error {
	base := x.baseURL()
	plan, err := bundle.Read(x.body, codec.Limits{MaxBytes: int(s.limits.Body)}, bundle.Options{Base: base})
	if err != nil {
		return err
	}
	a := x.asking()
	answer, err := s.resources.Process(x.ctx, x.principal, plan, resources.BundleOptions{
		Return: x.prefer.returnOfEntries(), Base: base, Fetch: a.fetch(s), Operate: a.operate(s),
	})
	if err != nil {
		return err
	}
	x.holdAnyway(int64(len(answer))) // what was written must be answered
	return x.send(http.StatusOK, answer)
}

// returnOfEntries says what the entries of the answer hold; without a preference they say only what was written.
func (p prefer) returnOfEntries() resources.Return {
	switch p.returned {
	case returnRepresentation:
		return resources.Representation
	case returnOutcome:
		return resources.OperationOutcome
	}
	return resources.Minimal
}

// fetch makes the answers to GET and HEAD entries.
func (a asking) fetch(s *Server) func(context.Context, resources.Principal, *resources.Reads, *bundle.Entry) (*bundle.Answer, error) {
	return func(ctx context.Context, p resources.Principal, reads *resources.Reads, e *bundle.Entry) (*bundle.Answer, error) {
		if !e.Target.Capabilities {
			return a.fetched(ctx, p, reads, e)
		}
		form, err := formOf(e.Target.Query)
		if err == nil {
			err = notCounting(form)
		}
		return pageAnswer(s.statement(a.base, form), err)
	}
}

// fetched answers an entry as the request would be answered alone, over what the Bundle has staged.
func (a asking) fetched(ctx context.Context, p resources.Principal, reads *resources.Reads, e *bundle.Entry) (*bundle.Answer, error) {
	a.principal, a.reads = p, reads
	var err error
	if a.form, err = formOf(e.Target.Query); err != nil {
		return nil, err
	}
	key := store.Key{Type: e.Target.Type, ID: e.Target.ID}
	switch {
	case e.Target.Member != "":
		return pageAnswer(a.searchCompartment(ctx, key, e.Target.Member, e.Target.Query))
	case e.Target.History && e.Target.Version == 0:
		return pageAnswer(a.history(ctx, key, e.Target.Query))
	case key.Type == "":
		return pageAnswer(a.searchSystem(ctx, e.Target.Query))
	case key.ID == "":
		return pageAnswer(a.search(ctx, key.Type, e.Target.Query))
	case e.Target.Version > 0:
		return a.recordAnswer(e)(a.reads.VRead(ctx, p, key, e.Target.Version))
	}
	return a.recordAnswer(e)(a.reads.Read(ctx, p, key))
}

func pageAnswer(page []byte, err error) (*bundle.Answer, error) {
	if err != nil {
		return nil, err
	}
	return &bundle.Answer{Status: http.StatusOK, Resource: page}, nil
}

// recordAnswer answers with a version, or with 304 where the entry's conditions say that the client has it.
func (a asking) recordAnswer(e *bundle.Entry) func(*store.Record, error) (*bundle.Answer, error) {
	return func(r *store.Record, err error) (*bundle.Answer, error) {
		if err != nil {
			return nil, err
		}
		if err := a.notCounting(); err != nil {
			return nil, err
		}
		if err := a.form.Check(e.Target.Type); err != nil {
			return nil, err
		}
		answer := &bundle.Answer{Status: http.StatusNotModified, Version: r.Version, LastModified: r.Updated}
		if !notModified(conditionsOf(e), r.Version, r.Updated) {
			answer.Status, answer.Resource, answer.FullURL = http.StatusOK, formed(a.form, r.Body), a.base+"/"+r.Key.String()
		}
		return answer, nil
	}
}

// conditionsOf gives an entry's conditions as the headers that they stand for; ifModifiedSince is an instant there.
func conditionsOf(e *bundle.Entry) http.Header {
	header := http.Header{}
	if e.IfNoneMatch != "" {
		header["If-None-Match"] = []string{e.IfNoneMatch}
	}
	if since, err := parseInstant(e.IfModifiedSince); err == nil {
		header["If-Modified-Since"] = []string{since.UTC().Format(http.TimeFormat)}
	}
	return header
}

// operate performs an operation as an entry. A batch's entries stand alone, as most operations do; in a transaction only
// those can be that work inside its commit.
func (a asking) operate(s *Server) func(context.Context, resources.Principal, *resources.Unit, *bundle.Entry) (*bundle.Answer, error) {
	return func(ctx context.Context, p resources.Principal, u *resources.Unit, e *bundle.Entry) (*bundle.Answer, error) {
		c := &call{asking: a, level: levelOf(e), key: store.Key{Type: e.Target.Type, ID: e.Target.ID}, version: e.Target.Version, input: e.Resource, raw: e.Target.Query, unit: u}
		c.principal = p
		var err error
		if c.form, err = formOf(c.raw); err != nil {
			return nil, err
		}
		_, c.page = cutPage(e.Target.Query)
		if u != nil {
			c.reads = u.Reads()
		}
		if e.IfMatch == bundle.AnyVersion {
			c.header = http.Header{"If-Match": {"*"}}
		} else if e.IfMatch != 0 {
			c.header = http.Header{"If-Match": {etag(e.IfMatch)}}
		}
		op := s.operationOf(e, c.level)
		if err := op.fits(e, u != nil); err != nil {
			return nil, err
		}
		if c.input == nil {
			input, err := parametersOf(e.Target.Query, op.in, a.query.Strict)
			if err != nil {
				return nil, err
			}
			c.input = input
		}
		done, err := op.run(ctx, c)
		if err != nil {
			return nil, err
		}
		return &bundle.Answer{Status: http.StatusOK, Resource: done.body}, nil
	}
}

// levelOf says on what an entry's operation is invoked.
func levelOf(e *bundle.Entry) level {
	switch t := &e.Target; {
	case t.Version > 0:
		return onVersion
	case t.ID != "":
		return onInstance
	case t.Type != "":
		return onType
	}
	return onSystem
}

// operationOf finds the operation that an entry invokes; nil where there is none.
func (s *Server) operationOf(e *bundle.Entry, on level) *operation {
	for _, op := range s.operations {
		if "$"+op.name == e.Target.Operation && op.levels&on != 0 && (on == onSystem || op.resourceType == "" || op.resourceType == e.Target.Type) {
			return op
		}
	}
	return nil
}

// fits tells why an entry cannot invoke the operation, nil when it can.
func (op *operation) fits(e *bundle.Entry, inTransaction bool) error {
	method := func(text string) error {
		return outcome.New(http.StatusMethodNotAllowed, outcome.NotSupported, e.Path()+".request.method", "%s", text)
	}
	asked := e.Method == bundle.GET || e.Method == bundle.HEAD
	switch {
	case op == nil:
		return entryNotServed(e, "an operation that /metadata declares")
	case op.run == nil:
		return entryNotServed(e, "the operation in a request of its own")
	case !asked && e.Method != bundle.POST, asked && !op.asks:
		return method("an operation is invoked by POST, or by GET where it changes nothing")
	case !asked && op.large:
		return method("this operation is invoked by GET in a Bundle")
	case e.Resource == nil && !op.asks:
		return outcome.New(http.StatusBadRequest, outcome.Required, e.Path()+".resource", "the operation needs its input as the entry's resource")
	case inTransaction && !op.transacts:
		if op.asks {
			return entryNotServed(e, "the operation in a batch, or by itself")
		}
		return entryNotServed(e, "the operation in a batch; a transaction creates the resource instead")
	}
	return nil
}

func entryNotServed(e *bundle.Entry, expected string) error {
	err := outcome.New(http.StatusBadRequest, outcome.NotSupported, e.Path()+".request.url", "this cannot be an entry of the Bundle")
	err.Issues[0].Found, err.Issues[0].Expected = bounded(e.Name()), expected
	return err
}
