package mongo

import (
	"context"
	"fmt"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/x/bsonx/bsoncore"
	"golang.org/x/sync/errgroup"

	"claimwright/store"
)

// Internals implements store.Reader: one query per space, all at once.
func (s *Store) Internals(
	ctx context.Context, a store.Access, keys ...store.InternalKey,
) ([]store.Internal, error) {
	leave, err := s.gate.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	bySpace := make(map[store.Space]bson.A)
	for _, k := range keys {
		if !a.AllowsInternal(k.Space) {
			return nil, fmt.Errorf("read %s records: %w", k.Space, store.ErrDenied)
		}
		bySpace[k.Space] = append(bySpace[k.Space], k.ID)
	}
	lists := make(chan []store.Internal, len(bySpace))
	g, ctx := errgroup.WithContext(ctx)
	for space, ids := range bySpace {
		g.Go(func() error {
			list, err := s.findInternals(ctx, space, idIn(ids), options.Find().SetBatchSize(int32(len(ids)+1)))
			lists <- list
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	close(lists)
	found := make(map[store.InternalKey]store.Internal, len(keys))
	for list := range lists {
		for _, in := range list {
			found[in.Key] = in
		}
	}
	out := make([]store.Internal, len(keys))
	for i, k := range keys {
		out[i] = found[k]
		out[i].Key = k
	}
	return out, nil
}

// ScanInternals implements store.Maintainer.
func (s *Store) ScanInternals(
	ctx context.Context, a store.Access, space store.Space, prefix, after string, limit int,
) ([]store.Internal, error) {
	leave, err := s.gate.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	if !a.AllowsInternal(space) {
		return nil, fmt.Errorf("scan %s records: %w", space, store.ErrDenied)
	}
	if limit <= 0 {
		return nil, nil
	}
	bounds := bson.D{{Key: "$gt", Value: after}}
	if prefix > after {
		bounds = bson.D{{Key: "$gte", Value: prefix}}
	}
	if end := successor(prefix); end != "" {
		bounds = append(bounds, bson.E{Key: "$lt", Value: end})
	}
	return s.findInternals(ctx, space, bson.D{{Key: "_id", Value: bounds}}, options.Find().
		SetSort(bson.D{{Key: "_id", Value: 1}}).SetLimit(int64(limit)).SetBatchSize(int32(limit)))
}

func (s *Store) findInternals(
	ctx context.Context, space store.Space, f bson.D, o *options.FindOptionsBuilder,
) ([]store.Internal, error) {
	c, err := s.internal(space)
	if err != nil {
		return nil, err
	}
	cursor, err := c.Find(ctx, f, o)
	if err != nil {
		return nil, fmt.Errorf("read %s records: %w", space, err)
	}
	list, err := decodeInternals(ctx, cursor, space)
	if err != nil {
		return nil, fmt.Errorf("read %s records: %w", space, err)
	}
	return list, nil
}

func decodeInternals(ctx context.Context, cursor *mongo.Cursor, space store.Space) ([]store.Internal, error) {
	defer release(ctx, cursor)
	var list []store.Internal
	for cursor.Next(ctx) {
		in := store.Internal{Key: store.InternalKey{Space: space}}
		in.Key.ID, _ = cursor.Current.Lookup("_id").StringValueOK()
		in.Version, _ = cursor.Current.Lookup("version").AsInt64OK()
		_, data, _ := cursor.Current.Lookup("data").BinaryOK()
		in.Data = append([]byte(nil), data...)
		list = append(list, in)
	}
	return list, cursor.Err()
}

// internalDocument is the document of an internal record.
func internalDocument(w *store.InternalWrite) bson.Raw {
	index, dst := bsoncore.AppendDocumentStart(make([]byte, 0, 64+len(w.Key.ID)+len(w.Data)))
	dst = bsoncore.AppendStringElement(dst, "_id", w.Key.ID)
	dst = bsoncore.AppendInt64Element(dst, "version", w.Version)
	dst = bsoncore.AppendBinaryElement(dst, "data", 0, w.Data)
	dst, _ = bsoncore.AppendDocumentEnd(dst, index)
	return dst
}
