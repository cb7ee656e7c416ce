package testrun

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"claimwright/conformance/testscript"
)

// operation sends the request of an operation and keeps what an assert may want to see.
func (s *session) operation(ctx context.Context, o *testscript.Operation, step *Step) {
	request, err := s.request(o)
	if err != nil {
		step.err(err)
		return
	}
	exchange, err := s.runner.sendUntilDone(ctx, request, o.Poll)
	step.Exchange = exchange
	if err != nil {
		step.err(err)
		return
	}
	s.last = exchange
	if o.RequestID != "" {
		s.messages[o.RequestID] = requestOf(exchange)
	}
	if o.ResponseID != "" {
		s.messages[o.ResponseID] = responseOf(exchange)
	}
	s.remember(o, exchange)
}

// remember notes where the server put a fixture, so that a targetId finds it.
func (s *session) remember(o *testscript.Operation, e *Exchange) {
	if _, fixture := s.script.Fixture(o.SourceID); !fixture || e.Status/100 != 2 || e.Method != http.MethodPost && e.Method != http.MethodPut {
		return
	}
	if at, ok := locationOf(e.ResponseHeader.Get("Location")); ok && at.kind == resourceType(described(e.RequestBody)) {
		s.created[o.SourceID] = at
		return
	}
	if e.Method == http.MethodPut {
		if at, ok := locationOf(strings.SplitN(e.URL, "?", 2)[0]); ok {
			s.created[o.SourceID] = location{kind: at.kind, id: at.id}
		}
	}
}

// outgoing is a request ready to be sent.
type outgoing struct {
	method, url string
	header      http.Header
	body        []byte
}

// request makes the request of an operation.
func (s *session) request(o *testscript.Operation) (*outgoing, error) {
	body, err := s.body(o)
	if err != nil {
		return nil, err
	}
	method := methodOf(o)
	address, err := s.address(o, described(body))
	if err != nil {
		return nil, err
	}
	r := &outgoing{method: method, url: address, header: s.runner.options.Header.Clone(), body: body}
	if r.header == nil {
		r.header = http.Header{}
	}
	if method == http.MethodPost && o.Type == "search" && o.SourceID == "" {
		r.searchForm()
	}
	if err := s.headers(o, r); err != nil {
		return nil, err
	}
	return r, nil
}

// searchForm moves the parameters of a search into the body.
func (r *outgoing) searchForm() {
	path, query, _ := strings.Cut(r.url, "?")
	if !strings.HasSuffix(path, "/_search") {
		path = strings.TrimSuffix(path, "/") + "/_search"
	}
	r.url, r.body = path, []byte(query)
	r.header.Set("Content-Type", "application/x-www-form-urlencoded")
}

// body is what an operation sends.
func (s *session) body(o *testscript.Operation) ([]byte, error) {
	if o.SourceID == "" {
		return nil, nil
	}
	m, err := s.source(o.SourceID)
	if err != nil {
		return nil, err
	}
	switch {
	case o.ContentType == "xml" && !isXML(m.body) && resourceType(m.body) != "":
		return toXML(m.body)
	case o.ContentType == "json" && isXML(m.body):
		return fromXML(m.body)
	}
	return m.body, nil
}

// headers are those of the operation's elements, then those that the script spells out.
func (s *session) headers(o *testscript.Operation, r *outgoing) error {
	switch o.Accept {
	case "none":
	case "":
		r.header.Set("Accept", fhirJSON)
	default:
		r.header.Set("Accept", mediaType(o.Accept))
	}
	if len(r.body) > 0 && r.header.Get("Content-Type") == "" {
		r.header.Set("Content-Type", contentTypeOf(r.body))
	}
	if o.ContentType != "" && o.ContentType != "none" && len(r.body) > 0 {
		r.header.Set("Content-Type", mediaType(o.ContentType))
	}
	if o.ContentType == "none" {
		r.header.Del("Content-Type")
	}
	for _, h := range o.Headers {
		value, err := s.fill(h.Value, plain)
		if err != nil {
			return err
		}
		if !validHeader(h.Field, value) {
			return fmt.Errorf("the request header %q cannot be sent", shortened(h.Field))
		}
		r.header.Set(h.Field, value)
	}
	return nil
}

// methodOf is the method of an operation: what the script says, else what its type means.
func methodOf(o *testscript.Operation) string {
	if o.Method != "" {
		return strings.ToUpper(o.Method)
	}
	switch o.Type {
	case "read", "vread", "history", "search", "capabilities":
		return http.MethodGet
	case "update", "updateCreate":
		return http.MethodPut
	case "patch":
		return http.MethodPatch
	case "delete", "deleteCondSingle", "deleteCondMultiple":
		return http.MethodDelete
	case "create", "batch", "transaction", "validate":
		return http.MethodPost
	case "head":
		return http.MethodHead
	}
	if o.SourceID == "" { // an operation that is given nothing asks
		return http.MethodGet
	}
	return http.MethodPost
}

var errNothingToAddress = errors.New("the operation says neither what it is about (targetId, params or url) nor a resource")
