package testrun

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"strings"

	"claimwright/fhir/codec"
	"claimwright/fhir/xmlform"
)

// The media types of FHIR (R4 http.html#mime-type).
const (
	fhirJSON = "application/fhir+json"
	fhirXML  = "application/fhir+xml"
)

// mediaType spells out what a script abbreviates.
func mediaType(code string) string {
	switch code {
	case "json":
		return fhirJSON
	case "xml":
		return fhirXML
	case "ttl", "turtle":
		return "application/fhir+turtle"
	}
	return code
}

// contentTypeOf is the type of a body that a script does not announce.
func contentTypeOf(body []byte) string {
	trimmed := bytes.TrimLeft(body, "\ufeff \t\r\n")
	switch {
	case isXML(body):
		return fhirXML
	case bytes.HasPrefix(trimmed, []byte("[")): // no resource is an array, a JSON Patch is
		return "application/json-patch+json"
	}
	return fhirJSON
}

// sameMediaType compares a Content-Type with what an assert names: json and xml stand for every form that R4 allows, a media type
// for itself whatever its parameters, unless parameters are named too.
func sameMediaType(header, want string) bool {
	kind, parameters, err := mime.ParseMediaType(header)
	if err != nil {
		return false
	}
	switch want {
	case "json":
		return kind == fhirJSON || kind == "application/json" || kind == "text/json" || kind == "application/json+fhir"
	case "xml":
		return kind == fhirXML || kind == "application/xml" || kind == "text/xml" || kind == "application/xml+fhir"
	}
	wanted, needed, err := mime.ParseMediaType(mediaType(want))
	if err != nil || kind != wanted {
		return false
	}
	for name, value := range needed {
		if !strings.EqualFold(parameters[name], value) {
			return false
		}
	}
	return true
}

// isXML tells XML from JSON by the first character.
func isXML(body []byte) bool {
	return bytes.HasPrefix(bytes.TrimLeft(body, "\ufeff \t\r\n"), []byte("<"))
}

// toXML writes a resource, read from JSON, as XML.
func toXML(body []byte) ([]byte, error) {
	doc, issues := codec.Parse(body, codec.Limits{})
	if len(issues) > 0 {
		return nil, fmt.Errorf("the body cannot be sent as XML, for it is not valid R4: %s: %s", issues[0].Expression, issues[0].Text)
	}
	return xmlform.Append(nil, doc), nil
}

// fromXML reads a resource in XML as JSON.
func fromXML(body []byte) ([]byte, error) {
	read, issues := xmlform.Read(body, codec.Limits{})
	if len(issues) > 0 {
		return nil, fmt.Errorf("the body is no resource in XML: %s: %s", issues[0].Expression, issues[0].Text)
	}
	return read, nil
}

// described is a body as JSON, to see what it is about; a body that cannot be read as XML stays what it is.
func described(body []byte) []byte {
	if isXML(body) {
		if read, err := fromXML(body); err == nil {
			return read
		}
	}
	return body
}

var errNoBody = errors.New("there is no body")

// json is a message's body as JSON.
func (m *message) json() ([]byte, error) {
	if len(bytes.TrimSpace(m.body)) == 0 {
		return nil, errNoBody
	}
	if isXML(m.body) {
		return fromXML(m.body)
	}
	if !json.Valid(m.body) {
		return nil, errors.New("the body is no JSON")
	}
	return m.body, nil
}

// tree is a message's body decoded, numbers as they are written.
func (m *message) tree() (any, error) {
	body, err := m.json()
	if err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var tree any
	if err := decoder.Decode(&tree); err != nil {
		return nil, errors.New("the body is no JSON")
	}
	return tree, nil
}
