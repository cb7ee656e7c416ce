package resources

import (
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/codec"
)

func TestSameContent(t *testing.T) {
	const base = `{"resourceType":"Observation","id":"o","status":"final","code":{"coding":[{"code":"a"},{"code":"b"}]},"valueQuantity":{"value":125.00},"meta":{"versionId":"1","tag":[{"code":"t"}]}}`
	for _, c := range []struct {
		name, other string
		want        bool
	}{
		{"itself", base, true},
		{"another version and time", `{"resourceType":"Observation","id":"o","status":"final","code":{"coding":[{"code":"a"},{"code":"b"}]},"valueQuantity":{"value":125.00},"meta":{"lastUpdated":"2026-01-01T00:00:00Z","tag":[{"code":"t"}]}}`, true},
		{"members in another order", `{"meta":{"tag":[{"code":"t"}]},"valueQuantity":{"value":125.00},"code":{"coding":[{"code":"a"},{"code":"b"}]},"status":"final","id":"o","resourceType":"Observation"}`, true},
		{"elements in another order", `{"resourceType":"Observation","id":"o","status":"final","code":{"coding":[{"code":"b"},{"code":"a"}]},"valueQuantity":{"value":125.00},"meta":{"tag":[{"code":"t"}]}}`, false},
		{"other digits", `{"resourceType":"Observation","id":"o","status":"final","code":{"coding":[{"code":"a"},{"code":"b"}]},"valueQuantity":{"value":125.0},"meta":{"tag":[{"code":"t"}]}}`, false},
		{"no tag", `{"resourceType":"Observation","id":"o","status":"final","code":{"coding":[{"code":"a"},{"code":"b"}]},"valueQuantity":{"value":125.00}}`, false},
		{"an element less", `{"resourceType":"Observation","id":"o","status":"final","code":{"coding":[{"code":"a"}]},"valueQuantity":{"value":125.00},"meta":{"tag":[{"code":"t"}]}}`, false},
		{"an element more", `{"resourceType":"Observation","id":"o","status":"final","code":{"coding":[{"code":"a"},{"code":"b"},{"code":"c"}]},"valueQuantity":{"value":125.00},"meta":{"tag":[{"code":"t"}]}}`, false},
		{"a member more", `{"resourceType":"Observation","id":"o","status":"final","code":{"coding":[{"code":"a"},{"code":"b"}],"text":"x"},"valueQuantity":{"value":125.00},"meta":{"tag":[{"code":"t"}]}}`, false},
		{"a member instead of another", `{"resourceType":"Observation","id":"o","status":"final","code":{"coding":[{"code":"a"},{"display":"b"}]},"valueQuantity":{"value":125.00},"meta":{"tag":[{"code":"t"}]}}`, false},
		{"another kind of value", `{"resourceType":"Observation","id":"o","status":"final","code":{"coding":[{"code":"a"},{"code":"b"}]},"valueString":"125.00","meta":{"tag":[{"code":"t"}]}}`, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, b := parsed(t, base), parsed(t, c.other)
			require.Equal(t, c.want, sameContent(a, b))
			require.Equal(t, c.want, sameContent(b, a))
		})
	}
}

func parsed(t *testing.T, body string) *codec.Document {
	t.Helper()
	doc, issues := codec.Parse([]byte(body), codec.Limits{})
	require.Empty(t, issues)
	return doc
}
