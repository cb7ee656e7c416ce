package mongo

import (
	"context"
	"fmt"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"claimwright/store"
)

// sampleSize is how many resources of a type stand for all when index entries are counted.
const sampleSize = 200

// Stats implements store.Maintainer from MongoDB's own counts. Index entries are estimated from a sample of each type.
func (s *Store) Stats(ctx context.Context) (store.Stats, error) {
	leave, err := s.gate.enter(ctx)
	if err != nil {
		return store.Stats{}, err
	}
	defer leave()
	var total store.Stats
	types, err := s.storedTypes(ctx)
	if err != nil {
		return total, fmt.Errorf("stats: %w", err)
	}
	for _, resourceType := range types {
		if err := s.addStats(ctx, resourceType, &total); err != nil {
			return total, fmt.Errorf("stats of %s: %w", resourceType, err)
		}
	}
	for _, name := range internalCollections {
		n, err := s.db.Collection(name).EstimatedDocumentCount(ctx)
		if err != nil {
			return total, fmt.Errorf("stats of %s: %w", name, err)
		}
		total.Internals += n
	}
	var size struct {
		Storage float64 `bson:"storageSize"`
		Index   float64 `bson:"indexSize"`
	}
	if err := s.db.RunCommand(ctx, bson.D{{Key: "dbStats", Value: 1}}).Decode(&size); err != nil {
		return total, fmt.Errorf("stats: %w", err)
	}
	total.Bytes = int64(size.Storage + size.Index)
	return total, nil
}

func (s *Store) addStats(ctx context.Context, resourceType string, total *store.Stats) error {
	now, err := s.current(resourceType).EstimatedDocumentCount(ctx)
	if err != nil {
		return err
	}
	deleted, err := s.current(resourceType).CountDocuments(ctx, bson.D{{Key: "deleted", Value: true}})
	if err != nil {
		return err
	}
	old, err := s.history(resourceType).EstimatedDocumentCount(ctx)
	if err != nil {
		return err
	}
	entries, err := s.entriesPerResource(ctx, resourceType)
	total.Resources += now - deleted
	total.Versions += now + old
	total.IndexRows += int64(entries * float64(now-deleted))
	return err
}

// entriesPerResource is the mean of a sample.
func (s *Store) entriesPerResource(ctx context.Context, resourceType string) (float64, error) {
	cursor, err := s.current(resourceType).Find(ctx, bson.D{{Key: "deleted", Value: false}}, options.Find().
		SetSort(bson.D{{Key: "_id", Value: 1}}).SetLimit(sampleSize).SetBatchSize(sampleSize).
		SetProjection(bson.D{{Key: "index", Value: 1}, {Key: "ranges", Value: 1}}))
	if err != nil {
		return 0, err
	}
	defer release(ctx, cursor)
	entries, resources := 0, 0
	for cursor.Next(ctx) {
		resources++
		for _, name := range []string{"index", "ranges"} {
			array, _ := cursor.Current.Lookup(name).ArrayOK()
			values, err := array.Values()
			if err == nil {
				entries += len(values)
			}
		}
	}
	return float64(entries) / float64(max(1, resources)), cursor.Err()
}
