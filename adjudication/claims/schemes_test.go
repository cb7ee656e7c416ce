package claims_test

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/bundle"
	"claimwright/fhir/codec"
	"claimwright/fhir/search"
	"claimwright/store"
	"claimwright/store/resources"
	"claimwright/store/storetest"
)

// counting counts the round trips of a store's reads.
type counting struct {
	store.Store
	reads, searches atomic.Int64
}

func (c *counting) Get(ctx context.Context, a store.Access, keys ...store.Key) ([]*store.Record, error) {
	c.reads.Add(1)
	return c.Store.Get(ctx, a, keys...)
}

func (c *counting) Internals(ctx context.Context, a store.Access, keys ...store.InternalKey) ([]store.Internal, error) {
	c.reads.Add(1)
	return c.Store.Internals(ctx, a, keys...)
}

func (c *counting) Search(ctx context.Context, a store.Access, q *search.Query, after store.Position) (store.Page, error) {
	c.searches.Add(1)
	return c.Store.Search(ctx, a, q, after)
}

func (c *counting) Count(ctx context.Context, a store.Access, q *search.Query) (int64, error) {
	c.searches.Add(1)
	return c.Store.Count(ctx, a, q)
}

func (c *counting) ScanInternals(ctx context.Context, a store.Access, s store.Space, prefix, after string, limit int) ([]store.Internal, error) {
	c.searches.Add(1)
	return c.Store.ScanInternals(ctx, a, s, prefix, after, limit)
}

func (c *counting) reset() { c.reads.Store(0); c.searches.Store(0) }

// TestReads: a decision reads by key, in few round trips, whatever the number of lines and whatever the member's past.
func TestReads(t *testing.T) {
	st := &counting{Store: storetest.NewMemory()}
	w := newWorld(t, st)
	number := `{"identifier":{"system":"https://claimwright.org/sandbox/members","value":"P-2001-01"}}`
	w.submit(w.parse(claimSpec{identifier: "warm"}.json()))
	w.submit(w.parse(claimSpec{identifier: "warm by number", patient: number}.json()))
	many := strings.Replace(claimSpec{identifier: "many"}.json(), `"item":[`, `"item":[`+manyLines(40)+",", 1)
	cases := []struct {
		name, body string
		most       int64
	}{
		{"one line", claimSpec{identifier: "one"}.json(), 2},
		{"forty lines", many, 2},
		{"a member by number", claimSpec{identifier: "number", patient: number}.json(), 3},
		{"with an id", strings.Replace(claimSpec{identifier: "id"}.json(), `{"resourceType":"Claim"`, `{"resourceType":"Claim","id":"x"`, 1), 3},
		{"the same again", claimSpec{identifier: "one"}.json(), 3},
		{"an unknown member", claimSpec{identifier: "nobody", patient: `{"reference":"Patient/nobody"}`}.json(), 1},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			doc := w.parse(c.body)
			st.reset()
			w.submit(doc)
			require.LessOrEqual(t, st.reads.Load(), c.most)
			require.Zero(t, st.searches.Load(), "nothing is searched")
		})
	}
}

func manyLines(n int) string {
	lines := make([]string, n)
	for i := range lines {
		lines[i] = fmt.Sprintf(`{"sequence":%d,"productOrService":{"coding":[{"system":"https://claimwright.org/sandbox/services","code":"S-CONS"}]},"servicedDate":"2026-05-05","unitPrice":{"value":1,"currency":"KES"}}`, i+2)
	}
	return strings.Join(lines, ",")
}

// TestSchemeChangesCountAtOnce: a change of the scheme is in force for the next decision, on every server.
func TestSchemeChangesCountAtOnce(t *testing.T) {
	w := newMemoryWorld(t)
	other := joinWorld(t, w.store)
	price := func(w *world, identifier string) string {
		got := w.submit(w.parse(claimSpec{identifier: identifier}.json()))
		by, denied := amounts(got.Item[0].Adjudication)
		return by["eligible"] + denied
	}
	require.Equal(t, "800.00", price(w, "C-1"))
	require.Equal(t, "800.00", price(other, "C-2"))

	list := string(w.get("Contract", "prices-ziwani").Bytes())
	w.mustUpdate(strings.Replace(list, "800.00", "750.00", 1))
	require.Equal(t, "750.00", price(w, "C-3"))
	require.Equal(t, "750.00", price(other, "C-4"), "another server's change counts as well")

	_, err := w.service.Delete(context.Background(), everyone, key("Contract", "prices-ziwani"), resources.DeleteOptions{})
	require.NoError(t, err)
	require.Contains(t, price(other, "C-5"), "not-in-price-list")
	w.prove()
}

// TestSchemeIsCompiledLazily: a burst of writes costs one load, and a load reads only what changed.
func TestSchemeIsCompiledLazily(t *testing.T) {
	st := &counting{Store: storetest.NewMemory()}
	w := newWorld(t, st)
	first, err := w.schemes.Latest(context.Background())
	require.NoError(t, err)
	st.reset()
	again, err := w.schemes.Latest(context.Background())
	require.NoError(t, err)
	require.Same(t, first, again)
	require.Zero(t, st.searches.Load())

	item := string(w.get("ChargeItemDefinition", "s-cons").Bytes())
	for i := range 5 {
		w.mustUpdate(strings.Replace(item, "General consultation", fmt.Sprint("Consultation ", i), 1))
	}
	st.reset()
	changed, err := w.schemes.Latest(context.Background())
	require.NoError(t, err)
	require.NotSame(t, first, changed)
	require.Equal(t, int64(1), st.searches.Load(), "only the register is read anew")
	require.NotEqual(t, first.Digest(), changed.Digest())

	st.reset()
	w.mustUpdate(`{"resourceType":"Organization","id":"employer","name":"no part of any scheme"}`)
	w.mustUpdate(`{"resourceType":"Patient","id":"somebody"}`)
	same, err := w.schemes.Latest(context.Background())
	require.NoError(t, err)
	require.Same(t, changed, same)
}

func TestSchemeAndClaimInOneTransaction(t *testing.T) {
	w := newMemoryWorld(t)
	item := string(w.get("ChargeItemDefinition", "s-cons").Bytes())
	body := `{"resourceType":"Bundle","type":"transaction","entry":[
{"resource":` + strings.Replace(item, "General consultation", "Something new", 1) + `,"request":{"method":"PUT","url":"ChargeItemDefinition/s-cons"}},
{"resource":` + strings.Replace(claimSpec{identifier: "C-6"}.json(), `{"resourceType":"Claim"`, `{"resourceType":"Claim","id":"z"`, 1) + `,"request":{"method":"PUT","url":"Claim/z"}}]}`
	plan, err := bundle.Read([]byte(body), codec.Limits{}, bundle.Options{})
	require.NoError(t, err)
	_, err = w.service.Transaction(context.Background(), everyone, plan, resources.BundleOptions{})
	require.Error(t, err, "the engine cannot decide by a scheme that is not stored yet")
	require.True(t, w.gone("Claim", "z"))
}

func TestEmptyServer(t *testing.T) {
	w := joinWorld(t, storetest.NewMemory())
	require.NoError(t, w.schemes.Ready())
	got := w.submit(w.parse(claimSpec{identifier: "empty"}.json()))
	require.Equal(t, "error", got.Outcome)
	require.Len(t, got.Error, 3)
	w.verify()
}
