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
	"go.mongodb.org/mongo-driver/v2/mongo/readpref"
	"go.mongodb.org/mongo-driver/v2/mongo/writeconcern"

	"claimwright/store"
)

// errHeld tells that a version or precondition did not hold; errDone that the commit's id is there already.
var (
	errHeld = errors.New("a version or precondition does not hold")
	errDone = errors.New("the commit was applied before")
)

// applyTransaction attempts a commit as one transaction. Its first statement writes the commit's id, so that of all
// attempts, those of other servers and those that are still open included, at most one commits.
func (s *Store) applyTransaction(ctx context.Context, p *plan) (outcome, error) {
	session, err := s.client.StartSession()
	if err != nil {
		return refused, fmt.Errorf("start a session: %w", err)
	}
	defer session.EndSession(context.WithoutCancel(ctx))
	if err := session.StartTransaction(transactionOptions()); err != nil {
		return refused, fmt.Errorf("start a transaction: %w", err)
	}
	if err := s.write(mongo.NewSessionContext(ctx, session), p); err != nil {
		abort(ctx, session)
		return s.judge(ctx, p, err)
	}
	return s.commitSession(ctx, session)
}

func transactionOptions() *options.TransactionOptionsBuilder {
	journal := true
	return options.Transaction().
		SetReadConcern(readconcern.Snapshot()).
		SetReadPreference(readpref.Primary()).
		SetWriteConcern(&writeconcern.WriteConcern{W: "majority", Journal: &journal})
}

// abort ends a transaction at once, so that its records are free for others.
func abort(ctx context.Context, session *mongo.Session) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	_ = session.AbortTransaction(ctx) // the server ends it by itself, if later
}

// judge tells what the failure of a statement means. No commit was sent, so nothing of this attempt was applied.
func (s *Store) judge(ctx context.Context, p *plan, err error) (outcome, error) {
	switch {
	case errors.Is(err, errDone):
		return s.judgeDone(ctx, p)
	case errors.Is(err, errHeld), mongo.IsDuplicateKeyError(err):
		return refused, fmt.Errorf("commit %s: %w", p.commit.ID, store.ErrConflict)
	case ctx.Err() != nil:
		return refused, fmt.Errorf("commit %s: %w", p.commit.ID, ctx.Err())
	case hasLabel(err, labelTransient), hasCode(err, codeWriteConflict), lost(err):
		return disturbed, err
	}
	return refused, fmt.Errorf("commit %s: %w", p.commit.ID, err)
}

// judgeDone looks closer at a commit id that is there already.
func (s *Store) judgeDone(ctx context.Context, p *plan) (outcome, error) {
	done, err := s.committed(ctx, p.commit.ID)
	switch {
	case err != nil:
		return unsettled, err
	case done:
		return applied, nil
	}
	return disturbed, errDone // the mark of a question that was asked meanwhile; it is gone now
}

// commitSession sends the commit, again and again while its result is unknown: that is what MongoDB asks for. It outlives
// the caller's patience, since the transaction is complete.
func (s *Store) commitSession(ctx context.Context, session *mongo.Session) (outcome, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.limits.settleTime)
	defer cancel()
	var err error
	for attempt := range s.limits.attempts {
		if attempt > 0 && !pause(ctx, attempt) {
			break
		}
		err = session.CommitTransaction(ctx)
		switch {
		case err == nil:
			return applied, nil
		case hasLabel(err, labelUnknown):
			continue
		case hasLabel(err, labelTransient) && attempt == 0:
			return disturbed, err
		}
		return unsettled, err
	}
	return unsettled, err
}

// write runs the statements of a commit: its id, the internal records, the preconditions, the resources. Every server
// writes in this order, the most contended records first.
func (s *Store) write(ctx context.Context, p *plan) error {
	if err := s.writeCommitID(ctx, p); err != nil {
		return err
	}
	for i := range p.spaces {
		if err := s.writeSpace(ctx, &p.spaces[i]); err != nil {
			return err
		}
	}
	if err := s.hold(ctx, p); err != nil {
		return err
	}
	for i := range p.types {
		if err := s.writeType(ctx, &p.types[i]); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) writeCommitID(ctx context.Context, p *plan) error {
	_, err := s.db.Collection(commitCollection).InsertOne(ctx, commitRecord{ID: string(p.commit.ID), At: time.Now()})
	if mongo.IsDuplicateKeyError(err) {
		return errDone
	}
	return err
}

func (s *Store) writeSpace(ctx context.Context, w *spaceWrites) error {
	c, err := s.internal(w.space)
	if err != nil {
		return err
	}
	if len(w.updates) > 0 {
		models := make([]mongo.WriteModel, len(w.updates))
		for i, u := range w.updates {
			models[i] = mongo.NewReplaceOneModel().
				SetFilter(atVersion(u.Key.ID, u.Version-1)).SetReplacement(internalDocument(u))
		}
		if err := bulk(ctx, c, models); err != nil {
			return err
		}
	}
	if len(w.deletes) > 0 {
		models := make([]mongo.WriteModel, len(w.deletes))
		for i, d := range w.deletes {
			models[i] = mongo.NewDeleteOneModel().SetFilter(atVersion(d.Key.ID, d.Version-1))
		}
		if err := bulk(ctx, c, models); err != nil {
			return err
		}
	}
	documents := make([]any, len(w.creates))
	for i, create := range w.creates {
		documents[i] = internalDocument(create)
	}
	return insert(ctx, c, documents)
}

// writeType moves the old versions of a type's updates into its history, replaces them, and adds its creates.
func (s *Store) writeType(ctx context.Context, w *typeWrites) error {
	if len(w.updates) > 0 {
		old, err := s.supersede(ctx, w)
		if err != nil {
			return err
		}
		if err := bulk(ctx, s.history(w.name), old); err != nil {
			return err
		}
		models := make([]mongo.WriteModel, len(w.updates))
		for i, u := range w.updates {
			models[i] = mongo.NewReplaceOneModel().
				SetFilter(atVersion(u.ID, u.Version-1)).SetReplacement(u.document)
		}
		if err := bulk(ctx, s.current(w.name), models); err != nil {
			return err
		}
	}
	documents := make([]any, len(w.creates))
	for i, create := range w.creates {
		documents[i] = create.document
	}
	return insert(ctx, s.current(w.name), documents)
}

// atVersion is the filter of a compare-and-set.
func atVersion(id string, version int64) bson.D {
	return bson.D{{Key: "_id", Value: id}, {Key: "version", Value: version}}
}

func insert(ctx context.Context, c *mongo.Collection, documents []any) error {
	if len(documents) == 0 {
		return nil
	}
	_, err := c.InsertMany(ctx, documents)
	return err
}

// bulk runs updates or removals, each of which must find its record.
func bulk(ctx context.Context, c *mongo.Collection, models []mongo.WriteModel) error {
	result, err := c.BulkWrite(ctx, models, options.BulkWrite().SetOrdered(true))
	if err != nil {
		return err
	}
	if result.MatchedCount+result.DeletedCount+result.UpsertedCount != int64(len(models)) {
		return errHeld
	}
	return nil
}
