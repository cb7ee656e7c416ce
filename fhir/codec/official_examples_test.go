package codec

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestOfficialExamples asserts which of the official R4 examples are refused and for what, and that all others are
// accepted and survive everything that is done to a document unchanged.
func TestOfficialExamples(t *testing.T) {
	want, err := os.ReadFile("testdata/official-examples-refused.txt")
	require.NoError(t, err)
	var refused strings.Builder
	for _, file := range officialExamples(t) {
		body, err := os.ReadFile(file)
		require.NoError(t, err)
		d, issues := Parse(body, Limits{MaxBytes: 64 << 20})
		for _, i := range issues[:min(len(issues), 3)] {
			refused.WriteString(filepath.Base(file) + ": " + i.Code + " " + i.Expression + " expected " + i.Expected + "\n")
		}
		if d == nil {
			continue
		}
		require.Equal(t, body, d.Bytes())
		requireMetaRoundTrip(t, d)
		require.True(t, bytes.Equal(bytes.TrimSpace(body), d.Extract(d.Root()).Bytes()))
	}
	require.Equal(t, string(want), refused.String())
}

// requireMetaRoundTrip gives a document new meta and, by giving it its own again, gets the same bytes back.
func requireMetaRoundTrip(t *testing.T, d *Document) {
	t.Helper()
	stored := d.WithMeta("other-id", 7, time.Unix(1_770_000_000, 0))
	require.Equal(t, "other-id", stored.ID())
	require.Equal(t, "7", stored.VersionID())
	again, issues := Parse(stored.Bytes(), Limits{MaxBytes: 64 << 20})
	require.Empty(t, issues)
	require.Equal(t, again.tape, stored.tape)
}
