package bench

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"
)

// client is one keep-alive connection that sends one request after the other. It is leaner than net/http's own, because
// the generator runs beside the server on the same cores. It is not safe for concurrent use.
type client struct {
	address string
	timeout time.Duration
	conn    net.Conn
	in      *bufio.Reader
	out     []byte
	body    bytes.Buffer
}

// Request is what a client sends; Body is nil for GET.
type Request struct {
	Method, Path string
	Body         []byte
	// Check judges the answer; its error counts as a failed request.
	Check func(Answer) error
}

// Answer is what came back. Body is valid until the client's next request.
type Answer struct {
	Status   int
	Location string
	Body     []byte
}

var errNoAddress = errors.New("no address")

// do sends a request and reads the whole answer. After an error the next request dials anew.
func (c *client) do(ctx context.Context, r *Request) (Answer, error) {
	if err := c.dial(ctx); err != nil {
		return Answer{}, err
	}
	a, err := c.exchange(r)
	if err != nil {
		c.close()
	}
	return a, err
}

func (c *client) dial(ctx context.Context) error {
	if c.conn != nil {
		return nil
	}
	if c.address == "" {
		return errNoAddress
	}
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", c.address)
	if err != nil {
		return fmt.Errorf("dial: %w", err)
	}
	c.conn, c.in = conn, bufio.NewReaderSize(conn, 32<<10)
	return nil
}

func (c *client) exchange(r *Request) (Answer, error) {
	if err := c.conn.SetDeadline(time.Now().Add(c.timeout)); err != nil {
		return Answer{}, err
	}
	c.out = append(c.out[:0], r.Method...)
	c.out = append(c.out, ' ')
	c.out = append(c.out, r.Path...)
	c.out = append(c.out, " HTTP/1.1\r\nHost: "...)
	c.out = append(c.out, c.address...)
	c.out = append(c.out, "\r\nAccept: application/fhir+json\r\n"...)
	if r.Body != nil {
		c.out = append(c.out, "Content-Type: application/fhir+json\r\nContent-Length: "...)
		c.out = strconv.AppendInt(c.out, int64(len(r.Body)), 10)
		c.out = append(c.out, "\r\n"...)
	}
	c.out = append(c.out, "\r\n"...)
	c.out = append(c.out, r.Body...)
	if _, err := c.conn.Write(c.out); err != nil {
		return Answer{}, fmt.Errorf("send: %w", err)
	}
	response, err := http.ReadResponse(c.in, nil)
	if err != nil {
		return Answer{}, fmt.Errorf("receive: %w", err)
	}
	defer func() { _ = response.Body.Close() }() // it is read to its end below
	c.body.Reset()
	if _, err := io.Copy(&c.body, response.Body); err != nil {
		return Answer{}, fmt.Errorf("receive: %w", err)
	}
	if response.Close {
		c.close()
	}
	return Answer{Status: response.StatusCode, Location: response.Header.Get("Content-Location"), Body: c.body.Bytes()}, nil
}

func (c *client) close() {
	if c.conn != nil {
		_ = c.conn.Close() // nothing is lost with a connection that is given up
		c.conn = nil
	}
}
