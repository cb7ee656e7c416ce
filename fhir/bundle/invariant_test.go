package bundle_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/bundle"
	"claimwright/fhir/codec"
)

func TestCheck(t *testing.T) {
	versioned := func(version string) string {
		return `{"fullUrl":"http://x/Patient/1","resource":{"resourceType":"Patient","meta":{"versionId":"` + version + `"}}}`
	}
	composition := `{"resource":{"resourceType":"Composition","status":"final","type":{"text":"x"},"date":"2026","author":[{"reference":"Practitioner/1"}],"title":"x"}}`
	for _, c := range []struct {
		name, body string
		want       []string
	}{
		{"B9 bdl-1 a total in a batch", `{"resourceType":"Bundle","type":"batch","total":1}`, []string{"Bundle.total"}},
		{"a total in a searchset", `{"resourceType":"Bundle","type":"searchset","total":1}`, nil},
		{"B9 bdl-2 search in a collection", bundleOf("collection", `{"resource":`+patient+`,"search":{"mode":"match"}}`), []string{"Bundle.entry[0].search"}},
		{"search in a searchset", bundleOf("searchset", `{"resource":`+patient+`,"search":{"mode":"match"}}`), nil},
		{"B9 bdl-3 a request in a collection", bundleOf("collection", entryOf("", "GET", "Patient/1", "")), []string{"Bundle.entry[0].request"}},
		{"B9 bdl-3 bdl-4 a history needs both", bundleOf("history", `{"resource":`+patient+`}`), []string{"Bundle.entry[0].request", "Bundle.entry[0].response"}},
		{"B9 bdl-5 an entry with a link only", bundleOf("collection", `{"link":[{"relation":"self","url":"http://x"}]}`), []string{"Bundle.entry[0]"}},
		{"B9 bdl-8 a fullUrl with a version", bundleOf("collection", `{"fullUrl":"http://x/Patient/1/_history/2","resource":`+patient+`}`), []string{"Bundle.entry[0].fullUrl"}},
		{"B9 bdl-7 a fullUrl twice", bundleOf("collection", versioned("1"), versioned("1")), []string{"Bundle.entry[1].fullUrl"}},
		{"a fullUrl with two versions", bundleOf("collection", versioned("1"), versioned("2")), nil},
		{"a fullUrl with two versions in a batch that is only kept", `{"resourceType":"Bundle","type":"batch","entry":[` +
			`{"fullUrl":"http://x/Patient/1","resource":{"resourceType":"Patient","meta":{"versionId":"1"}},"request":{"method":"PUT","url":"Patient/1"}},` +
			`{"fullUrl":"http://x/Patient/1","resource":{"resourceType":"Patient","meta":{"versionId":"2"}},"request":{"method":"PUT","url":"Patient/1"}}]}`, nil},
		{"no fullUrls", bundleOf("collection", `{"resource":`+patient+`}`, `{"resource":`+patient+`}`), nil},
		{"B9 bdl-9 bdl-10 bdl-11 a document without anything", bundleOf("document", `{"resource":`+patient+`}`), []string{"Bundle.identifier", "Bundle.timestamp", "Bundle.entry[0].resource"}},
		{"a document", `{"resourceType":"Bundle","type":"document","identifier":{"system":"http://x","value":"1"},"timestamp":"2026-01-01T00:00:00Z","entry":[` + composition + `]}`, nil},
		{"B9 bdl-12 a message without header", bundleOf("message", `{"resource":`+patient+`}`), []string{"Bundle.entry[0].resource"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			doc, issues := codec.Parse([]byte(c.body), codec.Limits{})
			require.Empty(t, issues)
			var got []string
			for _, issue := range bundle.Check(doc) {
				got = append(got, issue.Expression)
			}
			require.Equal(t, c.want, got)
		})
	}
}
