package resources_test

import (
	"context"
	"errors"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/outcome"
	"claimwright/fhir/search"
	"claimwright/store"
	"claimwright/store/resources"
	"claimwright/store/storetest"
)

const managed = `{"resourceType":"Patient","id":%q,"managingOrganization":{"reference":%q}}`

func TestLabels(t *testing.T) {
	for _, c := range []struct {
		name, body string
		want       []string
	}{
		{"none", `{"resourceType":"Patient","id":"x"}`, nil},
		{"managing organisation", `{"resourceType":"Patient","id":"x","managingOrganization":{"reference":"Organization/1"}}`, []string{"org:Organization/1"}},
		{"a version of it", `{"resourceType":"Patient","id":"x","managingOrganization":{"reference":"Organization/1/_history/3"}}`, []string{"org:Organization/1"}},
		{"another server's", `{"resourceType":"Patient","id":"x","managingOrganization":{"reference":"http://x/Organization/1"}}`, nil},
		{"a practitioner", `{"resourceType":"Patient","id":"x","generalPractitioner":[{"reference":"Practitioner/1"},{"reference":"Organization/2"}]}`, []string{"org:Organization/2"}},
		{"an organisation itself", `{"resourceType":"Organization","id":"x","name":"x","partOf":{"reference":"Organization/1"}}`, []string{"org:Organization/1", "org:Organization/x"}},
		{"twice the same", `{"resourceType":"Coverage","id":"x","status":"active","beneficiary":{"reference":"Patient/1"},"policyHolder":{"reference":"Organization/1"},"payor":[{"reference":"Organization/1"},{"reference":"Organization/0"}]}`, []string{"org:Organization/0", "org:Organization/1"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			doc := document(t, "%s", c.body)
			_, labels, err := resources.Extractor{}.Extract(key(doc.Type(), "x"), doc.Bytes())
			require.NoError(t, err)
			require.Equal(t, c.want, labels)
		})
	}
	t.Run("what cannot be parsed", func(t *testing.T) {
		_, _, err := resources.Extractor{}.Extract(key("Patient", "x"), []byte(`{"resourceType":"Patient","x":1}`))
		require.ErrorContains(t, err, "Patient/x")
	})
}

func TestAccessOfReads(t *testing.T) {
	b := newBench(t)
	b.put(t, managed, "mine", "Organization/1")
	b.put(t, managed, "theirs", "Organization/2")
	b.put(t, managed, "gone", "Organization/2")
	_, err := b.Delete(t.Context(), clerk, key("Patient", "gone"), resources.DeleteOptions{})
	require.NoError(t, err)
	nobody := resources.Principal{ID: "nobody", Access: store.Nothing("nobody")}
	q := &search.Query{Type: "Patient", Count: 10}

	for _, c := range []struct {
		name    string
		p       resources.Principal
		visible int64
		theirs  int
		gone    int
	}{
		{"everything", clerk, 2, 200, 410},
		{"some", insider, 1, 404, 404},
		{"nothing", nobody, 0, 404, 404},
		{"the zero principal", resources.Principal{}, 0, 404, 404},
	} {
		t.Run(c.name, func(t *testing.T) {
			page, err := b.Search(t.Context(), c.p, q, "")
			require.NoError(t, err)
			require.Len(t, page.Records, int(c.visible))
			n, err := b.Count(t.Context(), c.p, q)
			require.NoError(t, err)
			require.Equal(t, c.visible, n)
			for id, want := range map[string]int{"theirs": c.theirs, "gone": c.gone} {
				_, err = b.Read(t.Context(), c.p, key("Patient", id))
				require.Equal(t, want, statusOf(err), id)
				_, err = b.History(t.Context(), c.p, store.HistoryQuery{Type: "Patient", ID: id, Limit: 5}, "")
				require.Equal(t, want == 404, statusOf(err) == 404, id)
			}
			_, err = b.VRead(t.Context(), c.p, key("Patient", "theirs"), 1)
			require.Equal(t, c.theirs, statusOf(err))
		})
	}
}

// statusOf is the status that a read would be answered with.
func statusOf(err error) int {
	if err == nil {
		return http.StatusOK
	}
	var said *outcome.Error
	if errors.As(err, &said) {
		return said.Status
	}
	return http.StatusInternalServerError
}

