package sqlite

import (
	"fmt"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"claimwright/fhir/search"
	"claimwright/store"
)

// laterExtractor finds everything under another status.
type laterExtractor struct{}

func (laterExtractor) Version() int { return 2 }

func (laterExtractor) Extract(k store.Key, _ []byte) (*search.Values, []string, error) {
	return patientWrite(k, 1, "reindexed").Values, []string{"clinic"}, nil
}

// TestReindexUnderWriters: while everything is reindexed others write; in the end each resource is found by what its
// last version says, or, where nobody wrote it, by what the new extractor says.
func TestReindexUnderWriters(t *testing.T) {
	st := openIn(t, newPath(t), WithOverlay(20_000))
	defer func() { require.NoError(t, st.Close()) }()
	const n, updated = 450, 150
	keys := make([]store.Key, n)
	for i := range keys {
		keys[i] = store.Key{Type: "Patient", ID: uuid.Must(uuid.NewV7()).String()}
		if i%3 == 0 {
			keys[i].ID = fmt.Sprint("own-", i)
		}
		require.NoError(t, st.Commit(t.Context(), store.Commit{
			ID: store.NewCommitID(), ExtractorVersion: 1, Resources: []store.Write{patientWrite(keys[i], 1, "old")},
		}))
	}
	var g errgroup.Group
	g.Go(func() error { return st.Reindex(t.Context(), laterExtractor{}, func(store.Progress) {}) })
	g.Go(func() error {
		for i := range updated {
			c := store.Commit{ID: store.NewCommitID(), ExtractorVersion: 2, Resources: []store.Write{patientWrite(keys[i*3], 2, "written")}}
			if err := st.Commit(t.Context(), c); err != nil {
				return err
			}
		}
		return nil
	})
	require.NoError(t, g.Wait())
	requireCount(t, st, 0, "old")
	requireCount(t, st, updated, "written")
	requireCount(t, st, n-updated, "reindexed")
	opened, err := st.Count(t.Context(), store.Labelled("l", "clinic"), statusQuery("reindexed"))
	require.NoError(t, err)
	require.EqualValues(t, n-updated, opened)
	recs, err := st.Get(t.Context(), store.Labelled("l", "clinic"), keys[0], keys[1])
	require.NoError(t, err)
	require.Nil(t, recs[0], "what was written has the labels that it was written with")
	require.NotNil(t, recs[1])
	requireSound(t, st)
}
