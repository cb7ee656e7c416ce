package server

import (
	"log/slog"
	"net/http"
	"time"

	"claimwright/fhir/registry"
)

// logAccess writes one line per exchange. It names the route and the resource type, never the path, the query or a header:
// ids, identifiers and search values may be about a patient. Who touched which resource is in the audit facts of the store,
// under the same request id.
func (s *Server) logAccess(x *exchange) {
	ctx := x.Request().Context()
	level := slog.LevelInfo
	if x.route != nil && x.route.probe {
		level = slog.LevelDebug
	}
	if !s.log.Enabled(ctx, level) {
		return
	}
	r := x.Response()
	s.log.LogAttrs(ctx, level, "request",
		slog.String("request_id", x.id),
		slog.String("method", knownMethod(x.Request().Method)),
		slog.String("route", x.routeName()),
		slog.String("type", x.loggedType()),
		slog.Int("status", r.Status),
		slog.Int64("bytes_in", int64(len(x.body))),
		slog.Int64("bytes_out", r.Size),
		slog.Duration("duration", time.Since(x.began)),
		slog.String("principal", x.principal.ID),
	)
}

func (x *exchange) routeName() string {
	if x.route == nil {
		return "none"
	}
	return x.route.path
}

// loggedType is the resource type of the path where it is one; anything else came from the client.
func (x *exchange) loggedType() string {
	if x.route == nil || !registry.IsType(x.resourceType()) {
		return ""
	}
	return x.resourceType()
}

// knownMethod keeps invented methods, which may be any text, out of the log.
func knownMethod(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return method
	}
	return "other"
}
