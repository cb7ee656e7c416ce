package resources_test

import (
	"context"
	"path/filepath"
	"strconv"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/search"
	"claimwright/store"
	"claimwright/store/resources"
	"claimwright/store/sqlite"
)

// What the other tests prove over the model in memory is shown here over the embedded store, where it meets a real
// writer, a real index and real durability.

func embedded(t *testing.T) store.Store {
	t.Helper()
	st, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "claims.db"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, st.Close()) })
	return st
}

func TestEmbeddedStoreCountsExactly(t *testing.T) {
	st := embedded(t)
	servers := []*resources.Service{resources.New(st, resources.Options{}), resources.New(st, resources.Options{})}
	const clients, each = 64, 4
	errs := make([]error, clients*each)
	var group sync.WaitGroup
	for i := range clients {
		group.Go(func() {
			for n := range each {
				errs[i*each+n] = servers[i%2].Do(t.Context(), clerk, []string{"policy/1"}, func(ctx context.Context, u *resources.Unit) error {
					if _, err := addOne(ctx, u); err != nil {
						return err
					}
					_, err := u.Put(ctx, key("Patient", u.NewID()), document(t, numbered, "x", strconv.Itoa(i*each+n)), "test")
					return err
				})
			}
		})
	}
	group.Wait()
	for _, err := range errs {
		require.NoError(t, err)
	}
	require.Equal(t, strconv.Itoa(clients*each), headValue(t, st))
	n, err := servers[0].Count(t.Context(), clerk, &search.Query{Type: "Patient"})
	require.NoError(t, err)
	require.Equal(t, int64(clients*each), n)
}

func TestEmbeddedStoreConditionalCreates(t *testing.T) {
	st := embedded(t)
	servers := []*resources.Service{resources.New(st, resources.Options{}), resources.New(st, resources.Options{})}
	doc := document(t, numbered, "x", "1")
	results := make([]*resources.Stored, 32)
	errs := make([]error, len(results))
	var group sync.WaitGroup
	for i := range results {
		group.Go(func() {
			results[i], errs[i] = servers[i%2].Create(t.Context(), clerk, doc, resources.CreateOptions{IfNoneExist: "identifier=http://n|1"})
		})
	}
	group.Wait()
	for i, r := range results {
		require.NoError(t, errs[i])
		require.Equal(t, results[0].Key, r.Key)
	}
}

func TestEmbeddedStoreTransactions(t *testing.T) {
	b := benchOver(t, embedded(t))
	b.put(t, `{"resourceType":"Patient","id":"known","identifier":[{"system":"http://n","value":"1"}]}`)
	r, err := b.transact(t,
		entryOf(uuidA, "POST", "Patient", `{"resourceType":"Patient","identifier":[{"system":"http://n","value":"2"}]}`),
		entryOf("", "POST", "Basic", `{"resourceType":"Basic","code":{"text":"x"},"subject":{"reference":"Patient?identifier=http://n|1"}}`),
		entryOf("", "POST", "Basic", `{"resourceType":"Basic","code":{"text":"x"},"subject":{"reference":"Patient?identifier=http://n|2"}}`),
		entryOf("", "PUT", "Patient/known", `{"resourceType":"Patient","id":"known","active":true,"identifier":[{"system":"http://n","value":"1"}]}`),
		entryOf("", "GET", "Patient/known", ""),
	)
	require.NoError(t, err)
	require.Equal(t, []string{"201", "201", "201", "200", "200"}, r.statuses())
	require.Contains(t, string(r.Entry[1].Resource), `"reference":"Patient/known"`)
	require.Contains(t, string(r.Entry[2].Resource), `"reference":"Patient/id-1"`)
	require.Contains(t, string(r.Entry[4].Resource), `"active":true`)

	q, _, err := search.Parse("Basic", "subject=Patient/id-1", search.Options{})
	require.NoError(t, err)
	page, err := b.Search(t.Context(), clerk, q, "")
	require.NoError(t, err)
	require.Len(t, page.Records, 1)
}
