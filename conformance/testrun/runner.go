package testrun

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"claimwright/conformance/testscript"
)

// Options say how to reach a server. The zero value of each field but BaseURL means its default.
type Options struct {
	// BaseURL is the server's FHIR base.
	BaseURL string
	// Transport sends requests; http.DefaultTransport's settings by default.
	Transport http.RoundTripper
	// Header goes with every request, an authorization say.
	Header http.Header
	// Variables are values of variables that scripts leave to the tester.
	Variables map[string]string
	// Timeout is how long one request may take, 30 s by default; MaxBody how many bytes of an answer are read, 32 MiB by default.
	Timeout time.Duration
	MaxBody int64
	// Now is the clock, time.Now by default; Pause waits before a request is sent again, by a timer by default.
	Now   func() time.Time
	Pause func(context.Context, time.Duration) error
}

// Runner runs scripts against one server. It is safe for concurrent use.
type Runner struct {
	options    Options
	base       *url.URL
	client     *http.Client
	capability sync.Once
	statement  []byte // of the server, nil where it has none
}

// New makes a runner. The error says what is wrong with the base URL.
func New(o Options) (*Runner, error) {
	base, err := url.Parse(strings.TrimSuffix(o.BaseURL, "/"))
	switch {
	case err != nil:
		return nil, fmt.Errorf("the base URL cannot be read: %w", err)
	case base.Scheme != "http" && base.Scheme != "https" || base.Host == "":
		return nil, errors.New("the base URL must begin with http:// or https:// and a host")
	case base.RawQuery != "" || base.Fragment != "":
		return nil, errors.New("the base URL has neither a query nor a fragment")
	}
	if o.Timeout <= 0 {
		o.Timeout = 30 * time.Second
	}
	if o.MaxBody <= 0 {
		o.MaxBody = 32 << 20
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Pause == nil {
		o.Pause = pause
	}
	if o.Transport == nil {
		o.Transport = boundedTransport()
	}
	return &Runner{options: o, base: base, client: &http.Client{
		Transport:     o.Transport,
		Timeout:       o.Timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

// maxHeader bounds the headers of an answer, in bytes.
const maxHeader = 256 << 10

func boundedTransport() http.RoundTripper {
	standard, ok := http.DefaultTransport.(*http.Transport)
	if !ok { // somebody replaced it
		return http.DefaultTransport
	}
	t := standard.Clone()
	t.MaxResponseHeaderBytes = maxHeader
	return t
}

// Run runs a script. It ends early when the context does; what was not run is skipped then.
func (r *Runner) Run(ctx context.Context, script *testscript.Script) *Result {
	s := newSession(r, script)
	result := &Result{Script: script, Verdict: Pass, Started: r.options.Now()}
	defer func() { result.Took = r.options.Now().Sub(result.Started) }()
	if verdict, reason := s.capable(ctx); verdict != Pass {
		result.Verdict, result.Reason = verdict, reason
		return result
	}
	result.Setup = s.create(ctx)
	ready := !anyFailed(result.Setup)
	if ready {
		steps, passed := s.actions(ctx, script.Setup)
		result.Setup, ready = append(result.Setup, steps...), passed
	} else {
		result.Setup = append(result.Setup, skipped(script.Setup, "a fixture could not be created")...)
	}
	if !ready {
		result.Verdict, result.Reason = Fail, "setup failed"
	}
	for i := range script.Tests {
		t := &script.Tests[i]
		if !ready {
			result.Tests = append(result.Tests, TestResult{Test: t, Verdict: Skip, Steps: skipped(t.Actions, "setup failed")})
			continue
		}
		tested := s.test(ctx, t)
		if tested.Verdict.Failed() {
			result.Verdict = Fail
		}
		result.Tests = append(result.Tests, tested)
	}
	result.Teardown = s.teardown(ctx)
	return result
}

func (s *session) test(ctx context.Context, t *testscript.Test) TestResult {
	began := s.now()
	steps, passed := s.actions(ctx, t.Actions)
	tested := TestResult{Test: t, Verdict: Pass, Steps: steps, Took: s.now().Sub(began)}
	for i := range steps {
		if steps[i].Verdict == Warning {
			tested.Verdict = Warning
		}
	}
	if !passed {
		tested.Verdict = Fail
	}
	return tested
}

// actions runs actions until one fails that stops the others, which are skipped.
func (s *session) actions(ctx context.Context, all []testscript.Action) (steps []Step, passed bool) {
	passed = true
	for i := range all {
		if err := ctx.Err(); err != nil {
			return append(steps, skipped(all[i:], "the run was stopped")...), false
		}
		step := s.action(ctx, &all[i])
		steps = append(steps, step)
		if !step.Verdict.Failed() {
			continue
		}
		passed = false
		if a := all[i].Assert; a == nil || !a.GoOn {
			return append(steps, skipped(all[i+1:], "an action before it failed")...), false
		}
	}
	return steps, passed
}

func (s *session) action(ctx context.Context, a *testscript.Action) Step {
	began := s.now()
	step := Step{Action: a, At: a.At, Text: a.Text(), Verdict: Pass}
	if a.Operation != nil {
		s.operation(ctx, a.Operation, &step)
	} else {
		s.assert(ctx, a.Assert, &step)
		if a.Assert.WarningOnly && step.Verdict.Failed() {
			step.Verdict = Warning
		}
	}
	step.Took = s.now().Sub(began)
	return step
}

// teardown cleans up, whatever happened before and even if the run is being stopped; no failure keeps the next action back.
func (s *session) teardown(ctx context.Context) (steps []Step) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.runner.options.Timeout)
	defer cancel()
	for i := range s.script.Teardown {
		steps = append(steps, s.action(ctx, &s.script.Teardown[i]))
	}
	return append(steps, s.delete(ctx)...)
}

func skipped(all []testscript.Action, why string) []Step {
	steps := make([]Step, len(all))
	for i := range all {
		steps[i] = Step{Action: &all[i], At: all[i].At, Text: all[i].Text(), Verdict: Skip, Message: why}
	}
	return steps
}

func anyFailed(steps []Step) bool {
	for i := range steps {
		if steps[i].Verdict.Failed() {
			return true
		}
	}
	return false
}

// fail sets a verdict of Fail with its reason.
func (s *Step) fail(message, found, expected string) {
	s.Verdict, s.Message, s.Found, s.Expected = Fail, message, shortened(found), shortened(expected)
}

// err sets a verdict of Error.
func (s *Step) err(err error) { s.Verdict, s.Message = Error, err.Error() }

// maxShown is how much of a value is told.
const maxShown = 500

func shortened(text string) string {
	if len(text) <= maxShown {
		return text
	}
	return strings.ToValidUTF8(text[:maxShown], "") + "…"
}
