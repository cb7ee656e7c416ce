package storetest

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/search"
	"claimwright/store"
)

// tester is what a test and a check of random sequences have in common.
type tester interface {
	require.TestingT
	Helper()
	Context() context.Context
	Cleanup(func())
}

// world is one store under test, with a clock that ticks once a commit and ids that come in order.
type world struct {
	tester
	store.Store
	clock time.Time
	ids   int
}

// dawn is when every world's clock starts.
var dawn = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

func newWorld(t tester, st store.Store) *world { return &world{tester: t, Store: st, clock: dawn} }

// sub runs a subtest on the same store, with the clock and the ids going on.
func (w *world) sub(name string, run func(w *world)) {
	w.Helper()
	inner := *w
	w.test().Run(name, func(t *testing.T) {
		inner.tester = t
		run(&inner)
	})
	w.clock, w.ids = inner.clock, inner.ids
}

// test is the test that this world belongs to. Random sequences have none and use neither subtests nor reopening.
func (w *world) test() *testing.T { return w.tester.(*testing.T) }

// extractorVersion is what the suite's commits carry unless they test reindexing.
const extractorVersion = 1

// all is the access of a reader who sees every resource.
func all() store.Access { return store.Everything("tester") }

// serverID makes the next id as the server makes them: a time-ordered UUID.
func (w *world) serverID() string {
	w.ids++
	ms := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC).UnixMilli() + int64(w.ids)*7
	return fmt.Sprintf("%08x-%04x-7%03x-8%03x-%012x", ms>>16, ms&0xffff, w.ids%4096, (w.ids*37)%4096, w.ids*1_000_003)
}

// tick moves the clock by a millisecond, so that every commit of a test has a time of its own.
func (w *world) tick() time.Time {
	w.clock = w.clock.Add(time.Millisecond)
	return w.clock
}

// change alters a write that a helper below makes.
type change func(*store.Write)

func with(v *search.Values) change { return func(wr *store.Write) { wr.Values = v } }

func labelled(labels ...string) change { return func(wr *store.Write) { wr.Labels = labels } }

// version makes a write of the given version, with a body that is valid FHIR and says which version it is.
func (w *world) version(k store.Key, version int64, changes ...change) store.Write {
	wr := store.Write{
		Key: k, Version: version, Updated: w.clock, Values: &search.Values{},
		Audit: store.Audit{Principal: "Practitioner/p1", Request: fmt.Sprintf("r-%d", version), Interaction: "update"},
	}
	for _, c := range changes {
		c(&wr)
	}
	wr.Body = body(k, version, wr.Updated)
	return wr
}

// deletion makes the write that deletes a resource.
func (w *world) deletion(k store.Key, version int64, changes ...change) store.Write {
	wr := w.version(k, version, changes...)
	wr.Deleted, wr.Body, wr.Values = true, nil, nil
	wr.Audit.Interaction = "delete"
	return wr
}

// body writes a small resource. All types used by the suite have neither required elements nor invariants that it breaks.
func body(k store.Key, version int64, updated time.Time) []byte {
	extra := ""
	if k.Type == "Location" { // numbers must come back as they were written
		extra = `,"position":{"longitude":-83.6945690,"latitude":42.2500}`
	}
	return fmt.Appendf(nil,
		`{"resourceType":%q,"id":%q,"meta":{"versionId":"%d","lastUpdated":%q},"implicitRules":"urn:rules:%d","language":"en"%s}`,
		k.Type, k.ID, version, updated.UTC().Format("2006-01-02T15:04:05.000Z"), version, extra)
}

// commit makes a commit with an id of its own.
func commit(writes ...store.Write) store.Commit {
	return store.Commit{ID: store.NewCommitID(), Resources: writes, ExtractorVersion: extractorVersion}
}

// put commits writes that must succeed.
func (w *world) put(writes ...store.Write) {
	w.Helper()
	w.apply(commit(writes...))
}

// apply commits what must succeed.
func (w *world) apply(c store.Commit) {
	w.Helper()
	require.NoError(w, w.Commit(w.Context(), c))
}

// create writes version 1 of resources of a type, one commit for all, and returns the writes.
func (w *world) create(resourceType string, ids ...string) []store.Write {
	w.Helper()
	w.tick()
	writes := make([]store.Write, len(ids))
	for i, id := range ids {
		writes[i] = w.version(store.Key{Type: resourceType, ID: id}, 1)
	}
	w.put(writes...)
	return writes
}

// get reads one resource as a reader who sees everything.
func (w *world) get(k store.Key) *store.Record {
	w.Helper()
	recs, err := w.Get(w.Context(), all(), k)
	require.NoError(w, err)
	require.Len(w, recs, 1)
	return recs[0]
}

// requireRecord demands that a record is what a write wrote.
func requireRecord(t require.TestingT, want store.Write, got *store.Record) {
	require.NotNil(t, got, "%s version %d", want.Key, want.Version)
	require.Equal(t, want.Key, got.Key)
	require.Equal(t, want.Version, got.Version)
	require.Equal(t, want.Deleted, got.Deleted)
	require.Equal(t, want.Audit, got.Audit)
	require.Truef(t, want.Updated.Equal(got.Updated), "updated: want %s, got %s", want.Updated, got.Updated)
	require.Equal(t, string(want.Body), string(got.Body))
	if want.Deleted {
		require.Nil(t, got.Body)
		return
	}
	require.True(t, json.Valid(got.Body))
}

// internal makes a write of an internal record.
func internal(s store.Space, id string, version int64, data string) store.InternalWrite {
	return store.InternalWrite{Key: store.InternalKey{Space: s, ID: id}, Version: version, Data: []byte(data)}
}

// record commits writes of internal records that must succeed.
func (w *world) record(writes ...store.InternalWrite) {
	w.Helper()
	w.apply(store.Commit{ID: store.NewCommitID(), Internals: writes})
}

// readInternal reads one internal record as the server itself.
func (w *world) readInternal(s store.Space, id string) store.Internal {
	w.Helper()
	found, err := w.Internals(w.Context(), store.System(), store.InternalKey{Space: s, ID: id})
	require.NoError(w, err)
	require.Len(w, found, 1)
	return found[0]
}

// find runs a query through all its pages and returns the ids in order.
func (w *world) find(a store.Access, q search.Query) []string {
	w.Helper()
	ids, err := findAll(w, a, q)
	require.NoError(w, err)
	return ids
}

// findAll pages through a query until its end, demanding what every page must hold.
func findAll(w *world, a store.Access, q search.Query) ([]string, error) {
	ids := []string{}
	for after := store.Position(""); ; {
		page, err := w.Search(w.Context(), a, &q, after)
		if err != nil {
			return nil, fmt.Errorf("search %s: %w", q.Type, err)
		}
		require.LessOrEqual(w, len(page.Records), q.Count)
		for _, r := range page.Records {
			require.Equal(w, q.Type, r.Type)
			require.False(w, r.Deleted)
			ids = append(ids, r.ID)
		}
		if page.Next == "" {
			return ids, nil
		}
		require.Len(w, page.Records, q.Count, "a page with a next page is full")
		after = page.Next
	}
}

// count counts a query.
func (w *world) count(a store.Access, q search.Query) int64 {
	w.Helper()
	n, err := w.Count(w.Context(), a, &q)
	require.NoError(w, err)
	return n
}
