package sqlite

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/store"
	"claimwright/store/sqlite/internal/native"
)

// onWriter runs something on the writer's goroutine.
func onWriter(t *testing.T, st *Store, task func(w *writer) error) {
	t.Helper()
	require.NoError(t, st.hand(t.Context(), &request{task: func() error { return task(st.writer) }}))
}

// limitPages lets the file grow by no more than some pages, as a full disk would.
func limitPages(t *testing.T, st *Store, more int64) {
	onWriter(t, st, func(w *writer) error {
		pages, err := pragma(w.conn, "page_count")
		if err != nil {
			return err
		}
		return w.conn.Exec(fmt.Sprintf("PRAGMA max_page_count = %d", pages+more))
	})
}

// incompressible makes a body that is stored as long as it is; its noise is the same in every run.
func incompressible(size int) []byte {
	noise := make([]byte, size/2)
	_, _ = rand.NewChaCha8([32]byte{}).Read(noise) // never fails
	return fmt.Appendf(nil, `{"noise":"%x"}`, noise)
}

func TestFullDisk(t *testing.T) {
	st := openIn(t, newPath(t), WithOverlay(1))
	defer func() { require.NoError(t, st.Close()) }()
	write := func(id string, size int) error {
		w := patientWrite(store.Key{Type: "Patient", ID: id}, 1, "active")
		w.Body = incompressible(size)
		return st.Commit(t.Context(), store.Commit{
			ID: store.NewCommitID(), Resources: []store.Write{w},
			Internals: []store.InternalWrite{{Key: store.InternalKey{Space: store.SpaceHead, ID: id}, Version: 1}},
		})
	}
	require.NoError(t, write("before", 100))
	limitPages(t, st, 10)
	err := write("too-large", 200_000)
	require.True(t, native.IsFull(err), err)
	require.NotErrorIs(t, err, store.ErrConflict)
	require.NotErrorIs(t, err, store.ErrUnknown)
	require.Error(t, st.Health(t.Context()))
	requireCount(t, st, 1, "active")
	recs, err := st.Get(t.Context(), store.System(), store.Key{Type: "Patient", ID: "too-large"})
	require.NoError(t, err)
	require.Nil(t, recs[0])
	head, err := st.Internals(t.Context(), store.System(), store.InternalKey{Space: store.SpaceHead, ID: "too-large"})
	require.NoError(t, err)
	require.Zero(t, head[0].Version)

	limitPages(t, st, 10_000)
	require.NoError(t, st.Health(t.Context()))
	require.NoError(t, write("too-large", 200_000))
	requireCount(t, st, 2, "active")
	requireSound(t, st)
}

// TestFullDiskFailsTheGroup: when the disk fails, every member of the group fails, and none of it is found, while
// members that conflict are told so.
func TestFullDiskFailsTheGroup(t *testing.T) {
	st := openIn(t, newPath(t))
	defer func() { require.NoError(t, st.Close()) }()
	limitPages(t, st, 20)
	var batch []*request
	for i := range 10 {
		w := patientWrite(store.Key{Type: "Patient", ID: fmt.Sprint("p", i)}, 1, "active")
		if i == 9 {
			w.Version = 2
		}
		w.Body = incompressible(20_000)
		c := store.Commit{ID: store.NewCommitID(), Resources: []store.Write{w}}
		batch = append(batch, &request{commit: st.prepare(&c), outcome: make(chan error, 1)})
	}
	onWriter(t, st, func(w *writer) error {
		w.writeGroup(append([]*request(nil), batch...))
		return nil
	})
	for i, r := range batch {
		err := <-r.outcome
		require.Equal(t, i == 9, isConflict(err), "%d: %v", i, err)
		require.Equal(t, i != 9, native.IsFull(err), "%d: %v", i, err)
	}
	requireCount(t, st, 0, "active")
	stats, err := st.Stats(t.Context())
	require.NoError(t, err)
	require.Zero(t, stats.Versions)
}

