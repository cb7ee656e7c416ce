package mongotest

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"go.mongodb.org/mongo-driver/bson"
)

// handle answers one command. With hangUp the connection is closed without an answer.
func (s *Server) handle(doc bson.D) (reply bson.D, hangUp bool) {
	c := &command{name: doc[0].Key, doc: doc}
	s.mu.Lock()
	defer s.mu.Unlock()
	if answer := s.administrative(c); answer != nil {
		return answer, false
	}
	point := s.trip(c)
	if point != nil && !point.AfterApply {
		return s.failAt(point, c)
	}
	reply, err := s.run(c)
	if err != nil {
		reply = s.failure(asFault(err))
	}
	if point != nil {
		return s.failAt(point, c)
	}
	return reply, false
}

// administrative answers what no fail point concerns; nil for everything else.
func (s *Server) administrative(c *command) bson.D {
	switch c.name {
	case "hello", "isMaster", "ismaster":
		return s.hello()
	case "buildInfo", "buildinfo":
		return s.buildInfo()
	case "endSessions", "killSessions":
		return s.success()
	case "configureFailPoint":
		return s.configureFailPoint(c)
	}
	return nil
}

func (s *Server) failAt(p *FailPoint, c *command) (reply bson.D, hangUp bool) {
	if p.Then != nil {
		p.Then()
	}
	if p.CloseConnection {
		return nil, true
	}
	f := p.fault(c)
	// an injected error ends the transaction, unless it is one of commitTransaction that asks for another try
	again := c.name == "commitTransaction" && !slices.Contains(f.labels, labelTransient)
	if c.inTransaction() && !again && !p.AfterApply {
		se := s.session(c.session())
		se.number = integer(c.get("txnNumber"))
		se.finish(aborted)
	}
	return s.failure(f), false
}

// run executes a command that is not administrative.
func (s *Server) run(c *command) (reply bson.D, err error) {
	defer func() {
		if r := recover(); r != nil { // lungo panics on BSON types it does not know
			reply, err = nil, &fault{code: codeInternal, text: fmt.Sprint(r)}
		}
	}()
	if c.inTransaction() {
		if s.persona.setName == "" && !s.persona.mongos {
			return nil, &fault{code: 20, text: "Transaction numbers are only allowed on a replica set member or mongos"}
		}
		return s.runInTransaction(c)
	}
	if write := isWrite[c.name]; write {
		return s.runWrite(c)
	}
	return s.runRead(c)
}

var isWrite = map[string]bool{"insert": true, "update": true, "delete": true, "findAndModify": true}

// runRead reads the newest committed state, whatever transactions are open.
func (s *Server) runRead(c *command) (bson.D, error) {
	if reply, err, known := s.cursorCommand(c); known {
		return reply, err
	}
	if reply, err, known := s.catalogCommand(c); known {
		return reply, err
	}
	t := s.engine.begin()
	defer t.abort()
	return s.statement(t, c)
}

// runWrite runs a write outside transactions; if it is retryable and was run before, it gives the same answer again.
func (s *Server) runWrite(c *command) (bson.D, error) {
	number := integer(c.get("txnNumber"))
	if number == 0 {
		return s.patiently(c)
	}
	se := s.session(c.session())
	if se.retryNumber == number {
		return se.retryReply, nil
	}
	reply, err := s.patiently(c)
	if err == nil {
		se.retryNumber, se.retryReply = number, reply
	}
	return reply, err
}

// patiently runs a write, waiting for transactions that hold its documents.
func (s *Server) patiently(c *command) (bson.D, error) {
	patience := 30 * time.Second
	if limit := integer(c.get("maxTimeMS")); limit > 0 {
		patience = time.Duration(limit) * time.Millisecond
	}
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	for {
		t := s.engine.begin()
		reply, err := s.statement(t, c)
		if err == nil {
			t.commit()
			return reply, nil
		}
		t.abort()
		if !errors.Is(err, errWriteConflict) {
			return nil, err
		}
		if !s.awaitChange(deadline.C) {
			return nil, &fault{code: codeMaxTimeExpired, text: "operation exceeded time limit"}
		}
	}
}

// awaitChange gives up the lock until a transaction ends; false if the time was up first or the server closes.
func (s *Server) awaitChange(timeout <-chan time.Time) bool {
	changed := s.engine.changed
	s.mu.Unlock()
	defer s.mu.Lock()
	select {
	case <-changed:
		return true
	case <-timeout:
		return false
	}
}

// statement runs a command that reads or writes documents in a transaction.
func (s *Server) statement(t *transaction, c *command) (bson.D, error) {
	switch c.name {
	case "insert":
		return s.insert(t, c)
	case "update":
		return s.update(t, c)
	case "delete":
		return s.delete(t, c)
	case "findAndModify":
		return s.findAndModify(t, c)
	case "find":
		return s.find(t, c)
	case "aggregate":
		return s.aggregate(t, c)
	case "count":
		return s.count(t, c)
	}
	if reply, err, known := s.cursorCommand(c); known {
		return reply, err
	}
	return nil, &fault{code: codeCommandNotFound, text: fmt.Sprintf("no such command: %q", c.name)}
}
