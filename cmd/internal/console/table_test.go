package console_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"claimwright/cmd/internal/console"
)

func TestTable(t *testing.T) {
	table := console.NewTable(1)
	require.True(t, table.Empty())
	table.Row("billed", "900.00", "")
	table.Row("prices", "-1100.00", "borne by the provider, for the list price is lower")
	var out strings.Builder
	table.Write(&out, "  ", 40)
	require.Equal(t, `  billed    900.00
  prices  -1100.00  borne by the
                    provider, for the
                    list price is lower
`, out.String())
}

func TestWrapKeepsEveryWord(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOf(rapid.StringMatching(`[a-zäß]{1,12}`)).Draw(t, "words")
		width := rapid.IntRange(1, 40).Draw(t, "width")
		lines := console.Wrap(strings.Join(words, " "), width)
		require.Equal(t, words, append(words[:0:0], strings.Fields(strings.Join(lines, " "))...))
		for _, l := range lines {
			require.True(t, utf8.RuneCountInString(l) <= width || !strings.Contains(l, " "), l)
		}
	})
}
