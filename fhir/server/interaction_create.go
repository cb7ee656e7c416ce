package server

import (
	"net/http"
	"strings"

	"claimwright/fhir/outcome"
	"claimwright/store/resources"
)

// create stores a new resource under an id of the server's (R4 §3.1.0.8), or with If-None-Exist only if there is no match
// yet (§3.1.0.8.1).
func (s *Server) create(x *exchange) error {
	condition, err := ifNoneExist(x.Request().Header)
	if err != nil {
		return err
	}
	doc, err := x.parseTyped()
	if err != nil {
		return err
	}
	stored, err := s.resources.Create(x.ctx, x.principal, doc, resources.CreateOptions{IfNoneExist: condition})
	if err != nil {
		return err
	}
	return x.sendStored(stored)
}

// ifNoneExist reads the search that a conditional create depends on, the one condition that it knows. An empty one would
// match everything and is refused.
func ifNoneExist(header http.Header) (string, error) {
	if err := refuseConditions(header, "If-None-Exist with a search", "If-Match", "If-None-Match", "If-Unmodified-Since"); err != nil {
		return "", err
	}
	lines := header["If-None-Exist"]
	if len(lines) == 0 {
		return "", nil
	}
	query := strings.TrimPrefix(lines[0], "?") // a habit of clients, and harmless
	if len(lines) > 1 || query == "" {
		return "", outcome.New(http.StatusBadRequest, outcome.Value, "", "If-None-Exist needs one search, such as identifier=http://example.org|1")
	}
	return query, nil
}
