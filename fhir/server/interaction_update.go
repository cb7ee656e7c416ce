package server

import (
	"net/http"

	"claimwright/fhir/outcome"
	"claimwright/store/resources"
)

// update stores the next version of a resource, or the first one under the client's id (R4 §3.1.0.4). That the body is of
// the path's type and id is checked where bundle entries are checked, too.
func (s *Server) update(x *exchange) error {
	version, err := x.versionToReplace()
	if err != nil {
		return err
	}
	doc, err := x.parse()
	if err != nil {
		return x.ofAnotherType(err)
	}
	stored, err := s.resources.Update(x.ctx, x.principal, x.key, doc, resources.UpdateOptions{IfMatch: version})
	if err != nil {
		return err
	}
	return x.sendStored(stored)
}

// updateWhere stores the next version of the one resource that the query finds, or a new resource when it finds none (R4
// §3.1.0.4.3).
func (s *Server) updateWhere(x *exchange) error {
	version, err := x.versionToReplace()
	if err != nil {
		return err
	}
	query, err := x.condition()
	if err != nil {
		return err
	}
	doc, err := x.parseTyped()
	if err != nil {
		return err
	}
	stored, err := s.resources.UpdateWhere(x.ctx, x.principal, query, doc, resources.UpdateOptions{IfMatch: version})
	if err != nil {
		return err
	}
	return x.sendStored(stored)
}

// versionToReplace reads If-Match, the one condition that an update, a patch and a delete know.
func (x *exchange) versionToReplace() (int64, error) {
	header := x.Request().Header
	if err := refuseConditions(header, "If-Match with the version to replace", "If-None-Match", "If-None-Exist", "If-Unmodified-Since"); err != nil {
		return 0, err
	}
	return ifMatch(header)
}

// condition is the query that says which resource of the path's type a conditional interaction is for. Without one it would
// be for any.
func (x *exchange) condition() (string, error) {
	if x.query != "" {
		return x.query, nil
	}
	return "", outcome.New(http.StatusBadRequest, outcome.Required, "",
		"the path names no resource: it needs an id, or a query that finds one, such as ?identifier=http://example.org|1")
}
