package search

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestExtractCustom(t *testing.T) {
	tests := []struct {
		name, kind, base, expression, body string
		want                               []string
	}{
		{"token of a concept", "token", "Patient", "Patient.maritalStatus", `{"resourceType":"Patient","maritalStatus":{"coding":[{"system":"http://m","code":"M"}]}}`,
			[]string{"m", "http://m|m", "http://m|"}},
		{"bound code", "token", "Patient", "Patient.link.type", `{"resourceType":"Patient","link":[{"other":{"reference":"Patient/2"},"type":"seealso"}]}`, []string{"seealso"}},
		{"string", "string", "Patient", "Patient.contact.name", `{"resourceType":"Patient","contact":[{"name":{"family":"Ng"}}]}`, []string{"Ng=ng"}},
		{"number", "number", "Claim", "Claim.item.sequence", claimOf(`"item":[{"sequence":3,"productOrService":{"text":"x"}}]`), []string{"3..3"}},
		{"money", "quantity", "Claim", "Claim.total", claimOf(`"total":{"value":12.5,"currency":"KES"}`), []string{"12.5..12.5", "||KES12.5..12.5", "|urn:iso:std:iso:4217|KES12.5..12.5"}},
		{"uri", "uri", "Patient", "Patient.implicitRules", `{"resourceType":"Patient","implicitRules":"http://x/Y"}`, []string{"http://x/Y"}},
		{"reference", "reference", "Patient", "Patient.link.other", `{"resourceType":"Patient","link":[{"other":{"reference":"Patient/2"},"type":"seealso"}]}`, []string{"Patient/2"}},
		{"reference by its type", "reference", "Patient", "Patient.link.other.where(resolve() is RelatedPerson)",
			`{"resourceType":"Patient","link":[{"other":{"reference":"Patient/2"},"type":"seealso"},{"other":{"reference":"RelatedPerson/3"},"type":"refer"}]}`, []string{"RelatedPerson/3"}},
		{"filtered", "token", "Patient", "Patient.contact.telecom.where(system='email')",
			`{"resourceType":"Patient","contact":[{"telecom":[{"system":"phone","value":"1"},{"system":"email","value":"A@b"}]}]}`, []string{"a@b"}},
		{"first alone", "token", "Patient", "Patient.contact[0].gender", `{"resourceType":"Patient","contact":[{"gender":"male"},{"gender":"female"}]}`, []string{"male"}},
		{"extension", "token", "Patient", "Patient.extension('http://x').value", `{"resourceType":"Patient","extension":[{"url":"http://x","valueCode":"Q"},{"url":"http://y","valueCode":"R"}]}`, []string{"q"}},
		{"extension's own value", "token", "Patient", "Patient.extension('http://x')", `{"resourceType":"Patient","extension":[{"url":"http://x","valueBoolean":true}]}`, []string{"true"}},
		{"extension in an extension", "string", "Patient", "Patient.extension('http://x').extension('y').value as string",
			`{"resourceType":"Patient","extension":[{"url":"http://x","extension":[{"url":"y","valueString":"Ab"}]}]}`, []string{"Ab=ab"}},
		{"of every resource", "token", "DomainResource", "DomainResource.extension.where(url='http://x').value.ofType(Coding)",
			`{"resourceType":"Patient","extension":[{"url":"http://x","valueCoding":{"code":"Q"}}]}`, []string{"q", "|q"}},
		{"as US Core looks for ethnicity", "token", "Patient", "Patient.extension.where(url = 'http://e').extension.value.code",
			`{"resourceType":"Patient","extension":[{"url":"http://e","extension":[{"url":"ombCategory","valueCoding":{"system":"http://s","code":"2135-2"}},{"url":"text","valueString":"x"}]}]}`,
			[]string{"2135-2"}},
		{"as US Core looks for when it was asserted", "date", "Condition", "Condition.extension.where(url = 'http://a').valueDateTime",
			`{"resourceType":"Condition","subject":{"reference":"Patient/1"},"extension":[{"url":"http://a","valueDateTime":"1970-01-01T00:00:00Z"}]}`, []string{"0..999"}},
		{"absent", "token", "Patient", "Patient.maritalStatus", `{"resourceType":"Patient","gender":"male"}`, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			doc := document(t, tt.body)
			standard := Extract(doc)
			got := Extractor{Custom: custom(t, "mine", tt.kind, tt.base, tt.expression)}.Extract(doc)
			require.ElementsMatch(t, tt.want, textsOf(got, "mine"))
			there := slices.Contains(got.Terms, Term{"mine:missing", "false"})
			require.Equal(t, tt.want != nil, there)
			got.Terms = slices.DeleteFunc(got.Terms, func(t Term) bool { return strings.HasPrefix(t.Param, "mine") })
			got.Strings = slices.DeleteFunc(got.Strings, func(s Text) bool { return strings.HasPrefix(s.Param, "mine") })
			got.Ranges = slices.DeleteFunc(got.Ranges, func(r Range) bool { return strings.HasPrefix(r.Param, "mine") })
			got.Sorts = slices.DeleteFunc(got.Sorts, func(s Sortable) bool { return s.Param == "mine" })
			require.ElementsMatch(t, standard.Terms, got.Terms, "the values of R4's own parameters, and what :missing needs of them, stay")
			require.ElementsMatch(t, standard.Ranges, got.Ranges)
			require.ElementsMatch(t, standard.Strings, got.Strings)
			require.ElementsMatch(t, standard.Sorts, got.Sorts)
		})
	}
}

