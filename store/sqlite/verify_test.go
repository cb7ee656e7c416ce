package sqlite

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/search"
	"claimwright/store"
)

// TestVerifyFinds: whatever is changed behind the store's back is found and named.
func TestVerifyFinds(t *testing.T) {
	cases := []struct{ name, damage, key, text string }{
		{"a version that is gone", "DELETE FROM version WHERE seq = 2", "Patient/p0", "is not row"},
		{"a version too many", "UPDATE version SET version = 3 WHERE seq = 2", "Patient/p0", "does not follow"},
		{"a resource that points elsewhere", "UPDATE resource SET seq = 1 WHERE id = 'p0'", "Patient/p0", "which is current"},
		{"a resource that is gone", "DELETE FROM resource WHERE id = 'p1'", "number", "does not follow"},
		{"a wrong count", "UPDATE state SET resources = 77", "state", "there are 3 resources, not 77"},
		{"an internal record that is gone", "DELETE FROM internal WHERE id = 'h'", "state", "internal records"},
		{"a list that lacks a resource", "DELETE FROM posting WHERE rowid_ IN (SELECT 1)", "Patient/p", "lacks an entry of kind t"},
		{"a range that is gone", "DELETE FROM span", "Patient/p", "lacks an entry of kind r"},
		{"a range too many", "INSERT INTO span SELECT key, level, lo, hi, rid + 1000 FROM span", "index", "points to resource"},
		{"a string that is gone", "DELETE FROM phrase", "Patient/p", "lacks an entry of kind s"},
		{"a column that is gone", "DELETE FROM sorting", "Patient/p", "lacks an entry of kind c"},
		{"a block that is cut", "UPDATE posting SET data = substr(data, 2)", "index", "damaged"},
		{"entries that are cut", "UPDATE version SET entries = x'05' WHERE seq = 3", "Patient/p1", "damaged"},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			st := openIn(t, newPath(t))
			defer func() { require.NoError(t, st.Close()) }()
			fillForVerify(t, st)
			requireSound(t, st)
			damage := strings.Replace(tc.damage, "rowid_ IN (SELECT 1)", "key IN (SELECT key FROM posting LIMIT 1)", 1)
			onWriter(t, st, func(w *writer) error { return w.conn.Exec(damage) })
			var found []string
			require.NoError(t, st.Verify(t.Context(), func(f store.Finding) { found = append(found, f.Key+": "+f.Text) }, func(store.Progress) {}))
			require.Condition(t, func() bool {
				for _, f := range found {
					if strings.Contains(f, tc.key) && strings.Contains(f, tc.text) {
						return true
					}
				}
				return false
			}, "want %q of %q, found:\n%s", tc.text, tc.key, strings.Join(found, "\n"))
		})
	}
}

// fillForVerify stores p0 in two versions, p1 and p2, and an internal record.
func fillForVerify(t *testing.T, st *Store) {
	for i, version := range []int64{1, 2, 1, 1} {
		w := patientWrite(store.Key{Type: "Patient", ID: fmt.Sprint("p", max(0, i-1))}, version, fmt.Sprint("v", version))
		w.Values.Ranges = []search.Range{{Param: "born", Lo: float64(i), Hi: float64(i + 1)}}
		w.Values.Strings = []search.Text{{Param: "name", Folded: fmt.Sprint("n", i), Exact: "N"}}
		require.NoError(t, st.Commit(t.Context(), store.Commit{ID: store.NewCommitID(), Resources: []store.Write{w}}))
	}
	require.NoError(t, st.Commit(t.Context(), store.Commit{ID: store.NewCommitID(), Internals: []store.InternalWrite{
		{Key: store.InternalKey{Space: store.SpaceHead, ID: "h"}, Version: 1},
	}}))
}

func TestVerifyLeft(t *testing.T) {
	st := openIn(t, newPath(t))
	defer func() { require.NoError(t, st.Close()) }()
	fillForVerify(t, st)
	ctx, leave := context.WithCancel(t.Context())
	err := st.Verify(ctx, func(store.Finding) {}, func(p store.Progress) {
		if p.Stage == "counts" {
			leave()
		}
	})
	require.ErrorIs(t, err, context.Canceled)
}
