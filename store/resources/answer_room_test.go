package resources_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/bundle"
	"claimwright/fhir/search"
	"claimwright/store"
	"claimwright/store/resources"
)

// small leaves room for two of the resources of big in one answer.
func small(o *resources.Options) { o.MaxAnswer = 3000 }

func big(id string) string {
	return fmt.Sprintf(`{"resourceType":"Basic","id":%q,"code":{"text":%q}}`, id, strings.Repeat("x", 900))
}

func TestPagesOfLargeResourcesEndEarly(t *testing.T) {
	b := newBench(t, small)
	var want []string
	for i := range 200 {
		id := fmt.Sprintf("b-%03d", i)
		want = append(want, id)
		b.put(t, "%s", big(id))
	}
	q, _, err := search.Parse("Basic", "_count=1000&_sort=_id", b.SearchOptions())
	require.NoError(t, err)
	var got []string
	pages := 0
	for token := ""; ; pages++ {
		page, err := b.Search(t.Context(), clerk, q, token)
		require.NoError(t, err)
		require.LessOrEqual(t, len(page.Records), 3, "more would not fit")
		for _, r := range page.Records {
			got = append(got, r.ID)
		}
		if token = page.Next; token == "" {
			require.False(t, page.More)
			break
		}
	}
	require.Equal(t, want, got, "nothing left out, nothing twice")
	require.Greater(t, pages, 60)

	for i := range 100 {
		b.put(t, `{"resourceType":"Basic","id":"b-000","code":{"text":"%s %d"}}`, strings.Repeat("y", 900), i)
	}
	history, err := b.History(t.Context(), clerk, store.HistoryQuery{Type: "Basic", ID: "b-000", Limit: 1000}, "")
	require.NoError(t, err)
	require.LessOrEqual(t, len(history.Records), 3)
	rest, err := b.History(t.Context(), clerk, store.HistoryQuery{Type: "Basic", ID: "b-000", Limit: 1000}, history.Next)
	require.NoError(t, err)
	require.Equal(t, history.Records[len(history.Records)-1].Version-1, rest.Records[0].Version)

	b.put(t, `{"resourceType":"Basic","id":"huge","code":{"text":"%s"}}`, strings.Repeat("z", 9000))
	q, _, err = search.Parse("Basic", "_id=huge,b-001&_sort=-_id", b.SearchOptions())
	require.NoError(t, err)
	page, err := b.Search(t.Context(), clerk, q, "")
	require.NoError(t, err)
	require.Len(t, page.Records, 1, "what fits nowhere stands alone")
	page, err = b.Search(t.Context(), clerk, q, page.Next)
	require.NoError(t, err)
	require.Equal(t, "b-001", page.Records[0].ID)
}

// A long page over pending writes is read in portions of different sizes.
func TestLongPagesInTransactions(t *testing.T) {
	b := newBench(t)
	var want []string
	for i := range 150 {
		id := fmt.Sprintf("b-%03d", i)
		want = append(want, id)
		if i%3 != 0 {
			b.put(t, `{"resourceType":"Basic","id":%q,"code":{"text":"stored"}}`, id)
		}
	}
	q, _, err := search.Parse("Basic", "_count=140&_sort=_id", b.SearchOptions())
	require.NoError(t, err)
	var got []string
	require.NoError(t, b.Do(t.Context(), clerk, nil, func(ctx context.Context, u *resources.Unit) error {
		got = nil
		for i := 0; i < 150; i += 3 {
			doc := document(t, `{"resourceType":"Basic","code":{"text":"staged"}}`)
			if _, err := u.Put(ctx, key("Basic", fmt.Sprintf("b-%03d", i)), doc, resources.Create); err != nil {
				return err
			}
		}
		page, err := u.Reads().Search(ctx, clerk, q, "")
		for _, r := range page.Records {
			got = append(got, r.ID)
		}
		require.True(t, page.More)
		return err
	}))
	require.Equal(t, want[:140], got)
}

func TestBundlesAnswerNoMoreThanFits(t *testing.T) {
	entries := []string{entryOf("", "PUT", "Basic/b", big("b"))}
	for _, method := range []string{"GET", "HEAD", "GET", "HEAD", "GET"} {
		entries = append(entries, entryOf("", method, "Basic/b", ""))
	}
	o := resources.BundleOptions{Return: resources.Representation}

	t.Run("batch", func(t *testing.T) {
		b := newBench(t, small)
		body, err := b.Batch(t.Context(), clerk, planOf(t, "batch", entries...), o)
		require.NoError(t, err)
		var statuses []string
		for _, e := range responseOf(t, body).Entry {
			statuses = append(statuses, e.Response.Status[:3])
		}
		require.Equal(t, []string{"201", "200", "413", "413", "413", "413"}, statuses)
	})
	t.Run("transaction", func(t *testing.T) {
		b := newBench(t, small)
		_, err := b.Transaction(t.Context(), clerk, planOf(t, "transaction", entries...), o)
		said := refused(t, err, 413, "too-costly")
		require.Equal(t, "Bundle.entry[2].request", said.Issues[0].Expression)
		_, err = b.Read(t.Context(), clerk, key("Basic", "b"))
		refused(t, err, 404, "not-found")
	})
	t.Run("a write is answered without what does not fit", func(t *testing.T) {
		b := newBench(t, func(o *resources.Options) { o.MaxAnswer = 500 })
		for _, kind := range []bundle.Kind{bundle.Batch, bundle.Transaction} {
			body, err := b.Process(t.Context(), clerk, planOf(t, string(kind), entryOf("", "POST", "Basic", big("x"))), o)
			require.NoError(t, err)
			e := responseOf(t, body).Entry[0]
			require.Equal(t, "201 Created", e.Response.Status)
			require.Empty(t, e.Resource)
		}
	})
}
