package bench_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"claimwright/cmd/internal/bench"
)

func server(t *testing.T, handler http.HandlerFunc) string {
	s := httptest.NewServer(handler)
	t.Cleanup(s.Close)
	return s.Listener.Addr().String()
}

func TestEveryRequestIsSentOnceAndChecked(t *testing.T) {
	var served atomic.Int64
	address := server(t, func(w http.ResponseWriter, r *http.Request) { served.Add(1) })
	result := bench.Run(t.Context(), bench.Load{
		Address: address, Clients: 4, Requests: 100, Duration: time.Minute,
		Next: func(n int64) *bench.Request {
			return &bench.Request{Method: "GET", Path: "/", Check: func(a bench.Answer) error {
				if n%10 == 0 {
					return errors.New("wrong answer")
				}
				return nil
			}}
		},
	})
	require.EqualValues(t, 100, served.Load())
	require.EqualValues(t, 100, result.Requests)
	require.EqualValues(t, 10, result.Errors)
	require.Equal(t, "wrong answer", result.FirstErr)
	require.LessOrEqual(t, result.P50, result.P99)
	require.LessOrEqual(t, result.P99, result.Max)
}

func TestABrokenConnectionIsAnErrorAndTheNextRequestGoesOn(t *testing.T) {
	var served atomic.Int64
	address := server(t, func(w http.ResponseWriter, r *http.Request) {
		if served.Add(1) == 3 {
			panic(http.ErrAbortHandler)
		}
	})
	result := bench.Run(t.Context(), bench.Load{Address: address, Clients: 1, Requests: 10, Duration: time.Minute,
		Next: func(int64) *bench.Request { return &bench.Request{Method: "GET", Path: "/"} }})
	require.EqualValues(t, 10, result.Requests)
	require.EqualValues(t, 1, result.Errors)
}

func TestOpenLoopKeepsItsRateWhateverTheServerDoes(t *testing.T) {
	address := server(t, func(http.ResponseWriter, *http.Request) {})
	result := bench.Run(t.Context(), bench.Load{Address: address, Clients: 2, Requests: 20, Rate: 1000, Duration: time.Minute,
		Next: func(int64) *bench.Request { return &bench.Request{Method: "GET", Path: "/"} }})
	require.EqualValues(t, 20, result.Requests)
	require.GreaterOrEqual(t, result.Elapsed, 19*time.Millisecond, "the twentieth request arrives after 19 ms")
}

func TestThePhaseEndsWithItsContext(t *testing.T) {
	address := server(t, func(http.ResponseWriter, *http.Request) {})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	result := bench.Run(ctx, bench.Load{Address: address, Clients: 2, Duration: time.Hour,
		Next: func(int64) *bench.Request { return &bench.Request{Method: "GET", Path: "/"} }})
	require.Zero(t, result.Requests)
}

func TestYardsticks(t *testing.T) {
	y, err := bench.StartYardstick(100)
	require.NoError(t, err)
	defer y.Close()
	for _, next := range []func(int64) *bench.Request{y.Get, y.Post([]byte("{}"))} {
		result := bench.Run(t.Context(), bench.Load{Address: y.Address, Clients: 2, Requests: 10, Duration: time.Minute, Next: next})
		require.Zero(t, result.Errors, result.FirstErr)
	}
	rate, err := bench.FsyncLoop(t.Context(), t.TempDir(), 20*time.Millisecond)
	require.NoError(t, err)
	require.Positive(t, rate)
}
