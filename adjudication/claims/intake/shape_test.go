package intake_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/adjudication/claims/intake"
	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
)

func parse(t testing.TB, body string) *codec.Document {
	doc, issues := codec.Parse([]byte(body), codec.Limits{})
	require.Empty(t, issues, body)
	return doc
}

func claimWith(members string) string {
	return `{"resourceType":"Claim","status":"active","type":{"text":"t"},"use":"claim","patient":{"reference":"Patient/1"},"created":"2026-01-01",
"provider":{"reference":"Organization/1"},"priority":{"text":"p"},"insurance":[{"sequence":1,"focal":true,"coverage":{"reference":"Coverage/1"}}]` + members + `}`
}

func entry(url, resource string) string {
	if url != "" {
		url = `"fullUrl":"` + url + `",`
	}
	return `{` + url + `"resource":` + resource + `}`
}

func collection(entries ...string) string {
	return `{"resourceType":"Bundle","type":"collection","entry":[` + strings.Join(entries, ",") + `]}`
}

func read(t testing.TB, body string) (*intake.Part, error) {
	return intake.Read(parse(t, body), intake.Options{Type: "Claim", Base: []string{"https://here.test/fhir"}})
}

func TestWhereItemsStand(t *testing.T) {
	cases := []struct {
		name, body string
		at         []string
	}{
		{"alone", claimWith(""), []string{"Claim.status"}},
		{"in parameters", `{"resourceType":"Parameters","parameter":[{"name":"other","valueString":"x"},{"name":"resource","resource":` + claimWith("") + `}]}`,
			[]string{"Parameters.parameter[1].resource.status"}},
		{"second entry", collection(entry("", `{"resourceType":"Patient"}`), entry("", claimWith(""))), []string{"Bundle.entry[1].resource.status"}},
		{"two", collection(entry("", claimWith("")), entry("", claimWith(""))), []string{"Bundle.entry[0].resource.status", "Bundle.entry[1].resource.status"}},
		{"bundle in a bundle", collection(entry("", claimWith("")), entry("", collection(entry("", `{"resourceType":"Patient"}`), entry("", claimWith(""))))),
			[]string{"Bundle.entry[0].resource.status", "Bundle.entry[1].resource.entry[1].resource.status"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			part, err := read(t, c.body)
			require.NoError(t, err)
			var at []string
			for it := range part.Items() {
				at = append(at, it.Locate("Claim.status"))
				require.Equal(t, "Coverage.status", it.Locate("Coverage.status"), "other paths stay")
			}
			require.Equal(t, c.at, at)
		})
	}
}

func TestBundlesAreNotNestedDeeper(t *testing.T) {
	inner := collection(entry("", claimWith("")))
	part, err := read(t, collection(entry("", claimWith("")), entry("", collection(entry("", inner)))))
	require.NoError(t, err)
	require.Nil(t, part.Parts[0].Err)
	require.Equal(t, outcome.Structure, part.Parts[1].Err.Issues[0].Code)
	require.Equal(t, "Bundle.entry[1].resource.entry", part.Parts[1].Err.Issues[0].Expression)
}

func TestBases(t *testing.T) {
	require.Equal(t, []string{"https://a/fhir", "https://b"}, intake.Bases([]string{"", "https://a/fhir/", "/", "https://b"}))
}

func TestLimitOfItems(t *testing.T) {
	doc := parse(t, collection(entry("", claimWith("")), entry("", claimWith(""))))
	_, err := intake.Read(doc, intake.Options{Type: "Claim", MaxItems: 1})
	var refused *outcome.Error
	require.ErrorAs(t, err, &refused)
	require.Equal(t, 413, refused.Status)
}

func TestTarget(t *testing.T) {
	patient := `{"resourceType":"Patient","id":"p","identifier":[{"system":"s","value":"v"}]}`
	nameless := `{"resourceType":"Patient","id":"q"}`
	contained := `,"contained":[{"resourceType":"Patient","id":"c","identifier":[{"value":"in"}]}]`
	cases := []struct {
		name, reference string
		entries         []string
		want            intake.Target
	}{
		{"nothing", `{"display":"x"}`, nil, intake.Target{}},
		{"own", `{"reference":"Patient/1"}`, nil, intake.Target{Type: "Patient", ID: "1"}},
		{"own with a version", `{"reference":"Patient/1/_history/3"}`, nil, intake.Target{Type: "Patient", ID: "1"}},
		{"own, absolute", `{"reference":"https://here.test/fhir/Patient/1"}`, nil, intake.Target{Type: "Patient", ID: "1"}},
		{"of another server", `{"reference":"https://there.test/fhir/Patient/1"}`, nil, intake.Target{}},
		{"by identifier", `{"identifier":{"system":"s","value":"v"},"type":"Patient"}`, nil, intake.Target{Type: "Patient", Identifiers: []intake.Identifier{{System: "s", Value: "v"}}}},
		{"contained", `{"reference":"#c"}`, nil, intake.Target{Type: "Patient", Identifiers: []intake.Identifier{{Value: "in"}}}},
		{"urn", `{"reference":"urn:uuid:11111111-1111-4111-8111-111111111111"}`, []string{entry("urn:uuid:11111111-1111-4111-8111-111111111111", patient)},
			intake.Target{Type: "Patient", Identifiers: []intake.Identifier{{System: "s", Value: "v"}}}},
		{"dangling urn", `{"reference":"urn:uuid:11111111-1111-4111-8111-111111111111"}`, nil, intake.Target{Dangling: true}},
		{"relative beside the claim", `{"reference":"Patient/p"}`, []string{entry("https://there.test/fhir/Patient/p", patient)},
			intake.Target{Type: "Patient", Identifiers: []intake.Identifier{{System: "s", Value: "v"}}}},
		{"relative, by id", `{"reference":"Patient/p"}`, []string{entry("urn:uuid:11111111-1111-4111-8111-111111111111", patient)},
			intake.Target{Type: "Patient", Identifiers: []intake.Identifier{{System: "s", Value: "v"}}}},
		{"evidence without an identifier", `{"reference":"Patient/q"}`, []string{entry("", nameless)}, intake.Target{Type: "Patient", ID: "q"}},
		{"evidence of this server", `{"reference":"Patient/p"}`, []string{entry("https://here.test/fhir/Patient/p", patient)},
			intake.Target{Type: "Patient", ID: "p", Identifiers: []intake.Identifier{{System: "s", Value: "v"}}}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			claim := strings.Replace(claimWith(contained), `{"reference":"Patient/1"}`, c.reference, 1)
			claim = strings.Replace(claim, `"priority"`, `"enterer":{"reference":"#e"},"priority"`, 1)
			claim = strings.Replace(claim, `"contained":[`, `"contained":[{"resourceType":"Practitioner","id":"e"},`, 1)
			part, err := read(t, collection(append([]string{entry("https://there.test/fhir/Claim/1", claim)}, c.entries...)...))
			require.NoError(t, err)
			got := part.Item.Target(part.Item.Doc.Root().Field("patient"))
			got.Evidence = codec.Value{}
			require.Equal(t, c.want, got)
		})
	}
}
