package testscript

import (
	"bytes"
	"encoding/json"

	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
	"claimwright/fhir/xmlform"
)

// asJSON gives a resource as JSON, whatever form the file has.
func asJSON(body []byte) ([]byte, []outcome.Issue) {
	if !isXML(body) {
		return body, nil
	}
	return xmlform.Read(body, codec.Limits{MaxProblems: maxProblems})
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
