package testrun

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"
)

// send sends a request and reads the answer whole. The exchange is there even when there was no answer.
func (r *Runner) send(ctx context.Context, out *outgoing) (*Exchange, error) {
	began := r.options.Now()
	e := &Exchange{Method: out.method, URL: out.url, RequestHeader: out.header, RequestBody: out.body, ResponseHeader: http.Header{}}
	var body io.Reader
	if len(out.body) > 0 {
		body = bytes.NewReader(out.body)
	}
	request, err := http.NewRequestWithContext(ctx, out.method, out.url, body)
	if err != nil {
		return e, errors.New("the request cannot be made: its URL or method is not valid")
	}
	request.Header = out.header.Clone()
	if host := out.header.Get("Host"); host != "" {
		request.Host = host
	}
	response, err := r.client.Do(request)
	if err != nil {
		e.Took = r.options.Now().Sub(began)
		return e, unanswered(err)
	}
	defer func() { _ = response.Body.Close() }() // it was read, or is of no use
	e.Status, e.ResponseHeader = response.StatusCode, response.Header
	e.ResponseBody, err = io.ReadAll(io.LimitReader(response.Body, r.options.MaxBody+1))
	e.Took = r.options.Now().Sub(began)
	if err != nil {
		return e, unanswered(err)
	}
	if int64(len(e.ResponseBody)) > r.options.MaxBody {
		e.ResponseBody = e.ResponseBody[:r.options.MaxBody]
		return e, fmt.Errorf("the answer is larger than %d MiB", r.options.MaxBody>>20)
	}
	return e, nil
}

// The bounds of the pause before a request is sent again; a server says by Retry-After what it would like.
const (
	leastPause = 50 * time.Millisecond
	mostPause  = 5 * time.Second
)

// sendUntilDone sends a request and, for as long as the script wants, again while the answer is that there is none yet (202).
func (r *Runner) sendUntilDone(ctx context.Context, out *outgoing, within time.Duration) (*Exchange, error) {
	e, err := r.send(ctx, out)
	for waited := time.Duration(0); err == nil && e.Status == http.StatusAccepted && waited < within; {
		pause := leastPause
		if seconds, wrong := strconv.Atoi(e.ResponseHeader.Get("Retry-After")); wrong == nil && seconds > 0 && waited > 0 {
			pause = min(time.Duration(min(seconds, 3600))*time.Second, mostPause)
		}
		if err := r.options.Pause(ctx, pause); err != nil {
			return e, errors.New("the run was stopped")
		}
		waited += pause
		e, err = r.send(ctx, out)
	}
	return e, err
}

// pause waits, or ends with the context.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// unanswered says in a few words why there is no answer.
func unanswered(err error) error {
	var address *url.Error
	if errors.As(err, &address) {
		err = address.Err
	}
	var network net.Error
	switch {
	case errors.As(err, &network) && network.Timeout() || errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, context.DeadlineExceeded):
		return errors.New("the server did not answer in time")
	case errors.Is(err, context.Canceled):
		return errors.New("the run was stopped")
	}
	return fmt.Errorf("there was no answer: %w", err)
}

// validHeader tells whether a header can be sent: no control characters, and nothing that would end it.
func validHeader(field, value string) bool {
	for _, c := range field {
		if c <= ' ' || c >= 0x7f || strings.ContainsRune(`()<>@,;:\"/[]?={}`, c) {
			return false
		}
	}
	for _, c := range value {
		if c < ' ' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return field != ""
}
