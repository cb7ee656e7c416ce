package bundle

import (
	"encoding/base64"
	"errors"
	"net/http"
	"strings"

	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
	"claimwright/fhir/patch"
)

var (
	nContentType = codec.Intern("contentType")
	nData        = codec.Intern("data")
)

const jsonPatch = "application/json-patch+json"

// readPatch reads the resource of a PATCH entry: a FHIRPath Patch in Parameters or, as is the custom, a JSON Patch as the data
// of a Binary.
func (e *Entry) readPatch() *outcome.Error {
	var err error
	switch e.Resource.Type() {
	case "Parameters":
		e.Patch, err = patch.ParseParameters(e.Resource)
	case "Binary":
		root := e.Resource.Root()
		kind, _, _ := strings.Cut(root.Get(nContentType).Text(), ";")
		if strings.TrimSpace(kind) != jsonPatch {
			return e.fault(http.StatusUnsupportedMediaType, outcome.NotSupported, ".resource.contentType", "the Binary holds no patch that is known", kind, jsonPatch)
		}
		data, bad := base64.StdEncoding.DecodeString(withoutBlanks(root.Get(nData).Text()))
		if bad != nil {
			return e.fault(http.StatusBadRequest, outcome.Value, ".resource.data", "the data is not base64", "text", "a JSON Patch in base64")
		}
		e.Patch, err = patch.ParseJSON(data)
	default:
		return e.fault(http.StatusBadRequest, outcome.Structure, ".resource", "the resource is no patch", e.Resource.Type(),
			"Parameters with a FHIRPath Patch, or a Binary with a JSON Patch")
	}
	var said *outcome.Error
	if errors.As(err, &said) {
		return outcome.Of(said.Status, e.Within(said.Issues))
	}
	return nil
}

// withoutBlanks takes out the white space that base64Binary may have.
func withoutBlanks(text string) string {
	return strings.Map(func(r rune) rune {
		if r == ' ' || r == '\n' || r == '\r' || r == '\t' {
			return -1
		}
		return r
	}, text)
}
