package mongo

import (
	"context"
	"errors"
	"fmt"
	"io"

	"claimwright/store"
)

var errNotWritable = errors.New("MongoDB has no writable primary")

// Health implements store.Maintainer: it reads the format version from a majority and asks whether there is a primary.
func (s *Store) Health(ctx context.Context) error {
	leave, err := s.gate.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	if _, err := s.readFormat(ctx); err != nil {
		return fmt.Errorf("read from MongoDB: %w", err)
	}
	g, err := s.greet(ctx)
	if err == nil && !g.Writable {
		return errNotWritable
	}
	return err
}

// Backup implements store.Maintainer by pointing to MongoDB's own tools.
func (s *Store) Backup(ctx context.Context, _ io.Writer) error {
	leave, err := s.gate.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	return fmt.Errorf("backup of MongoDB: use mongodump --oplog, or snapshots of the volumes: %w", store.ErrNotOffered)
}
