package search

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestCustomComposite: a service of a line with a price of the same line, as no parameter of R4 asks for.
func TestCustomComposite(t *testing.T) {
	d, issues := defined(t, "service-quantity", "composite", "Claim", "Claim.item", `,"component":[
		{"definition":"http://hl7.org/fhir/SearchParameter/clinical-code","expression":"productOrService"},
		{"definition":"http://hl7.org/fhir/SearchParameter/Observation-value-quantity","expression":"quantity"}]`)
	require.Empty(t, issues)
	c, clashes := NewCustom([]*Definition{d})
	require.Empty(t, clashes)
	doc := document(t, claimOf(`"item":[
		{"sequence":1,"productOrService":{"coding":[{"system":"http://s","code":"X"}]},"quantity":{"value":2}},
		{"sequence":2,"productOrService":{"coding":[{"system":"http://s","code":"Y"}]},"quantity":{"value":5}}]`))
	values := Extractor{Custom: c}.Extract(doc)
	for query, want := range map[string]bool{
		"service-quantity=X$2": true, "service-quantity=http://s|Y$gt4": true, "service-quantity=X$5": false, "service-quantity=X$gt4": false,
	} {
		q, _, err := Parse("Claim", query, Options{Custom: c, Strict: true})
		require.NoError(t, err)
		require.Equal(t, want, q.Match(Candidate{ID: "1", Values: values}), query)
	}
	for _, query := range []string{"service-quantity=X", "service-quantity:missing=true", "_sort=service-quantity"} {
		_, _, err := Parse("Claim", query, Options{Custom: c, Strict: true})
		require.Error(t, err, query)
	}
}

// TestCustomCompositeOfTwoTokens: the whole resource is compared where the expression is the type alone.
func TestCustomCompositeOfTwoTokens(t *testing.T) {
	d, issues := defined(t, "use-type", "composite", "Claim", "Claim", `,"component":[
		{"definition":"http://hl7.org/fhir/SearchParameter/Claim-use","expression":"use"},
		{"definition":"http://hl7.org/fhir/SearchParameter/clinical-code","expression":"type"}]`)
	require.Empty(t, issues)
	c, _ := NewCustom([]*Definition{d})
	values := Extractor{Custom: c}.Extract(document(t, claimOf(`"language":"en"`)))
	require.Empty(t, textsOf(values, "use-type"), "a concept of words alone has no code")
	doc := document(t, `{"resourceType":"Claim","status":"active","type":{"coding":[{"code":"oral"}]},"use":"claim","patient":{"reference":"Patient/1"},"created":"2026-01-01",
		"provider":{"reference":"Organization/1"},"priority":{"text":"x"},"insurance":[{"sequence":1,"focal":true,"coverage":{"reference":"Coverage/1"}}]}`)
	require.Contains(t, textsOf(Extractor{Custom: c}.Extract(doc), "use-type"), "claim$oral")
}
