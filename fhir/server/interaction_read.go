package server

// read is the current version of a resource (R4 §3.1.0.2), or 304 where the client has it already (§3.1.0.1.5).
func (s *Server) read(x *exchange) error {
	if err := x.onlyAnswerForm(); err != nil {
		return err
	}
	record, err := x.describing(s.resources.Read(x.ctx, x.principal, x.key))
	if err != nil {
		return err
	}
	return x.sendRecord(record)
}
