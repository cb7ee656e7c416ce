package claims_test

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/search"
	"claimwright/store"
	"claimwright/store/memory"
)

// roundTrips counts the calls of a store: reads are round trips to it, whatever the number of keys.
type roundTrips struct {
	store.Store
	reads, keys, searches, commits atomic.Int64
}

func (c *roundTrips) Get(ctx context.Context, a store.Access, keys ...store.Key) ([]*store.Record, error) {
	c.reads.Add(1)
	c.keys.Add(int64(len(keys)))
	return c.Store.Get(ctx, a, keys...)
}

func (c *roundTrips) Internals(ctx context.Context, a store.Access, keys ...store.InternalKey) ([]store.Internal, error) {
	c.reads.Add(1)
	c.keys.Add(int64(len(keys)))
	return c.Store.Internals(ctx, a, keys...)
}

func (c *roundTrips) Search(ctx context.Context, a store.Access, q *search.Query, after store.Position) (store.Page, error) {
	c.searches.Add(1)
	return c.Store.Search(ctx, a, q, after)
}

func (c *roundTrips) Count(ctx context.Context, a store.Access, q *search.Query) (int64, error) {
	c.searches.Add(1)
	return c.Store.Count(ctx, a, q)
}

func (c *roundTrips) ScanInternals(ctx context.Context, a store.Access, s store.Space, prefix, after string, limit int) ([]store.Internal, error) {
	c.searches.Add(1)
	return c.Store.ScanInternals(ctx, a, s, prefix, after, limit)
}

func (c *roundTrips) Version(ctx context.Context, a store.Access, k store.Key, version int64) (*store.Record, error) {
	c.searches.Add(1)
	return c.Store.Version(ctx, a, k, version)
}

func (c *roundTrips) Commit(ctx context.Context, commit store.Commit) error {
	c.commits.Add(1)
	return c.Store.Commit(ctx, commit)
}

// of counts what some work asks of the store.
func (c *roundTrips) of(work func()) (reads, keys, searches, commits int64) {
	for _, n := range []*atomic.Int64{&c.reads, &c.keys, &c.searches, &c.commits} {
		n.Store(0)
	}
	work()
	return c.reads.Load(), c.keys.Load(), c.searches.Load(), c.commits.Load()
}

// linesClaim bills one service many times.
func linesClaim(identifier string, lines int) string {
	const line = `{"sequence":%d,"productOrService":{"coding":[{"system":"https://claimwright.org/sandbox/services","code":"S-CONS"}]},"servicedDate":"2026-05-05","quantity":{"value":1},"unitPrice":{"value":1.00,"currency":"KES"}}`
	var items []string
	for i := range lines {
		items = append(items, fmt.Sprintf(line, i+1))
	}
	body := claimSpec{
		identifier: identifier, patient: `{"reference":"Patient/f-1"}`, coverage: `{"reference":"Coverage/f-1"}`, members: `,"accident":{"date":"2026-05-01"}`,
	}.json()
	return body[:strings.Index(body, `"item":[`)] + `"item":[` + strings.Join(items, ",") + `]}`
}

// A submission reads the store as often whatever its lines and whatever the member's past. What is counted are calls of
// the store by the submission; the commit is one more and reads nothing of its own.
func TestReadsOfASubmissionAreConstant(t *testing.T) {
	st := &roundTrips{Store: memory.New()}
	w := newWorld(t, st)
	w.group()
	w.bill("W-0", "f-1", "2026-05-01") // loads the scheme
	n := 0
	submit := func(lines int) [2]int64 {
		n++
		doc := w.parse(linesClaim(fmt.Sprintf("W-%d", n), lines))
		reads, keys, searches, commits := st.of(func() { w.submit(doc) })
		require.Zero(t, searches)
		require.Equal(t, int64(1), commits)
		return [2]int64{reads, keys}
	}
	fresh := submit(1)
	require.LessOrEqual(t, fresh[0], int64(6))
	require.Equal(t, fresh, submit(100), "lines")
	for range 300 {
		submit(1)
	}
	require.Equal(t, fresh, submit(1), "the past")
	require.Equal(t, fresh, submit(100), "both")
	t.Logf("%d reads of %d keys", fresh[0], fresh[1])
}
