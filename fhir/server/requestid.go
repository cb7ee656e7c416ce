package server

import (
	"crypto/rand"
	"encoding/hex"
	"net/http"
	"strconv"
	"sync/atomic"
)

// The header names of request ids, in the canonical form that header maps use.
const (
	headerRequestID     = "X-Request-Id"
	headerCorrelationID = "X-Correlation-Id"
)

// requestIDs hands out ids for requests that bring none: a random prefix per process and a counter, which is unique
// without asking the system for randomness each time.
type requestIDs struct {
	prefix string
	last   atomic.Uint64
}

func newRequestIDs() *requestIDs {
	var random [8]byte
	_, _ = rand.Read(random[:]) // never fails: crypto/rand ends the process instead
	return &requestIDs{prefix: hex.EncodeToString(random[:]) + "-"}
}

func (r *requestIDs) next() string {
	var buf [40]byte
	return string(strconv.AppendUint(append(buf[:0], r.prefix...), r.last.Add(1), 10))
}

// identify settles the request's id (R4 §3.1.0.1.15): the client's, or one of ours where the client sent none or one that
// does not belong in a log, which it then finds in X-Correlation-Id. A correlation id of the client's own is echoed as it came.
func (r *requestIDs) identify(request, response http.Header) string {
	given := request[headerRequestID]
	id := ""
	if len(given) == 1 && plainID(given[0]) {
		id = given[0]
	} else {
		id = r.next()
	}
	response[headerRequestID] = []string{id}
	switch correlation := request[headerCorrelationID]; {
	case len(correlation) == 1 && headerText(correlation[0]):
		response[headerCorrelationID] = correlation
	case len(given) == 1 && given[0] != id && headerText(given[0]):
		response[headerCorrelationID] = given
	}
	return id
}

// headerText tells whether a text can be sent back in a header as it came.
func headerText(text string) bool {
	if text == "" || len(text) > 256 {
		return false
	}
	for i := range len(text) {
		if text[i] < ' ' || text[i] > '~' {
			return false
		}
	}
	return true
}

// plainID tells whether a client's id can stand in a header and in a log line as it is.
func plainID(id string) bool {
	if id == "" || len(id) > 128 {
		return false
	}
	for i := range len(id) {
		switch c := id[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9':
		case c == '-', c == '_', c == '.', c == ':', c == '/', c == '+', c == '=':
		default:
			return false
		}
	}
	return true
}
