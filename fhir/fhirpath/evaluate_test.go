package fhirpath

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const claim = `{"resourceType":"Claim","id":"c1","status":"active",
 "contained":[{"resourceType":"Patient","id":"p","gender":"female"}],
 "patient":{"reference":"#p"},"created":"2026-03-01",
 "item":[{"sequence":1,"net":{"value":125.00,"currency":"NGN"}},{"sequence":2,"net":{"value":10.5,"currency":"NGN"}}]}`

func evaluated(t *testing.T, body, expression string) []string {
	t.Helper()
	e, err := Compile(expression)
	require.NoError(t, err)
	r, err := Read([]byte(body))
	require.NoError(t, err)
	found, err := e.Evaluate(t.Context(), Scope{Resource: r, Variables: map[string]Collection{"own": {String("mine")}}})
	require.NoError(t, err)
	texts := []string{}
	for _, v := range found {
		texts = append(texts, v.Text())
	}
	return texts
}

func TestEvaluate(t *testing.T) {
	cases := []struct {
		name, expression string
		want             []string
	}{
		{"a path", "Claim.item.sequence", []string{"1", "2"}},
		{"a decimal keeps its digits", "item.net.value.first()", []string{"125.00"}},
		{"where", "item.where(net.value > 100).sequence", []string{"1"}},
		{"nothing", "item.adjudication", []string{}},
		{"resolve within contained", "patient.resolve().gender", []string{"female"}},
		{"resource and variables", "%resource.id | %own | %ucum", []string{"c1", "mine", "http://unitsofmeasure.org"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { require.Equal(t, c.want, evaluated(t, claim, c.expression)) })
	}
}

func TestTruth(t *testing.T) {
	cases := []struct {
		expression string
		want       bool
	}{
		{"status = 'active'", true}, {"status = 'draft'", false}, {"item.adjudication", false}, {"id", true},
	}
	for _, c := range cases {
		t.Run(c.expression, func(t *testing.T) {
			e, err := Compile(c.expression)
			require.NoError(t, err)
			r, err := Read([]byte(claim))
			require.NoError(t, err)
			got, err := e.Truth(t.Context(), Scope{Resource: r})
			require.NoError(t, err)
			require.Equal(t, c.want, got)
		})
	}
}

func TestCompileRefuses(t *testing.T) {
	for _, source := range []string{"", "a..b", "item.where(", strings.Repeat("(", 70) + strings.Repeat(")", 70), strings.Repeat("a", maxLength+1)} {
		_, err := Compile(source)
		require.Error(t, err, source)
	}
}
