package mongotest

import (
	"go.mongodb.org/mongo-driver/bson"
)

// session is what the server remembers of a logical session: its newest transaction, and the newest retryable write.
type session struct {
	number int64
	txn    *transaction
	state  transactionState

	retryNumber int64
	retryReply  bson.D
}

type transactionState uint8

const (
	noTransaction transactionState = iota
	inProgress
	committed
	aborted
)

func (s *Server) session(id string) *session {
	se := s.sessions[id]
	if se == nil {
		se = &session{}
		s.sessions[id] = se
	}
	return se
}

// finish leaves the transaction in its final state.
func (se *session) finish(state transactionState) {
	if se.txn != nil && state == aborted {
		se.txn.abort()
	}
	se.txn, se.state = nil, state
}

// runInTransaction runs a statement, commitTransaction or abortTransaction of a client's transaction. Any error ends it.
func (s *Server) runInTransaction(c *command) (bson.D, error) {
	se, number := s.session(c.session()), integer(c.get("txnNumber"))
	if truth(c.get("startTransaction")) {
		se.finish(aborted)
		se.number, se.state = number, inProgress
	} else if se.number != number || se.state == noTransaction {
		return nil, errNoTransaction
	}
	switch c.name {
	case "commitTransaction":
		return s.commitTransaction(se)
	case "abortTransaction":
		if se.state == committed {
			return nil, &fault{code: 256, text: "Transaction has been committed."}
		}
		se.finish(aborted)
		return s.success(), nil
	}
	if se.state != inProgress || se.txn != nil && se.txn.ended {
		return nil, errNoTransaction
	}
	if se.txn == nil {
		se.txn = s.engine.begin()
	}
	reply, err := s.statement(se.txn, c)
	if err == nil {
		// a write error ends the transaction too, although the command itself is answered with ok
		if field(reply, "writeErrors") != nil {
			se.finish(aborted)
		}
		return reply, nil
	}
	se.finish(aborted)
	return nil, err
}

func (s *Server) commitTransaction(se *session) (bson.D, error) {
	switch {
	case se.state == committed:
		return s.success(), nil
	case se.state != inProgress || se.txn != nil && se.txn.ended:
		return nil, errNoTransaction
	}
	if se.txn != nil {
		se.txn.commit()
	}
	se.finish(committed)
	return s.success(), nil
}
