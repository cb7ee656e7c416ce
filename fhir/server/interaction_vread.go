package server

import (
	"net/http"

	"claimwright/fhir/outcome"
)

// vread is one version of a resource (R4 §3.1.0.3).
func (s *Server) vread(x *exchange) error {
	version, ok := parseVersion(x.Param("version"))
	if !ok {
		return unknownVersion(x.Param("version"))
	}
	if err := x.onlyAnswerForm(); err != nil {
		return err
	}
	record, err := x.describing(s.resources.VRead(x.ctx, x.principal, x.key, version))
	if err != nil {
		return err
	}
	return x.sendRecord(record)
}

func unknownVersion(found string) error {
	err := outcome.New(http.StatusNotFound, outcome.NotFound, "", "there is no such version")
	err.Issues[0].Found, err.Issues[0].Expected = bounded(found), "a whole number from 1 on"
	return err
}
