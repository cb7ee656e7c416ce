package server

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"time"
)

// HealthStore is what readiness asks of the store: a real read, and whether writes would be accepted.
type HealthStore interface {
	Health(ctx context.Context) error
}

// health answers readiness probes. An answer is kept for a moment, because the probes are open to everyone and each one
// costs a read.
type health struct {
	store HealthStore
	// ready says whether the rest of the house is ready; nil counts as ready.
	ready func() error

	mu      sync.Mutex
	checked time.Time
	state   string
	stopped bool
}

const (
	healthKept    = 500 * time.Millisecond
	healthTimeout = 2 * time.Second
)

// The states that a probe can be told; they hold nothing of the errors behind them.
const (
	stateReady    = "ready"
	stateStopping = "stopping"
	stateStore    = "store not available"
	stateScheme   = "scheme not loaded"
)

// stop makes the server unready for good, so that balancers send their requests elsewhere while it finishes.
func (h *health) stop() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.stopped = true
}

// check gives the state, asking anew when the last answer is old.
func (h *health) check(ctx context.Context, log *slog.Logger) string {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.stopped {
		return stateStopping
	}
	if time.Since(h.checked) < healthKept {
		return h.state
	}
	state, err := h.ask(ctx)
	if err != nil {
		log.LogAttrs(ctx, slog.LevelWarn, "not ready", slog.String("state", state), slog.Any("causes", causes(err)))
	}
	h.state, h.checked = state, time.Now()
	return state
}

func (h *health) ask(ctx context.Context) (string, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), healthTimeout)
	defer cancel()
	if err := h.store.Health(ctx); err != nil {
		return stateStore, err
	}
	if h.ready != nil {
		if err := h.ready(); err != nil {
			return stateScheme, err
		}
	}
	return stateReady, nil
}

// livez tells that the process answers at all; it asks nobody.
func (s *Server) livez(x *exchange) error { return x.sendState(http.StatusOK, "alive") }

// readyz tells whether requests would be served.
func (s *Server) readyz(x *exchange) error {
	state := s.health.check(x.ctx, s.log)
	if state != stateReady {
		return x.sendState(http.StatusServiceUnavailable, state)
	}
	return x.sendState(http.StatusOK, state)
}

// sendState answers a probe; the states are fixed words that need no escaping.
func (x *exchange) sendState(status int, state string) error {
	x.format = format{served: plainJSON, pretty: x.format.pretty}
	x.header()["Cache-Control"] = noStore
	return x.send(status, []byte(`{"status":"`+state+`"}`))
}
