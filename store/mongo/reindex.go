package mongo

import (
	"context"
	"errors"
	"fmt"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/x/bsonx/bsoncore"

	"claimwright/fhir/search"
	"claimwright/store"
)

// reindexBatch is how many resources are read at once.
const reindexBatch = 100

// Reindex implements store.Maintainer. Each resource carries the version of the extractor that indexed it, so an
// interrupted run goes on where it stopped.
func (s *Store) Reindex(ctx context.Context, e store.Extractor, progress func(store.Progress)) error {
	leave, err := s.gate.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	r := reindexing{store: s, extractor: e, report: progress, progress: store.Progress{Stage: "reindex"}}
	types, err := s.storedTypes(ctx)
	if err != nil {
		return fmt.Errorf("reindex: %w", err)
	}
	for _, resourceType := range types {
		n, err := s.current(resourceType).CountDocuments(ctx, r.stale(nil))
		if err != nil {
			return readFault(ctx, "reindex "+resourceType, err)
		}
		r.progress.Total += n
	}
	for _, resourceType := range types {
		if err := r.ofType(ctx, resourceType); err != nil {
			return readFault(ctx, "reindex "+resourceType, err)
		}
	}
	return errors.Join(r.failed...)
}

// reindexing is one run.
type reindexing struct {
	store     *Store
	extractor store.Extractor
	report    func(store.Progress)
	progress  store.Progress
	// failed are the resources that could not be read; they do not keep the others.
	failed []error
}

// staleRecord is a resource to index anew.
type staleRecord struct {
	*stored
	extractor int32
}

// stale demands resources that an older extractor indexed, after one of them.
func (r *reindexing) stale(after *staleRecord) bson.D {
	older := bson.D{{Key: "$lt", Value: int32(r.extractor.Version())}}
	f := bson.D{{Key: "extractor", Value: older}, {Key: "deleted", Value: false}}
	if after == nil {
		return f
	}
	return append(f, bson.E{Key: "$or", Value: bson.A{
		bson.D{{Key: "extractor", Value: bson.D{{Key: "$gt", Value: after.extractor}}}},
		bson.D{
			{Key: "extractor", Value: after.extractor},
			{Key: "_id", Value: bson.D{{Key: "$gt", Value: after.ID}}},
		},
	}})
}

func (r *reindexing) ofType(ctx context.Context, resourceType string) error {
	var last *staleRecord
	for {
		batch, err := r.read(ctx, resourceType, last)
		if err != nil || len(batch) == 0 {
			return err
		}
		for _, record := range batch {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := r.one(ctx, record); err != nil {
				return err
			}
		}
		last = batch[len(batch)-1]
		r.report(r.progress)
	}
}

func (r *reindexing) read(ctx context.Context, resourceType string, after *staleRecord) ([]*staleRecord, error) {
	cursor, err := r.store.current(resourceType).Find(ctx, r.stale(after), options.Find().
		SetSort(bson.D{{Key: "extractor", Value: 1}, {Key: "_id", Value: 1}}).
		SetLimit(reindexBatch).SetBatchSize(reindexBatch).SetProjection(recordOnly))
	if err != nil {
		return nil, err
	}
	defer release(ctx, cursor)
	var batch []*staleRecord
	for cursor.Next(ctx) {
		record, err := decode(resourceType, cursor.Current)
		if err != nil {
			return nil, err
		}
		version, _ := cursor.Current.Lookup("extractor").Int32OK()
		batch = append(batch, &staleRecord{stored: record, extractor: version})
	}
	return batch, cursor.Err()
}

// one indexes a resource anew, unless a new version has come meanwhile, which brings its own values, or another server with
// a later extractor was faster.
func (r *reindexing) one(ctx context.Context, record *staleRecord) error {
	values, labels, err := r.extractor.Extract(record.Key, record.Body)
	if err != nil {
		r.failed = append(r.failed, fmt.Errorf("reindex %s: %w", record.Key, err))
		return nil
	}
	version := int32(r.extractor.Version())
	stale := append(atVersion(record.ID, record.Version), bson.E{Key: "extractor", Value: bson.D{{Key: "$lt", Value: version}}})
	_, err = r.store.current(record.Type).UpdateOne(ctx, stale, newValues(values, labels, version))
	if err == nil {
		r.progress.Done++
	}
	return err
}

// newValues is the update that replaces everything that finds a resource.
func newValues(values *search.Values, labels []string, extractor int32) bson.D {
	index, set := bsoncore.AppendDocumentStart(nil)
	set = appendValues(set, values)
	set = appendStrings(set, "labels", labels)
	set = bsoncore.AppendInt32Element(set, "extractor", extractor)
	set, _ = bsoncore.AppendDocumentEnd(set, index)
	update := bson.D{{Key: "$set", Value: bson.Raw(set)}}
	gone := bson.D{}
	for _, name := range []string{"ranges", "sort"} {
		if bson.Raw(set).Lookup(name).IsZero() {
			gone = append(gone, bson.E{Key: name, Value: ""})
		}
	}
	if len(gone) > 0 {
		update = append(update, bson.E{Key: "$unset", Value: gone})
	}
	return update
}
