package mongo

import (
	"context"
	"fmt"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"claimwright/store"
)

// Verify implements store.Maintainer: the format, that every version can be read, and that each resource has all its
// versions and no others. That the indexes agree with the documents is MongoDB's own promise.
func (s *Store) Verify(ctx context.Context, report func(store.Finding), progress func(store.Progress)) error {
	leave, err := s.gate.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	if err := s.checkFormat(ctx); err != nil {
		return err
	}
	types, err := s.storedTypes(ctx)
	if err != nil {
		return fmt.Errorf("verify: %w", err)
	}
	v := verification{store: s, report: report, progress: progress}
	for _, resourceType := range types {
		n, err := s.current(resourceType).EstimatedDocumentCount(ctx)
		if err != nil {
			return readFault(ctx, "verify "+resourceType, err)
		}
		v.state.Total += n
	}
	for _, resourceType := range types {
		v.state.Stage = "verify " + resourceType
		if err := v.ofType(ctx, resourceType); err != nil {
			return readFault(ctx, v.state.Stage, err)
		}
	}
	return nil
}

// verification is one run over all types.
type verification struct {
	store    *Store
	report   func(store.Finding)
	progress func(store.Progress)
	state    store.Progress
}

// progressEvery is after how many resources progress is reported.
const progressEvery = 1000

// ofType walks the current versions and the history of a type side by side; both are in the order of ids.
func (v *verification) ofType(ctx context.Context, resourceType string) error {
	now, err := v.open(ctx, v.store.current(resourceType))
	if err != nil {
		return err
	}
	defer release(ctx, now)
	cursor, err := v.open(ctx, v.store.history(resourceType))
	if err != nil {
		return err
	}
	defer release(ctx, cursor)
	old := &lineage{cursor: cursor, kind: resourceType, verification: v}
	for now.Next(ctx) {
		id, version := keyOf(now.Current)
		k := store.Key{Type: resourceType, ID: id}
		v.readable(k, now.Current)
		if err := old.skipTo(ctx, id); err != nil {
			return err
		}
		count, last, err := old.take(ctx, id)
		if err != nil {
			return err
		}
		if !complete(version, count, last) {
			if err := v.recheck(ctx, k); err != nil {
				return err
			}
		}
		if v.state.Done++; v.state.Done%progressEvery == 0 {
			v.progress(v.state)
		}
	}
	if err := now.Err(); err != nil {
		return err
	}
	v.progress(v.state)
	return old.skipTo(ctx, "")
}

func (v *verification) open(ctx context.Context, c *mongo.Collection) (*mongo.Cursor, error) {
	return c.Find(ctx, bson.D{}, options.Find().SetSort(bson.D{{Key: "_id", Value: 1}}).SetProjection(recordOnly))
}

// readable reports a version whose document cannot be turned back into the text that was stored.
func (v *verification) readable(k store.Key, raw bson.Raw) {
	r, err := decode(k.Type, raw)
	switch {
	case err != nil:
		v.report(store.Finding{Key: k.String(), Text: "cannot be read: " + err.Error()})
	case r.Deleted == (r.Body != nil):
		v.report(store.Finding{Key: k.String(), Text: fmt.Sprintf("version %d: a body and the mark of a delete contradict", r.Version)})
	}
}

// complete tells whether a history of count versions up to last is that of a resource at version: all versions before
// it, and perhaps itself, if its successor was being written when a server stopped.
func complete(version, count, last int64) bool {
	return count == version-1 && last == version-1 || count == version && last == version
}

// recheck looks again at a resource whose history did not fit: it may have been written in between.
func (v *verification) recheck(ctx context.Context, k store.Key) error {
	now, err := v.store.findVersion(ctx, v.store.current(k.Type), k.Type, bson.D{{Key: "_id", Value: k.ID}})
	if err != nil {
		return err
	}
	mine := bson.D{{Key: "_id", Value: bson.D{
		{Key: "$gte", Value: versionID{ID: k.ID}}, {Key: "$lt", Value: versionID{ID: k.ID, Version: 1<<62 - 1}},
	}}}
	cursor, err := v.store.history(k.Type).Find(ctx, mine, options.Find().
		SetSort(bson.D{{Key: "_id", Value: 1}}).SetProjection(bson.D{{Key: "_id", Value: 1}}))
	if err != nil {
		return err
	}
	defer release(ctx, cursor)
	var count, last int64
	for cursor.Next(ctx) {
		count++
		_, last = lineageKey(cursor.Current)
	}
	if err := cursor.Err(); err != nil {
		return err
	}
	switch {
	case now == nil:
		v.report(store.Finding{Key: k.String(), Text: "has a history but no current version"})
	case !complete(now.Version, count, last):
		v.report(store.Finding{Key: k.String(), Text: fmt.Sprintf(
			"is at version %d, but its history has %d versions up to %d", now.Version, count, last)})
	}
	return nil
}
