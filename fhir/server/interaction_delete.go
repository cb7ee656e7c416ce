package server

import (
	"net/http"

	"claimwright/store/resources"
)

// delete removes a resource; its history stays (R4 §3.1.0.7). Deleting what is not there succeeds.
func (s *Server) delete(x *exchange) error {
	version, err := x.versionToReplace()
	if err != nil {
		return err
	}
	stored, err := s.resources.Delete(x.ctx, x.principal, x.key, resources.DeleteOptions{IfMatch: version})
	if err != nil {
		return err
	}
	return x.sendDeleted(stored)
}

// conditionalDelete is what becomes of several resources that a conditional delete finds, as a code of R4.
func (s *Server) conditionalDelete() string {
	if s.resources.DeleteSeveral() {
		return "multiple"
	}
	return "single"
}

// deleteWhere removes what the query finds (R4 §3.1.0.7.1). That nothing is found is success, too; of several resources all
// are removed or none, as the server is set.
func (s *Server) deleteWhere(x *exchange) error {
	version, err := x.versionToReplace()
	if err != nil {
		return err
	}
	query, err := x.condition()
	if err != nil {
		return err
	}
	stored, err := s.resources.DeleteWhere(x.ctx, x.principal, x.resourceType(), query, resources.DeleteOptions{IfMatch: version})
	if err != nil {
		return err
	}
	return x.sendDeleted(stored)
}

// sendDeleted answers a delete: with nothing, unless the client wants to read that it was done.
func (x *exchange) sendDeleted(stored *resources.Stored) error {
	if stored.Version > 0 {
		x.header()["Etag"] = []string{etag(stored.Version)}
	}
	if x.prefer.returned == returnOutcome {
		return x.sendOutcome(http.StatusOK, wrote(stored))
	}
	return x.sendNothing(http.StatusNoContent)
}
