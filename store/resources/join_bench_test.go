package resources_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/codec"
	"claimwright/fhir/search"
	"claimwright/store"
	"claimwright/store/resources"
	"claimwright/store/sqlite"
)

// BenchmarkJoins times joined searches over 100,000 resources in a SQLite store: 100 organisations, 19,900 members,
// 40,000 claims and their 40,000 answers. It reports the slowest of a hundred (p99-ms) and the searches and reads by key
// that one costs.
func BenchmarkJoins(b *testing.B) {
	st, err := sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "claims.db"))
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, st.Close()) })
	fill(b, st)
	counted := &counter{Store: st}
	service := resources.New(counted, resources.Options{})
	for _, c := range []struct{ name, resource, query string }{
		{"identifier", "ClaimResponse", "patient.identifier=http://m|%d"},
		{"include and sort", "ClaimResponse", "patient.identifier=http://m|%d&_include=ClaimResponse:patient&_include=ClaimResponse:request&_sort=-created"},
		{"an organisation's, include and sort", "Claim", "patient.organization.identifier=http://o|%d&_include=Claim:patient&_sort=-created&_count=50"},
		{"has", "Patient", "_has:Claim:patient:identifier=http://c|%d&_include=Patient:organization"},
		{"revinclude", "Claim", "patient.identifier=http://m|%d&_revinclude=ClaimResponse:request&_sort=created"},
	} {
		b.Run(c.name, func(b *testing.B) {
			counted.counts = counts{}
			var took []time.Duration
			for i := range b.N {
				began := time.Now()
				q, _, err := search.Parse(c.resource, fmt.Sprintf(c.query, i%100), service.SearchOptions())
				require.NoError(b, err)
				page, err := service.Search(b.Context(), clerk, q, "")
				require.NoError(b, err)
				require.NotEmpty(b, page.Records)
				took = append(took, time.Since(began))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
			b.ReportMetric(float64(counted.searches)/float64(b.N), "searches/op")
			b.ReportMetric(float64(counted.gets)/float64(b.N), "gets/op")
		})
	}
}

// fill stores the resources that BenchmarkJoins searches.
func fill(b *testing.B, st store.Store) {
	b.Helper()
	var commit store.Commit
	flush := func() {
		commit.ID, commit.ExtractorVersion = store.NewCommitID(), search.ExtractorVersion
		require.NoError(b, st.Commit(b.Context(), commit))
		commit = store.Commit{}
	}
	put := func(format string, args ...any) {
		doc, issues := codec.Parse(fmt.Appendf(nil, format, args...), codec.Limits{})
		require.Empty(b, issues)
		commit.Resources = append(commit.Resources, store.Write{
			Key: key(doc.Type(), doc.ID()), Version: 1, Updated: time.UnixMilli(1_700_000_000_000), Body: doc.Bytes(), Values: search.Extract(doc),
		})
		if len(commit.Resources) == 1_000 {
			flush()
		}
	}
	for i := range 100 {
		put(`{"resourceType":"Organization","id":"o%d","name":"Facility %d","identifier":[{"system":"http://o","value":"%d"}]}`, i, i, i)
	}
	for i := range 19_900 {
		put(`{"resourceType":"Patient","id":"p%d","identifier":[{"system":"http://m","value":"%d"}],"gender":"female","managingOrganization":{"reference":"Organization/o%d"}}`, i, i, i%100)
	}
	for i := range 40_000 {
		day := time.Date(2020, 1, 1+i%2000, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
		put(`{"resourceType":"Claim","id":"c%d","identifier":[{"system":"http://c","value":"%d"}],"status":"active","type":{"text":"x"},"use":"claim","patient":{"reference":"Patient/p%d"},"created":%q,"provider":{"reference":"Organization/o%d"},"priority":{"text":"x"},"insurance":[{"sequence":1,"focal":true,"coverage":{"display":"x"}}]}`,
			i, i, i%19_900, day, i%100)
		put(`{"resourceType":"ClaimResponse","id":"r%d","status":"active","type":{"text":"x"},"use":"claim","patient":{"reference":"Patient/p%d"},"created":%q,"insurer":{"reference":"Organization/o1"},"request":{"reference":"Claim/c%d"},"outcome":"complete"}`,
			i, i%19_900, day, i)
	}
	if len(commit.Resources) > 0 {
		flush()
	}
}
