package bench

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/labstack/echo/v4"
)

// Yardstick is the simplest server that could carry the same load: a bare Echo handler that reads a body of the same size and
// answers with one, and stores nothing.
type Yardstick struct {
	Address string
	server  *http.Server
}

// StartYardstick serves answers of answerBytes on a free loopback port until Close.
func StartYardstick(answerBytes int) (*Yardstick, error) {
	answer := make([]byte, answerBytes)
	for i := range answer {
		answer[i] = ' '
	}
	e := echo.New()
	e.POST("/", func(c echo.Context) error {
		if _, err := io.ReadAll(c.Request().Body); err != nil {
			return err
		}
		return c.Blob(http.StatusOK, "application/fhir+json", answer)
	})
	e.GET("/", func(c echo.Context) error { return c.Blob(http.StatusOK, "application/fhir+json", answer) })
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("start the yardstick: %w", err)
	}
	y := &Yardstick{Address: listener.Addr().String(), server: &http.Server{Handler: e, ReadHeaderTimeout: 10 * time.Second}}
	go func() { _ = y.server.Serve(listener) }() // ends with Close
	return y, nil
}

// Close stops the yardstick.
func (y *Yardstick) Close() error { return y.server.Close() }

// Post is the yardstick's writing request, of the same body each time.
func (y *Yardstick) Post(body []byte) func(int64) *Request {
	r := &Request{Method: http.MethodPost, Path: "/", Body: body, Check: wantOK}
	return func(int64) *Request { return r }
}

// Get is the yardstick's reading request.
func (y *Yardstick) Get(int64) *Request {
	return &Request{Method: http.MethodGet, Path: "/", Check: wantOK}
}

func wantOK(a Answer) error {
	if a.Status != http.StatusOK {
		return fmt.Errorf("status %d", a.Status)
	}
	return nil
}

// FsyncLoop appends 4 KiB and syncs, one after the other, in a file in folder, and tells how often a second it could.
func FsyncLoop(ctx context.Context, folder string, d time.Duration) (perSecond float64, err error) {
	name := filepath.Join(folder, "claimwright-bench-fsync")
	f, err := os.Create(name)
	if err != nil {
		return 0, fmt.Errorf("fsync yardstick: %w", err)
	}
	defer func() { _ = os.Remove(name) }()
	defer func() { _ = f.Close() }()
	block := make([]byte, 4096)
	start, n := time.Now(), 0
	for ctx.Err() == nil && time.Since(start) < d {
		if _, err := f.Write(block); err != nil {
			return 0, fmt.Errorf("fsync yardstick: %w", err)
		}
		if err := f.Sync(); err != nil {
			return 0, fmt.Errorf("fsync yardstick: %w", err)
		}
		n++
	}
	return float64(n) / time.Since(start).Seconds(), nil
}
