package server

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/codec"
	"claimwright/store"
	"claimwright/store/resources"
)

// endless is a body that never ends and counts what was read of it.
type endless struct{ read atomic.Int64 }

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	e.read.Add(int64(len(p)))
	return len(p), nil
}

func TestHugeBodiesAreNotRead(t *testing.T) {
	h := open(t, Options{Limits: Limits{Body: 1 << 20}})
	t.Run("announced", func(t *testing.T) {
		body := &endless{}
		r := h.on(t).request(http.MethodPost, "/fhir/Claim", io.LimitReader(body, 100<<20))
		r.ContentLength = 100 << 20
		h.on(t).sendRequest(r).wantOutcome(http.StatusRequestEntityTooLarge, "too-long", "")
		require.Zero(t, body.read.Load())
	})
	t.Run("in chunks", func(t *testing.T) {
		body := &endless{}
		r := h.on(t).request(http.MethodPost, "/fhir/Claim", body)
		r.ContentLength = -1
		h.on(t).sendRequest(r).wantOutcome(http.StatusRequestEntityTooLarge, "too-long", "")
		require.LessOrEqual(t, body.read.Load(), int64(1<<20+1))
	})
	t.Run("as a form", func(t *testing.T) {
		r := h.on(t).request(http.MethodPost, "/fhir/Claim/_search", &endless{})
		r.ContentLength = -1
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		h.on(t).sendRequest(r).wantOutcome(http.StatusRequestEntityTooLarge, "too-long", "")
	})
	require.Zero(t, h.server.bodies.held.Load(), "what was reserved is given back")
}

func TestBodiesOfEveryLength(t *testing.T) {
	h := open(t, Options{})
	for _, padding := range []int{1, 500, firstRead - 200, firstRead, firstRead + 1, 3 * firstRead} {
		body := `{"resourceType":"Basic","code":{"text":"` + strings.Repeat("x", padding) + `"}}`
		for name, length := range map[string]int64{"announced": int64(len(body)), "in chunks": -1} {
			r := h.request(http.MethodPost, "/fhir/Basic", io.NopCloser(strings.NewReader(body)))
			r.ContentLength = length
			got := h.sendRequest(r)
			require.Equal(t, http.StatusCreated, got.Status, "%s, %d: %s", name, padding, got.Body)
			require.Len(t, got.at("code.text"), padding)
		}
	}
	require.Zero(t, h.server.bodies.held.Load())
}

