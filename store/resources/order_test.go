package resources_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/outcome"
	"claimwright/fhir/search"
	"claimwright/store"
)

// TestSortByAnyParameter: tokens, references and what all resources have, alone and before or after what an index has in
// order; page by page.
func TestSortByAnyParameter(t *testing.T) {
	eachStore(t, func(t *testing.T, b *bench) {
		for id, more := range map[string]string{
			"p1": `"gender":"male","generalPractitioner":[{"reference":"Practitioner/b"}],"birthDate":"1990-01-01","name":[{"family":"ouédraogo"}]`,
			"p2": `"gender":"female","generalPractitioner":[{"reference":"Practitioner/c"},{"reference":"Practitioner/a"}],"birthDate":"1980-01-01","name":[{"family":"Otieno"}]`,
			"p3": `"birthDate":"1985-01-01","name":[{"family":"MWANGI"}]`,
			"p4": `"gender":"female","identifier":[{"system":"http://z","value":"A|1"},{"system":"http://a","value":"c"}],"name":[{"family":"otieno"}]`,
			"p5": `"gender":"male","meta":{"tag":[{"code":"urgent"}]},"identifier":[{"value":"B"}],"generalPractitioner":[{"identifier":{"value":"7"}}]`,
		} {
			b.put(t, `{"resourceType":"Patient","id":%q,%s}`, id, more)
		}
		for _, tc := range []struct {
			name, query string
			want        []string
		}{
			{"a token, missing ones last", "_sort=gender", []string{"p2", "p4", "p1", "p5", "p3"}},
			{"downwards, missing ones last", "_sort=-gender", []string{"p1", "p5", "p2", "p4", "p3"}},
			{"a token and a date", "_sort=gender,-birthdate", []string{"p2", "p4", "p1", "p5", "p3"}},
			{"a token and the id downwards", "_sort=gender,-_id", []string{"p4", "p2", "p5", "p1", "p3"}},
			{"repeated values by the smallest", "_sort=general-practitioner", []string{"p2", "p1", "p3", "p4", "p5"}},
			{"repeated values by the largest", "_sort=-general-practitioner", []string{"p2", "p1", "p3", "p4", "p5"}},
			{"identifiers by value, whatever the system", "_sort=identifier", []string{"p4", "p5", "p1", "p2", "p3"}},
			{"identifiers downwards", "_sort=-identifier", []string{"p4", "p5", "p1", "p2", "p3"}},
			{"a tag", "_sort=_tag", []string{"p5", "p1", "p2", "p3", "p4"}},
			{"strings without case, ties by id", "_sort=family", []string{"p3", "p2", "p4", "p1", "p5"}},
			{"of what matches", "gender=female&_sort=-identifier", []string{"p4", "p2"}},
			{"of nothing", "gender=other&_sort=gender", []string{}},
		} {
			t.Run(tc.name, func(t *testing.T) { require.Equal(t, tc.want, b.search(t, clerk, "Patient", tc.query)) })
		}
		stranger := insider
		stranger.Access = store.Nothing("stranger")
		require.Empty(t, b.search(t, stranger, "Patient", "_sort=gender"))
	})
}

// TestSortTooMany: an order that must be made of bodies is refused when too many match.
func TestSortTooMany(t *testing.T) {
	b := newBench(t)
	const n = 10_001
	var writes []store.Write
	for i := range n {
		key := store.Key{Type: "Patient", ID: fmt.Sprintf("p%05d", i)}
		writes = append(writes, store.Write{Key: key, Version: 1, Body: fmt.Appendf(nil, `{"resourceType":"Patient","id":%q}`, key.ID),
			Values: &search.Values{Terms: []search.Term{{Param: "gender", Text: []string{"male", "female"}[min(i, 1)]}}}})
	}
	require.NoError(t, b.st.Commit(t.Context(), store.Commit{ID: store.NewCommitID(), Resources: writes}))
	parse := func(query string) *search.Query {
		q, _, err := search.Parse("Patient", query, b.SearchOptions())
		require.NoError(t, err)
		return q
	}
	_, err := b.Search(t.Context(), clerk, parse("_sort=gender"), "")
	refused(t, err, http.StatusUnprocessableEntity, outcome.TooCostly)
	page, err := b.Search(t.Context(), clerk, parse("_sort=gender&gender=female"), "")
	require.NoError(t, err)
	require.Len(t, page.Records, 50)
	_, err = b.Search(t.Context(), clerk, parse("_sort=_id"), "")
	require.NoError(t, err)
}
