package mongo

import (
	"context"
	"maps"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"

	"claimwright/store"
)

// hold makes the preconditions part of the transaction's writes. Reading would not be enough: under snapshot isolation two
// commits could each rely on what the other one changes. What must keep its version gets a field named lock; what must be
// absent is inserted and removed again, which collides with everybody who creates it at the same time.
func (s *Store) hold(ctx context.Context, p *plan) error {
	if err := s.holdPresent(ctx, p); err != nil {
		return err
	}
	absent := make(map[string][]string)
	for _, k := range p.absent {
		absent[k.Type] = append(absent[k.Type], k.ID)
	}
	for _, k := range p.vacant {
		name := internalCollections[k.Space]
		absent[name] = append(absent[name], k.ID)
	}
	for _, name := range slices.Sorted(maps.Keys(absent)) {
		if err := holdAbsent(ctx, s.db.Collection(name), absent[name]); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) holdPresent(ctx context.Context, p *plan) error {
	groups := make(map[string][]mongo.WriteModel)
	lock := bson.D{{Key: "$set", Value: bson.D{{Key: "lock", Value: string(p.commit.ID)}}}}
	for _, need := range p.present {
		name, id := need.Key.Type, need.Key.ID
		if need.Internal != (store.InternalKey{}) {
			name, id = internalCollections[need.Internal.Space], need.Internal.ID
		}
		groups[name] = append(groups[name],
			mongo.NewUpdateOneModel().SetFilter(atVersion(id, need.Version)).SetUpdate(lock))
	}
	for _, name := range slices.Sorted(maps.Keys(groups)) {
		if err := bulk(ctx, s.db.Collection(name), groups[name]); err != nil {
			return err
		}
	}
	return nil
}

// holdAbsent finds the ids absent, by a duplicate key if they are not, and keeps them so until the transaction ends.
func holdAbsent(ctx context.Context, c *mongo.Collection, ids []string) error {
	slices.Sort(ids)
	documents, all := make([]any, len(ids)), make(bson.A, len(ids))
	for i, id := range ids {
		documents[i] = atVersion(id, 0)
		all[i] = id
	}
	if err := insert(ctx, c, documents); err != nil {
		return err
	}
	_, err := c.DeleteMany(ctx, idIn(all))
	return err
}
