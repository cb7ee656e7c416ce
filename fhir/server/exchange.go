package server

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"claimwright/fhir/outcome"
	"claimwright/fhir/subset"
	"claimwright/store"
	"claimwright/store/resources"
)

// exchange is one request and its answer. It is Echo's context with what this server knows more; handlers get nothing else.
// It belongs to one goroutine and ends with the handler.
type exchange struct {
	echo.Context
	srv   *Server
	began time.Time
	id    string
	route *route // nil where no route matched

	// ctx carries the deadline of the work; it is set once the body was read.
	ctx       context.Context
	principal resources.Principal
	// key is the resource that the path names, in routes of instances.
	key    store.Key
	format format
	// notServed is why the client gets no answer in a format that it accepts, nil when it does.
	notServed error
	prefer    prefer
	// form is how much of each resource the client wants to see.
	form subset.Form
	body []byte
	// unread is why the body cannot be read, for an operation that judges it.
	unread []outcome.Issue
	// query is the raw query of the URL, joined with that of a form body.
	query string
	// held is what the body has reserved of the server's memory for bodies.
	held int64
}

// header is the answer's header.
func (x *exchange) header() http.Header { return x.Response().Header() }

// send writes a resource as the answer. Its JSON is sent as it is, unless the client asked for XML or for a pretty answer.
func (x *exchange) send(status int, body []byte) error {
	if x.format.xml || x.format.pretty {
		body = x.rendered(body)
	}
	h := x.header()
	x.vary()
	h["Content-Type"] = x.format.contentType
	h["X-Content-Type-Options"] = noSniff
	if h["Cache-Control"] == nil {
		h["Cache-Control"] = askAgain
	}
	h["Content-Length"] = []string{strconv.Itoa(len(body))}
	x.Response().WriteHeader(status)
	_, err := x.Response().Write(body)
	return err
}

// sendRead answers a read, unless the server sends as many large answers as it has memory for: clients may take their time
// to fetch them, and may ask again.
func (x *exchange) sendRead(body []byte) error {
	if len(body) > smallAnswer {
		if err := x.hold(int64(len(body))); err != nil {
			return err
		}
	}
	return x.send(http.StatusOK, body)
}

// Header values that every answer shares. Caches on the way must not keep patients' data, and a client that keeps an answer
// must ask whether it is still true; conditional reads make that cheap.
var (
	noSniff  = []string{"nosniff"}
	askAgain = []string{"private, no-cache"}
	noStore  = []string{"no-store"}
	byAccept = []string{"Accept"}

	byOriginAndAccept = []string{"Origin", "Accept"}
)

// vary tells caches that the answer to a question depends on the format that was asked for: versions have the same ETag in
// each.
func (x *exchange) vary() {
	if method := x.Request().Method; method != http.MethodGet && method != http.MethodHead {
		return
	}
	h := x.header()
	switch others := h["Vary"]; {
	case others == nil:
		h["Vary"] = byAccept
	case len(others) == 1 && others[0] == "Origin":
		h["Vary"] = byOriginAndAccept
	default:
		h["Vary"] = append(slices.Clip(others), byAccept...)
	}
}

// sendNothing answers with a status and headers only.
func (x *exchange) sendNothing(status int) error {
	x.vary()
	x.Response().WriteHeader(status)
	return nil
}

// sendOutcome answers with an OperationOutcome.
func (x *exchange) sendOutcome(status int, issues ...outcome.Issue) error {
	return x.send(status, outcome.Render(issues))
}

// sendFault answers with what an error tells the client.
func (x *exchange) sendFault(f *outcome.Error) error {
	if f.RetryAfter > 0 {
		seconds := int64((f.RetryAfter + time.Second - 1) / time.Second)
		x.header()["Retry-After"] = []string{strconv.FormatInt(seconds, 10)}
	}
	return x.sendOutcome(f.StatusOr500(), f.Issues...)
}

// indented lays JSON out for people; only white space changes.
func indented(body []byte) []byte {
	var pretty bytes.Buffer
	pretty.Grow(2 * len(body))
	if err := json.Indent(&pretty, body, "", "  "); err != nil { // stored bodies are valid; show a broken one as it is
		return body
	}
	pretty.WriteByte('\n')
	return pretty.Bytes()
}
