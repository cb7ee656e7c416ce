package resources_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/search"
	"claimwright/store"
	"claimwright/store/resources"
)

// page is the first page of a search: its matches, and what it includes as "Type/id/version", sorted.
func (b *bench) page(t *testing.T, p resources.Principal, resourceType, query string) (matches, included []string, cut bool) {
	t.Helper()
	q, warnings, err := search.Parse(resourceType, query, b.SearchOptions())
	require.NoError(t, err)
	require.Empty(t, warnings)
	page, err := b.Search(t.Context(), p, q, "")
	require.NoError(t, err)
	for _, r := range page.Records {
		matches = append(matches, r.ID)
	}
	for _, r := range page.Included {
		require.NotEmpty(t, r.Body)
		included = append(included, fmt.Sprintf("%s/%d", r.Key, r.Version))
	}
	slices.Sort(included)
	return matches, included, page.Cut
}

func TestIncludes(t *testing.T) {
	eachStore(t, func(t *testing.T, b *bench) {
		b.family(t)
		b.questionnaires(t)
		b.put(t, `{"resourceType":"Patient","id":"p1","gender":"other","managingOrganization":{"reference":"Organization/o1"}}`)
		b.put(t, `{"resourceType":"Patient","id":"p4","link":[{"type":"seealso","other":{"reference":"Patient/p5"}}]}`)
		b.put(t, `{"resourceType":"Patient","id":"p5","link":[{"type":"seealso","other":{"reference":"Patient/p4"}}]}`)
		b.put(t, `{"resourceType":"Patient","id":"gone"}`)
		b.put(t, `{"resourceType":"Coverage","id":"c7","status":"draft","beneficiary":{"reference":"Patient/gone/_history/1"},"subscriber":{"reference":"Patient/p3/_history/7"},"payor":[{"reference":"http://elsewhere/Organization/o1"},{"display":"x"}]}`)
		_, err := b.Delete(t.Context(), clerk, key("Patient", "gone"), resources.DeleteOptions{})
		require.NoError(t, err)
		for _, c := range []struct {
			name, resource, query string
			want                  []string
		}{
			{"one", "Coverage", "_id=c3&_include=Coverage:beneficiary", []string{"Patient/p2/1"}},
			{"the version that is referred to", "Coverage", "_id=c2&_include=Coverage:beneficiary", []string{"Patient/p1/1"}},
			{"both versions that are referred to", "Coverage", "_id=c1,c2&_include=Coverage:beneficiary", []string{"Patient/p1/1", "Patient/p1/2"}},
			{"once, however often it is referred to", "Coverage", "_id=c1,c3,c4&_include=Coverage:payor", []string{"Organization/o2/1"}},
			{"several", "Coverage", "_id=c3&_include=Coverage:payor&_include=Coverage:beneficiary", []string{"Organization/o2/1", "Patient/p2/1"}},
			{"a type that is not asked for", "Coverage", "_id=c3&_include=Coverage:payor:Patient", nil},
			{"all of a type", "Coverage", "_id=c3&_include=Coverage:*:Patient", []string{"Patient/p2/1"}},
			{"all", "Coverage", "_id=c3&_include=Coverage:*", []string{"Organization/o2/1", "Patient/p2/1"}},
			{"all of any type", "Coverage", "_id=c3&_include=*", []string{"Organization/o2/1", "Patient/p2/1"}},
			{"none that is missing, deleted, of another version or elsewhere", "Coverage", "_id=c5,c7&_include=*", []string{"Organization/o2/1"}},
			{"no match", "Coverage", "_id=none&_include=*&_revinclude=*", nil},
			{"not again without iterate", "Coverage", "_id=c3&_include=Coverage:beneficiary&_include:iterate=Coverage:payor", []string{"Organization/o2/1", "Patient/p2/1"}},
			{"iterate", "Coverage", "_id=c3&_include=Coverage:beneficiary&_include:iterate=Patient:organization", []string{"Organization/o1/1", "Patient/p2/1"}},
			{"iterate over itself", "Patient", "_id=p2&_include=Patient:organization&_include:iterate=Organization:partof", []string{"Organization/o1/1", "Organization/o2/1"}},
			{"iterate in a circle", "Patient", "_id=p4&_include:iterate=Patient:link", []string{"Patient/p5/1"}},
			{"iterate over everything", "Coverage", "_id=c3&_include:iterate=*", []string{"Organization/o1/1", "Organization/o2/1", "Patient/p2/1"}},
			{"a match is not included", "Patient", "_id=p4,p5&_include=Patient:link", nil},
			{"a canonical of any version", "QuestionnaireResponse", "_id=qr2&_include=QuestionnaireResponse:questionnaire", []string{"Questionnaire/q1/1"}},
			{"a canonical of a version", "QuestionnaireResponse", "_id=qr1,qr3&_include=QuestionnaireResponse:*", []string{"Questionnaire/q1/1"}},

			{"reverse", "Patient", "_id=p1,p2&_revinclude=Coverage:beneficiary", []string{"Coverage/c1/1", "Coverage/c2/1", "Coverage/c3/1"}},
			{"reverse of a type that is not asked for", "Organization", "_id=o2&_revinclude=Coverage:payor:Organization", []string{"Coverage/c1/1", "Coverage/c2/1", "Coverage/c3/1", "Coverage/c4/1", "Coverage/c5/1"}},
			{"reverse all of a type", "Organization", "_id=o1&_revinclude=Patient:*", []string{"Patient/p1/2", "Patient/p2/1"}},
			{"reverse all", "Organization", "_id=o2&_revinclude=*", []string{"Coverage/c1/1", "Coverage/c2/1", "Coverage/c3/1", "Coverage/c4/1", "Coverage/c5/1", "Organization/o1/1", "Patient/p3/1"}},
			{"reverse by a canonical", "Questionnaire", "_id=q1&_revinclude=QuestionnaireResponse:questionnaire", []string{"QuestionnaireResponse/qr1/1", "QuestionnaireResponse/qr2/1"}},
			{"reverse iterate", "Organization", "_id=o1&_revinclude=Patient:organization&_revinclude:iterate=Coverage:beneficiary",
				[]string{"Coverage/c1/1", "Coverage/c2/1", "Coverage/c3/1", "Patient/p1/2", "Patient/p2/1"}},
			{"there and back", "Coverage", "_id=c3&_include=Coverage:beneficiary&_revinclude:iterate=Coverage:beneficiary", []string{"Patient/p2/1"}},
			{"with a chain", "Coverage", "beneficiary.gender=male&_include=Coverage:beneficiary", []string{"Patient/p2/1"}},
			{"with _has", "Patient", "_has:Coverage:beneficiary:_id=c4&_include=Patient:organization", []string{"Organization/o2/1"}},
		} {
			t.Run(c.name, func(t *testing.T) {
				_, included, cut := b.page(t, clerk, c.resource, c.query)
				require.Equal(t, c.want, included)
				require.False(t, cut)
			})
		}
	})
}

