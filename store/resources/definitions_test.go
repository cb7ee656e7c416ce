package resources_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/terminology"
)

func TestDefinitionsAreFoundByUrl(t *testing.T) {
	const url = "http://example.org/vs,1|x"
	cases := []struct {
		name    string
		stored  []string // status and version of each
		version string
		want    string // the version found
	}{
		{"none", nil, "", ""},
		{"one", []string{`"status":"draft"`}, "", "1"},
		{"an active one comes first", []string{`"status":"retired","version":"9"`, `"status":"active","version":"2"`, `"status":"draft","version":"8"`}, "", "2"},
		{"the greatest version", []string{`"status":"active","version":"2.9"`, `"status":"active","version":"2.10"`, `"status":"active","version":"2"`}, "", "2.10"},
		{"dates", []string{`"status":"active","version":"2020-10-01"`, `"status":"active","version":"2020-09-30"`}, "", "2020-10-01"},
		{"leading zeros", []string{`"status":"active","version":"1.002"`, `"status":"active","version":"1.3"`}, "", "1.3"},
		{"the version asked for", []string{`"status":"active","version":"2"`, `"status":"draft","version":"1"`}, "1", "1"},
		{"no such version", []string{`"status":"active","version":"2"`}, "3", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			rand.Shuffle(len(c.stored), func(i, j int) { c.stored[i], c.stored[j] = c.stored[j], c.stored[i] })
			for _, one := range c.stored {
				b.create(t, `{"resourceType":"ValueSet","url":%q,%s}`, url, one)
				b.create(t, `{"resourceType":"ValueSet","url":"http://example.org/vs","status":"active"}`)
			}
			doc, err := b.Definitions(clerk).ValueSet(t.Context(), url, c.version)
			require.NoError(t, err)
			if c.want == "" {
				require.Nil(t, doc)
				return
			}
			require.Equal(t, url, doc.Root().Field("url").Text())
			if version := doc.Root().Field("version"); version.Exists() {
				require.Equal(t, c.want, version.Text())
			}
			hidden, err := b.Definitions(insider).ValueSet(t.Context(), url, c.version)
			require.NoError(t, err)
			require.Nil(t, hidden, "what the reader may not see is not known to him")
		})
	}
}

func TestStoredValueSetsAreExpanded(t *testing.T) {
	b := newBench(t)
	b.create(t, `{"resourceType":"CodeSystem","url":"urn:cs","status":"active","content":"complete","concept":[{"code":"a","concept":[{"code":"b"}]}]}`)
	b.create(t, `{"resourceType":"ValueSet","url":"urn:vs","status":"active","compose":{"include":[{"system":"urn:cs","filter":[{"property":"concept","op":"is-a","value":"a"}]}]}}`)
	set, err := terminology.New(b.Definitions(clerk)).Expand(t.Context(), "urn:vs")
	require.NoError(t, err)
	require.Equal(t, []terminology.Part{{System: "urn:cs", Codes: []string{"a", "b"}}}, set.Parts())
}
