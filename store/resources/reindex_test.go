package resources_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/search"
	"claimwright/store"
)

// TestReindexFromTheFirstExtractor: what was stored when there were no entries for modifiers, narratives and places is found
// by them once it is reindexed, and by what it was found by before.
func TestReindexFromTheFirstExtractor(t *testing.T) {
	require.Equal(t, 2, search.ExtractorVersion)
	eachStore(t, func(t *testing.T, b *bench) {
		for key, stored := range map[store.Key]struct {
			body string
			old  search.Term
		}{
			{Type: "Patient", ID: "p1"}: {`{"resourceType":"Patient","id":"p1","gender":"male","maritalStatus":{"text":"x"},"text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">Achieng</div>"},
				"identifier":[{"type":{"coding":[{"system":"http://t","code":"MR"}]},"value":"7"}]}`, search.Term{Param: "gender", Text: "male"}},
			{Type: "Location", ID: "l1"}: {`{"resourceType":"Location","id":"l1","status":"active","position":{"latitude":1,"longitude":2}}`, search.Term{Param: "status", Text: "active"}},
		} {
			require.NoError(t, b.st.Commit(t.Context(), store.Commit{ID: store.NewCommitID(), ExtractorVersion: 1, Resources: []store.Write{
				{Key: key, Version: 1, Body: []byte(stored.body), Values: &search.Values{Terms: []search.Term{stored.old}}},
			}}))
		}
		queries := map[string]string{
			"birthdate:missing=true": "Patient", "gender:missing=false": "Patient", "_text=achieng": "Patient", "identifier:of-type=http://t|MR|7": "Patient", "near=1|2|1|km": "Location",
		}
		for query, resourceType := range queries {
			require.Empty(t, b.search(t, clerk, resourceType, query), query)
		}
		require.NoError(t, b.st.Reindex(t.Context(), b.Extractor(), func(store.Progress) {}))
		for query, resourceType := range queries {
			require.Len(t, b.search(t, clerk, resourceType, query), 1, query)
		}
		require.Equal(t, []string{"p1"}, b.search(t, clerk, "Patient", "gender=male"))
		require.Equal(t, []string{"l1"}, b.search(t, clerk, "Location", "status=active"))
	})
}