// TestFullDiskAtCommit: where the disk is full at the very end, it is still certain that nothing was applied.
func TestFullDiskAtCommit(t *testing.T) {
	st := openIn(t, newPath(t))
	defer func() { require.NoError(t, st.Close()) }()
	var commit *native.Stmt
	onWriter(t, st, func(w *writer) error {
		full, err := w.conn.Prepare("INSERT INTO setting VALUES ('large', zeroblob(1000000))")
		commit, w.commit = w.commit, full
		return err
	})
	limitPages(t, st, 50)
	c := store.Commit{ID: store.NewCommitID(), Resources: []store.Write{patientWrite(store.Key{Type: "Patient", ID: "p"}, 1, "active")}}
	err := st.Commit(t.Context(), c)
	require.True(t, native.IsFull(err), err)
	require.NotErrorIs(t, err, store.ErrUnknown)
	onWriter(t, st, func(w *writer) error { w.commit = commit; return nil })
	known, err := st.Committed(t.Context(), c.ID)
	require.NoError(t, err)
	require.False(t, known)
	require.NoError(t, st.Commit(t.Context(), c))
	require.NoError(t, st.Health(t.Context()))
}

// TestFaultOfCommit: when the disk fails while a group is synced, nobody knows whether it is there. The store says so and
// does nothing more until it is opened anew.
func TestFaultOfCommit(t *testing.T) {
	path := newPath(t)
	st := openIn(t, path)
	onWriter(t, st, func(w *writer) error {
		broken, err := w.conn.Prepare("INSERT INTO setting VALUES ('secret', x'')") // is there already, so this fails
		w.commit = broken
		return err
	})
	c := store.Commit{ID: store.NewCommitID(), Resources: []store.Write{patientWrite(store.Key{Type: "Patient", ID: "p"}, 1, "active")}}
	require.ErrorIs(t, st.Commit(t.Context(), c), store.ErrUnknown)
	_, err := st.Committed(t.Context(), c.ID)
	require.ErrorIs(t, err, store.ErrUnknown)
	require.Error(t, st.Health(t.Context()))
	next := store.Commit{ID: store.NewCommitID(), Resources: []store.Write{patientWrite(store.Key{Type: "Patient", ID: "q"}, 1, "active")}}
	err = st.Commit(t.Context(), next)
	require.ErrorContains(t, err, "opened anew")
	require.NotErrorIs(t, err, store.ErrUnknown, "it was not even tried")
	require.NoError(t, st.Close())

	st = openIn(t, path)
	defer func() { require.NoError(t, st.Close()) }()
	require.NoError(t, st.Health(t.Context()))
	known, err := st.Committed(t.Context(), c.ID)
	require.NoError(t, err)
	require.False(t, known)
	require.NoError(t, st.Commit(t.Context(), c))
}

// TestLeavingTheQueue: whoever leaves before the writer has taken his commit has committed nothing.
func TestLeavingTheQueue(t *testing.T) {
	st := openIn(t, newPath(t))
	defer func() { require.NoError(t, st.Close()) }()
	entered, leave := make(chan struct{}), make(chan struct{})
	busy := make(chan error, 1)
	go func() {
		busy <- st.hand(context.Background(), &request{task: func() error {
			close(entered)
			<-leave
			return nil
		}})
	}()
	<-entered
	ctx, cancel := context.WithCancel(t.Context())
	c := store.Commit{ID: store.NewCommitID(), Resources: []store.Write{patientWrite(store.Key{Type: "Patient", ID: "p"}, 1, "active")}}
	left := make(chan error, 1)
	go func() { left <- st.Commit(ctx, c) }()
	cancel()
	require.ErrorIs(t, <-left, context.Canceled)
	close(leave)
	require.NoError(t, <-busy)
	requireCount(t, st, 0, "active")
	known, err := st.Committed(t.Context(), c.ID)
	require.NoError(t, err)
	require.False(t, known)
}
