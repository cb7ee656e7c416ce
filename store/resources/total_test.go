package resources_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/registry"
	"claimwright/fhir/search"
	"claimwright/store"
	"claimwright/store/resources"
	"claimwright/store/storetest"
)

// tally is a store that tells how it was asked to count: to which bounds, 0 for all. It may say that there is more.
type tally struct {
	store.Store
	to     []int64
	beyond bool
}

func (c *tally) Count(ctx context.Context, a store.Access, q *search.Query) (int64, error) {
	c.to = append(c.to, q.CountTo)
	if c.beyond && q.CountTo > 0 {
		return q.CountTo + 1, nil
	}
	return c.Store.Count(ctx, a, q)
}

// taken gives what was counted and forgets it.
func (c *tally) taken() []int64 {
	to := c.to
	c.to = nil
	return to
}

// TestTotals: a total is counted once for all pages, within a bound, and never where the page is all there is.
func TestTotals(t *testing.T) {
	st := &tally{Store: storetest.NewMemory()}
	b := benchOver(t, st)
	for i := range 5 {
		b.put(t, `{"resourceType":"Patient","id":"p%d","generalPractitioner":[{"reference":"Practitioner/d"}]}`, i)
	}
	b.put(t, `{"resourceType":"Practitioner","id":"d","active":true}`)
	for _, c := range []struct {
		name, query string
		beyond      bool
		totals      []int64
		counts      []int64
	}{
		{"S2 one page", "_count=5", false, []int64{5}, nil},
		{"S2 pages", "_count=2", false, []int64{5, 5, 5}, []int64{10_000}},
		{"S2 pages by a chain", "_count=2&general-practitioner:Practitioner.active=true", false, []int64{5, 5, 5}, []int64{10_000}},
		{"S2 sorted by bodies", "_count=2&_sort=general-practitioner", false, []int64{5, 5, 5}, []int64{10_000}},
		{"S2 more than is counted", "_count=3", true, []int64{resources.Unknown, resources.Unknown}, []int64{10_000}},
		{"S2 accurate", "_count=2&_total=accurate", true, []int64{5, 5, 5}, []int64{0, 0, 0}},
		{"S2 estimate", "_count=3&_total=estimate", true, []int64{5, 5}, []int64{0, 0}},
		{"S2 accurate, one page", "_total=accurate", true, []int64{5}, nil},
		{"S2 none", "_count=3&_total=none", false, []int64{resources.Unknown, resources.Unknown}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			st.beyond = c.beyond
			st.taken()
			q, _, err := search.Parse("Patient", c.query, b.SearchOptions())
			require.NoError(t, err)
			require.Equal(t, c.totals, totals(t, func(token string) (resources.Page, error) { return b.Search(t.Context(), clerk, q, token) }))
			require.Equal(t, c.counts, st.taken())
		})
	}
}

// TestTotalsAcrossTypes: what is counted of one type leaves less to be counted of the next.
func TestTotalsAcrossTypes(t *testing.T) {
	st := &tally{Store: storetest.NewMemory()}
	b := benchOver(t, st)
	for i := range 3 {
		b.put(t, `{"resourceType":"Patient","id":"p%d"}`, i)
		b.put(t, `{"resourceType":"Location","id":"l%d"}`, i)
	}
	for _, c := range []struct {
		name, query    string
		totals, counts []int64
	}{
		{"S2 two types", "_type=Patient,Location&_count=4", []int64{6, 6}, []int64{10_000, 9_997}},
		{"S2 all types", "_count=4", []int64{resources.Unknown, resources.Unknown}, nil},
		{"S2 two types, accurate", "_type=Patient,Location&_count=4&_total=accurate", []int64{6, 6}, []int64{0, 0, 0, 0}},
		{"S2 two types, none", "_type=Patient,Location&_total=none", []int64{resources.Unknown}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			st.taken()
			x, _, err := search.ParseAcross(registry.Types(), c.query, b.SearchOptions())
			require.NoError(t, err)
			require.Equal(t, c.totals, totals(t, func(token string) (resources.Page, error) { return b.SearchAcross(t.Context(), clerk, x, token) }))
			require.Equal(t, c.counts, st.taken())
		})
	}
}

// TestTotalsOfHistories: a resource has as many versions as its newest one says, for those who see all of them.
func TestTotalsOfHistories(t *testing.T) {
	b := newBench(t)
	for i := range 5 {
		b.put(t, `{"resourceType":"Patient","id":"p","managingOrganization":{"reference":"Organization/1"},"name":[{"family":"%s"}]}`, fmt.Sprint("n", i))
	}
	of := func(p resources.Principal, h store.HistoryQuery) []int64 {
		return totals(t, func(token string) (resources.Page, error) { return b.History(t.Context(), p, h, token) })
	}
	unknown := int64(resources.Unknown)
	require.Equal(t, []int64{5, 5, 5}, of(clerk, store.HistoryQuery{Type: "Patient", ID: "p", Limit: 2}), "H1 all versions of one resource")
	require.Equal(t, []int64{5}, of(insider, store.HistoryQuery{Type: "Patient", ID: "p", Limit: 5}))
	require.Equal(t, []int64{unknown, unknown, unknown}, of(insider, store.HistoryQuery{Type: "Patient", ID: "p", Limit: 2}), "some versions may be hidden")
	require.Equal(t, []int64{unknown, unknown, unknown}, of(clerk, store.HistoryQuery{Type: "Patient", Limit: 2}), "H2 a type")
	require.Equal(t, []int64{5}, of(clerk, store.HistoryQuery{Type: "Patient", Limit: 10}))
	require.Equal(t, []int64{unknown, unknown, unknown}, of(clerk, store.HistoryQuery{Type: "Patient", ID: "p", Limit: 2, Since: b.clock.now.Add(-time.Second)}))
}

// totals are those of all pages.
func totals(t *testing.T, read func(token string) (resources.Page, error)) (out []int64) {
	t.Helper()
	for token := ""; ; {
		page, err := read(token)
		require.NoError(t, err)
		out = append(out, page.Total)
		if token = page.Next; token == "" {
			return out
		}
	}
}
