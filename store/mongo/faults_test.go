package mongo_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/search"
	"claimwright/store"
	"claimwright/store/mongo"
	"claimwright/store/mongo/mongotest"
)

// The faults that a cluster shows its clients: write conflict, lock timeout, shutdown, step down, unknown transaction,
// a connection that breaks before or after the server did what it was asked. How often real servers show them, and in
// which order during an election, the stand-in cannot tell.
const (
	lockTimeout      = 24
	cursorNotFound   = 43
	writeConflict    = 112
	noTransaction    = 251
	historyLost      = 286
	notPrimary       = 10107
	interruptedAtEnd = 11600
)

// work is a commit of some kind, and what must be there when it was applied exactly once.
type work struct {
	name   string
	commit store.Commit
}

var patient = store.Key{Type: "Patient", ID: "p1"}

// works are a create and an update without a transaction, and one with.
func works() []work {
	version := func(k store.Key, n int64) store.Write {
		return store.Write{Key: k, Version: n, Body: fmt.Appendf(nil, `{"resourceType":"Patient","v":%d}`, n)}
	}
	return []work{
		{"create", store.Commit{ID: "create", Resources: []store.Write{version(store.Key{Type: "Patient", ID: "p2"}, 1)}}},
		{"update", store.Commit{ID: "update", Resources: []store.Write{version(patient, 2)}}},
		{"transaction", store.Commit{
			ID:        "transaction",
			Resources: []store.Write{version(patient, 2), version(store.Key{Type: "Patient", ID: "p2"}, 1)},
			Internals: []store.InternalWrite{{Key: store.InternalKey{Space: store.SpaceHead, ID: "h"}, Version: 2, Data: []byte("2")}},
			Requires:  []store.Precondition{{Key: store.Key{Type: "Patient", ID: "p3"}}},
		}},
	}
}

// prepared is a store with what the works build on.
func prepared(t *testing.T, opts ...mongo.Option) (*mongo.Store, *mongotest.Server) {
	st, server := openShim(t, opts...)
	require.NoError(t, st.Commit(t.Context(), store.Commit{
		ID:        "prepared",
		Resources: []store.Write{{Key: patient, Version: 1, Body: []byte(`{"resourceType":"Patient","v":1}`)}},
		Internals: []store.InternalWrite{{Key: store.InternalKey{Space: store.SpaceHead, ID: "h"}, Version: 1, Data: []byte("1")}},
	}))
	return st, server
}

// requireApplied demands that a work's commit is there whole, or not at all.
func requireApplied(t *testing.T, st *mongo.Store, w work, whole bool) {
	t.Helper()
	for _, write := range w.commit.Resources {
		recs, err := st.Get(t.Context(), store.System(), write.Key)
		require.NoError(t, err)
		if whole {
			require.NotNil(t, recs[0])
			require.Equal(t, write.Version, recs[0].Version)
			require.Equal(t, string(write.Body), string(recs[0].Body))
		} else {
			require.True(t, recs[0] == nil || recs[0].Version == write.Version-1)
		}
	}
	for _, write := range w.commit.Internals {
		found, err := st.Internals(t.Context(), store.System(), write.Key)
		require.NoError(t, err)
		require.Equal(t, whole, found[0].Version == write.Version)
	}
	done, err := st.Committed(t.Context(), w.commit.ID)
	require.NoError(t, err)
	require.Equal(t, whole, done)
	require.NoError(t, st.Verify(t.Context(), func(f store.Finding) { require.Failf(t, "finding", "%v", f) }, func(store.Progress) {}))
}