func TestAccessOfWrites(t *testing.T) {
	t.Run("who sees nothing writes nothing", func(t *testing.T) {
		b := newBench(t)
		for _, p := range []resources.Principal{{}, {Access: store.Nothing("x")}} {
			_, err := b.Create(t.Context(), p, document(t, `{"resourceType":"Patient"}`), resources.CreateOptions{})
			refused(t, err, http.StatusForbidden, outcome.Forbidden)
		}
	})
	t.Run("an update of what is not visible", func(t *testing.T) {
		b := newBench(t)
		b.put(t, managed, "theirs", "Organization/2")
		_, err := b.Update(t.Context(), insider, key("Patient", "theirs"), document(t, managed, "theirs", "Organization/1"), resources.UpdateOptions{})
		refused(t, err, http.StatusNotFound, outcome.NotFound)
	})
	t.Run("a delete of what is not visible is one of nothing", func(t *testing.T) {
		b := newBench(t)
		b.put(t, managed, "theirs", "Organization/2")
		stored, err := b.Delete(t.Context(), insider, key("Patient", "theirs"), resources.DeleteOptions{})
		require.NoError(t, err)
		require.Equal(t, &resources.Stored{Key: key("Patient", "theirs"), Deleted: true, Unchanged: true}, stored)
		_, err = b.Read(t.Context(), clerk, key("Patient", "theirs"))
		require.NoError(t, err)
	})
	t.Run("one's own", func(t *testing.T) {
		b := newBench(t)
		b.put(t, managed, "mine", "Organization/1")
		stored, err := b.Update(t.Context(), insider, key("Patient", "mine"), document(t, `{"resourceType":"Patient","id":"mine","active":true,"managingOrganization":{"reference":"Organization/1"}}`), resources.UpdateOptions{})
		require.NoError(t, err)
		require.Equal(t, int64(2), stored.Version)
		_, err = b.Delete(t.Context(), insider, key("Patient", "mine"), resources.DeleteOptions{})
		require.NoError(t, err)
		_, err = b.Read(t.Context(), insider, key("Patient", "mine"))
		refused(t, err, http.StatusGone, outcome.Deleted)
	})
	t.Run("a condition sees what the principal sees", func(t *testing.T) {
		b := newBench(t)
		b.put(t, `{"resourceType":"Patient","id":"theirs","active":true,"managingOrganization":{"reference":"Organization/2"}}`)
		stored, err := b.Create(t.Context(), insider, document(t, `{"resourceType":"Patient","active":true}`), resources.CreateOptions{IfNoneExist: "active=true"})
		require.NoError(t, err)
		require.True(t, stored.Created)
	})
	t.Run("internal records are the server's own", func(t *testing.T) {
		err := newBench(t).Do(t.Context(), clerk, nil, func(ctx context.Context, u *resources.Unit) error {
			_, err := u.Internals(ctx, clerk.Access, head)
			return err
		})
		refused(t, err, http.StatusForbidden, outcome.Forbidden)
	})
}

func TestReads(t *testing.T) {
	b := newBench(t)
	for _, id := range []string{"a", "b", "c", "d", "e"} {
		b.put(t, managed, id, "Organization/1")
	}
	b.put(t, managed, "a", "Organization/2")
	q := &search.Query{Type: "Patient", Count: 2, Applied: "_count=2"}

	t.Run("pages of a search", func(t *testing.T) {
		var ids []string
		token := ""
		for {
			page, err := b.Search(t.Context(), clerk, q, token)
			require.NoError(t, err)
			for _, r := range page.Records {
				ids = append(ids, r.ID)
			}
			if token = page.Next; token == "" {
				break
			}
		}
		require.Equal(t, []string{"a", "b", "c", "d", "e"}, ids)
	})
	page, err := b.Search(t.Context(), clerk, q, "")
	require.NoError(t, err)
	for _, c := range []struct {
		name  string
		p     resources.Principal
		q     *search.Query
		token string
	}{
		{"another query", clerk, &search.Query{Type: "Patient", Count: 2, Applied: "active=true"}, page.Next},
		{"another order", clerk, &search.Query{Type: "Patient", Count: 2, Applied: "_count=2", Sort: []search.Sort{{Param: "_id"}}}, page.Next},
		{"another principal", insider, q, page.Next},
		{"no token", clerk, q, "nonsense"},
	} {
		t.Run("the token of "+c.name, func(t *testing.T) {
			_, err := b.Search(t.Context(), c.p, c.q, c.token)
			refused(t, err, http.StatusBadRequest, outcome.Value)
		})
	}
	t.Run("history", func(t *testing.T) {
		h := store.HistoryQuery{Type: "Patient", ID: "a", Limit: 1}
		newest, err := b.History(t.Context(), clerk, h, "")
		require.NoError(t, err)
		require.Equal(t, int64(2), newest.Records[0].Version)
		older, err := b.History(t.Context(), clerk, h, newest.Next)
		require.NoError(t, err)
		require.Equal(t, int64(1), older.Records[0].Version)
		_, err = b.History(t.Context(), clerk, store.HistoryQuery{Type: "Patient", ID: "b", Limit: 1}, newest.Next)
		refused(t, err, http.StatusBadRequest, outcome.Value)
		_, err = b.History(t.Context(), clerk, store.HistoryQuery{Type: "Patient", ID: "never", Limit: 1}, "")
		refused(t, err, http.StatusNotFound, outcome.NotFound)
		later, err := b.History(t.Context(), clerk, store.HistoryQuery{Type: "Patient", ID: "a", Limit: 1, Since: b.clock.now.AddDate(1, 0, 0)}, "")
		require.NoError(t, err, "nothing new is no error")
		require.Empty(t, later.Records)
	})
	t.Run("a version that never was", func(t *testing.T) {
		_, err := b.VRead(t.Context(), clerk, key("Patient", "a"), 3)
		refused(t, err, http.StatusNotFound, outcome.NotFound)
	})
	t.Run("a closed store", func(t *testing.T) {
		st := storetest.NewMemory()
		closed := benchOver(t, st)
		require.NoError(t, st.Close())
		_, err := closed.Read(t.Context(), clerk, key("Patient", "a"))
		refused(t, err, http.StatusServiceUnavailable, outcome.NoStore)
		_, err = closed.Search(t.Context(), clerk, q, "")
		refused(t, err, http.StatusServiceUnavailable, outcome.NoStore)
	})
}
