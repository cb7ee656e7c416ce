package mongo

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/readconcern"
	"go.mongodb.org/mongo-driver/v2/mongo/writeconcern"

	"claimwright/store"
)

// commitRecord says that a commit was applied: by its presence if it was a transaction, and if it wrote one resource
// without a transaction, by the version of the resource that carries the commit's id.
type commitRecord struct {
	ID      string    `bson:"_id"`
	At      time.Time `bson:"at"`
	Type    string    `bson:"type,omitempty"`
	Key     string    `bson:"key,omitempty"`
	Version int64     `bson:"version,omitempty"`
	// Question marks a record that committed made to fence off an open transaction.
	Question bool `bson:"question,omitempty"`
}

// trailing is the write concern of what is written ahead of a compare-and-set: MongoDB replicates in order, so when the
// majority has the compare-and-set it has these too.
func trailing() options.Lister[options.CollectionOptions] {
	return options.Collection().SetWriteConcern(writeconcern.W1())
}

// applySingle attempts a commit of one resource: a note of its id, the old version into the history, the compare-and-set.
// Wherever it stops, all that is left are a note without its version and a copy of the current version in the history,
// both harmless.
func (s *Store) applySingle(ctx context.Context, p *plan) (outcome, error) {
	group := &p.types[0]
	if err := s.note(ctx, p); err != nil {
		return s.judge(ctx, p, err)
	}
	if len(group.creates) == 1 {
		_, err := s.current(group.name).InsertOne(ctx, group.creates[0].document)
		return s.judgeSingle(ctx, p, err)
	}
	w := group.updates[0]
	if err := s.keepOld(ctx, group.name, w.Write); err != nil {
		if errors.Is(err, errHeld) {
			return s.judgeSingle(ctx, p, err)
		}
		return s.judge(ctx, p, err)
	}
	result, err := s.current(group.name).ReplaceOne(ctx, atVersion(w.ID, w.Version-1), w.document)
	if err == nil && result.MatchedCount == 0 {
		err = errHeld
	}
	return s.judgeSingle(ctx, p, err)
}

// note writes the commit's id with the version that will prove it. It may be there from an earlier attempt.
func (s *Store) note(ctx context.Context, p *plan) error {
	w := &p.commit.Resources[0]
	_, err := s.db.Collection(commitCollection, trailing()).InsertOne(ctx, commitRecord{
		ID: string(p.commit.ID), At: time.Now(), Type: w.Type, Key: w.ID, Version: w.Version,
	})
	if mongo.IsDuplicateKeyError(err) {
		return s.noted(ctx, p)
	}
	return err
}

// noted looks closer at a note that is there already.
func (s *Store) noted(ctx context.Context, p *plan) error {
	record, err := s.commitRecord(ctx, p.commit.ID)
	switch {
	case err != nil:
		return err
	case record == nil, record.Question, record.Key == "":
		return errDone // judgeDone looks closer, and removes a question
	}
	done, err := s.carries(ctx, record, readconcern.Majority())
	if err == nil && done {
		return errDone
	}
	return err
}

// keepOld puts the version that a write replaces into the history.
func (s *Store) keepOld(ctx context.Context, resourceType string, w *store.Write) error {
	raw, err := s.current(resourceType).FindOne(ctx, bson.D{{Key: "_id", Value: w.ID}},
		options.FindOne().SetProjection(recordOnly)).Raw()
	if errors.Is(err, mongo.ErrNoDocuments) {
		return errHeld
	}
	if err != nil {
		return err
	}
	if _, version := keyOf(raw); version != w.Version-1 {
		return errHeld
	}
	fields, err := historyFields(raw)
	if err != nil {
		return err
	}
	_, err = s.db.Collection(resourceType+historySuffix, trailing()).UpdateOne(ctx,
		bson.D{{Key: "_id", Value: versionID{ID: w.ID, Version: w.Version - 1}}},
		bson.D{{Key: "$setOnInsert", Value: fields}}, options.UpdateOne().SetUpsert(true))
	if mongo.IsDuplicateKeyError(err) { // two upserts at once: the other one's is the same
		return nil
	}
	return err
}

// judgeSingle tells how the compare-and-set ended. A version that does not hold may be the commit's own, from an earlier
// attempt.
func (s *Store) judgeSingle(ctx context.Context, p *plan, err error) (outcome, error) {
	w := &p.commit.Resources[0]
	switch {
	case err == nil:
		return applied, nil
	case errors.Is(err, errHeld), mongo.IsDuplicateKeyError(err):
		return s.judgeHeld(ctx, p, w)
	case hasCode(err, codeWriteConflict):
		return disturbed, err
	case lost(err):
		return unsettled, err
	}
	return refused, fmt.Errorf("write %s: %w", w.Key, err)
}

// judgeHeld tells what stands in the way of a compare-and-set. The nearest state decides, not that of a majority: what
// stands there may be this commit's own write, not yet confirmed.
func (s *Store) judgeHeld(ctx context.Context, p *plan, w *store.Write) (outcome, error) {
	mine := commitRecord{ID: string(p.commit.ID), Type: w.Type, Key: w.ID, Version: w.Version}
	there, err := s.carries(ctx, &mine, readconcern.Local())
	if err != nil {
		return unsettled, err
	}
	if !there {
		return refused, fmt.Errorf("write %s version %d: %w", w.Key, w.Version, store.ErrConflict)
	}
	confirmed, err := s.carries(ctx, &mine, readconcern.Majority())
	if err != nil || !confirmed {
		return unsettled, errors.Join(err, errUnconfirmed)
	}
	return applied, nil
}

// errUnconfirmed tells that a commit is there, but not yet on a majority of the members.
var errUnconfirmed = errors.New("the commit is not confirmed by a majority yet")

// carries tells whether the version that a note names was written by the commit.
func (s *Store) carries(ctx context.Context, r *commitRecord, level *readconcern.ReadConcern) (bool, error) {
	v, _, err := s.version(ctx, store.Key{Type: r.Type, ID: r.Key}, r.Version, level)
	if err != nil {
		return false, fmt.Errorf("read what commit %s wrote: %w", r.ID, err)
	}
	return v != nil && v.commit == r.ID, nil
}
