package testrun

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"time"

	"claimwright/conformance/testscript"
)

// session is one run of one script.
type session struct {
	runner *Runner
	script *testscript.Script
	// messages are the requests and responses that got an id; last is the last exchange, nil before the first.
	messages map[string]*message
	last     *Exchange
	// created says where the server put a fixture.
	created map[string]location
	// drawn are the values of placeholders, the same all through the run.
	drawn map[string]string
	// lookups counts how often a variable's value was asked for.
	lookups int
}

func newSession(r *Runner, script *testscript.Script) *session {
	return &session{
		runner: r, script: script,
		messages: map[string]*message{}, created: map[string]location{}, drawn: map[string]string{},
	}
}

func (s *session) now() time.Time { return s.runner.options.Now() }

// message is one half of an exchange, or a fixture.
type message struct {
	header   http.Header
	body     []byte
	exchange *Exchange // nil for a fixture
}

// requestOf and responseOf are the halves of an exchange.
func requestOf(e *Exchange) *message {
	return &message{header: e.RequestHeader, body: e.RequestBody, exchange: e}
}

func responseOf(e *Exchange) *message {
	return &message{header: e.ResponseHeader, body: e.ResponseBody, exchange: e}
}

// source finds a request, a response or a fixture by its id.
func (s *session) source(id string) (*message, error) {
	if m, ok := s.messages[id]; ok {
		return m, nil
	}
	fixture, ok := s.script.Fixture(id)
	if !ok {
		return nil, fmt.Errorf("there is no request or response %q yet", id)
	}
	body, err := s.filled(fixture)
	if err != nil {
		return nil, err
	}
	return &message{header: http.Header{}, body: body}, nil
}

// location is where a resource is on the server.
type location struct{ kind, id, version string }

func (l location) path() string { return l.kind + "/" + l.id }

var inLocation = regexp.MustCompile(`([A-Z][A-Za-z]{1,63})/([A-Za-z0-9\-.]{1,64})(?:/_history/([A-Za-z0-9\-.]{1,64}))?$`)

// locationOf reads a Location header or a reference.
func locationOf(text string) (location, bool) {
	m := inLocation.FindStringSubmatch(text)
	if m == nil {
		return location{}, false
	}
	return location{kind: m[1], id: m[2], version: m[3]}, true
}

// locate finds where the resource with an id in the script is on the server: where it was put, else what it says of itself.
func (s *session) locate(id string) (location, error) {
	m, err := s.source(id)
	if err != nil {
		return location{}, err
	}
	if at, ok := s.created[id]; ok {
		return at, nil
	}
	var r struct {
		ResourceType, ID string
		Meta             struct{ VersionID string }
	}
	if body, err := m.json(); err == nil {
		_ = json.Unmarshal(body, &r) // what is not there is looked for in the headers
	}
	if r.ID != "" && r.ResourceType != "" {
		return location{kind: r.ResourceType, id: r.ID, version: r.Meta.VersionID}, nil
	}
	if at, ok := locationOf(m.header.Get("Location")); ok {
		return at, nil
	}
	return location{}, fmt.Errorf("%q tells no id of a resource", id)
}

// create puts the fixtures with autocreate on the server: under their id if they have one.
func (s *session) create(ctx context.Context) (steps []Step) {
	for i := range s.script.Fixtures {
		f := &s.script.Fixtures[i]
		if !f.AutoCreate {
			continue
		}
		step := Step{At: fmt.Sprintf("TestScript.fixture[%d]", i), Text: "create fixture " + f.ID, Verdict: Pass}
		o := &testscript.Operation{Type: "create", SourceID: f.ID, Encode: true}
		if body, err := s.filled(f); err == nil && resourceID(described(body)) != "" {
			o.Type = "update"
		}
		s.operation(ctx, o, &step)
		if e := step.Exchange; step.Verdict == Pass && e.Status/100 != 2 {
			step.fail("the fixture was not created", statusText(e.Status), "a status of 2xx")
		}
		steps = append(steps, step)
	}
	return steps
}

// delete takes the fixtures with autodelete off the server, those created last first.
func (s *session) delete(ctx context.Context) (steps []Step) {
	for i := len(s.script.Fixtures) - 1; i >= 0; i-- {
		f := &s.script.Fixtures[i]
		if _, there := s.created[f.ID]; !f.AutoDelete || !there {
			continue
		}
		step := Step{At: fmt.Sprintf("TestScript.fixture[%d]", i), Text: "delete fixture " + f.ID, Verdict: Pass}
		s.operation(ctx, &testscript.Operation{Type: "delete", TargetID: f.ID, Encode: true}, &step)
		steps = append(steps, step)
	}
	return steps
}

func resourceID(body []byte) string {
	var r struct{ ID string }
	_ = json.Unmarshal(body, &r) // a body that is no JSON has no id
	return r.ID
}

func resourceType(body []byte) string {
	var r struct{ ResourceType string }
	_ = json.Unmarshal(body, &r) // a body that is no JSON has no type
	return r.ResourceType
}
