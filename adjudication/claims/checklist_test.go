package claims_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/outcome"
)

func TestChecksAndRulesAreOneList(t *testing.T) {
	w := newMemoryWorld(t)
	w.put(ruleOf("active", `line.category == "consultation"`))
	list, err := w.claims.Checklist(context.Background(), everyone, w.parse(`{"resourceType":"Parameters","parameter":[
		{"name":"insurer","valueString":"Organization/umoja"},{"name":"plan","valueString":"GOLD"},{"name":"date","valueString":"2026-05-10"}]}`))
	require.NoError(t, err)
	var sources []string
	for entry := range list.Root().Field("parameter").Each() {
		for part := range entry.Field("part").Each() {
			if part.Field("name").Text() == "source" {
				sources = append(sources, part.Field("valueUri").Text())
			}
		}
	}
	require.Contains(t, sources, "https://claimwright.org/fhir/PlanDefinition/check-frequency")
	require.Contains(t, sources, "PlanDefinition/rule-1/_history/1")

	for input, status := range map[string]int{
		`{"resourceType":"Parameters"}`: http.StatusBadRequest,
		`{"resourceType":"Parameters","parameter":[{"name":"insurer","valueString":"Organization/umoja"},{"name":"x","valueString":"y"}]}`:          http.StatusBadRequest,
		`{"resourceType":"Parameters","parameter":[{"name":"insurer","valueString":"Organization/umoja"},{"name":"date","valueString":"soon"}]}`:    http.StatusBadRequest,
		`{"resourceType":"Parameters","parameter":[{"name":"insurer","valueString":"Organization/nobody"}]}`:                                        http.StatusNotFound,
		`{"resourceType":"Parameters","parameter":[{"name":"insurer","valueString":"Organization/umoja"},{"name":"plan","valueString":"NONE"}]}`:    http.StatusUnprocessableEntity,
		`{"resourceType":"Parameters","parameter":[{"name":"insurer","valueString":"Organization/mwangaza"},{"name":"plan","valueString":"GOLD"}]}`: http.StatusUnprocessableEntity,
	} {
		_, err := w.claims.Checklist(context.Background(), everyone, w.parse(input))
		var refused *outcome.Error
		require.ErrorAs(t, err, &refused, input)
		require.Equal(t, status, refused.Status, input)
	}
}
