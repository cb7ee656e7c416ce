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

var validationModes = []string{modeCreate, modeUpdate, modeDelete, modeProfile}

// validationAsked is what a request of $validate asks.
type validationAsked struct {
	// key is what the operation was invoked on: without an id a type, empty the system.
	key store.Key
	// resource is what was sent, nil where nothing was.
	resource []byte
	mode     string
	profiles []string
}

// askedValidation reads the resource, bare or in Parameters, and the parameters of the query and of Parameters. The body is not
// parsed by the codec here: what is wrong with the resource is the answer, not a fault of the request.
func askedValidation(query string, body []byte, instance bool) (validationAsked, error) {
	var a validationAsked
	values, err := url.ParseQuery(query)
	if err != nil {
		return a, outcome.New(http.StatusBadRequest, outcome.Value, "", "the query cannot be read")
	}
	modes := values["mode"]
	a.profiles = values["profile"]
	if len(body) > 0 {
		if modes, err = a.fromBody(body, modes); err != nil {
			return a, err
		}
	}
	a.profiles = slices.DeleteFunc(a.profiles, func(s string) bool { return s == "" })
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
			continue
		}
		taken = true
	}
	if !taken {
		a.resource = body
	}
	return modes, nil
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
