package scenario_test

import (
	"context"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/adjudication/scenario"
)

var indented = regexp.MustCompile(`(?m)(?:^    .*\n|^\n)+`)

// TestTheExamplesOfTheManual reads, and where they are whole runs, the examples of docs/scenarios.md.
func TestTheExamplesOfTheManual(t *testing.T) {
	manual, err := os.ReadFile("../../docs/scenarios.md")
	require.NoError(t, err)
	given, whole := 0, 0
	for _, block := range indented.FindAllString(string(manual), -1) {
		text := regexp.MustCompile(`(?m)^    `).ReplaceAllString(strings.TrimLeft(block, "\n"), "")
		switch {
		case strings.HasPrefix(text, "scenarios:"):
			whole++
		case strings.HasPrefix(text, "given:"):
			given++
			text += "\nscenarios: [{scenario: t, source: s, submit: {lines: [CONS]}}]"
		default:
			continue
		}
		file, err := scenario.Parse("docs/scenarios.md", []byte(text))
		require.NoError(t, err, text)
		results, err := scenario.Run(context.Background(), []*scenario.File{file}, scenario.Options{NewStore: newStore})
		require.NoError(t, err)
		for _, r := range results {
			for _, f := range r.Failures {
				require.Fail(t, f.String(), text)
			}
		}
	}
	require.Positive(t, given)
	require.Positive(t, whole)
}
