package search

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestContainedValues(t *testing.T) {
	const person = `{"resourceType":"Patient","id":"p","identifier":[{"system":"http://m","value":"7"}],"birthDate":"1990-05-01","name":[{"family":"Musa"}]}`
	v := Extract(document(t, `{"resourceType":"Coverage","status":"active","contained":[`+person+`],"beneficiary":{"reference":"#p"},"payor":[{"display":"x"}]}`))
	require.Contains(t, v.Terms, Term{"beneficiary:Patient.identifier", "http://m|7"})
	require.Contains(t, v.Strings, Text{"beneficiary:Patient.family", "musa", "Musa"})
	require.Contains(t, v.Ranges, Range{"beneficiary:Patient.birthdate", 641520000000, 641606399999})
	for _, s := range v.Sorts {
		require.NotContains(t, s.Param, "beneficiary", "a contained resource does not sort")
	}
	alone := Extract(document(t, `{"resourceType":"Coverage","status":"active","contained":[`+person+`],"beneficiary":{"display":"x"},"payor":[{"display":"x"}]}`))
	for _, term := range alone.Terms {
		require.NotContains(t, term.Param, ".", "what nothing refers to adds nothing")
	}
}

func TestContainedValuesAreBounded(t *testing.T) {
	var ids []string
	for i := range MaxContained {
		ids = append(ids, fmt.Sprintf(`{"value":"%d"}`, i))
	}
	v := Extract(document(t, `{"resourceType":"Coverage","status":"active","contained":[{"resourceType":"Patient","id":"p","identifier":[`+
		strings.Join(ids, ",")+`]}],"beneficiary":{"reference":"#p"},"payor":[{"display":"x"}]}`))
	require.Less(t, len(v.Terms), MaxContained)
}

func TestReferences(t *testing.T) {
	e := Extractor{BaseURL: "http://own/fhir"}
	got := e.References(document(t, `{"resourceType":"Coverage","status":"active","contained":[{"resourceType":"Patient","id":"p"}],
		"beneficiary":{"reference":"Patient/1/_history/2"},"subscriber":{"reference":"#p"},"policyHolder":{"reference":"http://own/fhir/Organization/3"},
		"payor":[{"reference":"http://elsewhere/Organization/1"},{"reference":"Organization/4"},{"reference":"Organization/4"},{"reference":"urn:uuid:0"},{"identifier":{"value":"5"}}]}`))
	require.ElementsMatch(t, []Reference{
		{Param: "beneficiary", Type: "Patient", ID: "1", Version: "2"},
		{Param: "patient", Type: "Patient", ID: "1", Version: "2"},
		{Param: "policy-holder", Type: "Organization", ID: "3"},
		{Param: "payor", Type: "Organization", ID: "4"},
	}, got)
	canonical := e.References(document(t, `{"resourceType":"QuestionnaireResponse","status":"completed","questionnaire":"http://x/q|2"}`))
	require.Equal(t, []Reference{{Param: "questionnaire", URL: "http://x/q", Version: "2"}}, canonical)
}
