package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/labstack/echo/v4"

	"claimwright/fhir/codec"
	"claimwright/store"
	"claimwright/store/jobs"
	"claimwright/store/resources"
)

// Submitter is a use case behind a $submit operation: it decides what was sent, in any of the operation's input shapes, and
// answers with the response resource or a Bundle of them. Errors for the client are *outcome.Error.
type Submitter interface {
	Submit(ctx context.Context, p resources.Principal, input *codec.Document) (*codec.Document, error)
}

// Reviewer is the use case behind Claim/[id]/$review: Parameters in, the ClaimResponse's next version out. Errors for the
// client are *outcome.Error.
type Reviewer interface {
	Review(ctx context.Context, p resources.Principal, claimID string, input *codec.Document) (*codec.Document, error)
}

// Balancer is the use case behind Coverage/$balance, of one cover and of all covers of a patient: Parameters out. Errors for
// the client are *outcome.Error.
type Balancer interface {
	Balance(ctx context.Context, p resources.Principal, coverageID string, input *codec.Document) (*codec.Document, error)
	Balances(ctx context.Context, p resources.Principal, input *codec.Document) (*codec.Document, error)
}

// Simulator is the use case behind PlanDefinition/$simulate, of rules in Parameters and of a stored one, and behind
// PlanDefinition/[id]/$shadow-report: Parameters out. Errors for the client are *outcome.Error.
type Simulator interface {
	Simulate(ctx context.Context, p resources.Principal, input *codec.Document) (*codec.Document, error)
	SimulateOne(ctx context.Context, p resources.Principal, ruleID string, input *codec.Document) (*codec.Document, error)
	ShadowReport(ctx context.Context, p resources.Principal, ruleID string, input *codec.Document) (*codec.Document, error)
}

// Checklister is the use case behind PlanDefinition/$checklist: Parameters in and out. Errors for the client are
// *outcome.Error.
type Checklister interface {
	Checklist(ctx context.Context, p resources.Principal, input *codec.Document) (*codec.Document, error)
}

// Software says what is running, for the CapabilityStatement.
type Software struct {
	Name, Version string
	// Released dates the CapabilityStatement; zero means the moment the server was made.
	Released time.Time
}

// Options make a Server. Resources and Store are required.
type Options struct {
	// Resources is where everything is read and written.
	Resources *resources.Service
	// Store answers readiness.
	Store HealthStore
	// Ready tells what readiness depends on besides the store, such as a scheme to decide by; nil: nothing.
	Ready func() error
	// Claims and Eligibility decide; without one, its operation is neither offered nor declared.
	Claims, Eligibility Submitter
	// Reviews decides claims again with what a reviewer says; nil offers no such operation.
	Reviews Reviewer
	// Balances tell what remains of covers; nil offers no such operation.
	Balances Balancer
	// Checklist shows checks and rules in one list; nil offers no such operation.
	Checklist Checklister
	// Simulations try rules on stored claims; nil offers no such operations.
	Simulations Simulator
	// Jobs answer what clients want to be answered later, and run exports; nil answers everything at once and offers no
	// $export. The server stops it when it is stopped.
	Jobs *jobs.Runner
	// Principal says who sends a request and what they may see; nil lets everyone do everything, anonymously.
	Principal func(*http.Request) resources.Principal
	// BaseURL is the address that links and Location headers start with ("https://claims.example.org/fhir"); empty takes it
	// from each request's Host.
	BaseURL string
	// Strict refuses unknown search parameters of clients that do not say how to handle them (Prefer: handling); else they are
	// ignored with a warning.
	Strict bool
	// Origins are the origins of the web pages that may use the server from a browser (CORS); "*" is every page, nil none.
	Origins  []string
	Limits   Limits
	Software Software
	// Logger takes the access log (info) and failures (error); nil discards them.
	Logger *slog.Logger
}

