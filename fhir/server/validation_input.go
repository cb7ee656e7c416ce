package server

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"claimwright/fhir/outcome"
	"claimwright/fhir/spelling"
	"claimwright/store"
)

// The modes of $validate (R4 value set resource-validation-mode).
const (
	modeCreate  = "create"
	modeUpdate  = "update"
	modeDelete  = "delete"
	modeProfile = "profile"
)

// validationParameters are the parameters of $validate.
var validationParameters = []string{"resource", "mode", "profile"}

var validationModes = []string{modeCreate, modeUpdate, modeDelete, modeProfile}

// validationAsked is what a request of $validate asks.
type validationAsked struct {
	// key is what the operation was invoked on: without an id a type, empty the system.
	key store.Key
	// resource is what was sent, nil where nothing was.
	resource []byte
	mode     string
	profiles []string
	// unknown are the names of parameters that the operation does not have.
	unknown []string
}

// askedValidation reads the resource, bare or in Parameters, and the parameters of the query and of Parameters. The body is not
// parsed by the codec here: what is wrong with the resource is the answer, not a fault of the request.
func askedValidation(query string, body []byte, instance bool) (validationAsked, error) {
	var a validationAsked
	values, err := url.ParseQuery(query)
	if err != nil {
		return a, outcome.New(http.StatusBadRequest, outcome.Value, "", "the query cannot be read")
	}
	for name := range values {
		if !answerForm[name] && !slices.Contains(validationParameters, name) {
			a.unknown = append(a.unknown, name)
		}
	}
	slices.Sort(a.unknown)
	modes := values["mode"]
	a.profiles = values["profile"]
	if len(body) > 0 {
		if modes, err = a.fromBody(body, modes); err != nil {
			return a, err
		}
	}
	slices.Sort(a.profiles)
	a.profiles = slices.DeleteFunc(slices.Compact(a.profiles), func(s string) bool { return s == "" })
	slices.Sort(modes)
	if modes = slices.Compact(modes); len(modes) > 1 {
		return a, badValidation("mode", "mode is given twice", strings.Join(modes, " and "), "one mode")
	}
	if len(modes) == 1 {
		a.mode = modes[0]
	}
	return a, a.check(instance)
}

// fromBody takes the resource out of what was posted. Parameters that have none of the operation's parameters are themselves
// the resource.
func (a *validationAsked) fromBody(body []byte, modes []string) ([]string, error) {
	var sent struct {
		ResourceType string
		Parameter    []struct {
			Name                                                       string
			Resource                                                   json.RawMessage
			ValueCode, ValueString, ValueURI, ValueURL, ValueCanonical string
		}
	}
	if json.Unmarshal(body, &sent) != nil || sent.ResourceType != "Parameters" {
		a.resource = body
		return modes, nil
	}
	taken := false
	var unknown []string
	for _, p := range sent.Parameter {
		value := p.ValueCode + p.ValueString + p.ValueURI + p.ValueURL + p.ValueCanonical
		switch p.Name {
		case "resource":
			if a.resource != nil || len(p.Resource) == 0 {
				return nil, badValidation("resource", "the parameter resource holds one resource", "", "parameter.resource, once")
			}
			a.resource = p.Resource
		case "mode":
			modes = append(modes, value)
		case "profile":
			a.profiles = append(a.profiles, value)
		default:
			unknown = append(unknown, p.Name)
			continue
		}
		taken = true
	}
	if !taken {
		a.resource = body
		return modes, nil
	}
	a.unknown = append(a.unknown, unknown...)
	return modes, nil
}

// refuseUnknown tells a strict client of parameters that the operation does not have.
func (a *validationAsked) refuseUnknown(strict bool) error {
	if !strict || len(a.unknown) == 0 {
		return nil
	}
	return outcome.Of(http.StatusBadRequest, a.noted(outcome.Failure))
}

// warnings tell of the parameters that were ignored: a misspelt profile would not be judged by otherwise.
func (a *validationAsked) warnings() []outcome.Issue { return a.noted(outcome.Warning) }

func (a *validationAsked) noted(severity outcome.Severity) []outcome.Issue {
	var issues []outcome.Issue
	for _, name := range a.unknown[:min(len(a.unknown), 10)] {
		expected := "one of " + strings.Join(validationParameters, ", ")
		if near := spelling.Nearest(name, validationParameters); near != "" {
			expected = near
		}
		issues = append(issues, outcome.Issue{Severity: severity, Code: outcome.NotSupported,
			Text: "$validate has no such parameter, so that it counts for nothing.", Found: bounded(name), Expected: expected})
	}
	return issues
}

// check refuses what does not go together: update and delete are asked of a stored resource, and profile needs one to check
// against.
func (a *validationAsked) check(instance bool) error {
	switch {
	case a.mode == "":
		return nil
	case !slices.Contains(validationModes, a.mode):
		expected := "one of " + strings.Join(validationModes, ", ")
		if near := spelling.Nearest(a.mode, validationModes); near != "" {
			expected = near
		}
		return badValidation("mode", "there is no such mode", bounded(a.mode), expected)
	case (a.mode == modeUpdate || a.mode == modeDelete) && !instance:
		return badValidation("mode", "this mode is for a stored resource", a.mode, "a path with the resource's id")
	case a.mode == modeProfile && len(a.profiles) == 0:
		return badValidation("profile", "the mode profile needs a profile", "none", "the profile's canonical url")
	case a.mode == modeUpdate && a.resource == nil:
		return badValidation("resource", "the mode update needs what the resource is to become", "none", "a resource")
	case a.mode == modeCreate && a.resource == nil:
		return badValidation("resource", "the mode create needs a resource", "none", "a resource")
	}
	return nil
}

func badValidation(parameter, text, found, expected string) error {
	err := outcome.New(http.StatusBadRequest, outcome.Value, "Parameters.parameter.where(name='"+parameter+"')", "%s", text)
	err.Issues[0].Found, err.Issues[0].Expected = found, expected
	return err
}
