package mongo

import (
	"context"
	"fmt"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"golang.org/x/sync/errgroup"

	"claimwright/store"
)

// recordOnly leaves out of an answer everything that serves search.
var recordOnly = bson.D{{Key: "index", Value: 0}, {Key: "ranges", Value: 0}, {Key: "sort", Value: 0}}

// Get implements store.Reader: one query per type, all at once.
func (s *Store) Get(ctx context.Context, a store.Access, keys ...store.Key) ([]*store.Record, error) {
	leave, err := s.gate.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	out := make([]*store.Record, len(keys))
	if a.DeniesAll() {
		return out, nil
	}
	found, err := s.getAll(ctx, keys)
	if err != nil {
		return nil, err
	}
	for i, k := range keys {
		if r := found[k]; r != nil && a.Allows(r.labels) {
			out[i] = r.Record
		}
	}
	return out, nil
}

// getAll reads current versions by key, whoever may see them.
func (s *Store) getAll(ctx context.Context, keys []store.Key) (map[store.Key]*stored, error) {
	byType := make(map[string]bson.A)
	for _, k := range keys {
		if typeName.MatchString(k.Type) {
			byType[k.Type] = append(byType[k.Type], k.ID)
		}
	}
	lists := make(chan []*stored, len(byType))
	g, ctx := errgroup.WithContext(ctx)
	for resourceType, ids := range byType {
		g.Go(func() error {
			list, err := s.getOfType(ctx, resourceType, ids)
			lists <- list
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	close(lists)
	found := make(map[store.Key]*stored, len(keys))
	for list := range lists {
		for _, r := range list {
			found[r.Key] = r
		}
	}
	return found, nil
}

func (s *Store) getOfType(ctx context.Context, resourceType string, ids bson.A) ([]*stored, error) {
	cursor, err := s.current(resourceType).Find(ctx, idIn(ids),
		options.Find().SetProjection(recordOnly).SetBatchSize(int32(len(ids)+1)))
	if err != nil {
		return nil, fmt.Errorf("get %s: %w", resourceType, err)
	}
	list, err := decodeAll(ctx, cursor, resourceType)
	if err != nil {
		return nil, fmt.Errorf("get %s: %w", resourceType, err)
	}
	return list, nil
}

// idIn demands one of several ids; a single one is an equality.
func idIn(ids bson.A) bson.D {
	if len(ids) == 1 {
		return bson.D{{Key: "_id", Value: ids[0]}}
	}
	return bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: ids}}}}
}
