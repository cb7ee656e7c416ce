package scenario_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/adjudication/scenario"
)

const workedRules = "../../docs/rules/examples/"

// TestTheWorkedRules runs the claims that stand beside the rules of the guide: of each rule some on which it acts, and some on
// which it does not.
func TestTheWorkedRules(t *testing.T) {
	rules, err := filepath.Glob(workedRules + "*.json")
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(rules), 12)
	for _, rule := range rules {
		name := strings.TrimSuffix(filepath.Base(rule), ".json")
		t.Run(name, func(t *testing.T) {
			beside := workedRules + name + ".yaml"
			files, err := scenario.Load(beside)
			require.NoError(t, err)
			results, err := scenario.Run(context.Background(), files, scenario.Options{NewStore: newStore})
			require.NoError(t, err)
			require.NotEmpty(t, results)
			for _, r := range results {
				for _, f := range r.Failures {
					t.Errorf("%s", f)
				}
			}
			text, err := os.ReadFile(beside)
			require.NoError(t, err)
			require.Regexp(t, `(rules|shadows): \[`+name+` |score: [1-9]`, string(text), "a claim on which it acts")
			require.Regexp(t, `(rules|shadows): \[\]`, string(text), "a claim on which it does not")
		})
	}
}

// TestTheGuideShowsTheRulesAsTheyAre holds every expression of the worked rules against the guide, and the guide's links.
func TestTheGuideShowsTheRulesAsTheyAre(t *testing.T) {
	body, err := os.ReadFile("../../docs/rules/guide.md")
	require.NoError(t, err)
	guide := string(body)
	smallest, err := os.ReadFile(workedRules + "no-delivery-for-men.json")
	require.NoError(t, err)
	require.Contains(t, guide, "```json\n"+string(smallest)+"```")

	rules, err := filepath.Glob(workedRules + "*.json")
	require.NoError(t, err)
	for _, rule := range rules {
		var r struct {
			ID, Title string
			Action    []struct {
				Condition []struct{ Expression struct{ Expression string } }
			}
		}
		body, err := os.ReadFile(rule)
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(body, &r))
		require.Equal(t, filepath.Base(rule), r.ID+".json")
		require.Contains(t, guide, "### "+r.Title+"\n")
		require.Contains(t, guide, "[Rule](examples/"+r.ID+".json) · [claims](examples/"+r.ID+".yaml)")
		for _, row := range r.Action {
			require.Contains(t, guide, "    "+row.Condition[0].Expression.Expression+"\n")
		}
	}
	for _, link := range regexp.MustCompile(`\]\(([a-z/.-]+)\)`).FindAllStringSubmatch(guide, -1) {
		require.FileExists(t, "../../docs/rules/"+link[1])
	}
}
