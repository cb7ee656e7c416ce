package codec

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/outcome"
)

// compare parses a body with both parsers and reports the disagreement, if it is none of the classes of differences.
func (o oracle) compare(body []byte) (verdict string, accepted bool) {
	d, issues := Parse(body, Limits{})
	objection := o.check(body)
	switch {
	case d == nil && objection == nil:
		for _, i := range issues {
			if i.Severity != outcome.Information && !isKnown(i) && !followsFromUpperCase(i, issues) {
				return "refused here alone: " + i.Code + " " + i.Expression + ": " + i.Text + " found " + i.Found, false
			}
		}
	case d != nil && objection != nil && !isKnownObjection(string(body), objection):
		return "refused by the oracle alone: " + objection.Error(), false
	}
	return "", d != nil
}

func isKnown(i outcome.Issue) bool {
	return slices.ContainsFunc(differences, func(d difference) bool { return d.covers != nil && d.covers(i) })
}

// followsFromUpperCase says whether an element is only missing because its key begins with a capital.
func followsFromUpperCase(missing outcome.Issue, issues []outcome.Issue) bool {
	return missing.Code == outcome.Required && slices.ContainsFunc(issues, func(i outcome.Issue) bool {
		return i.Text == "There is no such element." && len(i.Expression) >= len(missing.Expression) &&
			strings.EqualFold(i.Expression[:len(missing.Expression)], missing.Expression)
	})
}

// isKnownObjection wants a class for every line of what the oracle says.
func isKnownObjection(body string, err error) bool {
	for line := range strings.Lines(err.Error()) {
		if !slices.ContainsFunc(differences, func(d difference) bool {
			return d.covers == nil && strings.Contains(body, d.needs) && d.objection.MatchString(strings.TrimSpace(line))
		}) {
			return false
		}
	}
	return true
}

func TestBothParsersJudgeSamplesAlike(t *testing.T) {
	o := newOracle(t)
	for name, body := range samples(t) {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, o.check(body))
			_, issues := Parse(body, Limits{})
			require.Empty(t, issues)
		})
	}
}

// mutantsPerSample keeps the test within a few seconds: the oracle takes a millisecond for each.
const mutantsPerSample = 250

func TestBothParsersJudgeMutantsAlike(t *testing.T) {
	o := newOracle(t)
	for name, body := range samples(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(5, uint64(len(body))))
			original := parseTree(body)
			refused := 0
			for n := 0; n < mutantsPerSample; {
				mutant := original.clone()
				if !mutate(r, mutant) {
					continue
				}
				n++
				text := mutant.append(nil)
				verdict, accepted := o.compare(text)
				require.Empty(t, verdict, "%s", text)
				if !accepted {
					refused++
				}
			}
			require.Greater(t, refused, mutantsPerSample/2, "mutants that break nothing prove nothing")
		})
	}
}

// TestBothParsersJudgeMutantsOfOfficialExamplesAlike is wider where the official examples are at hand.
func TestBothParsersJudgeMutantsOfOfficialExamplesAlike(t *testing.T) {
	files := officialExamples(t)
	o := newOracle(t)
	r := rand.New(rand.NewPCG(17, 11))
	for n := 0; n < 4000; {
		body, err := os.ReadFile(files[r.IntN(len(files))])
		require.NoError(t, err)
		if len(body) > 12_000 {
			continue
		}
		mutant := parseTree(body)
		if !mutate(r, mutant) {
			continue
		}
		n++
		text := mutant.append(nil)
		verdict, _ := o.compare(text)
		require.Empty(t, verdict, "%s", text)
	}
}

// TestOracleTakesNullPaddedArrays fails if json-iterator is raised above v1.1.10, which makes google/fhir refuse legal
// FHIR: the replace directive in go.mod is there for this.
func TestOracleTakesNullPaddedArrays(t *testing.T) {
	body := []byte(`{"resourceType":"Patient","name":[{"given":["a",null],"_given":[null,{"extension":[{"url":"http://a.example/x","valueCode":"c"}]}]}]}`)
	require.NoError(t, newOracle(t).check(body))
	_, issues := Parse(body, Limits{})
	require.Empty(t, issues)
}

// officialExamples lists the resources of the npm package hl7.fhir.r4.examples 4.0.1, which is too large to be kept in
// the tree. The tests that need it run where CLAIMWRIGHT_R4_EXAMPLES names the folder with its JSON files.
func officialExamples(t *testing.T) []string {
	t.Helper()
	folder := os.Getenv("CLAIMWRIGHT_R4_EXAMPLES")
	if folder == "" {
		t.Skip("CLAIMWRIGHT_R4_EXAMPLES does not name the folder of the npm package hl7.fhir.r4.examples")
	}
	files, err := filepath.Glob(filepath.Join(folder, "*.json"))
	require.NoError(t, err)
	files = slices.DeleteFunc(files, func(f string) bool {
		return filepath.Base(f) == "package.json" || strings.HasPrefix(filepath.Base(f), ".")
	})
	require.Greater(t, len(files), 5000)
	return files
}
