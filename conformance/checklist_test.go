package conformance_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
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
