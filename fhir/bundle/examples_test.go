package bundle_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/bundle"
	"claimwright/fhir/codec"
)

// TestOfficialBundles holds the invariants against R4's own Bundles, which keep them: all but one.
func TestOfficialBundles(t *testing.T) {
	folder := os.Getenv("CLAIMWRIGHT_R4_EXAMPLES")
	if folder == "" {
		t.Skip("CLAIMWRIGHT_R4_EXAMPLES does not name the folder of the npm package hl7.fhir.r4.examples")
	}
	files, err := filepath.Glob(filepath.Join(folder, "Bundle-*.json"))
	require.NoError(t, err)
	require.Greater(t, len(files), 40)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			body, err := os.ReadFile(file)
			require.NoError(t, err)
			doc, issues := codec.Parse(body, codec.Limits{MaxBytes: len(body)})
			require.Empty(t, issues)
			broken := bundle.Check(doc)
			if filepath.Base(file) == "Bundle-dataelements.json" { // its last entries share fullUrls (bdl-7)
				require.NotEmpty(t, broken)
				return
			}
			require.Empty(t, broken)
		})
	}
}
