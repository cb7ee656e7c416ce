package server

import (
	"errors"
	"io"
	"net/http"
	"os"
	"sync/atomic"

	"claimwright/fhir/outcome"
)

// bodies bounds the bytes of request bodies and large answers that are held at once, so that many large ones cannot exhaust
// the memory that one is allowed.
type bodies struct {
	most int64
	held atomic.Int64
}

// reserve takes n bytes of the budget, or refuses with 429.
func (b *bodies) reserve(n int64) error {
	if b.held.Add(n) > b.most {
		b.held.Add(-n)
		return throttled("the server holds as many large requests and answers as it can")
	}
	return nil
}

func (b *bodies) release(n int64) { b.held.Add(-n) }

// firstRead is how much room a body gets before any of it has arrived; a client that announces more must first send it.
const firstRead = 64 << 10

// smallAnswer is what an answer may take without being counted.
const smallAnswer = 64 << 10

// readBody reads the whole body into memory of its own, which the exchange owns and never returns to a pool. Bodies above
// the limit are refused with 413 as soon as that is known: by their length, or, sent in chunks, by the first byte too many.
func (x *exchange) readBody() error {
	limit := x.srv.limits.Body
	length := x.Request().ContentLength
	if length > limit {
		return tooLarge(limit)
	}
	room := firstRead
	if length >= 0 {
		room = int(min(length, firstRead))
	}
	buf, err := x.fill(make([]byte, 0, room), length, limit)
	if err != nil {
		return bodyFault(err)
	}
	x.body = buf
	return nil
}

// fill appends the body to buf until it ends, reserving memory as it grows. A known length saves the read that would only
// find the end.
func (x *exchange) fill(buf []byte, length, limit int64) ([]byte, error) {
	if err := x.hold(int64(cap(buf))); err != nil {
		return nil, err
	}
	for int64(len(buf)) != length {
		if len(buf) == cap(buf) {
			grown := nextSize(int64(cap(buf)), length, limit)
			if err := x.hold(grown - int64(cap(buf))); err != nil {
				return nil, err
			}
			buf = append(make([]byte, 0, grown), buf...)
		}
		n, err := x.Request().Body.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		if int64(len(buf)) > limit {
			return nil, tooLarge(limit)
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
	}
	if length >= 0 && int64(len(buf)) < length {
		return nil, io.ErrUnexpectedEOF
	}
	return buf, nil
}

// nextSize is the room for a body that filled what it had: twice as much, but no more than it can need. Without a known
// length one byte beyond the limit shows that there is too much.
func nextSize(have, length, limit int64) int64 {
	most := limit + 1
	if length >= 0 {
		most = length
	}
	return min(max(2*have, 512), most)
}

// hold adds to what this exchange has reserved; it is given back when the exchange ends.
func (x *exchange) hold(n int64) error {
	if err := x.srv.bodies.reserve(n); err != nil {
		return err
	}
	x.held += n
	return nil
}

// holdAnyway reserves without asking whether there is room, for what cannot be refused any more. Others are, until it is
// given back.
func (x *exchange) holdAnyway(n int64) {
	x.srv.bodies.held.Add(n)
	x.held += n
}

// bodyFault says what went wrong while the body was read; the cause is the connection, so its text tells the client nothing.
func bodyFault(err error) error {
	var known *outcome.Error
	if errors.As(err, &known) {
		return known
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return outcome.New(http.StatusRequestTimeout, outcome.Timeout, "", "the request body did not arrive in time")
	}
	return outcome.New(http.StatusBadRequest, outcome.Structure, "", "the request body ended before its announced length or was broken in transfer")
}

func tooLarge(limit int64) error {
	return outcome.New(http.StatusRequestEntityTooLarge, outcome.TooLong, "", "the request body is larger than the %d bytes that are accepted", limit)
}
