package claims_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
	"claimwright/store/storetest"
)

// examplesVariable names the folder with the npm package hl7.fhir.r4.examples 4.0.1, unpacked.
const examplesVariable = "CLAIMWRIGHT_R4_EXAMPLES"

// TestOfficialExamples submits the Claims of R4 to a server that knows nobody, and to one that knows the sandbox only: each
// gets a ClaimResponse that says what is not known, or an outcome that names the element. None is an internal error.
func TestOfficialExamples(t *testing.T) {
	folder := os.Getenv(examplesVariable)
	if folder == "" {
		t.Skipf("%s does not name the folder of hl7.fhir.r4.examples", examplesVariable)
	}
	files, err := filepath.Glob(filepath.Join(folder, "Claim-*.json"))
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(files), 17)
	for name, w := range map[string]*world{"empty": joinWorld(t, storetest.NewMemory()), "sandbox": newMemoryWorld(t)} {
		for _, file := range files {
			t.Run(name+"/"+filepath.Base(file), func(t *testing.T) {
				body, err := os.ReadFile(file)
				require.NoError(t, err)
				doc, issues := codec.Parse(body, codec.Limits{})
				require.Empty(t, issues)
				answer, err := w.claims.Submit(context.Background(), everyone, doc)
				if err != nil {
					var refused *outcome.Error
					require.ErrorAs(t, err, &refused)
					require.Less(t, refused.StatusOr500(), 500)
					require.NotEmpty(t, refused.Issues[0].Expression)
					t.Logf("refused: %v", refused)
					return
				}
				got := readResponse(t, answer)
				require.Equal(t, "error", got.Outcome)
				require.NotEmpty(t, got.Error)
				for _, e := range got.Error {
					t.Log(e.Code.Coding[0].Code)
				}
			})
		}
		w.verify()
	}
}
