package server

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"claimwright/fhir/codec"
	"claimwright/store/resources"
)

type healthFunc func(context.Context) error

func (f healthFunc) Health(ctx context.Context) error { return f(ctx) }

func TestReadiness(t *testing.T) {
	cases := []struct {
		name   string
		store  error
		ready  func() error
		status int
		state  string
	}{
		{"all well", nil, func() error { return nil }, 200, "ready"},
		{"nothing else to wait for", nil, nil, 200, "ready"},
		{"no store", errors.New("dial tcp 10.0.0.7: refused"), nil, 503, "store not available"},
		{"no scheme yet", nil, func() error { return errors.New("not loaded") }, 503, "scheme not loaded"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var log strings.Builder
			h := open(t, Options{Ready: c.ready, Logger: logTo(&log)})
			h.server.health.store = healthFunc(func(context.Context) error { return c.store })
			for _, method := range []string{http.MethodGet, http.MethodHead} {
				got := h.on(t).send(method, "/readyz", "", "Accept: text/plain").want(c.status)
				require.Equal(t, "no-store", got.Header.Get("Cache-Control"))
				if method == http.MethodGet {
					require.JSONEq(t, `{"status":"`+c.state+`"}`, got.Body)
				}
			}
			require.JSONEq(t, `{"status":"alive"}`, h.on(t).send(http.MethodGet, "/livez", "").want(200).Body)
			require.NotContains(t, log.String(), "10.0.0.7")
		})
	}
}

func TestReadinessIsNotAskedForEveryProbe(t *testing.T) {
	h := open(t, Options{})
	var asked atomic.Int32
	h.server.health.store = healthFunc(func(context.Context) error { asked.Add(1); return nil })
	for range 100 {
		h.send(http.MethodGet, "/readyz", "").want(http.StatusOK)
	}
	require.Less(t, asked.Load(), int32(100))
	require.Positive(t, asked.Load())
}

func TestRunStopsGracefully(t *testing.T) {
	entered, release := make(chan struct{}), make(chan struct{})
	h := open(t, Options{Claims: submitter(func(_ context.Context, _ resources.Principal, input *codec.Document) (*codec.Document, error) {
		close(entered)
		<-release
		return input, nil
	})})
	leaks := goleak.IgnoreCurrent()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	stopped := make(chan error, 1)
	go func() { stopped <- h.server.Run(ctx, listener) }()

	client := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	address := "http://" + listener.Addr().String()
	answered := make(chan int, 1)
	go func() {
		r, err := client.Post(address+"/fhir/Claim/$submit", "application/fhir+json", strings.NewReader(patient("x")))
		if err != nil {
			answered <- 0
			return
		}
		r.Body.Close()
		answered <- r.StatusCode
	}()
	<-entered
	cancel()
	require.Eventually(t, func() bool {
		return h.server.health.check(context.Background(), h.server.log) == stateStopping
	}, 10*time.Second, time.Millisecond)
	close(release)
	require.Equal(t, http.StatusOK, <-answered, "the request in flight is finished")
	require.NoError(t, <-stopped)
	_, err = client.Get(address + "/livez")
	require.Error(t, err)
	goleak.VerifyNone(t, leaks)
}

func TestRunGivesUpOnRequestsThatDoNotEnd(t *testing.T) {
	entered := make(chan struct{})
	h := open(t, Options{Limits: Limits{Stop: time.Millisecond},
		Claims: submitter(func(ctx context.Context, _ resources.Principal, _ *codec.Document) (*codec.Document, error) {
			close(entered)
			<-ctx.Done() // the connection is closed under it
			return nil, ctx.Err()
		})})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	stopped := make(chan error, 1)
	go func() { stopped <- h.server.Run(ctx, listener) }()
	go func() {
		r, err := http.Post("http://"+listener.Addr().String()+"/fhir/Claim/$submit", "application/fhir+json", strings.NewReader(patient("x")))
		if err == nil {
			r.Body.Close()
		}
	}()
	<-entered
	cancel()
	require.ErrorContains(t, <-stopped, "requests in flight")
}

func TestRunTellsWhyItCannotServe(t *testing.T) {
	h := open(t, Options{})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, listener.Close())
	require.ErrorContains(t, h.server.Run(context.Background(), listener), "serve on 127.0.0.1")
}

func TestHeadersAreBounded(t *testing.T) {
	h := open(t, Options{Limits: Limits{Header: 4 << 10}})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	stopped := make(chan error, 1)
	go func() { stopped <- h.server.Run(ctx, listener) }()
	t.Cleanup(func() { cancel(); require.NoError(t, <-stopped) })

	r, err := http.NewRequest(http.MethodGet, "http://"+listener.Addr().String()+"/livez", nil)
	require.NoError(t, err)
	r.Header.Set("X-Large", strings.Repeat("x", 64<<10))
	answer, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(r)
	require.NoError(t, err)
	answer.Body.Close()
	require.Equal(t, http.StatusRequestHeaderFieldsTooLarge, answer.StatusCode)
}

func TestHundredMegabytesOverTheWire(t *testing.T) {
	h := open(t, Options{})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	stopped := make(chan error, 1)
	go func() { stopped <- h.server.Run(ctx, listener) }()
	t.Cleanup(func() { cancel(); require.NoError(t, <-stopped) })

	body := &endless{}
	r, err := http.NewRequest(http.MethodPost, "http://"+listener.Addr().String()+"/fhir/Claim", body)
	require.NoError(t, err)
	r.ContentLength = 100 << 20
	r.Header.Set("Content-Type", "application/fhir+json")
	r.Header.Set("Expect", "100-continue")
	answer, err := (&http.Transport{ExpectContinueTimeout: 10 * time.Second, DisableKeepAlives: true}).RoundTrip(r)
	require.NoError(t, err)
	defer answer.Body.Close()
	require.Equal(t, http.StatusRequestEntityTooLarge, answer.StatusCode)
	require.Zero(t, body.read.Load(), "a client that asks first sends nothing")
}
