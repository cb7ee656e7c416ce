package mongo_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"claimwright/store"
	"claimwright/store/mongo"
	"claimwright/store/mongo/mongotest"
)

func TestOpenRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		opts []mongotest.Option
		says string
	}{
		"a standalone":   {[]mongotest.Option{mongotest.AsStandalone()}, "standalone, which has no transactions"},
		"an old version": {[]mongotest.Option{mongotest.WithWireVersion(8)}, "MongoDB 4.4"},
	} {
		t.Run(name, func(t *testing.T) {
			uri, _ := mongotest.Start(t, c.opts...)
			_, err := mongo.Open(t.Context(), uri)
			require.ErrorContains(t, err, c.says)
		})
	}
}

func TestOpenAcceptsMongos(t *testing.T) {
	uri, _ := mongotest.Start(t, mongotest.AsMongos())
	st, err := mongo.Open(t.Context(), uri)
	require.NoError(t, err)
	require.NoError(t, st.Health(t.Context()))
	require.NoError(t, st.Close())
}

func TestOpenWithoutServer(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := mongo.Open(ctx, "mongodb://127.0.0.1:1/?replicaSet=rs0")
	require.ErrorIs(t, err, context.DeadlineExceeded)
}

func TestOpenKeepsSecrets(t *testing.T) {
	for _, uri := range []string{
		"mongodb://user:s3cret@127.0.0.1:x/", "mongodb://user:s3cret@/", "mongo://user:s3cret@host/", "mongodb://u:s3cret@h:99999/",
		"mongodb://user:s3cret@127.0.0.1:1/d.b?serverSelectionTimeoutMS=10", "mongodb://u:s3%zzcret@host/",
		"mongodb://user:s3cret@127.0.0.1:1/?serverSelectionTimeoutMS=10",
	} {
		_, err := mongo.Open(t.Context(), uri)
		require.Error(t, err, uri)
		require.NotContains(t, err.Error(), "s3", uri)
	}
}

func TestOpenNewerFormat(t *testing.T) {
	uri, _ := mongotest.Start(t)
	st, err := mongo.Open(t.Context(), uri)
	require.NoError(t, err)
	require.NoError(t, st.Close())
	client, err := driver.Connect(options.Client().ApplyURI(uri))
	require.NoError(t, err)
	defer func() { require.NoError(t, client.Disconnect(context.Background())) }()
	_, err = client.Database(mongo.DefaultDatabase).Collection("_store").UpdateOne(t.Context(),
		bson.D{{Key: "_id", Value: "format"}}, bson.D{{Key: "$set", Value: bson.D{{Key: "version", Value: 2}}}})
	require.NoError(t, err)
	_, err = mongo.Open(t.Context(), uri)
	require.ErrorIs(t, err, store.ErrNewerFormat)
}

func TestOpenNamesTheDatabase(t *testing.T) {
	_, server := mongotest.Start(t)
	st, err := mongo.Open(t.Context(), server.URI("tenant"))
	require.NoError(t, err)
	require.NoError(t, st.Close())
	require.Empty(t, server.Indexes(mongo.DefaultDatabase))
	require.NotEmpty(t, server.Indexes("tenant"))
}
