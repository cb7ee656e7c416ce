package server

import (
	"strings"

	"claimwright/fhir/patch"
	"claimwright/store/resources"
)

// The media types of patches. A FHIRPath Patch is a resource, Parameters, in any of FHIR's own types.
const (
	jsonPatch = "application/json-patch+json"
	xmlPatch  = "application/xml-patch+xml"
	// patchTypes says in words what is taken.
	patchTypes = "application/json-patch+json, or a FHIRPath Patch in application/fhir+json or application/fhir+xml"
)

// patchFormats are the types of patches that are taken, as /metadata names them.
var patchFormats = []string{jsonPatch, "application/fhir+json", "application/fhir+xml"}

// acceptPatch tells them to a client that sent another type.
var acceptPatch = []string{strings.Join(patchFormats, ", ")}

// patch changes parts of a resource (R4 §3.1.0.6).
func (s *Server) patch(x *exchange) error {
	version, change, err := x.change()
	if err != nil {
		return err
	}
	stored, err := s.resources.Patch(x.ctx, x.principal, x.key, change, resources.UpdateOptions{IfMatch: version})
	if err != nil {
		return err
	}
	return x.sendStored(stored)
}

// patchWhere changes parts of the one resource that the query finds (R4 §3.1.0.6.1).
func (s *Server) patchWhere(x *exchange) error {
	query, err := x.condition()
	if err != nil {
		return err
	}
	version, change, err := x.change()
	if err != nil {
		return err
	}
	stored, err := s.resources.PatchWhere(x.ctx, x.principal, x.resourceType(), query, change, resources.UpdateOptions{IfMatch: version})
	if err != nil {
		return err
	}
	return x.sendStored(stored)
}

// change is the patch in the body, and the version that it is meant for.
func (x *exchange) change() (int64, *patch.Patch, error) {
	version, err := x.versionToReplace()
	if err != nil {
		return 0, nil, err
	}
	if parseMedia(x.Request().Header.Get("Content-Type")).name == jsonPatch {
		change, err := patch.ParseJSON(x.body)
		return version, change, err
	}
	doc, err := x.parse()
	if err != nil {
		return 0, nil, err
	}
	change, err := patch.ParseParameters(doc)
	return version, change, err
}

// receivePatch reads a patch; one that is a resource may come in either format.
func (x *exchange) receivePatch() error {
	given := x.Request().Header.Get("Content-Type")
	refused := func(text, found string) error {
		x.header()["Accept-Patch"] = acceptPatch // RFC 5789 §2.2
		return unsupportedMedia(text, found, patchTypes)
	}
	switch m := parseMedia(given); {
	case m.name == xmlPatch:
		return refused("XML Patch is not supported; a FHIRPath Patch may be sent in XML", xmlPatch)
	case m.name == jsonPatch && m.utf8():
		return x.readBody()
	case m.resourceServed():
		return x.receiveResource()
	}
	return refused("the request body has a content type that is not served here", given)
}
