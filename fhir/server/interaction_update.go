package server

import "claimwright/store/resources"

// update stores the next version of a resource, or the first one under the client's id (R4 §3.1.0.4). That the body is of
// the path's type and id is checked where bundle entries are checked, too.
func (s *Server) update(x *exchange) error {
	if given := x.Request().Header["If-None-Match"]; len(given) > 0 { // to ignore a condition would be to overwrite
		return badHeader("If-None-Match", given[0], "If-Match with the version to replace")
	}
	version, err := ifMatch(x.Request().Header)
	if err != nil {
		return err
	}
	doc, err := x.parse()
	if err != nil {
		return err
	}
	stored, err := s.resources.Update(x.ctx, x.principal, x.key, doc, resources.UpdateOptions{IfMatch: version})
	if err != nil {
		return err
	}
	return x.sendStored(stored)
}
