package memory_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/search"
	"claimwright/store"
	"claimwright/store/memory"
	"claimwright/store/storetest"
)

func TestContract(t *testing.T) {
	storetest.Run(t, func(*testing.T) store.Store { return memory.New() },
		storetest.Without("durability", "memory forgets when it is closed"))
}

// TestSearchedBeforeAndAfter holds the index that the first search makes against what is written before and after it.
func TestSearchedBeforeAndAfter(t *testing.T) {
	st := memory.New()
	put := func(id string, version int64, terms ...string) {
		v := &search.Values{}
		for _, text := range terms {
			v.Terms = append(v.Terms, search.Term{Param: "identifier", Text: text}, search.Term{Param: "status", Text: "active"})
		}
		require.NoError(t, st.Commit(t.Context(), store.Commit{ID: store.NewCommitID(), Resources: []store.Write{{
			Key: store.Key{Type: "Claim", ID: id}, Version: version, Body: []byte(`{}`), Values: v,
		}}}))
	}
	find := func(texts ...string) (ids []string) {
		clause := search.Clause{}
		for _, text := range texts {
			clause.AnyOf = append(clause.AnyOf, search.Condition{Kind: search.HasTerm, Param: "identifier", Text: text})
		}
		active := search.Clause{AnyOf: []search.Condition{{Kind: search.HasTerm, Param: "status", Text: "active"}}}
		q := &search.Query{Type: "Claim", Count: 10, Where: []search.Clause{active, clause}}
		page, err := st.Search(t.Context(), store.System(), q, "")
		require.NoError(t, err)
		n, err := st.Count(t.Context(), store.System(), q)
		require.NoError(t, err)
		require.EqualValues(t, len(page.Records), n)
		for _, r := range page.Records {
			ids = append(ids, r.ID)
		}
		return ids
	}
	require.Empty(t, find("1"))
	put("b", 1, "1")
	put("a", 1, "1", "2")
	require.Equal(t, []string{"a", "b"}, find("1"))
	put("b", 2, "2")
	require.Equal(t, []string{"a"}, find("1"))
	require.Equal(t, []string{"a", "b"}, find("2", "1"))
	put("b", 3, "1")
	require.Equal(t, []string{"a", "b"}, find("1"))
	require.Equal(t, []string{"a"}, find("2"))
}

func TestScanAfterRemovals(t *testing.T) {
	st := memory.New()
	write := func(id string, version int64, gone bool) {
		require.NoError(t, st.Commit(t.Context(), store.Commit{ID: store.NewCommitID(), Internals: []store.InternalWrite{{
			Key: store.InternalKey{Space: store.SpaceEntry, ID: id}, Version: version, Delete: gone, Data: []byte(id),
		}}}))
	}
	scan := func() (ids []string) {
		page, err := st.ScanInternals(t.Context(), store.System(), store.SpaceEntry, "h/", "", 10)
		require.NoError(t, err)
		for _, r := range page {
			ids = append(ids, r.Key.ID)
		}
		return ids
	}
	write("h/2", 1, false)
	write("g", 1, false)
	write("h/1", 1, false)
	require.Equal(t, []string{"h/1", "h/2"}, scan())
	write("h/1", 2, true)
	require.Equal(t, []string{"h/2"}, scan())
	write("h/1", 1, false)
	write("h/0", 1, false)
	require.Equal(t, []string{"h/0", "h/1", "h/2"}, scan())
}

func BenchmarkStore(b *testing.B) {
	for _, stored := range []int{1_000, 20_000} {
		b.Run(fmt.Sprint(stored, " stored"), func(b *testing.B) {
			storetest.Benchmark(b, func(*testing.B) store.Store { return memory.New() }, stored)
		})
	}
}
