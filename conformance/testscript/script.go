package testscript

import (
	"strings"
	"time"
)

// Script is a TestScript that was read and checked. It is immutable and safe for concurrent use.
type Script struct {
	// Path is the file it was read from, as the caller named it.
	Path string
	// ID, URL, Name, Title, Description and Purpose are the resource's own.
	ID, URL, Name, Title, Description, Purpose string
	// Capabilities must be there for the script to make sense.
	Capabilities []Capability
	// Fixtures and Variables are in the script's order. Profiles are canonical URLs by the ids that asserts use.
	Fixtures  []Fixture
	Variables []Variable
	Profiles  map[string]string

	Setup    []Action
	Tests    []Test
	Teardown []Action
}

// Fixture finds a fixture by its id.
func (s *Script) Fixture(id string) (*Fixture, bool) {
	for i := range s.Fixtures {
		if s.Fixtures[i].ID == id {
			return &s.Fixtures[i], true
		}
	}
	return nil, false
}

// Variable finds a variable by its name.
func (s *Script) Variable(name string) (*Variable, bool) {
	for i := range s.Variables {
		if s.Variables[i].Name == name {
			return &s.Variables[i], true
		}
	}
	return nil, false
}

// Capability is what a script asks of a server (TestScript.metadata.capability).
type Capability struct {
	// Required capabilities decide whether the script is run; Validated ones are a failure when they are missing.
	Required, Validated bool
	Description         string
	// Statement is the CapabilityStatement with the minimum, as JSON; nil when it is named by a canonical URL alone.
	Statement []byte
	// Canonical names the statement.
	Canonical string
}

// Fixture is a resource, or another body, that a script works with.
type Fixture struct {
	ID                     string
	AutoCreate, AutoDelete bool
	// Text is the body before its variables are filled in: JSON, XML or anything else. Source says where it is from.
	Text   []byte
	Source string
}

// Variable is a value that is found out while a script runs.
type Variable struct {
	Name, Description, Hint string
	// At most one of Expression (FHIRPath), HeaderField and Path is set, and tells how to find the value in SourceID, or in the
	// last exchange when SourceID is empty.
	Expression, HeaderField, Path, SourceID string
	// Default is the value when nothing else gives one, if there is one.
	Default string
}

// Test is a TestScript.test.
type Test struct {
	ID, Name, Description string
	Actions               []Action
}

// Title is what a test is called in tables: its name, else its id, else its description.
func (t *Test) Title() string {
	for _, s := range []string{t.Name, t.ID, t.Description} {
		if s != "" {
			return s
		}
	}
	return "test"
}

// Action is one step: exactly one of Operation and Assert is set.
type Action struct {
	// At is the FHIRPath of the action, such as TestScript.test[0].action[2].
	At        string
	Operation *Operation
	Assert    *Assert
}

// Operation is a request to be sent.
type Operation struct {
	// Type is the code of the operation ("create", "$submit"), empty where Method and URL say everything.
	Type, Resource, Label, Description string
	// Accept and ContentType are json, xml, none or a media type, or empty.
	Accept, ContentType string
	// Encode tells to percent-encode what may not stand in a URL.
	Encode bool
	// Method is in lower case, as in the value set http-operations, or empty.
	Method, Params, URL   string
	Headers               []Header
	RequestID, ResponseID string
	SourceID, TargetID    string
	// Poll is how long the request is sent again while it is answered with 202 (R4 async.html); 0 for not at all.
	Poll time.Duration
}

// Header is a request header.
type Header struct{ Field, Value string }

// Direction tells which half of the last exchange an assert is about.
type Direction string

// The directions. An assert that names none is about the response, but for requestMethod and requestURL.
const (
	Unsaid   Direction = ""
	Request  Direction = "request"
	Response Direction = "response"
)

// Assert is a statement about a request, a response or a fixture. Of the fields from ContentType to ValidateProfileID at most one
// is set (tst-5), RequestURL aside.
type Assert struct {
	Label, Description string
	Direction          Direction

	ContentType, Expression, HeaderField, MinimumID, Path string
	RequestMethod, RequestURL, Resource                   string
	Response, ResponseCode, ValidateProfileID             string
	// NavigationLinks is set when the links of a Bundle are to be checked.
	NavigationLinks bool

	// Operator is empty where the script leaves it out.
	Operator, Value string

	CompareToSourceID, CompareToSourceExpression, CompareToSourcePath string
	SourceID                                                          string

	// WarningOnly makes a failure a warning. GoOn lets the test go on after a failure.
	WarningOnly, GoOn bool
}

// Text says what an action does: its description, else its label, else what it is.
func (a *Action) Text() string {
	var label, description, kind string
	if o := a.Operation; o != nil {
		label, description, kind = o.Label, o.Description, strings.TrimSpace(o.Type+" "+o.Resource)
	} else if s := a.Assert; s != nil {
		label, description, kind = s.Label, s.Description, s.kind()
	}
	for _, text := range []string{description, label, kind} {
		if text != "" {
			return text
		}
	}
	return "action"
}

// kind is what an assert is about, in the words of the resource.
func (a *Assert) kind() string {
	for _, f := range []struct{ name, value string }{
		{"response", a.Response}, {"responseCode", a.ResponseCode}, {"contentType", a.ContentType}, {"resource", a.Resource},
		{"headerField", a.HeaderField}, {"expression", a.Expression}, {"path", a.Path}, {"minimumId", a.MinimumID},
		{"requestMethod", a.RequestMethod}, {"requestURL", a.RequestURL}, {"validateProfileId", a.ValidateProfileID},
		{"compareToSourceId", a.CompareToSourceID},
	} {
		if f.value != "" {
			return strings.Join(strings.Fields(f.name+" "+f.value+" "+a.Operator+" "+a.Value), " ")
		}
	}
	return "navigationLinks"
}
