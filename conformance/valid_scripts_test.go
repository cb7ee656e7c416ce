package conformance_test

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/fhirpath"
	"claimwright/store/memory"
)

// fixtureFile is a reference to a file, which is how scripts name fixtures and no reference of R4's.
var fixtureFile = regexp.MustCompile(`("reference"\s*:\s*)"_reference/[^"]*"`)

// TestScriptsAreValid: our scripts keep every rule of R4's definition of TestScript (tst-1 to tst-13 among them), by $validate.
func TestScriptsAreValid(t *testing.T) {
	server := inProcess{openServer(t, memory.New())}
	wrong, err := fhirpath.Compile("issue.where(severity = 'error' or severity = 'fatal').select(details.text & ' ' & expression.first())")
	require.NoError(t, err)
	for _, s := range scripts(t) {
		t.Run(s.Path, func(t *testing.T) {
			body, err := os.ReadFile(filepath.Join("testscripts", s.Path))
			require.NoError(t, err)
			body = fixtureFile.ReplaceAll(body, []byte(`$1"Basic/fixture"`))
			request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, baseURL+"/TestScript/$validate", bytes.NewReader(body))
			require.NoError(t, err)
			request.Header.Set("Content-Type", "application/fhir+json")
			response, err := server.RoundTrip(request)
			require.NoError(t, err)
			answer, err := io.ReadAll(response.Body)
			require.NoError(t, err)
			require.Equal(t, http.StatusOK, response.StatusCode, string(answer))
			outcome, err := fhirpath.Read(answer)
			require.NoError(t, err)
			found, err := wrong.Evaluate(t.Context(), fhirpath.Scope{Resource: outcome})
			require.NoError(t, err)
			for _, v := range found {
				t.Error(v.Text())
			}
		})
	}
}
