package sqlite

import (
	"fmt"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"claimwright/fhir/search"
	"claimwright/store"
	"claimwright/store/sqlite/internal/native"
)

// TestHotKeyIsCompact: a term that thousands of resources share, each committed alone, takes few rows, and a selective
// search beside it reads few of them.
func TestHotKeyIsCompact(t *testing.T) {
	const n = 3000
	st := openIn(t, newPath(t))
	defer func() { require.NoError(t, st.Close()) }()
	for first := 0; first < n; first += 100 {
		var batch []*request
		for i := first; i < first+100; i++ {
			w := patientWrite(store.Key{Type: "Patient", ID: uuid.Must(uuid.NewV7()).String()}, 1, "active")
			w.Values.Terms = append(w.Values.Terms, search.Term{Param: "number", Text: fmt.Sprint(i)})
			c := store.Commit{ID: store.NewCommitID(), Resources: []store.Write{w}}
			batch = append(batch, &request{commit: st.prepare(&c), outcome: make(chan error, 1)})
		}
		onWriter(t, st, func(w *writer) error {
			for i := range batch { // groups of one
				w.writeGroup(batch[i : i+1 : i+1])
			}
			return nil
		})
	}
	onWriter(t, st, (*writer).drain)
	hot := st.keys.key(kindTerm, "Patient", "status", "active")
	require.NoError(t, st.inSnapshot(t.Context(), func(sn *snapshot) error {
		blocks := 0
		err := sn.maintain(fmt.Sprintf("SELECT count(*) FROM posting WHERE key = %d", int64(hot)), func(q *native.Stmt) error {
			return eachRow(q, func() error { blocks = int(q.IntAt(0)); return nil })
		})
		require.NoError(t, err)
		require.Less(t, blocks, n/100)

		list := sn.postings(hot)
		require.Len(t, all(t, list), n)
		q := statusQuery("active")
		q.Where = append(q.Where, search.Clause{AnyOf: []search.Condition{{Kind: search.HasTerm, Param: "number", Text: "1234"}}})
		x := st.execution(t.Context(), sn, q, store.System())
		set, err := x.matches()
		require.NoError(t, err)
		require.Len(t, all(t, set), 1)
		return nil
	}))
}
