package resources_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
	"claimwright/fhir/search"
	"claimwright/store"
	"claimwright/store/resources"
	"claimwright/store/storetest"
)

// clerk sees and writes everything.
var clerk = resources.Principal{ID: "clerk", Request: "r-1", Access: store.Everything("clerk")}

// insider sees what carries the label of Organization/1.
var insider = resources.Principal{
	ID: "insider", Organization: "Organization/1", Access: store.Labelled("insider", resources.OrganizationLabel("Organization/1")),
}

// clock is a time that only tests move.
type clock struct{ now time.Time }

func newClock() *clock {
	return &clock{now: time.Date(2026, 11, 2, 8, 0, 0, 123_456_789, time.FixedZone("WAT", 3600))}
}

func (c *clock) Now() time.Time { return c.now }

// bench is a service over a store in memory, with ids "id-1", "id-2" … and a clock that stands still.
type bench struct {
	*resources.Service
	st    store.Store
	clock *clock
}

func newBench(t *testing.T, options ...func(*resources.Options)) *bench {
	t.Helper()
	return benchOver(t, storetest.NewMemory(), options...)
}

func benchOver(t *testing.T, st store.Store, options ...func(*resources.Options)) *bench {
	t.Helper()
	b := &bench{st: st, clock: newClock()}
	drawn := make(chan int, 1)
	drawn <- 0
	o := resources.Options{Clock: b.clock.Now, NewID: func() string {
		n := <-drawn + 1
		drawn <- n
		return fmt.Sprintf("id-%d", n)
	}}
	for _, set := range options {
		set(&o)
	}
	b.Service = resources.New(executing{st, t}, o)
	return b
}

// executing is a store that fails the test when it is asked what no store executes.
type executing struct {
	store.Store
	t testing.TB
}

func (e executing) Search(ctx context.Context, a store.Access, q *search.Query, after store.Position) (store.Page, error) {
	require.False(e.t, q.Deferred(), "a store was asked to search by %v", q.Where)
	require.False(e.t, q.SortsByBody(), "a store was asked to sort by %v", q.Sort)
	return e.Store.Search(ctx, a, q, after)
}

func (e executing) Count(ctx context.Context, a store.Access, q *search.Query) (int64, error) {
	require.False(e.t, q.Deferred(), "a store was asked to count by %v", q.Where)
	return e.Store.Count(ctx, a, q)
}

func document(t testing.TB, format string, args ...any) *codec.Document {
	t.Helper()
	doc, issues := codec.Parse(fmt.Appendf(nil, format, args...), codec.Limits{})
	require.Empty(t, issues)
	return doc
}

func key(resourceType, id string) store.Key { return store.Key{Type: resourceType, ID: id} }

func (b *bench) create(t *testing.T, format string, args ...any) *resources.Stored {
	t.Helper()
	stored, err := b.Create(t.Context(), clerk, document(t, format, args...), resources.CreateOptions{})
	require.NoError(t, err)
	return stored
}

func (b *bench) put(t *testing.T, format string, args ...any) *resources.Stored {
	t.Helper()
	doc := document(t, format, args...)
	stored, err := b.Update(t.Context(), clerk, key(doc.Type(), doc.ID()), doc, resources.UpdateOptions{})
	require.NoError(t, err)
	return stored
}

// refused wants an outcome.Error with this status and code.
func refused(t *testing.T, err error, status int, code string) *outcome.Error {
	t.Helper()
	var said *outcome.Error
	require.ErrorAs(t, err, &said)
	require.Equal(t, status, said.Status, said.Error())
	require.Equal(t, code, said.Issues[0].Code)
	return said
}

func (b *bench) holders(t *testing.T, resourceType, system, value string) (found []store.Key) {
	t.Helper()
	require.NoError(t, b.Do(t.Context(), clerk, nil, func(ctx context.Context, u *resources.Unit) (err error) {
		found, err = u.Holders(ctx, resourceType, system, value)
		return err
	}))
	return found
}

// counts are the round trips of a store.
type counts struct{ gets, internals, searches, commits int }

type counter struct {
	store.Store
	counts
}

func (c *counter) Get(ctx context.Context, a store.Access, keys ...store.Key) ([]*store.Record, error) {
	c.gets++
	return c.Store.Get(ctx, a, keys...)
}

func (c *counter) Internals(ctx context.Context, a store.Access, keys ...store.InternalKey) ([]store.Internal, error) {
	c.internals++
	return c.Store.Internals(ctx, a, keys...)
}

func (c *counter) Search(ctx context.Context, a store.Access, q *search.Query, after store.Position) (store.Page, error) {
	c.searches++
	return c.Store.Search(ctx, a, q, after)
}

func (c *counter) Commit(ctx context.Context, commit store.Commit) error {
	c.commits++
	return c.Store.Commit(ctx, commit)
}