func claimOf(more string) string {
	return `{"resourceType":"Claim","status":"active","type":{"text":"x"},"use":"claim","patient":{"reference":"Patient/1"},"created":"2026-01-01",
		"provider":{"reference":"Organization/1"},"priority":{"text":"x"},"insurance":[{"sequence":1,"focal":true,"coverage":{"reference":"Coverage/1"}}],` + more + `}`
}

// TestCustomValuesAreBounded: a large resource has as many values by parameters of one's own as there is room for.
func TestCustomValuesAreBounded(t *testing.T) {
	var b strings.Builder
	for i := range 2 * MaxCustomValues {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"url":"http://x","valueCode":"c%d"}`, i)
	}
	doc := document(t, `{"resourceType":"Patient","extension":[`+b.String()+`]}`)
	got := Extractor{Custom: custom(t, "mine", "token", "Patient", "Patient.extension('http://x').value")}.Extract(doc)
	require.Len(t, textsOf(got, "mine"), MaxCustomValues)
}

// TestPendingIsUnknown: what is still being indexed is unknown to every form of a search, with the reason.
func TestPendingIsUnknown(t *testing.T) {
	c := custom(t, "employer", "reference", "Patient", "Patient.extension('http://x').value")
	pending := c.Offering(func(*Definition) bool { return false })
	require.True(t, pending.Pending())
	require.False(t, c.Pending())
	for query, resourceType := range map[string]string{
		"employer=Organization/1": "Patient", "employer:missing=true": "Patient", "employer:Organization.name=x": "Patient",
		"_sort=employer": "Patient", "_include=Patient:employer": "Patient", "_revinclude=Patient:employer": "Organization",
		"_has:Patient:employer:_id=1": "Organization", "patient.employer=Organization/1": "Coverage",
	} {
		t.Run(query, func(t *testing.T) {
			_, _, err := Parse(resourceType, query, Options{Strict: true, Custom: c})
			require.NoError(t, err)
			_, _, err = Parse(resourceType, query, Options{Strict: true})
			require.Error(t, err)
			_, _, err = Parse(resourceType, query, Options{Strict: true, Custom: pending})
			require.Error(t, err)
			_, warnings, err := Parse(resourceType, query, Options{Custom: pending})
			require.NoError(t, err)
			require.Len(t, warnings, 1)
			require.Contains(t, warnings[0].Expected, "still being indexed")
		})
	}
	_, _, err := ParseAcross([]string{"Coverage", "Patient"}, "employer=Organization/1", Options{Custom: c})
	require.Error(t, err, "only one of the types has it")
	_, warnings, err := ParseAcross([]string{"Coverage", "Patient"}, "words=en", Options{Custom: custom(t, "words", "token", "DomainResource", "language")})
	require.NoError(t, err)
	require.Empty(t, warnings)
}
