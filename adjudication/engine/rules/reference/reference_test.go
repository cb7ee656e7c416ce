package reference

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/adjudication/engine/rules/fact"
)

func TestThePageIsUpToDate(t *testing.T) {
	page, err := os.ReadFile("../../../../docs/rules/facts.md")
	require.NoError(t, err)
	require.Equal(t, string(page), Markdown(), "run go generate ./adjudication/engine/rules/reference")
}

func TestEveryFactIsOnThePage(t *testing.T) {
	page := Markdown()
	for i := range fact.Catalogue {
		k := &fact.Catalogue[i]
		require.NotEmpty(t, k.Doc, k.Name)
		for j := range k.Fields {
			require.Contains(t, page, "| `"+k.Name+"."+k.Fields[j].Name+"` |")
			require.True(t, strings.HasSuffix(k.Fields[j].Doc, "."), "%s.%s", k.Name, k.Fields[j].Name)
		}
	}
	for _, f := range fact.Functions {
		require.Contains(t, page, "| `"+f.Name+"` |")
	}
}
