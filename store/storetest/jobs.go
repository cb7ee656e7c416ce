package storetest

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/stretchr/testify/require"

	"claimwright/store"
)

// testJobs: the space of jobs holds what package jobs keeps there: a small record for a job, and parts of a quarter of a
// megabyte that hardly compress, written one by one, read in their order and removed many at once.
func testJobs(w *world) {
	const parts, partBytes = 20, 256 << 10
	noise := rand.NewChaCha8([32]byte{1})
	part := func(n int) string { return fmt.Sprintf("part/a/Patient.1/%08d", n) }
	w.record(internal(store.SpaceJob, "job/a", 1, "waiting"))
	var written []string
	for n := range parts {
		data := make([]byte, partBytes)
		_, err := noise.Read(data)
		require.NoError(w, err)
		w.record(internal(store.SpaceJob, part(n), 1, string(data)))
		written = append(written, string(data))
	}
	w.record(internal(store.SpaceJob, "job/a", 2, "done"), internal(store.SpaceJob, "job/b", 1, "waiting"), internal(store.SpaceJob, "part/b/x/00000000", 1, "x"))
	w.record(internal(store.SpaceHead, "job/a", 1, "of another space"))

	jobs, err := w.ScanInternals(w.Context(), store.System(), store.SpaceJob, "job/", "", 10)
	require.NoError(w, err)
	require.Len(w, jobs, 2, "parts are no jobs")
	require.Equal(w, []string{"job/a", "job/b"}, []string{jobs[0].Key.ID, jobs[1].Key.ID})
	require.Equal(w, []string{"done", "waiting"}, []string{string(jobs[0].Data), string(jobs[1].Data)})
	for n, want := range written {
		if got := string(w.readInternal(store.SpaceJob, part(n)).Data); got != want { // too long to be shown
			require.Fail(w, "a part is not as it was written", "part %d of %d bytes has %d", n, len(want), len(got))
		}
	}

	w.removeParts("part/a/")
	require.Zero(w, w.readInternal(store.SpaceJob, part(0)).Version)
	require.Equal(w, "x", string(w.readInternal(store.SpaceJob, "part/b/x/00000000").Data), "of another job")
	again := store.Commit{ID: store.NewCommitID(), Internals: []store.InternalWrite{{Key: store.InternalKey{Space: store.SpaceJob, ID: part(0)}, Version: 2, Delete: true}}}
	require.ErrorIs(w, w.Commit(w.Context(), again), store.ErrConflict, "another server removed it first")
	late := store.Commit{ID: store.NewCommitID(), Internals: []store.InternalWrite{internal(store.SpaceJob, "job/a", 2, "a server that was late")}}
	require.ErrorIs(w, w.Commit(w.Context(), late), store.ErrConflict)
	require.Equal(w, "of another space", string(w.readInternal(store.SpaceHead, "job/a").Data))
}

// removeParts removes all records of the jobs' space below a prefix, several in a commit.
func (w *world) removeParts(prefix string) {
	w.Helper()
	for {
		found, err := w.ScanInternals(w.Context(), store.System(), store.SpaceJob, prefix, "", 16)
		require.NoError(w, err)
		if len(found) == 0 {
			return
		}
		var removals []store.InternalWrite
		for _, in := range found {
			require.True(w, strings.HasPrefix(in.Key.ID, prefix))
			removals = append(removals, store.InternalWrite{Key: in.Key, Version: in.Version + 1, Delete: true})
		}
		w.record(removals...)
	}
}
