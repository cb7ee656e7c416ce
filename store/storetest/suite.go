package storetest

import (
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/store"
)

// Opener makes a store that is empty and shares nothing with the ones made before. The suite closes it.
type Opener func(t *testing.T) store.Store

// Option tells the suite what a backend offers beyond the contract, or does not claim.
type Option func(*suite)

// WithReopen tells how to close a store and open the same data again; it turns on the tests of durability.
func WithReopen(reopen func(t *testing.T, st store.Store) store.Store) Option {
	return func(s *suite) { s.reopen = reopen }
}

// WithRestore tells how to open a store from what Backup wrote; it turns on the test of backups. Without it the suite
// expects Backup to answer ErrNotOffered.
func WithRestore(restore func(t *testing.T, backup io.Reader) store.Store) Option {
	return func(s *suite) { s.restore = restore }
}

// Without leaves out a category that a backend does not claim. The reason is printed as the test's skip message, so that
// nothing is left out silently.
func Without(category, reason string) Option {
	return func(s *suite) { s.without[category] = reason }
}

type suite struct {
	open    Opener
	reopen  func(t *testing.T, st store.Store) store.Store
	restore func(t *testing.T, backup io.Reader) store.Store
	without map[string]string
}

type category struct {
	name string
	run  func(t *testing.T, s *suite)
}

func categories() []category {
	return []category{
		{"versions", testVersions},
		{"preconditions", testPreconditions},
		{"conflicts", testConflicts},
		{"unknown", testUnknown},
		{"races", testRaces},
		{"paging", testPaging},
		{"behind", testBehind},
		{"search", testSearch},
		{"sorting", testSorting},
		{"index", testIndex},
		{"history", testHistory},
		{"internals", testInternals},
		{"access", testAccess},
		{"changes", testChanges},
		{"reindex", testReindex},
		{"maintenance", testMaintenance},
		{"durability", testDurability},
		{"closed", testClosed},
		{"sequences", testSequences},
	}
}

// Run holds a backend against the contract, one subtest per category.
func Run(t *testing.T, open func(t *testing.T) store.Store, opts ...Option) {
	s := &suite{open: open, without: map[string]string{}}
	for _, o := range opts {
		o(s)
	}
	for _, c := range categories() {
		t.Run(c.name, func(t *testing.T) {
			if reason, left := s.without[c.name]; left {
				t.Skipf("category %s is not claimed: %s", c.name, reason)
			}
			c.run(t, s)
		})
	}
}

// fresh opens an empty store for one test and closes it at the end.
func (s *suite) fresh(t *testing.T) *world {
	t.Helper()
	st := s.open(t)
	t.Cleanup(func() { closeQuietly(t, st) })
	return newWorld(t, st)
}

// closeQuietly closes a store that the test may have closed itself.
func closeQuietly(t *testing.T, st store.Store) {
	t.Helper()
	if err := st.Close(); err != nil {
		require.ErrorIs(t, err, store.ErrClosed)
	}
}