func TestBrokenBodies(t *testing.T) {
	h := open(t, Options{})
	short := h.request(http.MethodPost, "/fhir/Basic", strings.NewReader("{}"))
	short.ContentLength = 100
	h.sendRequest(short).wantOutcome(http.StatusBadRequest, "structure", "")
	lost := h.request(http.MethodPost, "/fhir/Basic", io.MultiReader(strings.NewReader("{"), failing{errors.New("secret of the wire")}))
	lost.ContentLength = -1
	require.NotContains(t, h.sendRequest(lost).wantOutcome(http.StatusBadRequest, "structure", "").Body, "secret")
	slow := h.request(http.MethodPost, "/fhir/Basic", failing{&net.OpError{Op: "read", Err: os.ErrDeadlineExceeded}})
	slow.ContentLength = 10
	h.sendRequest(slow).wantOutcome(http.StatusRequestTimeout, "timeout", "")
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func TestMemoryForBodiesIsBounded(t *testing.T) {
	const body = 1 << 20
	h := open(t, Options{Limits: Limits{Body: body, Bodies: body + firstRead}})
	held, release := make(chan struct{}), make(chan struct{})
	var once sync.Once
	first := h.request(http.MethodPost, "/fhir/Basic", readerFunc(func(p []byte) (int, error) {
		if len(p) > firstRead/2 && h.server.bodies.held.Load() >= body {
			once.Do(func() { close(held) })
			<-release
			return 0, io.EOF
		}
		clear(p)
		return len(p), nil
	}))
	first.ContentLength = body
	done := make(chan *reply)
	go func() { done <- h.sendRequest(first) }()
	<-held
	second := h.request(http.MethodPost, "/fhir/Basic", &endless{})
	second.ContentLength = body
	refused := h.sendRequest(second).wantOutcome(http.StatusTooManyRequests, "throttled", "")
	require.Equal(t, "1", refused.Header.Get("Retry-After"))
	close(release)
	<-done
	require.Zero(t, h.server.bodies.held.Load())
}

// slowClient takes the answer when it likes.
type slowClient struct {
	*httptest.ResponseRecorder
	begun, proceed chan struct{}
}

func (c *slowClient) Write(p []byte) (int, error) {
	close(c.begun)
	<-c.proceed
	return c.ResponseRecorder.Write(p)
}

func TestMemoryForAnswersIsBounded(t *testing.T) {
	const large = 600 << 10
	h := open(t, Options{Limits: Limits{Body: 1 << 20, Bodies: 1 << 20}})
	h.send(http.MethodPut, "/fhir/Basic/b", `{"resourceType":"Basic","id":"b","code":{"text":"`+strings.Repeat("x", large)+`"}}`).want(http.StatusCreated)
	h.create(patient("Jaja"))
	reads := []string{"/fhir/Basic/b", "/fhir/Basic/b/_history/1", "/fhir/Basic?_id=b", "/fhir/Basic/b/_history"}
	batch := bundleOf("batch", `{"request":{"method":"GET","url":"Basic/b"}}`)
	for _, slow := range []*http.Request{
		h.request(http.MethodGet, reads[0], nil),
		h.request(http.MethodGet, reads[2], nil),
		h.request(http.MethodPost, "/fhir", strings.NewReader(batch), "Content-Type: application/fhir+json"),
	} {
		t.Run(slow.Method+" "+slow.URL.String(), func(t *testing.T) {
			h := h.on(t)
			client := &slowClient{httptest.NewRecorder(), make(chan struct{}), make(chan struct{})}
			done := make(chan struct{})
			go func() {
				defer close(done)
				h.handler.ServeHTTP(client, slow)
			}()
			<-client.begun
			for _, path := range reads {
				h.send(http.MethodGet, path, "").wantOutcome(http.StatusTooManyRequests, "throttled", "")
			}
			h.send(http.MethodGet, "/fhir/Patient", "").want(http.StatusOK)
			close(client.proceed)
			<-done
			require.Equal(t, http.StatusOK, client.Code)
			h.send(http.MethodGet, reads[0], "").want(http.StatusOK)
			require.Zero(t, h.server.bodies.held.Load())
		})
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func TestTooManyRequests(t *testing.T) {
	entered, release := make(chan struct{}), make(chan struct{})
	waiting := submitter(func(ctx context.Context, _ resources.Principal, input *codec.Document) (*codec.Document, error) {
		entered <- struct{}{}
		<-release
		return input, nil
	})
	h := open(t, Options{Claims: waiting, Limits: Limits{Requests: 1}})
	done := make(chan *reply)
	go func() { done <- h.send(http.MethodPost, "/fhir/Claim/$submit", patient("x")) }()
	<-entered
	refused := h.send(http.MethodGet, "/fhir/Patient", "").wantOutcome(http.StatusTooManyRequests, "throttled", "")
	require.Equal(t, "1", refused.Header.Get("Retry-After"))
	h.send(http.MethodGet, "/livez", "").want(http.StatusOK)
	h.send(http.MethodGet, "/readyz", "").want(http.StatusOK)
	close(release)
	(<-done).want(http.StatusOK)
	h.send(http.MethodGet, "/fhir/Patient", "").want(http.StatusOK)
}

func TestLongURLs(t *testing.T) {
	h := open(t, Options{Limits: Limits{URL: 1000}})
	h.send(http.MethodGet, "/fhir/Patient?family="+strings.Repeat("a", 1000), "").
		wantOutcome(http.StatusRequestURITooLong, "too-long", "")
	h.send(http.MethodPost, "/fhir/Patient/_search", "family="+strings.Repeat("a", 1000),
		"Content-Type: application/x-www-form-urlencoded").want(http.StatusOK)
}

func TestTimeout(t *testing.T) {
	h := open(t, Options{Limits: Limits{Timeout: time.Millisecond},
		Claims: submitter(func(ctx context.Context, _ resources.Principal, _ *codec.Document) (*codec.Document, error) {
			<-ctx.Done()
			return nil, errors.New("driver: interrupted (9)")
		})})
	got := h.send(http.MethodPost, "/fhir/Claim/$submit", patient("x")).wantOutcome(http.StatusServiceUnavailable, "timeout", "")
	require.Equal(t, "1", got.Header.Get("Retry-After"))
	require.NotContains(t, got.Body, "driver")
}

func TestDefaults(t *testing.T) {
	l := Limits{}.withDefaults()
	require.Equal(t, int64(10<<20), l.Body)
	require.Equal(t, 30*time.Second, l.Timeout)
	require.Equal(t, l.Read+l.Timeout+30*time.Second, l.Write)
	require.Equal(t, Limits{Body: 1 << 40}.withDefaults().Bodies, int64(1<<40), "one body of the greatest size must fit")
	require.Equal(t, resources.Principal{ID: "anonymous", Access: store.Everything("anonymous")}, anonymous(nil))
}
