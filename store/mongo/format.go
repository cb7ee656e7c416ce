package mongo

import (
	"context"
	"errors"
	"fmt"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"

	"claimwright/store"
)

// formatVersion is the version of the layout that this package reads and writes.
const formatVersion = 1

type formatRecord struct {
	ID      string `bson:"_id"`
	Version int64  `bson:"version"`
}

// checkFormat refuses data of a newer format, and marks a new database with the current one.
func (s *Store) checkFormat(ctx context.Context) error {
	found, err := s.readFormat(ctx)
	if errors.Is(err, mongo.ErrNoDocuments) {
		_, err = s.db.Collection(storeCollection).InsertOne(ctx, formatRecord{ID: "format", Version: formatVersion})
		if mongo.IsDuplicateKeyError(err) { // another server was faster
			found, err = s.readFormat(ctx)
		} else {
			found.Version = formatVersion
		}
	}
	if err != nil {
		return fmt.Errorf("read the format version: %w", err)
	}
	if found.Version > formatVersion {
		return fmt.Errorf("format %d, this program knows %d: %w", found.Version, formatVersion, store.ErrNewerFormat)
	}
	return nil
}

func (s *Store) readFormat(ctx context.Context) (formatRecord, error) {
	var found formatRecord
	err := s.db.Collection(storeCollection).FindOne(ctx, bson.D{{Key: "_id", Value: "format"}}).Decode(&found)
	return found, err
}
