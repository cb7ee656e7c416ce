package app

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"claimwright/cmd/internal/config"
	"claimwright/cmd/internal/telemetry"
	"claimwright/store"
	"claimwright/testdata/sandbox"
)

// open puts a server together over a store of its own.
func open(t *testing.T, withSandbox bool) *App {
	t.Helper()
	cfg, err := config.Load(config.Sources{Flags: map[string]any{"store": "sqlite:" + filepath.Join(t.TempDir(), "app.db")}})
	require.NoError(t, err)
	a, err := Open(t.Context(), cfg, telemetry.NewLogger(t.Output(), "warn", "text"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, a.Close()) })
	if withSandbox {
		require.NoError(t, a.LoadSandbox(t.Context(), t.Output()))
	}
	return a
}

// send serves one request and returns the status and the decoded answer, nil when there is no body.
func (a *App) send(t *testing.T, method, path, contentType string, body []byte) (int, map[string]any) {
	t.Helper()
	request := httptest.NewRequest(method, path, bytes.NewReader(body))
	if contentType != "" {
		request.Header.Set("Content-Type", contentType)
	}
	recorder := httptest.NewRecorder()
	a.server.Handler().ServeHTTP(recorder, request)
	var answer map[string]any
	if recorder.Body.Len() > 0 {
		require.NoError(t, json.Unmarshal(recorder.Body.Bytes(), &answer), recorder.Body.String())
	}
	return recorder.Code, answer
}

const fhirJSON = "application/fhir+json"

type expectedClaim struct {
	Claim   string
	Outcome string
	Benefit string
	Lines   map[int]map[string]string
}

// TestSandboxClaims submits the sandbox's claims in order and holds every line against what was worked out by hand.
func TestSandboxClaims(t *testing.T) {
	a := open(t, true)
	text, err := sandbox.Files.ReadFile("claims/expected.yaml")
	require.NoError(t, err)
	var expected []expectedClaim
	require.NoError(t, yaml.Unmarshal(text, &expected))
	require.Len(t, expected, 20)
	for _, want := range expected {
		t.Run(want.Claim, func(t *testing.T) {
			body, err := sandbox.Files.ReadFile("claims/" + want.Claim)
			require.NoError(t, err)
			status, answer := a.send(t, http.MethodPost, "/fhir/Claim/$submit", fhirJSON, body)
			require.Equal(t, http.StatusOK, status, answer)
			require.Equal(t, "ClaimResponse", answer["resourceType"])
			require.Equal(t, want.Outcome, answer["outcome"], answer["disposition"])
			requireLines(t, want, answer)
		})
	}
	require.NoError(t, a.verified(t))
}

func requireLines(t *testing.T, want expectedClaim, answer map[string]any) {
	t.Helper()
	items := list(answer, "item")
	require.Len(t, items, len(want.Lines))
	for _, item := range items {
		sequence := int(item["itemSequence"].(float64))
		line, asked := want.Lines[sequence]
		require.True(t, asked, "line %d", sequence)
		for category, amount := range line {
			if category == "denied" {
				require.Contains(t, reasons(item), amount, "line %d", sequence)
				continue
			}
			require.Equal(t, amount, amountOf(list(item, "adjudication"), category), "line %d, %s", sequence, category)
		}
	}
	if want.Benefit != "" {
		require.Equal(t, want.Benefit, amountOf(list(answer, "total"), "benefit"), "total")
	}
}

func (a *App) verified(t *testing.T) error {
	t.Helper()
	return a.Verify(t.Context(), func(f store.Finding) { t.Errorf("%s: %s", f.Key, f.Text) }, func(store.Progress) {})
}

func list(parent map[string]any, key string) []map[string]any {
	var out []map[string]any
	elements, _ := parent[key].([]any)
	for _, e := range elements {
		out = append(out, e.(map[string]any))
	}
	return out
}

// amountOf is the amount of a category, "0.00" where it is not mentioned: nothing was cut.
func amountOf(adjudications []map[string]any, category string) string {
	for _, a := range adjudications {
		if codes(a["category"])[0] == category {
			amount := a["amount"].(map[string]any)
			return money(amount["value"].(float64))
		}
	}
	return "0.00"
}

// money writes an amount of the sandbox, all of which a float64 holds to the cent.
func money(v float64) string { return strconv.FormatFloat(v, 'f', 2, 64) }

func reasons(item map[string]any) []string {
	var out []string
	for _, a := range list(item, "adjudication") {
		if a["reason"] != nil {
			out = append(out, codes(a["reason"])...)
		}
	}
	return out
}

func codes(concept any) []string {
	var out []string
	for _, c := range list(concept.(map[string]any), "coding") {
		out = append(out, c["code"].(string))
	}
	return out
}
