package profile

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
)

// wrongExamples are the rules that official examples do break, with the reason.
var wrongExamples = map[string]string{
	"sdf-4": "four logical models are neither abstract nor have a baseDefinition",
	core + "structuredefinition-normative-version": "is for StructureDefinition; R4 has it on CodeSystem, ValueSet and others",
	core + "structuredefinition-fhir-type":         "is for ElementDefinition.type.code; R4 has it on ElementDefinition.type",
	core + "regex":                                 "is for ElementDefinition; R4 has it on ElementDefinition.type",
	core + "valueset-concept-comments":             "is for ValueSet.compose.include.concept; two code systems have it",
}

// TestOfficialExamples checks every official example against R4's own invariants, the official profiles that it claims to follow
// and the official definitions of its extensions.
func TestOfficialExamples(t *testing.T) {
	from := os.Getenv("CLAIMWRIGHT_R4_EXAMPLES")
	if from == "" {
		t.Skip("CLAIMWRIGHT_R4_EXAMPLES does not name the folder of the npm package hl7.fhir.r4.examples 4.0.1")
	}
	names, err := filepath.Glob(filepath.Join(from, "*.json"))
	require.NoError(t, err)
	source := load(t)
	var examples [][]byte
	for _, name := range names {
		body, err := os.ReadFile(name)
		require.NoError(t, err)
		limits := codec.Limits{MaxBytes: 64 << 20}
		doc, issues := codec.Parse(body, limits)
		if len(issues) > 0 || doc.Type() == "Bundle" && len(body) > 4<<20 { // the largest only repeat the others
			continue
		}
		if doc.Type() == "StructureDefinition" && doc.Root().Field("derivation").Text() == "constraint" {
			source.add(t, body)
		}
		examples = append(examples, body)
	}
	require.Greater(t, len(examples), 5000)
	met := map[string]int{}
	for _, body := range examples {
		issues, err := Validator{Profiles: source, Terms: listed{}}.Validate(t.Context(), body, codec.Limits{MaxBytes: 64 << 20})
		require.NoError(t, err)
		for _, i := range issues {
			if i.Severity != outcome.Failure {
				continue
			}
			rule, _, _ := strings.Cut(i.Text, ": ")
			if rest, ok := strings.CutPrefix(i.Text, "The extension "); ok {
				rule, _, _ = strings.Cut(rest, " ")
			}
			if _, known := wrongExamples[rule]; !known {
				t.Errorf("%s: %s", i.Expression, i.Text)
			}
			met[rule]++
		}
	}
	for rule, reason := range wrongExamples {
		if met[rule] == 0 {
			t.Errorf("no example breaks %s any more (%s)", rule, reason)
		}
	}
}
