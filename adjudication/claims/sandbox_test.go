package claims_test

import (
	"io/fs"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"claimwright/testdata/sandbox"
)

// expectation is one claim of the sandbox with what its author worked out by hand.
type expectation struct {
	Claim   string
	Outcome string
	Lines   map[int]map[string]string
	Benefit string
}

func TestSandboxClaims(t *testing.T) {
	body, err := fs.ReadFile(sandbox.Files, "claims/expected.yaml")
	require.NoError(t, err)
	var expected []expectation
	require.NoError(t, yaml.Unmarshal(body, &expected))
	require.Len(t, expected, 20)

	w := newMemoryWorld(t)
	for _, e := range expected {
		t.Run(e.Claim, func(t *testing.T) {
			got := w.submit(sample(t, e.Claim))
			t.Logf("%s", got.doc.Bytes())
			require.Equal(t, e.Outcome, got.Outcome)
			if e.Outcome == "error" {
				require.Empty(t, got.Item)
				require.NotEmpty(t, got.Error)
				return
			}
			totals, _ := amounts(got.Total)
			require.Equal(t, e.Benefit, totals["benefit"])
			require.Len(t, got.Item, len(e.Lines))
			for _, item := range got.Item {
				by, denied := amounts(item.Adjudication)
				for what, want := range e.Lines[item.ItemSequence] {
					switch {
					case what == "denied":
						require.Contains(t, denied, want, "line %d", item.ItemSequence)
					case want == "0.00" && by[what] == "":
					default:
						require.Equal(t, want, by[what], "line %d %s", item.ItemSequence, what)
					}
				}
			}
		})
	}
}
