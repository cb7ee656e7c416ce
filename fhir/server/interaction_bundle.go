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
		Return: x.prefer.returnOfEntries(), Base: base, Fetch: a.fetch, Operate: s.operate,
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

// fetch answers a GET or HEAD entry as the request would be answered alone, over what the Bundle has staged.
func (a asking) fetch(ctx context.Context, p resources.Principal, reads *resources.Reads, e *bundle.Entry) (*bundle.Answer, error) {
	a.principal, a.reads = p, reads
	var err error
	if a.form, err = formOf(e.Target.Query); err != nil {
		return nil, err
	}
	key := store.Key{Type: e.Target.Type, ID: e.Target.ID}
	switch {
	case key.Type == "" || key.ID == "" && e.Target.History:
		return nil, entryNotServed(e, "an interaction of one resource or a search of one type")
	case key.ID == "":
		return pageAnswer(a.search(ctx, key.Type, e.Target.Query))
	case e.Target.History && e.Target.Version == 0:
		return pageAnswer(a.history(ctx, key, e.Target.Query))
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

// operate performs an operation as an entry. A batch's entries stand alone, as the operations do; a transaction would need
// them inside its commit.
func (s *Server) operate(ctx context.Context, p resources.Principal, u *resources.Unit, e *bundle.Entry) (*bundle.Answer, error) {
	for _, op := range s.operations {
		if op.resourceType != e.Target.Type || "$"+op.name != e.Target.Operation || (e.Target.ID != "") != (op.act != nil) {
			continue
		}
		switch {
		case e.Method != bundle.POST:
			return nil, outcome.New(http.StatusMethodNotAllowed, outcome.NotSupported, e.Path()+".request.method", "an operation is invoked by POST")
		case e.Resource == nil && !op.asks:
			return nil, outcome.New(http.StatusBadRequest, outcome.Required, e.Path()+".resource", "the operation needs its input as the entry's resource")
		case u != nil:
			return nil, entryNotServed(e, "the operation in a batch; a transaction creates the resource instead")
		}
		answer, err := op.on(ctx, p, e.Target.ID, e.Resource)
		if err != nil {
			return nil, err
		}
		return &bundle.Answer{Status: http.StatusOK, Resource: answer.Bytes()}, nil
	}
	return nil, entryNotServed(e, "an operation that /metadata declares")
}

func entryNotServed(e *bundle.Entry, expected string) error {
	err := outcome.New(http.StatusBadRequest, outcome.NotSupported, e.Path()+".request.url", "this cannot be an entry of the Bundle")
	err.Issues[0].Found, err.Issues[0].Expected = bounded(e.Name()), expected
	return err
}
