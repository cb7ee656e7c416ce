package server

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"claimwright/fhir/outcome"
	"claimwright/store/jobs"
)

// jobsPath is where the answers of requests are fetched that were accepted to be answered later, below the base.
const jobsPath = "/_async"

const retryLater = 5 * time.Second

// jobRoutes are the routes of answers that are given later; none where the server was given nothing to run jobs with.
func (s *Server) jobRoutes() []route {
	if s.jobs == nil {
		return nil
	}
	return []route{
		{method: http.MethodGet, path: jobsPath + "/:job", anyFormat: true, handle: s.jobStatus},
		{method: http.MethodDelete, path: jobsPath + "/:job", handle: s.jobCancel},
		{method: http.MethodGet, path: jobsPath + "/:job/:file", anyFormat: true, handle: s.jobFile},
	}
}

// jobStatus says how far a job is (202), or what came of it: a batch-response, or the manifest of an export.
func (s *Server) jobStatus(x *exchange) error {
	job, err := s.jobs.Job(x.ctx, x.Param("job"), x.principal.ID)
	if err != nil {
		return jobFault(err)
	}
	x.header()["Cache-Control"] = noStore
	switch job.State {
	case jobs.Waiting, jobs.Running:
		return s.jobRuns(x, job)
	case jobs.Done:
		x.header().Set("Expires", s.jobs.Expires(job).UTC().Format(http.TimeFormat))
		return s.jobDone(x, job)
	case jobs.TooLarge:
		return outcome.New(http.StatusUnprocessableEntity, outcome.TooCostly, "",
			"the answer is larger than what is kept of one, and was thrown away; ask for less at once, such as for some types, or since a time")
	case jobs.Stopped:
		return outcome.New(http.StatusInternalServerError, outcome.Transient, "", "the server was stopped before the request was worked on; nothing was done, send it again")
	case jobs.Lost:
		return outcome.New(http.StatusInternalServerError, outcome.Incomplete, "",
			"the server that worked on the request is gone: what the request changes may have been changed or not; look before sending it again")
	}
	return outcome.New(http.StatusInternalServerError, outcome.Exception, "", "the server failed to process this request; its log has the reason")
}

// jobRuns answers 202, unless the client asks far too often.
func (s *Server) jobRuns(x *exchange, job *jobs.Job) error {
	if !s.polls.allow(job.ID, time.Now()) {
		return throttled("the answer is asked for too often; Retry-After says when to ask again")
	}
	progress := job.Progress
	if progress == "" {
		progress = string(job.State)
	}
	h := x.header()
	h.Set("X-Progress", progress)
	h.Set("Retry-After", strconv.Itoa(pollAfter(time.Since(job.Began))))
	return x.sendNothing(http.StatusAccepted)
}

// pollAfter is how many seconds a client should wait: the longer, the longer it has waited already.
func pollAfter(running time.Duration) int {
	return int(min(max(running/10, time.Second), 30*time.Second) / time.Second)
}

func (s *Server) jobDone(x *exchange, job *jobs.Job) error {
	var l later
	if err := json.Unmarshal(job.Result, &l); err != nil {
		return err
	}
	if len(l.Refused) > 0 {
		return &outcome.Error{Status: l.Status, Issues: l.Refused}
	}
	if l.Export != nil {
		return x.sendManifest(job, l.Export)
	}
	if x.notServed != nil {
		return x.notServed
	}
	file := job.Files[answerFile]
	if file == nil {
		return jobFault(jobs.ErrUnknown)
	}
	if err := x.hold(2 * file.Bytes); err != nil {
		return err
	}
	body := make([]byte, 0, file.Bytes)
	for i := range file.Parts {
		part, err := s.jobs.Part(x.ctx, job, answerFile, i)
		if err != nil {
			return jobFault(err)
		}
		body = append(body, part...)
	}
	return x.send(http.StatusOK, l.batchResponse(body))
}

// jobCancel cancels a job, or forgets what came of it.
func (s *Server) jobCancel(x *exchange) error {
	if err := s.jobs.Cancel(x.ctx, x.Param("job"), x.principal.ID); err != nil {
		return jobFault(err)
	}
	return x.sendOutcome(http.StatusAccepted, outcome.Issue{Severity: outcome.Information, Code: outcome.Informational, Text: "cancelled"})
}

// partPatience is how long reading and sending one part of a file may take.
const partPatience = 30 * time.Second

// jobFile sends a file of an export, part by part.
func (s *Server) jobFile(x *exchange) error {
	job, err := s.jobs.Job(x.ctx, x.Param("job"), x.principal.ID)
	if err != nil {
		return jobFault(err)
	}
	name := strings.TrimSuffix(x.Param("file"), ".ndjson")
	file := job.Files[name]
	if file == nil || job.Kind != exportKind || !job.Over() {
		return jobFault(jobs.ErrUnknown)
	}
	h := x.header()
	h.Set("Content-Type", ndjson)
	h.Set("Content-Length", strconv.FormatInt(file.Bytes, 10))
	h["X-Content-Type-Options"], h["Cache-Control"] = noSniff, noStore
	h.Set("Expires", s.jobs.Expires(job).UTC().Format(http.TimeFormat))
	if x.Request().Method == http.MethodHead {
		return x.sendNothing(http.StatusOK)
	}
	deadline := http.NewResponseController(x.Response())
	for i := range file.Parts {
		_ = deadline.SetWriteDeadline(time.Now().Add(partPatience)) // a large file may take longer than an answer may
		if err := s.sendPart(x, job, name, i); err != nil {
			return err
		}
	}
	return nil
}

func (s *Server) sendPart(x *exchange, job *jobs.Job, name string, i int) error {
	ctx, cancel := context.WithTimeout(x.Request().Context(), partPatience)
	defer cancel()
	part, err := s.jobs.Part(ctx, job, name, i)
	if err != nil {
		return jobFault(err)
	}
	_, err = x.Response().Write(part)
	return err
}

// polls bounds how often a running job is asked for: five times at once, and then once a second.
type polls struct {
	mu   sync.Mutex
	jobs map[string]*polled
}

type polled struct {
	left float64
	last time.Time
}

const (
	pollBurst = 5
	mostPolls = 10_000
)

func (p *polls) allow(id string, now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.jobs == nil || len(p.jobs) > mostPolls {
		p.jobs = map[string]*polled{}
	}
	job := p.jobs[id]
	if job == nil {
		job = &polled{left: pollBurst, last: now}
		p.jobs[id] = job
	}
	job.left = min(pollBurst, job.left+now.Sub(job.last).Seconds())
	job.last = now
	if job.left < 1 {
		return false
	}
	job.left--
	return true
}
