package mongo_test

import (
	"context"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	driver "go.mongodb.org/mongo-driver/v2/mongo"

	"claimwright/store"
	"claimwright/store/mongo"
	"claimwright/store/storetest"
)

// BenchmarkStore measures a real server; the stand-in's speed would say nothing.
func BenchmarkStore(b *testing.B) {
	server := os.Getenv(realURI)
	if server == "" {
		b.Skipf("%s is not set", realURI)
	}
	const name = "claimwright_test_bench"
	storetest.Benchmark(b, func(b *testing.B) store.Store {
		client, err := driver.Connect(options.Client().ApplyURI(server))
		require.NoError(b, err)
		b.Cleanup(func() {
			require.NoError(b, client.Database(name).Drop(context.Background()))
			require.NoError(b, client.Disconnect(context.Background()))
		})
		require.NoError(b, client.Database(name).Drop(b.Context()))
		st, err := mongo.Open(b.Context(), withDatabase(server, name))
		require.NoError(b, err)
		return st
	}, 10_000)
}
