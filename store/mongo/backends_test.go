package mongo_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.uber.org/goleak"

	driver "go.mongodb.org/mongo-driver/v2/mongo"

	"claimwright/store"
	"claimwright/store/mongo"
	"claimwright/store/mongo/mongotest"
)

// realURI names the variable that holds the URI of a real replica set or sharded cluster. Each test makes databases of its
// own there, named claimwright_test_…, and drops them.
const realURI = "CLAIMWRIGHT_TEST_MONGODB_URI"

// TestMain lets many tests run side by side: after a fault the driver waits half a second before it looks for its server
// again, and that is what most of the time of these tests is.
func TestMain(m *testing.M) {
	flag.Parse()
	if err := flag.Set("test.parallel", "32"); err != nil {
		panic(err)
	}
	goleak.VerifyTestMain(m)
}

// backend is a place where databases can be made.
type backend struct {
	name string
	// uri makes the URI of a database that is empty.
	uri func(t *testing.T) string
}

// backends are the stand-in, always, and a real server, where one is named. The log says which, so that nobody takes the
// one for the other.
func backends(t *testing.T) []backend {
	all := []backend{{"stand-in", func(t *testing.T) string {
		uri, _ := mongotest.Start(t)
		return uri
	}}}
	server := os.Getenv(realURI)
	if server == "" {
		t.Logf("ran on the in-process stand-in; on no real server, since %s is not set", realURI)
		return all
	}
	t.Logf("ran on the in-process stand-in and on the server named by %s", realURI)
	return append(all, backend{"server", func(t *testing.T) string { return emptyDatabase(t, server) }})
}

var databases atomic.Int64

// emptyDatabase names a database that nobody uses, and drops it after the test.
func emptyDatabase(t *testing.T, server string) string {
	name := fmt.Sprintf("claimwright_test_%d_%d", os.Getpid(), databases.Add(1))
	t.Cleanup(func() {
		client, err := driver.Connect(options.Client().ApplyURI(server))
		require.NoError(t, err)
		require.NoError(t, client.Database(name).Drop(context.Background()))
		require.NoError(t, client.Disconnect(context.Background()))
	})
	return withDatabase(server, name)
}

// withDatabase puts a database into a URI. A URI may name several hosts with ports, which net/url does not take.
func withDatabase(uri, name string) string {
	address, query, hasQuery := strings.Cut(uri, "?")
	scheme, hosts, _ := strings.Cut(address, "://")
	hosts, _, _ = strings.Cut(hosts, "/")
	uri = scheme + "://" + hosts + "/" + name
	if hasQuery {
		uri += "?" + query
	}
	return uri
}

// opener opens stores and remembers where, so that they can be opened again.
type opener struct {
	backend backend
	opts    []mongo.Option
	mu      sync.Mutex
	uris    map[store.Store]string
}

func (o *opener) open(t *testing.T) store.Store { return o.at(t, o.backend.uri(t)) }

func (o *opener) reopen(t *testing.T, st store.Store) store.Store {
	require.NoError(t, st.Close())
	o.mu.Lock()
	uri := o.uris[st]
	o.mu.Unlock()
	return o.at(t, uri)
}

func (o *opener) at(t *testing.T, uri string) store.Store {
	st, err := mongo.Open(t.Context(), uri, o.opts...)
	require.NoError(t, err)
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.uris == nil {
		o.uris = make(map[store.Store]string)
	}
	o.uris[st] = uri
	return st
}

// openShim opens a store on a stand-in of its own, for tests that inject faults into it.
func openShim(t *testing.T, opts ...mongo.Option) (*mongo.Store, *mongotest.Server) {
	uri, server := mongotest.Start(t)
	st, err := mongo.Open(t.Context(), uri, opts...)
	require.NoError(t, err)
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			require.ErrorIs(t, err, store.ErrClosed)
		}
	})
	return st, server
}