func TestPassingFaultsAreOvercome(t *testing.T) {
	t.Parallel()
	faults := map[string]mongotest.FailPoint{
		"write conflict":                   {ErrorCode: writeConflict},
		"lock timeout":                     {ErrorCode: lockTimeout},
		"shutdown":                         {ErrorCode: interruptedAtEnd},
		"step down":                        {ErrorCode: notPrimary},
		"connection lost before":           {CloseConnection: true},
		"connection lost after":            {CloseConnection: true, AfterApply: true},
		"unknown transaction, as labelled": {ErrorCode: noTransaction, Labels: []string{"TransientTransactionError"}},
	}
	for name, fault := range faults {
		for _, command := range []string{"insert", "update", "find", "commitTransaction"} {
			for _, w := range works() {
				for skip := range 3 {
					t.Run(fmt.Sprintf("%s/%s %d/%s", name, command, skip, w.name), func(t *testing.T) {
						t.Parallel()
						outsideTransaction := w.name != "transaction"
						if outsideTransaction && (fault.ErrorCode == noTransaction || fault.ErrorCode == lockTimeout) {
							return // MongoDB has these in transactions only
						}
						if outsideTransaction && command == "find" && fault.ErrorCode == writeConflict {
							return // plain reads never conflict
						}
						st, server := prepared(t)
						p := fault
						p.Commands, p.Times, p.Skip = []string{command}, 1, skip
						server.Fail(p)
						require.NoError(t, st.Commit(t.Context(), w.commit))
						server.ForgetFaults()
						requireApplied(t, st, w, true)
					})
				}
			}
		}
	}
}

func TestUnknownResultOfACommit(t *testing.T) {
	t.Parallel()
	labels := []string{"UnknownTransactionCommitResult"}
	w := works()[2]
	for name, p := range map[string]mongotest.FailPoint{
		"said to be unknown":             {Times: 3, ErrorCode: interruptedAtEnd, Labels: labels},
		"said to be unknown but applied": {Times: 2, ErrorCode: interruptedAtEnd, Labels: labels, AfterApply: true},
		"answer lost":                    {Times: 3, CloseConnection: true, AfterApply: true},
		"question lost":                  {Times: 4, CloseConnection: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			st, server := prepared(t)
			p.Commands = []string{"commitTransaction"}
			server.Fail(p)
			require.NoError(t, st.Commit(t.Context(), w.commit))
			requireApplied(t, st, w, true)
		})
	}
	t.Run("the answers never come, the commit is applied", func(t *testing.T) {
		t.Parallel()
		st, server := prepared(t, mongo.WithAttempts(2, time.Second))
		server.Fail(mongotest.FailPoint{
			Commands: []string{"commitTransaction"}, Times: -1, CloseConnection: true, AfterApply: true,
		})
		require.NoError(t, st.Commit(t.Context(), w.commit), "the commit's id tells")
		requireApplied(t, st, w, true)
	})
	t.Run("nobody can be asked", func(t *testing.T) {
		t.Parallel()
		st, server := prepared(t, mongo.WithAttempts(2, time.Second))
		server.Fail(mongotest.FailPoint{
			Commands: []string{"commitTransaction"}, Times: -1, CloseConnection: true, AfterApply: true,
		})
		server.Fail(mongotest.FailPoint{Commands: []string{"find"}, Skip: 1, Times: -1, ErrorCode: interruptedAtEnd})
		require.ErrorIs(t, st.Commit(t.Context(), w.commit), store.ErrUnknown)
		server.ForgetFaults()
		requireApplied(t, st, w, true)
		require.NoError(t, st.Commit(t.Context(), w.commit), "sent again, applied once")
		requireApplied(t, st, w, true)
	})
}

// A write outside a transaction whose answer never comes.
func TestUnknownResultOfASingleWrite(t *testing.T) {
	t.Parallel()
	for _, applied := range []bool{true, false} {
		for _, w := range works()[:2] {
			t.Run(fmt.Sprintf("%s/applied %t", w.name, applied), func(t *testing.T) {
				t.Parallel()
				st, server := prepared(t, mongo.WithAttempts(3, 5*time.Second))
				command := map[string]string{"create": "insert", "update": "update"}[w.name]
				server.Fail(mongotest.FailPoint{
					Commands: []string{command}, Skip: 1, Times: -1, CloseConnection: true, AfterApply: applied,
				})
				err := st.Commit(t.Context(), w.commit)
				if applied {
					require.NoError(t, err, "the version carries the commit's id")
				} else {
					require.ErrorIs(t, err, store.ErrUnknown)
				}
				server.ForgetFaults()
				requireApplied(t, st, w, applied)
				require.NoError(t, st.Commit(t.Context(), w.commit))
				requireApplied(t, st, w, true)
			})
		}
	}
}

