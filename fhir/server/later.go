package server

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
	"claimwright/store/jobs"
)

// later is what came of a request that was answered in the background: the parts of an answer that a Bundle's entry tells,
// or the manifest of an export.
type later struct {
	Status                   int
	Location, ETag, Modified string
	Export                   *exported `json:",omitempty"`
	// Refused says why an export was given up that can never succeed.
	Refused []outcome.Issue `json:",omitempty"`
}

// answerFile is the file of a job that holds the answer's body.
const answerFile = "answer"

// deferrable tells whether a route's answer can be given later: that of questions for many resources, of Bundles and of
// operations.
func (r *route) deferrable() bool {
	switch {
	case r.operation != nil:
		return r.operation.run != nil
	case r.body == formBody, r.path == "", r.path == "/":
		return true
	case r.method == http.MethodGet:
		return r.path == "/:type" || strings.HasSuffix(r.path, "/_history") || strings.HasSuffix(r.path, "/:member")
	}
	return false
}

// defers tells whether this request is to be answered later (Prefer: respond-async).
func (x *exchange) defers() bool {
	return x.prefer.async && x.srv.jobs != nil && x.Request().Method != http.MethodHead && x.route.deferrable()
}

// accept takes a request on, to be answered later: 202, and where to ask for the answer.
func (s *Server) accept(x *exchange) error {
	work := x.detached()
	x.held = 0 // the body is the job's now
	changes := x.Request().Method == http.MethodPost && (x.route.path == "" || x.route.path == "/" || x.route.operation != nil && !x.route.operation.asks)
	spec := jobs.Spec{
		Principal: x.principal.ID, Kind: "answer", Request: x.address(), Writes: changes,
		Release: func() { s.bodies.release(work.held) },
	}
	id, err := s.jobs.Start(x.ctx, spec, work.answerLater)
	if err != nil {
		x.held = work.held
		return jobFault(err)
	}
	return x.accepted(id)
}

// accepted answers 202 with the address of a job.
func (x *exchange) accepted(id string) error {
	x.header().Set("Content-Location", x.baseURL()+jobsPath+"/"+id)
	return x.send(http.StatusAccepted, outcome.Render([]outcome.Issue{{
		Severity: outcome.Information, Code: outcome.Informational, Text: "the request was accepted; ask for its answer at the address in Content-Location",
	}}))
}

// address is the request's own address, as manifests repeat it.
func (x *exchange) address() string {
	return x.baseURL() + strings.TrimPrefix(x.Request().URL.RequestURI(), basePath)
}

// detached is the same exchange with an answer that is kept instead of sent. It outlives the request.
func (x *exchange) detached() *exchange {
	d := *x
	d.Context = x.srv.echo.NewContext(x.Request().Clone(context.WithoutCancel(x.Request().Context())), &kept{header: http.Header{}})
	d.SetPath(x.Path())
	d.SetParamNames(slices.Clone(x.ParamNames())...)
	d.SetParamValues(slices.Clone(x.ParamValues())...)
	d.format = format{served: fhirJSON} // whoever fetches the answer says how it is written
	return &d
}

// kept is an answer in memory.
type kept struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (k *kept) Header() http.Header { return k.header }

func (k *kept) WriteHeader(status int) { k.status = status }

func (k *kept) Write(b []byte) (int, error) { return k.body.Write(b) }

// answerLater handles a detached exchange as a job.
func (x *exchange) answerLater(ctx context.Context, t *jobs.Task) ([]byte, error) {
	x.SetRequest(x.Request().WithContext(ctx))
	x.ctx = ctx
	err := x.route.handle(x)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		x.srv.answerError(x, err)
	}
	x.srv.logAccess(x)
	answer := x.Response().Writer.(*kept)
	file := t.File(answerFile)
	if err := file.Write(ctx, answer.body.Bytes()); err != nil {
		return nil, err
	}
	if _, err := file.Close(ctx); err != nil {
		return nil, err
	}
	return json.Marshal(later{
		Status: answer.status, Location: answer.header.Get("Location"), ETag: answer.header.Get("ETag"), Modified: answer.header.Get("Last-Modified"),
	})
}

// batchResponse writes an answer as the one entry of a batch-response (R5 async-bundle.html).
func (l later) batchResponse(body []byte) []byte {
	w := codec.NewWriter(make([]byte, 0, len(body)+512))
	w.Object("")
	w.String("resourceType", "Bundle")
	w.String("type", "batch-response")
	w.Array("entry")
	w.Object("")
	if l.Status < http.StatusBadRequest {
		w.RawOpt("resource", body)
	}
	w.Object("response")
	w.String("status", statusLine(l.Status))
	w.StringOpt("location", l.Location)
	w.StringOpt("etag", l.ETag)
	if modified, err := http.ParseTime(l.Modified); err == nil {
		w.Instant("lastModified", modified)
	}
	if l.Status >= http.StatusBadRequest {
		w.RawOpt("outcome", body)
	}
	w.End()
	w.End()
	w.End()
	w.End()
	return w.Bytes()
}

func statusLine(status int) string { return strconv.Itoa(status) + " " + http.StatusText(status) }

// jobFault tells a client what stands in the way of a job.
func jobFault(err error) error {
	switch {
	case errors.Is(err, jobs.ErrBusy):
		return throttled("as many requests wait for their answers as may; fetch or cancel some, or try again later")
	case errors.Is(err, jobs.ErrStopped):
		f := outcome.New(http.StatusServiceUnavailable, outcome.Transient, "", "the server is stopping")
		f.RetryAfter = retryLater
		return f
	case errors.Is(err, jobs.ErrUnknown):
		return outcome.New(http.StatusNotFound, outcome.NotFound, "", "there is nothing to be fetched here, or no longer")
	}
	return err
}
