package sqlite

import (
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/store"
	"claimwright/store/storetest"
)

// openIn opens a store in a folder of the test.
func openIn(t testing.TB, path string, opts ...Option) *Store {
	t.Helper()
	st, err := Open(t.Context(), path, opts...)
	require.NoError(t, err)
	return st
}

func newPath(t testing.TB) string { return filepath.Join(t.TempDir(), "claims.db") }

// contract runs the suite with stores that are opened with the given options.
func contract(t *testing.T, opts ...Option) {
	storetest.Run(t, func(t *testing.T) store.Store { return openIn(t, newPath(t), opts...) },
		storetest.WithReopen(func(t *testing.T, st store.Store) store.Store {
			require.NoError(t, st.Close())
			return openIn(t, st.(*Store).path, opts...)
		}),
		storetest.WithRestore(func(t *testing.T, backup io.Reader) store.Store {
			path := newPath(t)
			f, err := os.Create(path)
			require.NoError(t, err)
			_, err = io.Copy(f, backup)
			require.NoError(t, err)
			require.NoError(t, f.Close())
			return openIn(t, path, opts...)
		}))
}

func TestContract(t *testing.T) { contract(t) }

// TestContractMerging runs the suite with overlays so small and caches so empty that everything is merged and read from
// the file at once.
func TestContractMerging(t *testing.T) {
	contract(t, WithOverlay(1), WithCache(0, 0), WithReaders(1))
}

// TestContractBounded runs the suite with limits so low that searches take the ways that are meant for large stores.
func TestContractBounded(t *testing.T) {
	contract(t, withLimits(limits{collect: 3, misses: 2, matches: 10_000, rows: 10_000, walkAbove: 1, walk: 6, lookups: 10_000}))
}

func withLimits(l limits) Option { return func(o *options) { o.limits = l } }