func TestLastingFaults(t *testing.T) {
	t.Parallel()
	w := works()[2]
	for name, c := range map[string]struct {
		point mongotest.FailPoint
		want  error
	}{
		"write conflicts": {mongotest.FailPoint{Commands: []string{"update"}, ErrorCode: writeConflict}, store.ErrConflict},
		"lock timeouts":   {mongotest.FailPoint{Commands: []string{"insert"}, ErrorCode: lockTimeout}, nil},
		"lost connection": {mongotest.FailPoint{Commands: []string{"insert"}, CloseConnection: true}, nil},
		"an unknown kind": {mongotest.FailPoint{Commands: []string{"update"}, ErrorCode: 8000}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			st, server := prepared(t, mongo.WithAttempts(4, 5*time.Second))
			c.point.Times = -1
			server.Fail(c.point)
			err := st.Commit(t.Context(), w.commit)
			require.Error(t, err)
			if c.want != nil {
				require.ErrorIs(t, err, c.want)
			} else {
				require.NotErrorIs(t, err, store.ErrConflict, "deciding again cannot help")
				require.NotErrorIs(t, err, store.ErrUnknown, "nothing was applied")
			}
			server.ForgetFaults()
			requireApplied(t, st, w, false)
			require.NoError(t, st.Commit(t.Context(), w.commit))
		})
	}
}

func TestTheCallerLeavesDuringACommit(t *testing.T) {
	t.Parallel()
	for _, w := range works() {
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			st, server := prepared(t)
			ctx, leave := context.WithCancel(t.Context())
			server.Fail(mongotest.FailPoint{Commands: []string{"insert", "update"}, Times: -1, CloseConnection: true, Then: leave})
			err := st.Commit(ctx, w.commit)
			require.ErrorIs(t, err, context.Canceled)
			server.ForgetFaults()
			requireApplied(t, st, w, false)
		})
	}
}

func TestReadsAreTriedAgain(t *testing.T) {
	t.Parallel()
	st, server := prepared(t)
	server.Fail(mongotest.FailPoint{Commands: []string{"find"}, Times: 1, CloseConnection: true})
	page, err := st.Search(t.Context(), store.System(), &search.Query{Type: "Patient", Count: 5}, "")
	require.NoError(t, err)
	require.Len(t, page.Records, 1)
	server.Fail(mongotest.FailPoint{Commands: []string{"aggregate"}, Times: 1, ErrorCode: interruptedAtEnd})
	n, err := st.Count(t.Context(), store.System(), &search.Query{Type: "Patient"})
	require.NoError(t, err)
	require.EqualValues(t, 1, n)
}

// A cursor that is killed must not look like the end of the data. Pages are read in one batch and have no cursor to kill.
func TestKilledCursors(t *testing.T) {
	t.Parallel()
	st, server := prepared(t)
	writes := make([]store.Write, 300)
	for i := range writes {
		writes[i] = store.Write{Key: store.Key{Type: "Location", ID: fmt.Sprintf("l%03d", i)}, Version: 1, Body: []byte(`{}`)}
	}
	require.NoError(t, st.Commit(t.Context(), store.Commit{ID: "many", Resources: writes}))
	server.Fail(mongotest.FailPoint{Commands: []string{"getMore"}, Times: -1, ErrorCode: cursorNotFound})
	page, err := st.Search(t.Context(), store.System(), &search.Query{Type: "Location", Count: 300}, "")
	require.NoError(t, err)
	require.Len(t, page.Records, 300)
	findings := 0
	err = st.Verify(t.Context(), func(store.Finding) { findings++ }, func(store.Progress) {})
	require.ErrorContains(t, err, "verify Location")
	require.Zero(t, findings)
	server.ForgetFaults()

	feed, err := st.Changes(t.Context(), store.System(), "")
	require.NoError(t, err)
	defer func() { require.NoError(t, feed.Close()) }()
	server.KillCursors()
	require.NoError(t, st.Commit(t.Context(), works()[1].commit))
	change, err := feed.Next(t.Context())
	require.NoError(t, err, "the feed resumes by itself")
	require.Equal(t, patient, change.Record.Key)

	server.Fail(mongotest.FailPoint{Commands: []string{"getMore"}, Times: -1, ErrorCode: historyLost})
	_, err = feed.Next(t.Context())
	require.ErrorIs(t, err, store.ErrCursorLost)
	server.ForgetFaults()
	require.NoError(t, st.Commit(t.Context(), works()[0].commit))
	server.ForgetChanges()
	_, err = st.Changes(t.Context(), store.System(), change.Position)
	require.ErrorIs(t, err, store.ErrCursorLost)
}