// Server serves FHIR R4 over HTTP. It is safe for concurrent use.
type Server struct {
	resources  *resources.Service
	health     *health
	principal  func(*http.Request) resources.Principal
	base       string
	limits     Limits
	software   Software
	origins    []string
	strict     bool
	log        *slog.Logger
	operations []*operation
	jobs       *jobs.Runner
	polls      polls

	echo       *echo.Echo
	methods    map[string][]string // by path, as registered
	capability func() *capability
	ids        *requestIDs
	bodies     bodies
	working    atomic.Int64
}

// New makes a server with all its routes; it starts nothing.
func New(o Options) *Server {
	s := &Server{
		resources: o.Resources,
		health:    &health{store: o.Store, ready: o.Ready},
		principal: o.Principal,
		base:      strings.TrimSuffix(o.BaseURL, "/"),
		limits:    o.Limits.withDefaults(),
		software:  o.Software,
		origins:   o.Origins,
		strict:    o.Strict,
		log:       o.Logger,
		methods:   map[string][]string{},
		ids:       newRequestIDs(),
	}
	if s.principal == nil {
		s.principal = anonymous
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.software.Released.IsZero() {
		s.software.Released = time.Now()
	}
	s.bodies.most = s.limits.Bodies
	s.jobs = o.Jobs
	s.operations = append(offered(o), exportOperations(s)...)
	s.mount()
	return s
}

// mount registers all routes and derives from them what the server says about itself.
func (s *Server) mount() {
	s.echo = echo.New()
	s.echo.Use(s.around)
	if len(s.origins) > 0 {
		s.echo.Use(crossOrigin(s.origins))
	}
	interactions, operations := s.interactionRoutes(), s.operationRoutes()
	s.register(s.echo, basePath, interactions)
	s.register(s.echo, basePath, operations)
	s.register(s.echo, basePath, s.jobRoutes())
	s.register(s.echo, "", s.probeRoutes())
	sortedMethods(s.methods)
	s.capability = capabilityOf(s.software, len(s.origins) > 0, append(interactions, operations...), s.resources.Custom)
}

// anonymous is everyone, as long as nobody signs in.
func anonymous(*http.Request) resources.Principal {
	return resources.Principal{ID: "anonymous", Access: store.Everything("anonymous")}
}

// Handler serves one request, for tests and for servers that bring their own listener.
func (s *Server) Handler() http.Handler { return plainPaths(s.echo) }

// Run serves on the listener until ctx ends, then stops gracefully: it turns unready, takes no new connection, and waits
// for the requests in flight and for accepted ones that write, at most Limits.Stop. It returns nil after a graceful stop.
//
// A request that is no HTTP, or whose header is too large (431), is refused by net/http in plain text before FHIR begins.
func (s *Server) Run(ctx context.Context, listener net.Listener) error {
	srv := &http.Server{
		Handler:           s.Handler(),
		ReadHeaderTimeout: s.limits.ReadHeader,
		ReadTimeout:       s.limits.Read,
		WriteTimeout:      s.limits.Write,
		IdleTimeout:       s.limits.Idle,
		MaxHeaderBytes:    s.limits.Header,
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(bound(listener, s.limits.Connections)) }()
	select {
	case err := <-failed:
		return errors.Join(fmt.Errorf("serve on %s: %w", listener.Addr(), err), s.stopJobs(context.WithoutCancel(ctx)))
	case <-ctx.Done():
	}
	s.health.stop()
	patience, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.limits.Stop)
	defer cancel()
	if err := srv.Shutdown(patience); err != nil {
		return fmt.Errorf("stop with requests in flight: %w", errors.Join(err, srv.Close(), s.stopJobs(patience)))
	}
	return s.stopJobs(patience)
}

// stopJobs ends what is answered later: what only reads at once, what writes when it is done or the patience ends.
func (s *Server) stopJobs(patience context.Context) error {
	if s.jobs == nil {
		return nil
	}
	return s.jobs.Stop(patience)
}
