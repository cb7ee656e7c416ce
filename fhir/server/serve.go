package server

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"claimwright/fhir/outcome"
	"claimwright/fhir/registry"
)

// around is the one middleware. It surrounds every request, routed or not, with what none may go without: an id, the
// limits, the recovery from a panic, an OperationOutcome for an error and a line in the log.
func (s *Server) around(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		x := &exchange{Context: c, srv: s, began: time.Now()}
		x.format, x.notServed = negotiate(c.Request().Header, c.Request().URL.RawQuery)
		x.id = s.ids.identify(c.Request().Header, c.Response().Header())
		s.finish(x, s.guarded(x, next))
		return nil
	}
}

// guarded runs the handler within the server's limits and turns a panic into an error.
func (s *Server) guarded(x *exchange, next echo.HandlerFunc) (err error) {
	defer func() { s.bodies.release(x.held) }()
	defer func() {
		if cause := recover(); cause != nil {
			err = s.recovered(x, cause)
		}
	}()
	if len(x.Request().RequestURI) > s.limits.URL {
		return outcome.New(http.StatusRequestURITooLong, outcome.TooLong, "",
			"the request's URL is longer than the %d bytes that are accepted; a search may be sent as a form by POST", s.limits.URL)
	}
	if isProbe(x.Path()) { // must be answered most of all when everything else is refused
		return next(x)
	}
	defer s.working.Add(-1)
	if s.working.Add(1) > s.limits.Requests {
		return throttled("the server is working on as many requests as it can")
	}
	return next(x)
}

func isProbe(pattern string) bool { return pattern == livezPath || pattern == readyzPath }

// errPanic stands for a panic that was already logged.
var errPanic = errors.New("handler panicked")

// recovered logs a panic and makes an error of it.
func (s *Server) recovered(x *exchange, cause any) error {
	if cause == http.ErrAbortHandler { //nolint:errorlint // net/http compares the panic's value like this, too
		panic(cause)
	}
	s.log.LogAttrs(x.Request().Context(), slog.LevelError, "handler panicked", slog.String("request_id", x.id),
		slog.String("route", x.routeName()), slog.String("cause", panicText(cause)), slog.Any("at", callPath()))
	return errPanic
}

// finish answers an error, if there was one, and logs the exchange.
func (s *Server) finish(x *exchange, err error) {
	if err != nil {
		s.answerError(x, err)
	}
	s.logAccess(x)
}

func (s *Server) answerError(x *exchange, err error) {
	err = s.routingFault(x, err)
	f := fault(err)
	gone := x.Request().Context().Err() != nil // nobody is left to be answered, which is no failure
	if f.StatusOr500() >= http.StatusInternalServerError && !gone && !errors.Is(err, errPanic) {
		s.logFailure(x, f.StatusOr500(), err)
	}
	if x.Response().Committed { // half an answer must not look like a whole one
		panic(http.ErrAbortHandler)
	}
	if err := x.sendFault(f); err != nil {
		s.log.LogAttrs(x.Request().Context(), slog.LevelDebug, "answer not delivered", slog.String("request_id", x.id))
	}
}

// handler makes Echo's handler of a route: everything a handler may take for granted is checked here, in the order in
// which a client would want to hear of it.
func (s *Server) handler(r *route) echo.HandlerFunc {
	return func(c echo.Context) error {
		x := c.(*exchange)
		x.route = r
		if err := x.prepare(); err != nil {
			return err
		}
		ctx, cancel := context.WithTimeout(x.Request().Context(), s.limits.Timeout)
		defer cancel()
		x.ctx = ctx
		if x.defers() {
			return s.accept(x)
		}
		err := r.handle(x)
		if err != nil && ctx.Err() != nil { // whatever a database calls it, the reason is the deadline
			return errors.Join(ctx.Err(), err)
		}
		return err
	}
}

// prepare checks the type and the id, asks who it is, reads the body and agrees on the format of the answer.
func (x *exchange) prepare() error {
	if x.route.probe {
		return nil
	}
	if x.route.typed() && !registry.IsType(x.resourceType()) {
		return x.srv.unknownPath(x)
	}
	if x.route.instance() {
		key, err := x.namedKey()
		if err != nil {
			return err
		}
		x.key = key
	}
	x.principal = x.srv.principal(x.Request())
	x.principal.Request = x.id
	x.prefer = parsePrefer(x.Request().Header)
	x.prefer.strict = x.prefer.strict || x.srv.strict && !x.prefer.lenient
	x.query = x.Request().URL.RawQuery
	if err := x.receive(); err != nil {
		return err
	}
	if x.notServed != nil && !x.route.anyFormat && !x.asksForContent() {
		return x.notServed
	}
	var err error
	if x.asksOnly() {
		x.form, err = formOf(x.query)
	}
	return err
}

// receive reads the body that the route expects and refuses one of another type.
func (x *exchange) receive() error {
	if x.route.body == noBody {
		return nil
	}
	if coding := x.Request().Header.Get("Content-Encoding"); coding != "" && coding != "identity" {
		return unsupportedMedia("the request body has a content coding that is not served", coding, "no Content-Encoding")
	}
	switch x.route.body {
	case resourceBody:
		if op := x.route.operation; op != nil && op.asks && x.Request().ContentLength == 0 {
			return nil
		}
		return x.receiveResource()
	case patchBody:
		return x.receivePatch()
	case formBody:
		if x.Request().ContentLength == 0 {
			return nil
		}
		if given := x.Request().Header.Get("Content-Type"); !parseMedia(given).formServed() {
			return unsupportedMedia("the request body has a content type that is not served here", given, "application/x-www-form-urlencoded")
		}
		if err := x.readBody(); err != nil {
			return err
		}
		x.query = joinQueries(x.query, string(x.body))
		x.format, x.notServed = negotiate(x.Request().Header, x.query) // the form may ask for a format as well
	}
	return nil
}

// receiveResource reads a resource in either format. From here on it is JSON; _format has no say in what a body is (R4
// §3.1.0.1.9).
func (x *exchange) receiveResource() error {
	given := x.Request().Header.Get("Content-Type")
	if given == "application/fhir+json" { // what nearly every client sends
		return x.readBody()
	}
	m := parseMedia(given)
	if !m.resourceServed() {
		if x.takesContent(given) {
			return x.receiveContent(given)
		}
		return unsupportedMedia("the request body has a content type that is not served here", given,
			"application/fhir+json or application/fhir+xml, in FHIR version 4.0 and UTF-8")
	}
	if err := x.readBody(); err != nil || !formats[m.name].xml {
		return err
	}
	return x.fromXML()
}

func unsupportedMedia(text, found, expected string) error {
	err := outcome.New(http.StatusUnsupportedMediaType, outcome.NotSupported, "", "%s", text)
	err.Issues[0].Found, err.Issues[0].Expected = bounded(found), expected
	return err
}
