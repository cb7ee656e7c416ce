package mongo_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"

	"claimwright/store"
	"claimwright/store/mongo"
)

// findings are what Verify reports.
func findings(t *testing.T, st *mongo.Store) []string {
	var all []string
	require.NoError(t, st.Verify(t.Context(),
		func(f store.Finding) { all = append(all, f.Key+": "+f.Text) }, func(store.Progress) {}))
	return all
}

func TestVerifyFindsDamage(t *testing.T) {
	of := func(id string, version int) bson.D {
		return bson.D{{Key: "_id", Value: bson.D{{Key: "id", Value: id}, {Key: "version", Value: int64(version)}}}}
	}
	for name, c := range map[string]struct {
		damage func(ctx context.Context, db *driver.Database) error
		want   string
	}{
		"a version is missing": {func(ctx context.Context, db *driver.Database) error {
			_, err := db.Collection("Claim_history").DeleteOne(ctx, of("b", 1))
			return err
		}, "Claim/b: is at version 3, but its history has 1 versions up to 2"},
		"the current version is missing": {func(ctx context.Context, db *driver.Database) error {
			_, err := db.Collection("Claim").DeleteOne(ctx, bson.D{{Key: "_id", Value: "b"}})
			return err
		}, "Claim/b: has a history but no current version"},
		"the history is ahead": {func(ctx context.Context, db *driver.Database) error {
			_, err := db.Collection("Claim_history").InsertOne(ctx, append(of("b", 4), bson.E{Key: "deleted", Value: true}))
			return err
		}, "Claim/b: is at version 3, but its history has 3 versions up to 4"},
		"a document is damaged": {func(ctx context.Context, db *driver.Database) error {
			_, err := db.Collection("Claim_history").UpdateOne(ctx, of("b", 2),
				bson.D{{Key: "$set", Value: bson.D{{Key: "resource.v", Value: bson.DateTime(0)}}}})
			return err
		}, "Claim/b: cannot be read: "},
		"a body is missing": {func(ctx context.Context, db *driver.Database) error {
			_, err := db.Collection("Claim").UpdateOne(ctx, bson.D{{Key: "_id", Value: "b"}},
				bson.D{{Key: "$unset", Value: bson.D{{Key: "resource", Value: ""}}}})
			return err
		}, "Claim/b: version 3: a body and the mark of a delete contradict"},
	} {
		t.Run(name, func(t *testing.T) {
			st, db := raw(t)
			for _, id := range []string{"a", "b", "b-1", "c"} {
				for v := range int64(3) {
					put(t, st, store.Key{Type: "Claim", ID: id}, v+1, fmt.Sprintf(`{"v":%d}`, v+1))
				}
			}
			require.Empty(t, findings(t, st))
			require.NoError(t, c.damage(t.Context(), db))
			found := findings(t, st)
			require.Len(t, found, 1)
			require.Contains(t, found[0], c.want)
		})
	}
}
