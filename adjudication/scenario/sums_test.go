package scenario

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/codec"
)

// itemised is an answer to one item with one detail: each gets 10 paid, or what the detail is said to get.
func itemised(t *testing.T, detail string) *answer {
	t.Helper()
	rows := func(amount string) string {
		var all []string
		for _, category := range []string{"submitted", "eligible", "benefit"} {
			all = append(all, fmt.Sprintf(`{"category":{"coding":[{"code":%q}]},"amount":{"value":%s,"currency":"KES"}}`, category, amount))
		}
		return "[" + strings.Join(all, ",") + "]"
	}
	doc, issues := codec.Parse(fmt.Appendf(nil, `{"resourceType":"ClaimResponse","status":"active","type":{"text":"x"},"use":"claim","patient":{"display":"x"},
		"created":"2026-05-10","insurer":{"display":"x"},"outcome":"complete",
		"extension":[{"url":"https://claimwright.org/fhir/StructureDefinition/decision-basis","extension":[{"url":"engine","valueString":"2"}]}],
		"item":[{"itemSequence":1,"adjudication":%s,"detail":[{"detailSequence":1,"adjudication":%s}]}],"total":%s}`, rows("10"), rows(detail), rows("10")), codec.Limits{})
	require.Empty(t, issues)
	a, err := readAnswer(doc)
	require.NoError(t, err)
	return a
}

func TestDetailsMustAddUpToTheirItem(t *testing.T) {
	require.Empty(t, itemised(t, "10").sums(false))
	require.Equal(t, []string{
		"line 1: benefit is 10, of its parts 9", "line 1: eligible is 10, of its parts 9", "line 1: submitted is 10, of its parts 9",
	}, itemised(t, "9").sums(false))
}
