package mongotest

import (
	"errors"
	"time"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/bson/primitive"
)

// The error codes in use, as in MongoDB's error_codes.yml.
const (
	codeInternal        = 1
	codeBadValue        = 2
	codeCursorNotFound  = 43
	codeMaxTimeExpired  = 50
	codeCommandNotFound = 59
	codeWriteConflict   = 112
	codeNotImplemented  = 238
	codeNoTransaction   = 251
	codeInvalidToken    = 260
	codeHistoryLost     = 286
	codeDuplicateKey    = 11000

	labelTransient      = "TransientTransactionError"
	labelRetryableWrite = "RetryableWriteError"
)

var codeNames = map[int32]string{
	codeInternal: "InternalError", codeBadValue: "BadValue", 24: "LockTimeout", codeCursorNotFound: "CursorNotFound",
	codeMaxTimeExpired: "MaxTimeMSExpired", codeCommandNotFound: "CommandNotFound", codeWriteConflict: "WriteConflict",
	91: "ShutdownInProgress", 189: "PrimarySteppedDown", codeNotImplemented: "NotImplemented", codeNoTransaction: "NoSuchTransaction",
	codeInvalidToken: "InvalidResumeToken", 280: "ChangeStreamFatalError", codeHistoryLost: "ChangeStreamHistoryLost",
	codeDuplicateKey: "DuplicateKey", 10107: "NotWritablePrimary", 11600: "InterruptedAtShutdown",
	11602: "InterruptedDueToReplStateChange",
}

// fault is an error with a code, as a server reports it.
type fault struct {
	code   int32
	text   string
	labels []string
}

func (f *fault) Error() string { return f.text }

// asFault gives errors of the query engine a code.
func asFault(err error) *fault {
	var f *fault
	if errors.As(err, &f) {
		return f
	}
	return &fault{code: codeBadValue, text: err.Error()}
}

var errWriteConflict = &fault{
	code: codeWriteConflict, labels: []string{labelTransient},
	text: "WriteConflict error: this operation conflicted with another operation.",
}

var errNoTransaction = &fault{
	code: codeNoTransaction, labels: []string{labelTransient},
	text: "Given transaction number does not match any in-progress transactions.",
}

// transientInTransaction are the codes that a server labels TransientTransactionError inside a transaction.
var transientInTransaction = map[int32]bool{
	24: true, 91: true, codeWriteConflict: true, 189: true, 246: true, codeNoTransaction: true, 10107: true, 11600: true,
	11602: true,
}

// retryableWrite are the codes that a server labels RetryableWriteError.
var retryableWrite = map[int32]bool{91: true, 189: true, 10107: true, 11600: true, 11602: true, 262: true}

// failure is the reply to a command that failed as a whole.
func (s *Server) failure(f *fault) bson.D {
	d := bson.D{
		{Key: "ok", Value: 0.0}, {Key: "errmsg", Value: f.text}, {Key: "code", Value: f.code},
		{Key: "codeName", Value: codeNames[f.code]},
	}
	if len(f.labels) > 0 {
		labels := bson.A{}
		for _, l := range f.labels {
			labels = append(labels, l)
		}
		d = append(d, bson.E{Key: "errorLabels", Value: labels})
	}
	return append(d, s.times()...)
}

// success is the reply to a command that ran; single writes may still have failed.
func (s *Server) success(fields ...bson.E) bson.D {
	d := append(bson.D{}, fields...)
	return append(append(d, bson.E{Key: "ok", Value: 1.0}), s.times()...)
}

// times are the clocks that servers gossip in every reply.
func (s *Server) times() bson.D {
	s.ticks++
	now := primitive.Timestamp{T: uint32(time.Now().Unix()), I: s.ticks}
	signature := bson.D{{Key: "hash", Value: primitive.Binary{Data: make([]byte, 20)}}, {Key: "keyId", Value: int64(0)}}
	return bson.D{
		{Key: "operationTime", Value: now},
		{Key: "$clusterTime", Value: bson.D{{Key: "clusterTime", Value: now}, {Key: "signature", Value: signature}}},
	}
}