func TestIncludesOfEachPage(t *testing.T) {
	eachStore(t, func(t *testing.T, b *bench) {
		b.family(t)
		q, _, err := search.Parse("Patient", "_include=Patient:organization&_sort=-_id&_count=1", b.SearchOptions())
		require.NoError(t, err)
		want := [][2]string{{"p3", "Organization/o2"}, {"p2", "Organization/o1"}, {"p1", "Organization/o1"}}
		token := ""
		for _, w := range want {
			page, err := b.Search(t.Context(), clerk, q, token)
			require.NoError(t, err)
			require.Len(t, page.Records, 1)
			require.Equal(t, w[0], page.Records[0].ID)
			require.Len(t, page.Included, 1, "S4 also what was sent before")
			require.Equal(t, w[1], page.Included[0].Key.String())
			token = page.Next
		}
		require.Empty(t, token)
	})
}

func TestIncludesSeeWhatTheReaderSees(t *testing.T) {
	b := newBench(t)
	b.put(t, managed, "mine", "Organization/1")
	b.put(t, managed, "theirs", "Organization/2")
	for id, patient := range map[string]string{"c1": "mine", "c2": "theirs", "c3": "theirs/_history/1"} {
		b.put(t, `{"resourceType":"Coverage","id":%q,"status":"active","beneficiary":{"reference":"Patient/%s"},"payor":[{"reference":"Organization/1"}]}`, id, patient)
	}
	b.put(t, `{"resourceType":"Coverage","id":"c4","status":"active","beneficiary":{"reference":"Patient/mine"},"payor":[{"reference":"Organization/2"}]}`)
	b.put(t, managed, "theirs", "Organization/2")
	matches, included, _ := b.page(t, insider, "Coverage", "_include=Coverage:beneficiary")
	require.Equal(t, []string{"c1", "c2", "c3"}, matches)
	require.Equal(t, []string{"Patient/mine/1"}, included)
	_, included, _ = b.page(t, insider, "Patient", "_id=mine&_revinclude=Coverage:beneficiary")
	require.Equal(t, []string{"Coverage/c1/1"}, included)
	matches, included, _ = b.page(t, resources.Principal{Access: store.Nothing("x")}, "Patient", "_id=mine&_revinclude=*&_include=*")
	require.Empty(t, matches)
	require.Empty(t, included)
}

