package mongo

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/readconcern"

	"claimwright/store"
)

// Committed implements store.Store. Ids are remembered for a day.
func (s *Store) Committed(ctx context.Context, id store.CommitID) (bool, error) {
	leave, err := s.gate.enter(ctx)
	if err != nil {
		return false, err
	}
	defer leave()
	done, err := s.committed(ctx, id)
	if err != nil {
		return false, fmt.Errorf("look up commit %s: %w", id, err)
	}
	return done, nil
}

// committed tells whether a commit was applied. A no is final for transactions: before it is said, the id is written and
// removed, which waits for a transaction that holds it and makes one that comes late fail.
func (s *Store) committed(ctx context.Context, id store.CommitID) (bool, error) {
	record, err := s.commitRecord(ctx, id)
	if err == nil && record == nil {
		record, err = s.question(ctx, id)
	}
	switch {
	case err != nil:
		return false, err
	case record == nil:
		return false, nil
	case record.Question: // left by a server that stopped while asking
		return false, s.forgetQuestion(ctx, id)
	case record.Key == "":
		return true, nil
	}
	return s.carries(ctx, record, readconcern.Majority())
}

// commitRecord reads the record of a commit; nil if there is none.
func (s *Store) commitRecord(ctx context.Context, id store.CommitID) (*commitRecord, error) {
	var r commitRecord
	err := s.db.Collection(commitCollection).FindOne(ctx, bson.D{{Key: "_id", Value: string(id)}}).Decode(&r)
	if errors.Is(err, mongo.ErrNoDocuments) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &r, nil
}

// question writes a commit's id as a question and removes it. If the commit was applied meanwhile, it returns its record.
func (s *Store) question(ctx context.Context, id store.CommitID) (*commitRecord, error) {
	_, err := s.db.Collection(commitCollection).InsertOne(ctx, commitRecord{ID: string(id), At: time.Now(), Question: true})
	if mongo.IsDuplicateKeyError(err) {
		record, err := s.commitRecord(ctx, id)
		if err == nil && record == nil {
			err = errUnconfirmed
		}
		return record, err
	}
	if err != nil {
		return nil, err
	}
	return nil, s.forgetQuestion(ctx, id)
}

func (s *Store) forgetQuestion(ctx context.Context, id store.CommitID) error {
	_, err := s.db.Collection(commitCollection).DeleteOne(ctx,
		bson.D{{Key: "_id", Value: string(id)}, {Key: "question", Value: true}})
	return err
}
