package testscript

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"

	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
)

// fileReference is where a script may name a file, which is no reference that the parser of resources lets pass.
var fileReference = regexp.MustCompile(`^TestScript\.(fixture\[\d+\]\.resource|profile\[\d+\])\.reference$`)

// maxProblems is how many problems of the resource are told; many more than of a request, for the references to files are among them.
const maxProblems = 1000

// Read reads a script. Open gives the text of a file that the script names, relative to its own. The error is Mistakes, or says
// why a fixture cannot be read.
func Read(path string, body []byte, open func(name string) ([]byte, error)) (*Script, error) {
	body, issues := asJSON(body)
	if len(issues) > 0 {
		return nil, mistakesOf(path, issues)
	}
	_, issues = codec.Parse(body, codec.Limits{MaxProblems: maxProblems})
	issues = slices.DeleteFunc(issues, func(i outcome.Issue) bool {
		return i.Code == outcome.Value && fileReference.MatchString(i.Expression)
	})
	if len(issues) > 0 {
		return nil, mistakesOf(path, issues)
	}
	var kind struct{ ResourceType string }
	var r resource
	if err := json.Unmarshal(body, &kind); err != nil || kind.ResourceType != "TestScript" {
		return nil, Mistakes{{File: path, Text: "this is no TestScript", Found: kind.ResourceType}}
	}
	if err := json.Unmarshal(body, &r); err != nil {
		return nil, Mistakes{{File: path, Text: "the script cannot be read: " + err.Error()}}
	}
	return r.script(path, open)
}

func (r *resource) script(path string, open func(string) ([]byte, error)) (*Script, error) {
	s := &Script{
		Path: path, ID: r.ID, URL: r.URL, Name: r.Name, Title: r.Title, Description: r.Description, Purpose: r.Purpose,
		Profiles: map[string]string{},
	}
	var wrong Mistakes
	contained := containedByID(r.Contained)
	for i, f := range r.Fixture {
		text, source, err := fixtureText(f.Resource.Reference, contained, open)
		if err != nil {
			at := fmt.Sprintf("TestScript.fixture[%d].resource", i)
			wrong = append(wrong, Mistake{File: path, At: at, Text: err.Error(), Found: f.Resource.Reference})
		}
		s.Fixtures = append(s.Fixtures, Fixture{ID: f.ID, AutoCreate: f.Autocreate, AutoDelete: f.Autodelete, Text: text, Source: source})
	}
	for _, p := range r.Profile {
		s.Profiles[p.ID] = p.Reference
	}
	for _, c := range r.Metadata.Capability {
		s.Capabilities = append(s.Capabilities, Capability{
			Required: c.Required, Validated: c.Validated, Description: c.Description, Canonical: c.Capabilities,
			Statement: capabilityText(c.Capabilities, contained, open),
		})
	}
	for _, v := range r.Variable {
		s.Variables = append(s.Variables, Variable{
			Name: v.Name, Description: v.Description, Hint: v.Hint,
			Expression: v.Expression, HeaderField: v.HeaderField, Path: v.Path, SourceID: v.SourceID, Default: v.DefaultValue,
		})
	}
	s.Setup = actions("TestScript.setup", r.Setup.Action)
	for i, t := range r.Test {
		s.Tests = append(s.Tests, Test{
			ID: t.ID, Name: t.Name, Description: t.Description, Actions: actions(fmt.Sprintf("TestScript.test[%d]", i), t.Action),
		})
	}
	s.Teardown = actions("TestScript.teardown", r.Teardown.Action)
	if wrong = append(wrong, s.check()...); len(wrong) > 0 {
		return nil, wrong
	}
	return s, nil
}

func actions(at string, in []action) []Action {
	all := make([]Action, len(in))
	for i, a := range in {
		all[i].At = fmt.Sprintf("%s.action[%d]", at, i)
		if a.Operation != nil {
			all[i].Operation = a.Operation.read()
		}
		if a.Assert != nil {
			all[i].Assert = a.Assert.read()
		}
	}
	return all
}

func (o *operation) read() *Operation {
	return &Operation{
		Type: o.Type.Code, Resource: o.Resource, Label: o.Label, Description: o.Description,
		Accept: o.Accept, ContentType: o.ContentType, Encode: o.EncodeRequestURL, Method: o.Method,
		Headers: o.RequestHeader, RequestID: o.RequestID, ResponseID: o.ResponseID, SourceID: o.SourceID,
		Params: o.Params, URL: o.URL, TargetID: o.TargetID, Poll: o.polls(),
	}
}

func (a *assert) read() *Assert {
	return &Assert{
		Label: a.Label, Description: a.Description, Direction: Direction(a.Direction),
		ContentType: a.ContentType, Expression: a.Expression, HeaderField: a.HeaderField, MinimumID: a.MinimumID, Path: a.Path,
		RequestMethod: a.RequestMethod, RequestURL: a.RequestURL, Resource: a.Resource,
		Response: a.Response, ResponseCode: a.ResponseCode, ValidateProfileID: a.ValidateProfileID,
		NavigationLinks: a.NavigationLinks, Operator: a.Operator, Value: a.Value,
		CompareToSourceID: a.CompareToSourceID, CompareToSourceExpression: a.CompareToSourceExpression,
		CompareToSourcePath: a.CompareToSourcePath, SourceID: a.SourceID, WarningOnly: a.WarningOnly, GoOn: a.goesOn(),
	}
}