func TestIncludesAreBounded(t *testing.T) {
	b := newBench(t)
	b.family(t)
	for i := range resources.MostIncluded {
		b.put(t, `{"resourceType":"Patient","id":"x%d","managingOrganization":{"reference":"Organization/o2"}}`, i)
	}
	_, included, cut := b.page(t, clerk, "Organization", "_id=o2&_revinclude=Patient:organization")
	require.Len(t, included, resources.MostIncluded)
	require.True(t, cut)
	_, included, cut = b.page(t, clerk, "Organization", "_id=o1&_revinclude=Patient:organization")
	require.Len(t, included, 2)
	require.False(t, cut)

	for i := range 40 {
		b.put(t, `{"resourceType":"Organization","id":"n%d","name":"x","partOf":{"reference":"Organization/n%d"}}`, i, i+1)
	}
	_, included, cut = b.page(t, clerk, "Organization", "_id=n20&_include:iterate=Organization:partof")
	require.Len(t, included, 19)
	require.False(t, cut)
	_, _, cut = b.page(t, clerk, "Organization", "_id=n0&_include:iterate=Organization:partof")
	require.True(t, cut)

	small := newBench(t, func(o *resources.Options) { o.MaxAnswer = 700 })
	small.family(t)
	_, included, cut = small.page(t, clerk, "Organization", "_id=o2&_revinclude=Coverage:payor")
	require.True(t, cut)
	require.NotEmpty(t, included)
}

func TestIncludesInsideTransactions(t *testing.T) {
	b := newBench(t)
	b.family(t)
	require.NoError(t, b.Do(t.Context(), clerk, nil, func(ctx context.Context, u *resources.Unit) error {
		for _, body := range []string{
			`{"resourceType":"Organization","id":"o9","name":"New"}`,
			`{"resourceType":"Patient","id":"p9","managingOrganization":{"reference":"Organization/o9"}}`,
		} {
			doc := document(t, "%s", body)
			_, err := u.Put(ctx, key(doc.Type(), doc.ID()), doc, "test")
			require.NoError(t, err)
		}
		q, _, err := search.Parse("Patient", "organization.name=new&_include=Patient:organization", b.SearchOptions())
		require.NoError(t, err)
		page, err := u.Reads().Search(ctx, clerk, q, "")
		require.NoError(t, err)
		require.Len(t, page.Records, 1)
		require.Len(t, page.Included, 1)
		require.Equal(t, "o9", page.Included[0].ID)
		return nil
	}))
}
