package mongotest

import (
	"slices"

	"go.mongodb.org/mongo-driver/bson"
)

// FailPoint makes commands fail, as the fail point failCommand of a server with test commands does. Clients may also set
// one with configureFailPoint.
type FailPoint struct {
	// Commands are the names of the commands to fail.
	Commands []string
	// Times is how often; a negative number means always.
	Times int
	// Skip lets that many matching commands pass first.
	Skip int
	// ErrorCode and Labels are the error to reply. Without labels those that a server adds by itself are added.
	ErrorCode int32
	Labels    []string
	// CloseConnection hangs up instead of replying.
	CloseConnection bool
	// AfterApply runs the command first, so that its effect is there although the client is not told. Real servers
	// offer this for none of these; the field has no equivalent in configureFailPoint there.
	AfterApply bool
	// Then is called each time a command fails, while the server waits.
	Then func()
}

// Fail adds a fail point, after those that are set.
func (s *Server) Fail(p FailPoint) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failPoints = append(s.failPoints, &p)
}

// ForgetFaults removes all fail points.
func (s *Server) ForgetFaults() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failPoints = nil
}

// configureFailPoint is the command's form of Fail; mode "off" removes all.
func (s *Server) configureFailPoint(c *command) bson.D {
	p := &FailPoint{}
	switch mode := c.get("mode").(type) {
	case string:
		if mode == "off" {
			s.failPoints = nil
			return s.success()
		}
		p.Times = -1
	case bson.D:
		p.Times, p.Skip = int(integer(field(mode, "times"))), int(integer(field(mode, "skip")))
		if p.Skip > 0 {
			p.Times = -1
		}
	}
	data := *document(c.get("data"))
	p.Commands = texts(field(data, "failCommands"))
	p.ErrorCode = int32(integer(field(data, "errorCode")))
	p.Labels = texts(field(data, "errorLabels"))
	p.CloseConnection = truth(field(data, "closeConnection"))
	p.AfterApply = truth(field(data, "afterApply"))
	s.failPoints = append(s.failPoints, p)
	return s.success()
}

// trip finds the fail point that a command runs into and uses it up once.
func (s *Server) trip(c *command) *FailPoint {
	for _, p := range s.failPoints {
		if p.Times == 0 || !slices.Contains(p.Commands, c.name) {
			continue
		}
		if p.Skip > 0 {
			p.Skip--
			continue
		}
		if p.Times > 0 {
			p.Times--
		}
		return p
	}
	return nil
}

// fault is the error of a fail point for a command.
func (p *FailPoint) fault(c *command) *fault {
	f := &fault{code: p.ErrorCode, text: "failing the command by a fail point", labels: p.Labels}
	if len(f.labels) > 0 {
		return f
	}
	ending := c.name == "commitTransaction" || c.name == "abortTransaction"
	retryable := retryableWrite[p.ErrorCode] && (ending || !c.inTransaction() && c.get("txnNumber") != nil)
	switch {
	case retryable:
		f.labels = append(f.labels, labelRetryableWrite)
	case c.inTransaction() && transientInTransaction[p.ErrorCode]:
		f.labels = append(f.labels, labelTransient)
	}
	return f
}
