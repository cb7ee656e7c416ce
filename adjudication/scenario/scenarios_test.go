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

// TestScenarios runs every scenario of the project.
func TestScenarios(t *testing.T) {
	files, err := scenario.Load("../../testdata/scenarios")
	require.NoError(t, err)
	results, err := scenario.Run(context.Background(), files, scenario.Options{NewStore: newStore})
	require.NoError(t, err)
	require.NotEmpty(t, results)
	for _, r := range results {
		t.Run(r.Scenario.Title, func(t *testing.T) {
			for _, f := range r.Failures {
				t.Errorf("%s", f)
			}
		})
	}
}
