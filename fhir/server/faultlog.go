package server

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"runtime"
	"strings"
	"syscall"

	"claimwright/fhir/outcome"
	"claimwright/store"
)

// logFailure logs why a request got a 5xx. The text of an error that comes from a database or a library may quote what was
// stored, so it appears only where somebody asked for debug messages; else its type stands for it.
func (s *Server) logFailure(x *exchange, status int, err error) {
	ctx := x.Request().Context()
	s.log.LogAttrs(ctx, slog.LevelError, "request failed", slog.String("request_id", x.id),
		slog.String("route", x.routeName()), slog.Int("status", status), slog.Any("causes", causes(err)))
	s.log.LogAttrs(ctx, slog.LevelDebug, "request failed, in full", slog.String("request_id", x.id), slog.Any("error", err))
}

// sayable are the errors whose text is known to hold no data.
var sayable = []error{
	store.ErrConflict, store.ErrUnknown, store.ErrTooCostly, store.ErrCursorLost, store.ErrDenied, store.ErrNewerFormat,
	store.ErrClosed, context.Canceled, context.DeadlineExceeded, io.EOF, io.ErrUnexpectedEOF,
}

// causes lists what an error is made of, from the outside in: the text where it is known to be harmless, the type of what
// comes from elsewhere; wrapping that only adds text is left out.
func causes(err error) []string {
	var all []string
	var walk func(error)
	walk = func(err error) {
		if said, ok := harmless(err); ok {
			all = append(all, said)
			return
		}
		switch wrapped := err.(type) { //nolint:errorlint // the chain is taken apart here
		case interface{ Unwrap() []error }:
			for _, inner := range wrapped.Unwrap() {
				walk(inner)
			}
		case interface{ Unwrap() error }:
			if inner := wrapped.Unwrap(); inner != nil {
				walk(inner)
				return
			}
			all = append(all, fmt.Sprintf("%T", err))
		default:
			all = append(all, kindOf(err))
		}
	}
	walk(err)
	return all
}

func harmless(err error) (string, bool) {
	switch known := err.(type) { //nolint:errorlint // the chain is taken apart by causes
	case *outcome.Error:
		return known.Error(), true
	case syscall.Errno:
		return known.Error(), true
	case runtime.Error:
		return known.Error(), true
	}
	for _, known := range sayable {
		if err == known { //nolint:errorlint // the chain is taken apart by causes
			return known.Error(), true
		}
	}
	return "", false
}

// kindOf is an error's type, with the number that database errors carry.
func kindOf(err error) string {
	if coded, ok := err.(interface{ Code() int }); ok {
		return fmt.Sprintf("%T %d", err, coded.Code())
	}
	return fmt.Sprintf("%T", err)
}

// panicText is what may be said of a panic's value.
func panicText(cause any) string {
	err, ok := cause.(error)
	if !ok {
		return fmt.Sprintf("%T", cause)
	}
	return strings.Join(causes(err), ": ")
}

// callPath names the functions between the panic and the server, innermost first, without their arguments.
func callPath() []string {
	const most = 12
	var counters [64]uintptr
	frames := runtime.CallersFrames(counters[:runtime.Callers(0, counters[:])])
	var path []string
	inside := false
	for {
		frame, more := frames.Next()
		switch {
		case strings.HasSuffix(frame.Function, "gopanic"):
			inside = true
		case inside && !strings.HasPrefix(frame.Function, "runtime."):
			path = append(path, fmt.Sprintf("%s:%d", frame.Function, frame.Line))
		}
		if !more || len(path) == most {
			return path
		}
	}
}
