package scenario_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/adjudication/scenario"
	"claimwright/store"
	"claimwright/store/memory"
)

func newStore() store.Store { return memory.New() }

// repeated are the titles that occur twice in a file: a failure must be found again by its title.
func repeated(files []*scenario.File) (titles []string) {
	for _, f := range files {
		seen := map[string]bool{}
		for _, s := range f.Scenarios {
			if seen[s.Title] {
				titles = append(titles, f.Name+": "+s.Title)
			}
			seen[s.Title] = true
		}
	}
	return titles
}

// TestScenarios runs every scenario of the project.
func TestScenarios(t *testing.T) {
	files, err := scenario.Load("../../testdata/scenarios")
	require.NoError(t, err)
	results, err := scenario.Run(context.Background(), files, scenario.Options{NewStore: newStore})
	require.NoError(t, err)
	require.Greater(t, len(results), 400)
	require.Empty(t, repeated(files), "titles that a file has twice")
	for _, r := range results {
		t.Run(r.Scenario.Title, func(t *testing.T) {
			for _, f := range r.Failures {
				t.Errorf("%s", f)
			}
		})
	}
}
