package subset_test

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
	"claimwright/fhir/subset"
)

func document(t testing.TB, body string) *codec.Document {
	doc, issues := codec.Parse([]byte(body), codec.Limits{})
	require.NotNil(t, doc, "%v", issues)
	return doc
}

func form(t testing.TB, query string) subset.Form {
	values, err := url.ParseQuery(query)
	require.NoError(t, err)
	f, err := subset.Parse(values)
	require.NoError(t, err)
	return f
}

const tag = `{"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationValue","code":"SUBSETTED"}`

const patient = `{"resourceType":"Patient","id":"p","meta":{"versionId":"3","tag":[{"system":"urn:t","code":"a"}],"profile":["http://p"]},` +
	`"text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">x</div>"},` +
	`"extension":[{"url":"urn:e","valueCode":"c"}],"active":true,"_active":{"id":"1"},"name":[{"family":"Okoro","_family":{"id":"2"}}],` +
	`"deceasedBoolean":false,"maritalStatus":{"text":"M"},"photo":[{"contentType":"image/png","data":"AAAA"}],` +
	`"communication":[{"language":{"text":"sw"},"preferred":true}],"link":[{"id":"l","other":{"reference":"Patient/2"},"type":"seealso"}]}`

func TestApply(t *testing.T) {
	meta := `"meta":{"versionId":"3","profile":["http://p"],"tag":[{"system":"urn:t","code":"a"},` + tag + `]}`
	cases := []struct{ name, query, body, want string }{
		{"nothing asked", "", patient, patient},
		{"C4 false", "_summary=false", patient, patient},
		{
			"C4 true", "_summary=true", patient,
			`{"resourceType":"Patient","id":"p",` + meta + `,"active":true,"_active":{"id":"1"},"name":[{"family":"Okoro","_family":{"id":"2"}}],` +
				`"deceasedBoolean":false,"link":[{"other":{"reference":"Patient/2"},"type":"seealso"}]}`,
		},
		{
			"C4 text", "_summary=text", patient,
			`{"resourceType":"Patient","id":"p",` + meta + `,"text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">x</div>"}}`,
		},
		{
			"C4 text keeps what must be there", "_summary=text",
			`{"resourceType":"Basic","id":"b","code":{"text":"c"},"subject":{"reference":"Patient/1"}}`,
			`{"resourceType":"Basic","meta":{"tag":[` + tag + `]},"id":"b","code":{"text":"c"}}`,
		},
		{
			"C4 data", "_summary=data", `{"resourceType":"Patient","text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">x</div>"},"photo":[{"data":"AAAA"}]}`,
			`{"resourceType":"Patient","meta":{"tag":[` + tag + `]},"photo":[{"data":"AAAA"}]}`,
		},
		{
			"C4 elements", "_elements=photo,deceased", patient, // active and deceased modify, link.type too, but link itself does
			`{"resourceType":"Patient","id":"p",` + meta + `,"active":true,"_active":{"id":"1"},"deceasedBoolean":false,"photo":[{"contentType":"image/png","data":"AAAA"}],` +
				`"link":[{"id":"l","other":{"reference":"Patient/2"},"type":"seealso"}]}`,
		},
		{
			"C4 elements keep what must be there", "_elements=total",
			`{"resourceType":"ClaimResponse","status":"active","type":{"text":"t"},"use":"claim","patient":{"display":"p"},"created":"2026-01-01","insurer":{"display":"i"},"outcome":"complete","disposition":"d"}`,
			`{"resourceType":"ClaimResponse","meta":{"tag":[` + tag + `]},"status":"active","type":{"text":"t"},"use":"claim","patient":{"display":"p"},"created":"2026-01-01","insurer":{"display":"i"},"outcome":"complete"}`,
		},
		{
			"C4 elements named as in JSON, and as in definitions", "_elements=deceasedBoolean,multipleBirth[x]", `{"resourceType":"Patient","deceasedBoolean":false,"multipleBirthInteger":2,"birthDate":"2026"}`,
			`{"resourceType":"Patient","meta":{"tag":[` + tag + `]},"deceasedBoolean":false,"multipleBirthInteger":2}`,
		},
		{
			"C4 a choice by its name in JSON", "_elements=valueString", `{"resourceType":"Observation","status":"final","code":{"text":"c"},"valueString":"v","issued":"2026-01-01T00:00:00Z"}`,
			`{"resourceType":"Observation","meta":{"tag":[` + tag + `]},"status":"final","code":{"text":"c"},"valueString":"v"}`,
		},
		{"C4 elements of another type", "_elements=Claim.total", patient, patient},
		{
			"C4 elements of this type", "_elements=Claim.total,Basic.subject", `{"resourceType":"Basic","code":{"text":"c"},"subject":{"display":"x"},"created":"2026"}`,
			`{"resourceType":"Basic","meta":{"tag":[` + tag + `]},"code":{"text":"c"},"subject":{"display":"x"}}`,
		},
		{
			"tagged already", "_elements=x", `{"resourceType":"Basic","meta":{"tag":[` + tag + `]},"code":{"text":"c"},"created":"2026"}`,
			`{"resourceType":"Basic","meta":{"tag":[` + tag + `]},"code":{"text":"c"}}`,
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.want, string(form(t, c.query).Apply(document(t, c.body))))
		})
	}
}

func TestIncluded(t *testing.T) {
	require.False(t, form(t, "_summary=true").Included().Whole(), "a summary is one of everything")
	require.True(t, form(t, "_elements=status").Included().Whole(), "the names are those of the matches")
	require.False(t, form(t, "_elements=status,Patient.name").Included().Whole())
}

func TestRefused(t *testing.T) {
	for name, query := range map[string]string{
		"an unknown summary":    "_summary=short",
		"two summaries":         "_summary=true&_summary=text",
		"both":                  "_summary=true&_elements=id",
		"a path":                "_elements=Claim.item.net",
		"not a name":            "_elements=a;b",
		"too many":              "_elements=" + strings.Repeat("a,", 201),
		"a dot too much at end": "_elements=Claim.",
	} {
		t.Run(name, func(t *testing.T) {
			values, err := url.ParseQuery(strings.ReplaceAll(query, ";", "%3B"))
			require.NoError(t, err)
			_, err = subset.Parse(values)
			var said *outcome.Error
			require.ErrorAs(t, err, &said)
			require.Equal(t, http.StatusBadRequest, said.Status)
		})
	}
}

// Every form of every official example is a valid resource again.
func TestFormsOfOfficialExamplesAreValid(t *testing.T) {
	folder := os.Getenv("CLAIMWRIGHT_R4_EXAMPLES")
	if folder == "" {
		t.Skip("CLAIMWRIGHT_R4_EXAMPLES does not name the folder of the official examples; CI sets it")
	}
	names, err := filepath.Glob(filepath.Join(folder, "*-*.json"))
	require.NoError(t, err)
	require.NotEmpty(t, names)
	checked := 0
	for _, name := range names {
		body, err := os.ReadFile(name)
		require.NoError(t, err)
		doc, _ := codec.Parse(body, codec.Limits{})
		if doc == nil || len(body) > 200<<10 {
			continue
		}
		for _, query := range []string{"_summary=true", "_summary=text", "_summary=data", "_elements=identifier"} {
			small, issues := codec.Parse(form(t, query).Apply(doc), codec.Limits{})
			require.NotNil(t, small, "%s with %s: %v", filepath.Base(name), query, issues)
			require.Equal(t, doc.ID(), small.ID())
		}
		checked++
	}
	require.Greater(t, checked, 2000)
}
