package testscript

import (
	"bytes"
	"encoding/json"
	"errors"
)

// asJSON gives a resource as JSON, whatever form the file has.
func asJSON(body []byte) ([]byte, error) {
	if isXML(body) {
		return nil, errors.New("scripts in XML cannot be read yet; save it as JSON")
	}
	return body, nil
}

// isXML tells XML from JSON by the first character.
func isXML(body []byte) bool {
	return bytes.HasPrefix(bytes.TrimLeft(body, "\ufeff \t\r\n"), []byte("<"))
}

// isScript tells whether a file is meant to be a TestScript, so that a broken one is told and another resource is passed over.
func isScript(body []byte) bool {
	if isXML(body) {
		return bytes.Contains(body[:min(len(body), 2048)], []byte("<TestScript"))
	}
	var r struct{ ResourceType string }
	if json.Unmarshal(body, &r) == nil {
		return r.ResourceType == "TestScript"
	}
	return bytes.Contains(body[:min(len(body), 2048)], []byte(`"TestScript"`))
}
