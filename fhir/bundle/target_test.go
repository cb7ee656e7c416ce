package bundle_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/bundle"
)

func TestParseTarget(t *testing.T) {
	const base = "https://payer.example/fhir"
	for url, want := range map[string]bundle.Target{
		"Patient":                         {Type: "Patient"},
		"/Patient":                        {Type: "Patient"},
		"metadata":                        {Capabilities: true}, // B8
		"metadata?_elements=rest":         {Capabilities: true, Query: "_elements=rest"},
		"Patient/1":                       {Type: "Patient", ID: "1"},
		"Patient/1/_history":              {Type: "Patient", ID: "1", History: true},
		"Patient/1/_history/12":           {Type: "Patient", ID: "1", Version: 12},
		"Patient/_history":                {Type: "Patient", History: true},
		"_history?_since=2026-01-01":      {History: true, Query: "_since=2026-01-01"},
		"Patient?name=a%20b":              {Type: "Patient", Query: "name=a%20b"},
		"?_type=Patient,Claim":            {Query: "_type=Patient,Claim"},
		"Patient/1/Claim?status=active":   {Type: "Patient", ID: "1", Member: "Claim", Query: "status=active"},
		"Patient/1/*":                     {Type: "Patient", ID: "1", Member: "*"},
		"Claim/$submit":                   {Type: "Claim", Operation: "$submit"},
		"Patient/1/$everything":           {Type: "Patient", ID: "1", Operation: "$everything"},
		"$process-message":                {Operation: "$process-message"},
		base + "/Patient/1":               {Type: "Patient", ID: "1"},
		"http://payer.example/fhir/Claim": {Type: "Claim"}, // C7
		base + "/Patient?url=http://x/y":  {Type: "Patient", Query: "url=http://x/y"},
		base + "?_type=Patient":           {Query: "_type=Patient"},
		"ValueSet?url=http://example.org": {Type: "ValueSet", Query: "url=http://example.org"},
	} {
		t.Run(url, func(t *testing.T) {
			got, err := bundle.ParseTarget(url, base)
			require.Nil(t, err)
			require.Equal(t, want, got)
		})
	}
	for _, url := range []string{
		"", "/", "metadata/", "metadata/x", "Patient/", "Patient/1/", "Patient/1/_history/0", "Patient/1/_history/01", "Patient/1/_history/x",
		"Patient/_history/3", "Patient/$", "Patient/1/2", "Patient/1/claim", "Patient/*", "$a/b", base, base + "/", base + "x/Patient/1", "ftp://payer.example/fhir/Patient/1", "http://payer.example:8080/fhir/Patient/1", "http://payer.example/FHIR/Patient/1",
		"Patient/" + string(make([]byte, 65)), "Patient/_search", "Resource/1",
	} {
		t.Run("refused "+url, func(t *testing.T) {
			_, err := bundle.ParseTarget(url, base)
			require.NotNil(t, err)
			require.NotEmpty(t, err.Issues[0].Expected)
		})
	}
	t.Run("without a base nothing absolute", func(t *testing.T) {
		_, err := bundle.ParseTarget("https://payer.example/fhir/Patient/1", "")
		require.NotNil(t, err)
	})
}
