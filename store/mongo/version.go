package mongo

import (
	"context"
	"errors"
	"fmt"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/readconcern"

	"claimwright/store"
)

// Version implements store.Versions.
func (s *Store) Version(ctx context.Context, a store.Access, k store.Key, version int64) (*store.Record, error) {
	leave, err := s.gate.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	if a.DeniesAll() || version < 1 || !typeName.MatchString(k.Type) {
		return nil, nil
	}
	r, now, err := s.version(ctx, k, version, readconcern.Majority())
	if err != nil {
		return nil, fmt.Errorf("read %s version %d: %w", k, version, err)
	}
	if r == nil || !a.Allows(r.labels) || !a.Allows(now.labels) {
		return nil, nil
	}
	return r.Record, nil
}

// version reads a version and the current one, whoever may see them. The current one is read first: a version that is
// replaced in between is in the history by then.
func (s *Store) version(
	ctx context.Context, k store.Key, version int64, level *readconcern.ReadConcern,
) (r, now *stored, err error) {
	o := options.Collection().SetReadConcern(level)
	now, err = s.findVersion(ctx, s.db.Collection(k.Type, o), k.Type, bson.D{{Key: "_id", Value: k.ID}})
	if err != nil || now == nil || now.Version < version {
		return nil, nil, err
	}
	if now.Version == version {
		return now, now, nil
	}
	old := bson.D{{Key: "_id", Value: versionID{ID: k.ID, Version: version}}}
	r, err = s.findVersion(ctx, s.db.Collection(k.Type+historySuffix, o), k.Type, old)
	return r, now, err
}

// findVersion reads one document; nil if there is none.
func (s *Store) findVersion(
	ctx context.Context, c *mongo.Collection, resourceType string, f bson.D,
) (*stored, error) {
	raw, err := c.FindOne(ctx, f, options.FindOne().SetProjection(recordOnly)).Raw()
	if errors.Is(err, mongo.ErrNoDocuments) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return decode(resourceType, raw)
}
