package testscript

import (
	"encoding/json"
	"time"
)

// The types below are the TestScript resource as far as a runner needs it. They are filled from bytes that the FHIR parser has
// accepted, so that types and cardinalities hold.

type resource struct {
	ID, URL, Name, Title, Description, Purpose string

	Contained []json.RawMessage
	Metadata  struct {
		Capability []struct {
			Required, Validated bool
			Description         string
			Capabilities        string
		}
	}
	Fixture []struct {
		ID                     string
		Autocreate, Autodelete bool
		Resource               reference
	}
	Profile []struct {
		ID, Reference string
	}
	Variable []struct {
		Name, Description, Hint                 string
		Expression, HeaderField, Path, SourceID string
		DefaultValue                            string
	}
	Setup struct{ Action []action }
	Test  []struct {
		ID, Name, Description string
		Action                []action
	}
	Teardown struct{ Action []action }
}

type reference struct{ Reference string }

type action struct {
	Operation *operation
	Assert    *assert
}

type operation struct {
	Extension []struct {
		URL          string
		ValueInteger int
	}
	Type                                              struct{ Code string }
	Resource, Label, Description, Accept, ContentType string
	EncodeRequestURL                                  bool
	Method                                            string
	Params, URL                                       string
	RequestHeader                                     []Header
	RequestID, ResponseID, SourceID                   string
	TargetID                                          string
}

// poll is our extension of an operation whose answer may be given later (conformance/definitions).
const poll = "https://claimwright.org/fhir/StructureDefinition/testscript-poll"

// maxPoll bounds how long a script may ask again.
const maxPoll = 5 * time.Minute

func (o *operation) polls() time.Duration {
	for _, e := range o.Extension {
		if e.URL == poll && e.ValueInteger > 0 {
			return min(time.Duration(min(e.ValueInteger, 3600))*time.Second, maxPoll)
		}
	}
	return 0
}

type assert struct {
	Extension []struct {
		URL          string
		ValueBoolean *bool
	}
	Label, Description, Direction                                     string
	CompareToSourceID, CompareToSourceExpression, CompareToSourcePath string
	ContentType, Expression, HeaderField, MinimumID                   string
	NavigationLinks                                                   bool
	Operator, Path, RequestMethod, RequestURL, Resource               string
	Response, ResponseCode, SourceID, ValidateProfileID               string
	Value                                                             string
	WarningOnly                                                       bool
}

// stopTestOnFail is the extension by which authors of R4 scripts let a test go on after a failed assert; R5 has an element for it.
const stopTestOnFail = "http://touchstone.aegis.net/touchstone/fhir/testing/StructureDefinition/testscript-assert-stopTestOnFail"

func (a *assert) goesOn() bool {
	for _, e := range a.Extension {
		if e.URL == stopTestOnFail && e.ValueBoolean != nil {
			return !*e.ValueBoolean
		}
	}
	return false
}
