package sqlite

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/search"
	"claimwright/store"
)

// A process under load is killed, again and again, and what it had acknowledged is compared with what is there.
const (
	crashRounds  = 6
	crashWorkers = 8
	// crashFile names the environment variable that makes this test's binary the process that is killed.
	crashFile    = "CLAIMWRIGHT_SQLITE_CRASH_FILE"
	crashOverlay = "CLAIMWRIGHT_SQLITE_CRASH_OVERLAY"
)

func TestMain(m *testing.M) {
	if path := os.Getenv(openOnly); path != "" {
		if err := openAndClose(path); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	if path := os.Getenv(crashFile); path != "" {
		overlay, err := strconv.Atoi(os.Getenv(crashOverlay))
		if err == nil {
			err = commitUntilKilled(path, overlay)
		}
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// commitUntilKilled commits from several workers and writes a line to standard output for each acknowledgement.
func commitUntilKilled(path string, overlay int) error {
	ctx := context.Background()
	st, err := Open(ctx, path, WithOverlay(overlay))
	if err != nil {
		return err
	}
	failed := make(chan error, crashWorkers)
	for worker := range crashWorkers {
		head, err := st.Internals(ctx, store.System(), crashHead(worker))
		if err != nil {
			return err
		}
		go func() {
			for n := head[0].Version + 1; ; n++ {
				if err := st.Commit(ctx, crashCommit(worker, n)); err != nil {
					failed <- err
					return
				}
				// One write call for each line: the pipe keeps it whole, and what is in the pipe was acknowledged.
				fmt.Printf("%d %d\n", worker, n)
			}
		}()
	}
	return <-failed
}

func crashHead(worker int) store.InternalKey {
	return store.InternalKey{Space: store.SpaceHead, ID: fmt.Sprintf("worker-%d", worker)}
}

func crashEntry(worker int, n int64) store.InternalKey {
	return store.InternalKey{Space: store.SpaceEntry, ID: fmt.Sprintf("worker-%d/%06d", worker, n)}
}

func crashKeys(worker int, n int64) []store.Key {
	id := fmt.Sprintf("c-%d-%d", worker, n)
	return []store.Key{{Type: "Claim", ID: id}, {Type: "ClaimResponse", ID: id}, {Type: "Patient", ID: fmt.Sprintf("p-%d", worker)}}
}

// crashCommit writes the n-th claim of a worker with its response, the worker's patient anew, its head and an entry.
func crashCommit(worker int, n int64) store.Commit {
	c := store.Commit{ID: store.NewCommitID(), ExtractorVersion: 1, Internals: []store.InternalWrite{
		{Key: crashHead(worker), Version: n, Data: fmt.Append(nil, n)},
		{Key: crashEntry(worker, n), Version: 1, Data: fmt.Append(nil, n)},
	}}
	for i, k := range crashKeys(worker, n) {
		w := store.Write{Key: k, Version: 1, Updated: moment(1_790_000_000_000 + n), Body: fmt.Appendf(nil, `{"n":%d,"pad":"%01500d"}`, n, n)}
		if i == 2 {
			w.Version = n
		}
		w.Values = &search.Values{
			Terms:  []search.Term{{Param: "worker", Text: fmt.Sprint(worker)}, {Param: "n", Text: fmt.Sprint(n)}},
			Ranges: []search.Range{{Param: "n", Lo: float64(n), Hi: float64(n)}},
			Sorts:  []search.Sortable{{Param: "n", IsNum: true, NumMin: float64(n), NumMax: float64(n)}},
		}
		c.Resources = append(c.Resources, w)
	}
	return c
}

func TestKilledUnderLoad(t *testing.T) {
	path := newPath(t)
	acknowledged := make([]int64, crashWorkers)
	for round := range crashRounds {
		overlay := []int{1, 30_000, 200_000}[round%3]
		runAndKill(t, path, overlay, 150+97*round, acknowledged)
		requireAcknowledged(t, path, acknowledged)
	}
}

// runAndKill lets a process commit, kills it after some acknowledgements, and notes all that it gave.
func runAndKill(t *testing.T, path string, overlay, after int, acknowledged []int64) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), crashFile+"="+path, fmt.Sprintf("%s=%d", crashOverlay, overlay))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	lines := bufio.NewScanner(out)
	for seen := 0; lines.Scan(); seen++ {
		var worker int
		var n int64
		_, err := fmt.Sscan(lines.Text(), &worker, &n)
		require.NoError(t, err, lines.Text())
		require.Equal(t, acknowledged[worker]+1, n, "acknowledged in order")
		acknowledged[worker] = n
		if seen == after {
			require.NoError(t, cmd.Process.Kill())
		}
	}
	require.Error(t, cmd.Wait(), "it was killed")
}

// requireAcknowledged demands that what was acknowledged is there, that nothing is there by halves, and that the store
// finds nothing wrong with itself.
func requireAcknowledged(t *testing.T, path string, acknowledged []int64) {
	t.Helper()
	ctx := t.Context()
	st := openIn(t, path)
	defer func() { require.NoError(t, st.Close()) }()
	total := int64(0)
	for worker := range crashWorkers {
		head, err := st.Internals(ctx, store.System(), crashHead(worker))
		require.NoError(t, err)
		have := head[0].Version
		require.GreaterOrEqual(t, have, acknowledged[worker], "an acknowledged commit is lost")
		require.LessOrEqual(t, have, acknowledged[worker]+1, "each worker had one commit under way")
		acknowledged[worker] = have
		total += have
		for n := max(1, have-50); n <= have+1; n++ {
			requireWhole(t, st, worker, n, n <= have)
		}
		entries, err := st.ScanInternals(ctx, store.System(), store.SpaceEntry, fmt.Sprintf("worker-%d/", worker), "", int(have)+10)
		require.NoError(t, err)
		require.Len(t, entries, int(have))
		found, err := st.Count(ctx, store.System(), &search.Query{Type: "Claim", Where: []search.Clause{{AnyOf: []search.Condition{
			{Kind: search.HasTerm, Param: "worker", Text: fmt.Sprint(worker)},
		}}}})
		require.NoError(t, err)
		require.Equal(t, have, found)
	}
	stats, err := st.Stats(ctx)
	require.NoError(t, err)
	require.Equal(t, 3*total, stats.Versions)
	requireSound(t, st)
}

// requireWhole demands all of a commit or nothing of it.
func requireWhole(t *testing.T, st *Store, worker int, n int64, there bool) {
	t.Helper()
	keys := crashKeys(worker, n)
	recs, err := st.Get(t.Context(), store.System(), keys[:2]...)
	require.NoError(t, err)
	entry, err := st.Internals(t.Context(), store.System(), crashEntry(worker, n))
	require.NoError(t, err)
	patient, err := st.Version(t.Context(), store.System(), keys[2], n)
	require.NoError(t, err)
	require.Equal(t, there, recs[0] != nil)
	require.Equal(t, there, recs[1] != nil)
	require.Equal(t, there, entry[0].Version == 1)
	require.Equal(t, there, patient != nil)
}

func requireSound(t testing.TB, st *Store) {
	t.Helper()
	require.NoError(t, st.Verify(t.Context(),
		func(f store.Finding) { require.Failf(t, "finding", "%s: %s", f.Key, f.Text) }, func(store.Progress) {}))
}
