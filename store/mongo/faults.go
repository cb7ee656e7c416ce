package mongo

import (
	"context"
	"errors"
	"fmt"

	"go.mongodb.org/mongo-driver/v2/mongo"

	"claimwright/store"
)

// The server's error codes that mean something to the store; see error_codes.yml of MongoDB.
const (
	codeNamespaceExists     = 48
	codeMaxTimeExpired      = 50
	codeWriteConflict       = 112
	codeInvalidResumeToken  = 260
	codeChangeStreamFatal   = 280
	codeChangeStreamHistory = 286
)

// The labels that servers and the driver put on errors.
const (
	labelTransient = "TransientTransactionError"
	labelUnknown   = "UnknownTransactionCommitResult"
	labelRetryable = "RetryableWriteError"
)

func hasCode(err error, code int) bool {
	var e mongo.ServerError
	return errors.As(err, &e) && e.HasErrorCode(code)
}

func hasLabel(err error, label string) bool {
	var e mongo.LabeledError
	return errors.As(err, &e) && e.HasErrorLabel(label)
}

// lost tells that a write may or may not have been applied, or was applied where it could still be rolled back.
func lost(err error) bool {
	return mongo.IsNetworkError(err) || mongo.IsTimeout(err) || hasLabel(err, labelUnknown) || hasLabel(err, labelRetryable) ||
		unconfirmed(err) || errors.Is(err, context.Canceled)
}

// unconfirmed tells that a write was applied but not confirmed by a majority.
func unconfirmed(err error) bool {
	var single mongo.WriteException
	var bulk mongo.BulkWriteException
	return errors.As(err, &single) && single.WriteConcernError != nil ||
		errors.As(err, &bulk) && bulk.WriteConcernError != nil
}

// readFault gives an error of a read its meaning: the context's end is the context's, the search's own time limit means
// that the query is too costly.
func readFault(parent context.Context, what string, err error) error {
	switch {
	case err == nil:
		return nil
	case parent.Err() != nil:
		return fmt.Errorf("%s: %w", what, parent.Err())
	case hasCode(err, codeMaxTimeExpired), errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("%s: time limit: %w", what, store.ErrTooCostly)
	}
	return fmt.Errorf("%s: %w", what, err)
}
