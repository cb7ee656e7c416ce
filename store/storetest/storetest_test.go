package storetest_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/store"
	"claimwright/store/storetest"
)

// TestMemory holds the model against the suite: the suite's expectations and the model's answers must be one.
func TestMemory(t *testing.T) {
	storetest.Run(t, func(*testing.T) store.Store { return storetest.NewMemory() },
		storetest.Without("durability", "memory forgets when it is closed"))
}

// TestSubmitter keeps the benchmarks honest: submissions have the shape that they claim to have.
func TestSubmitter(t *testing.T) {
	c := storetest.NewSubmitter(1).Next()
	require.NoError(t, c.Validate())
	entries, sizes := 0, []int{}
	for _, w := range c.Resources {
		entries += len(w.Values.Terms) + len(w.Values.Ranges) + len(w.Values.Strings) + len(w.Values.Sorts)
		sizes = append(sizes, len(w.Body))
		require.True(t, json.Valid(w.Body))
	}
	require.Equal(t, []int{4700, 5000, 1500}, sizes)
	require.Equal(t, 37, entries)
	require.Len(t, c.Internals, 5)
	st := storetest.NewMemory()
	require.Len(t, storetest.Fill(t, st, []*storetest.Submitter{storetest.NewSubmitter(1), storetest.NewSubmitter(2)}, 100), 100)
}
