package server

import (
	"net/http"
	"slices"

	"claimwright/fhir/subset"
)

// metadata is the capabilities interaction (R4 §3.1.0.10): what this server does, generated from its routes. The parameter
// mode is accepted and ignored, because there is only one statement.
func (s *Server) metadata(x *exchange) error {
	if err := notCounting(x.form); err != nil {
		return err
	}
	base := x.baseURL()
	statement := s.capability()
	shown := base
	if !x.form.Whole() {
		shown += "?" + x.query
	}
	tag := statement.etag(shown)
	x.header()["Etag"] = []string{tag}
	if slices.Contains(x.Request().Header["If-None-Match"], tag) {
		return x.sendNothing(http.StatusNotModified)
	}
	return x.send(http.StatusOK, s.statement(base, x.form))
}

// statement is the CapabilityStatement as it is answered.
func (s *Server) statement(base string, form subset.Form) []byte {
	statement := s.capability()
	return formed(form, statement.render(base, make([]byte, 0, len(statement.rest)+1024)))
}
