package conformance_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
	"claimwright/fhir/profile"
)

// own is a profile.Source of our own definitions.
type own map[string]*profile.Profile

func (o own) Definition(context.Context, string) ([]byte, error) { return nil, nil }

func (o own) Profile(_ context.Context, canonical string) (*profile.Profile, error) {
	url, _, _ := strings.Cut(canonical, "|")
	return o[url], nil
}

// TestOurOwnIsValid checks what we publish, and the sandbox, against R4's invariants and our own extensions.
func TestOurOwnIsValid(t *testing.T) {
	source, bodies := own{}, map[string][]byte{}
	for name, doc := range parsed(t) {
		bodies[name] = doc.Bytes()
		if doc.Type() != "StructureDefinition" {
			continue
		}
		p, err := profile.Compile(t.Context(), doc.Bytes(), source)
		require.NoError(t, err, name)
		source[p.URL] = p
	}
	for _, pattern := range []string{"../testdata/sandbox/*.json", "../testdata/sandbox/*/*.json"} {
		names, err := filepath.Glob(pattern)
		require.NoError(t, err)
		require.NotEmpty(t, names)
		for _, name := range names {
			body, err := os.ReadFile(name)
			require.NoError(t, err)
			bodies[name] = body
		}
	}
	for name, body := range bodies {
		issues, err := profile.Validator{Profiles: source}.Validate(t.Context(), body, codec.Limits{})
		require.NoError(t, err, name)
		for _, i := range issues {
			if i.Severity == outcome.Failure || i.Severity == outcome.Fatal {
				t.Errorf("%s: %s: %s %s", name, i.Expression, i.Text, i.Found)
			}
		}
	}
}
