package resources_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/registry"
	"claimwright/fhir/search"
	"claimwright/store"
	"claimwright/store/resources"
)

func (b *bench) across(t *testing.T, p resources.Principal, query string) (keys []string) {
	t.Helper()
	x, _, err := search.ParseAcross(registry.Types(), query, b.SearchOptions())
	require.NoError(t, err)
	n, err := b.CountAcross(t.Context(), p, x)
	require.NoError(t, err)
	keys = []string{}
	for token := ""; ; {
		page, err := b.SearchAcross(t.Context(), p, x, token)
		require.NoError(t, err)
		require.LessOrEqual(t, len(page.Records), x.Count)
		for _, r := range page.Records {
			keys = append(keys, r.Key.String())
		}
		require.Equal(t, page.More, page.Next != "")
		if token = page.Next; token == "" {
			require.Len(t, keys, int(n), "count and search agree")
			return keys
		}
	}
}

// TestAcrossTypes: the pages of a search over several types are its matches in order, whatever their size.
func TestAcrossTypes(t *testing.T) {
	eachStore(t, func(t *testing.T, b *bench) {
		for i, id := range []string{"b", "a", "c"} { // two types at each moment
			b.put(t, `{"resourceType":"Patient","id":%q,"managingOrganization":{"reference":"Organization/1"}}`, id)
			b.put(t, `{"resourceType":"Location","id":%q}`, id)
			if i < 2 {
				b.clock.now = b.clock.now.Add(time.Second)
			}
		}
		b.put(t, `{"resourceType":"List","id":"b2","status":"current","mode":"working"}`)
		for query, want := range map[string][]string{
			"":                              {"List/b2", "Location/a", "Location/b", "Location/c", "Patient/a", "Patient/b", "Patient/c"},
			"_sort=_id":                     {"Location/a", "Patient/a", "Location/b", "Patient/b", "List/b2", "Location/c", "Patient/c"},
			"_sort=-_id":                    {"Location/c", "Patient/c", "List/b2", "Location/b", "Patient/b", "Location/a", "Patient/a"},
			"_sort=_lastUpdated":            {"Location/b", "Patient/b", "Location/a", "Patient/a", "List/b2", "Location/c", "Patient/c"},
			"_sort=-_lastUpdated":           {"List/b2", "Location/c", "Patient/c", "Location/a", "Patient/a", "Location/b", "Patient/b"},
			"_type=Patient,List&_sort=-_id": {"Patient/c", "List/b2", "Patient/b", "Patient/a"},
			"_type=Patient&_id=a,c":         {"Patient/a", "Patient/c"},
		} {
			for count := 1; count <= 8; count++ {
				require.Equal(t, want, b.across(t, clerk, fmt.Sprintf("%s&_count=%d", query, count)), "%s by %d", query, count)
			}
		}
		require.Equal(t, []string{"Patient/a", "Patient/b", "Patient/c"}, b.across(t, insider, "_count=2"), "what may be seen")
		require.Empty(t, b.across(t, resources.Principal{ID: "nobody", Access: store.Nothing("nobody")}, "_count=2"))
	})
}

// TestAcrossTypesInPortions: a page of several types ends where its bodies are as large as an answer may be.
func TestAcrossTypesInPortions(t *testing.T) {
	b := newBench(t, func(o *resources.Options) { o.MaxAnswer = 1000 })
	for i := range 4 {
		b.put(t, `{"resourceType":"Patient","id":"p%d","name":[{"text":"%0500d"}]}`, i, i)
		b.put(t, `{"resourceType":"Location","id":"l%d","name":"%0500d"}`, i, i)
	}
	for _, sort := range []string{"", "_sort=_id", "_sort=-_lastUpdated"} {
		x, _, err := search.ParseAcross([]string{"Location", "Patient"}, sort, b.SearchOptions())
		require.NoError(t, err)
		pages, n := 0, 0
		for token := ""; pages == 0 || token != ""; pages++ {
			page, err := b.SearchAcross(t.Context(), clerk, x, token)
			require.NoError(t, err)
			n, token = n+len(page.Records), page.Next
		}
		require.Equal(t, 8, n)
		require.Equal(t, 8, pages, sort)
	}
}
