// Package storetest is the executable form of the storage contract: a suite that every backend passes whole, and a small
// store in memory that the suite holds against the backend.
//
// It owns the categories of the contract (versions, preconditions, conflicts, races, paging under writes, search …), the
// random operation sequences and the benchmarks that backends share. It knows no backend: what only one backend can do
// is asked for by an Option, and what only one backend can break is tested beside that backend.
//
//	func TestContract(t *testing.T) {
//		storetest.Run(t, func(t *testing.T) store.Store {
//			st, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "claims.db"))
//			require.NoError(t, err)
//			return st
//		})
//	}
package storetest
