package sqlite

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/search"
	"claimwright/store"
	"claimwright/store/sqlite/internal/native"
)

// openOnly names the environment variable that makes this test's binary a second process that opens a file.
const openOnly = "CLAIMWRIGHT_SQLITE_OPEN_FILE"

func TestFileOfAnotherStore(t *testing.T) {
	path := newPath(t)
	st := openIn(t, path)
	_, err := Open(t.Context(), path)
	require.ErrorIs(t, err, ErrInUse)

	link := filepath.Join(t.TempDir(), "link.db")
	require.NoError(t, os.Symlink(path, link))
	_, err = Open(t.Context(), link)
	require.ErrorIs(t, err, ErrInUse, "by whatever name")

	out, err := otherProcess(path).CombinedOutput()
	require.Error(t, err)
	require.Contains(t, string(out), ErrInUse.Error())
	require.Contains(t, string(out), path)

	require.NoError(t, st.Close())
	out, err = otherProcess(path).CombinedOutput()
	require.NoError(t, err, string(out))
	require.NoError(t, openIn(t, path).Close())
}

func otherProcess(path string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), openOnly+"="+path)
	return cmd
}

// openAndClose is what the other process does.
func openAndClose(path string) error {
	st, err := Open(context.Background(), path)
	if err != nil {
		return err
	}
	return st.Close()
}

func TestFileOfAnotherFormat(t *testing.T) {
	exec := func(t *testing.T, script string) string {
		path := newPath(t)
		c, err := native.Open(path, native.ReadWrite)
		require.NoError(t, err)
		require.NoError(t, c.Exec(script))
		require.NoError(t, c.Close())
		return path
	}
	t.Run("newer", func(t *testing.T) {
		path := newPath(t)
		require.NoError(t, openIn(t, path).Close())
		c, err := native.Open(path, native.ReadWrite)
		require.NoError(t, err)
		require.NoError(t, c.Exec(fmt.Sprintf("PRAGMA user_version = %d", formatVersion+1)))
		require.NoError(t, c.Close())
		_, err = Open(t.Context(), path)
		require.ErrorIs(t, err, store.ErrNewerFormat)
	})
	t.Run("of another program", func(t *testing.T) {
		_, err := Open(t.Context(), exec(t, "CREATE TABLE theirs (x)"))
		require.ErrorContains(t, err, "another program")
		_, err = Open(t.Context(), exec(t, "PRAGMA application_id = 7; CREATE TABLE theirs (x)"))
		require.ErrorContains(t, err, "another program")
	})
	t.Run("no database", func(t *testing.T) {
		path := newPath(t)
		require.NoError(t, os.WriteFile(path, []byte("This is a letter, and not a short one, to whom it may concern."), 0o600))
		_, err := Open(t.Context(), path)
		require.True(t, native.IsCorrupt(err), err)
		left, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Contains(t, string(left), "letter", "what is not ours stays as it is")
	})
	t.Run("no file", func(t *testing.T) {
		for _, path := range []string{"", ":memory:", filepath.Join(t.TempDir(), "none", "x.db"), t.TempDir()} {
			_, err := Open(t.Context(), path)
			require.Error(t, err, path)
		}
	})
	t.Run("the caller left", func(t *testing.T) {
		ctx, leave := context.WithCancel(t.Context())
		leave()
		_, err := Open(ctx, newPath(t))
		require.ErrorIs(t, err, context.Canceled)
	})
}

// TestReopenUnmerged: what waits in the overlays is found after reopening, whichever part of it had been merged.
func TestReopenUnmerged(t *testing.T) {
	path := newPath(t)
	options := []Option{WithOverlay(40_000), WithCache(0, 0)}
	total := 0
	for round := range 6 {
		st := openIn(t, path, options...)
		for i := range 40 {
			k := store.Key{Type: "Patient", ID: fmt.Sprintf("p-%d-%d", round, i)}
			require.NoError(t, st.Commit(t.Context(), store.Commit{
				ID: store.NewCommitID(), Resources: []store.Write{patientWrite(k, 1, "active")},
				Internals: []store.InternalWrite{{Key: store.InternalKey{Space: store.SpaceHead, ID: k.ID}, Version: 1, Data: []byte(k.ID)}},
			}))
			total++
		}
		half := store.Key{Type: "Patient", ID: fmt.Sprintf("p-%d-%d", round, 20)}
		require.NoError(t, st.Commit(t.Context(), store.Commit{
			ID: store.NewCommitID(), Resources: []store.Write{patientWrite(half, 2, "retired")},
		}))
		require.NoError(t, st.Close())
		st = openIn(t, path, options...)
		requireCount(t, st, total-round-1, "active")
		requireCount(t, st, round+1, "retired")
		heads, err := st.ScanInternals(t.Context(), store.System(), store.SpaceHead, "", "", 1000)
		require.NoError(t, err)
		require.Len(t, heads, total)
		requireSound(t, st)
		require.NoError(t, st.Close())
	}
}

// patientWrite makes a write that is found by its status and sorted by its id.
func patientWrite(k store.Key, version int64, status string) store.Write {
	return store.Write{
		Key: k, Version: version, Updated: moment(1_790_000_000_000 + version), Body: fmt.Appendf(nil, `{"status":%q}`, status),
		Values: &search.Values{
			Terms: []search.Term{{Param: "status", Text: status}},
			Sorts: []search.Sortable{{Param: "key", TextMin: k.ID, TextMax: k.ID}},
		},
	}
}

func statusQuery(status string) *search.Query {
	return &search.Query{Type: "Patient", Count: 50, Where: []search.Clause{{AnyOf: []search.Condition{
		{Kind: search.HasTerm, Param: "status", Text: status},
	}}}}
}

func requireCount(t testing.TB, st *Store, want int, status string) {
	t.Helper()
	n, err := st.Count(t.Context(), store.System(), statusQuery(status))
	require.NoError(t, err)
	require.EqualValues(t, want, n, status)
}
