package conformance_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/registry"
)

// restChecklist are the rules of the REST interface by the ids that the sources cite them with: of formats (C), versions (M), Prefer
// (P), read (R), create (CR), update (U), patch (PA), delete (D), history (H), search (S), Bundles (B); then errors, the CapabilityStatement
// and operations.
const restChecklist = `C1 C2 C3 C4 C5 C6 C7 M1 M2 M3 P1 P2 P3 R1 R2 R3 CR1 CR2 CR3 CR4 U1 U2 U3 U4 U5 PA1 PA2 PA3 PA4 PA5 D1 D2 D3 D4
H1 H2 H3 S1 S2 S3 S4 S5 S6 S7 S8 B1 B2 B3 B4 B5 B6 B7 B8 B9 1.12 1.13 1.14`

var idInPurpose = regexp.MustCompile(`[A-Z]{1,2}\d|\d\.\d+`)

// TestEveryRuleHasAScript: each rule of the REST interface is shown by a script that names it.
func TestEveryRuleHasAScript(t *testing.T) {
	shown := map[string][]string{}
	for _, s := range scripts(t) {
		named, _, _ := strings.Cut(strings.TrimPrefix(s.Purpose, "Checklist: "), ". ")
		for _, id := range idInPurpose.FindAllString(named, -1) {
			shown[id] = append(shown[id], s.Path)
		}
	}
	for id := range strings.FieldsSeq(restChecklist) {
		require.NotEmpty(t, shown[id], "no script shows %s", id)
	}
}

// claimChecklist are the parts of what is asked of claims: operations (2.1), resources (2.2), codes (2.3), Tasks (2.4), attachments and
// other payers (2.5), the way of a claim (2.6), searches (2.7).
var claimChecklist = []string{
	"2.1", "2.1 references", "2.1 plain REST", "2.2 Lifecycle", "2.2 Claim rules", "2.2 ClaimResponse rules", "2.2 Eligibility validation",
	"2.2 Eligibility benefits", "2.2 Eligibility auth-requirements", "2.2 Eligibility discovery", "2.3", "2.4 cancel", "2.4 release", "2.4 errors",
	"2.4 poll", "2.5", "2.6", "2.7 useful polls",
}

func TestEveryPartOfClaimsHasAScript(t *testing.T) {
	shown := map[string]bool{}
	for _, s := range scripts(t) {
		named, _, _ := strings.Cut(strings.TrimPrefix(s.Purpose, "Checklist: "), ". ")
		for part := range strings.SplitSeq(named, ", ") {
			shown[part] = true
		}
	}
	for _, part := range claimChecklist {
		require.True(t, shown[part], "no script shows %s", part)
	}
}

// TestEveryParameterHasATest: of each type around claims, each of R4's search parameters of the type's own is searched by.
func TestEveryParameterHasATest(t *testing.T) {
	for _, s := range scripts(t) {
		kind, ok := strings.CutPrefix(strings.TrimSuffix(s.Path, ".json"), "parameters/")
		if !ok {
			continue
		}
		searched := map[string]bool{}
		for i := range s.Tests {
			searched[strings.TrimPrefix(s.Tests[i].Title(), "By ")] = true
		}
		for _, p := range registry.Params(kind) {
			if !strings.HasPrefix(p.Name, "_") {
				require.True(t, searched[p.Name], "%s by %s", kind, p.Name)
			}
		}
	}
}
