package mongo

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

// supersede reads the versions that a type's updates replace and makes the writes that put them into the history. They are
// upserts: a version may be there already, left by a server that stopped between the history and the compare-and-set,
// and as versions never change it is the same.
func (s *Store) supersede(ctx context.Context, w *typeWrites) ([]mongo.WriteModel, error) {
	versions := make(map[string]int64, len(w.updates))
	ids := make(bson.A, len(w.updates))
	for i, u := range w.updates {
		versions[u.ID] = u.Version - 1
		ids[i] = u.ID
	}
	cursor, err := s.current(w.name).Find(ctx, idIn(ids), options.Find().
		SetProjection(recordOnly).SetSort(bson.D{{Key: "_id", Value: 1}}).SetBatchSize(int32(len(ids)+1)))
	if err != nil {
		return nil, err
	}
	defer release(ctx, cursor)
	var models []mongo.WriteModel
	for cursor.Next(ctx) {
		id, version := keyOf(cursor.Current)
		if version != versions[id] {
			return nil, errHeld
		}
		model, err := archive(cursor.Current, id, version)
		if err != nil {
			return nil, err
		}
		models = append(models, model)
	}
	if err := cursor.Err(); err != nil {
		return nil, err
	}
	if len(models) != len(w.updates) {
		return nil, errHeld
	}
	return models, nil
}

// keyOf is the id and version of a current document.
func keyOf(raw bson.Raw) (id string, version int64) {
	id, _ = raw.Lookup("_id").StringValueOK()
	version, _ = raw.Lookup("version").AsInt64OK()
	return id, version
}

// archive is the write that puts a version into the history unless it is there.
func archive(current bson.Raw, id string, version int64) (*mongo.UpdateOneModel, error) {
	document, err := historyFields(current)
	if err != nil {
		return nil, err
	}
	return mongo.NewUpdateOneModel().
		SetFilter(bson.D{{Key: "_id", Value: versionID{ID: id, Version: version}}}).
		SetUpdate(bson.D{{Key: "$setOnInsert", Value: document}}).
		SetUpsert(true), nil
}
