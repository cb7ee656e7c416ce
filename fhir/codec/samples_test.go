package codec

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// samples are the valid resources of testdata/samples, by name: of different types, and between them with every kind of
// element.
func samples(tb testing.TB) map[string][]byte {
	tb.Helper()
	files, err := filepath.Glob("testdata/samples/*.json")
	require.NoError(tb, err)
	require.NotEmpty(tb, files)
	list := map[string][]byte{"claim": claimBody(tb)}
	for _, f := range files {
		body, err := os.ReadFile(f)
		require.NoError(tb, err)
		list[strings.TrimSuffix(filepath.Base(f), ".json")] = body
	}
	return list
}

func TestSamplesAreAccepted(t *testing.T) {
	for name, body := range samples(t) {
		t.Run(name, func(t *testing.T) {
			d, issues := Parse(body, Limits{})
			require.Empty(t, issues)
			require.Equal(t, body, d.Bytes())
		})
	}
}
