package resources_test

import (
	"net/http"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/bundle"
	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
	"claimwright/fhir/search"
	"claimwright/store"
	"claimwright/store/resources"
	"claimwright/store/sqlite"
	"claimwright/store/storetest"
)

// eachStore runs a test over the stores that need no server.
func eachStore(t *testing.T, test func(t *testing.T, b *bench)) {
	t.Run("memory", func(t *testing.T) { test(t, newBench(t)) })
	t.Run("sqlite", func(t *testing.T) {
		st, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "claims.db"))
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, st.Close()) })
		test(t, benchOver(t, st))
	})
}

// search finds ids, in order, page by page of two.
func (b *bench) search(t *testing.T, p resources.Principal, resourceType, query string) []string {
	t.Helper()
	q, warnings, err := search.Parse(resourceType, query+"&_count=2", b.SearchOptions())
	require.NoError(t, err)
	require.Empty(t, warnings)
	n, err := b.Count(t.Context(), p, q)
	require.NoError(t, err)
	ids := []string{}
	for token := ""; ; {
		page, err := b.Search(t.Context(), p, q, token)
		require.NoError(t, err)
		for _, r := range page.Records {
			ids = append(ids, r.ID)
		}
		if token = page.Next; token == "" {
			require.Len(t, ids, int(n), "count and search agree")
			return ids
		}
	}
}

// family is a small world: three members of two organisations, with answers to their claims.
func (b *bench) family(t *testing.T) {
	b.put(t, `{"resourceType":"Organization","id":"o1","name":"Aga Khan","partOf":{"reference":"Organization/o2"}}`)
	b.put(t, `{"resourceType":"Organization","id":"o2","name":"Health Holdings"}`)
	for id, more := range map[string]string{
		"p1": `"identifier":[{"system":"http://m","value":"1"}],"gender":"female","managingOrganization":{"reference":"Organization/o1"}`,
		"p2": `"identifier":[{"system":"http://m","value":"2"}],"gender":"male","managingOrganization":{"reference":"Organization/o1"}`,
		"p3": `"identifier":[{"system":"http://m","value":"3"}],"gender":"female","managingOrganization":{"reference":"Organization/o2"}`,
	} {
		b.put(t, `{"resourceType":"Patient","id":%q,%s}`, id, more)
	}
	for id, patient := range map[string]string{"c1": "p1", "c2": "p1/_history/1", "c3": "p2", "c4": "p3", "c5": "none"} {
		b.put(t, `{"resourceType":"Coverage","id":%q,"status":"active","beneficiary":{"reference":"Patient/%s"},"payor":[{"reference":"Organization/o2"}]}`, id, patient)
	}
}

// questionnaires are two answers to one questionnaire, which they name by its url.
func (b *bench) questionnaires(t *testing.T) {
	b.put(t, `{"resourceType":"Questionnaire","id":"q1","url":"http://x/q","version":"2","title":"Intake","status":"active"}`)
	b.put(t, `{"resourceType":"Questionnaire","id":"q2","url":"http://x/other","title":"Other","status":"active"}`)
	b.put(t, `{"resourceType":"QuestionnaireResponse","id":"qr1","questionnaire":"http://x/q|2","status":"completed"}`)
	b.put(t, `{"resourceType":"QuestionnaireResponse","id":"qr2","questionnaire":"http://x/q","status":"completed"}`)
	b.put(t, `{"resourceType":"QuestionnaireResponse","id":"qr3","questionnaire":"http://x/none","status":"completed"}`)
}

func TestChains(t *testing.T) {
	eachStore(t, func(t *testing.T, b *bench) {
		b.family(t)
		b.questionnaires(t)
		for _, c := range []struct {
			name, resource, query string
			want                  []string
		}{
			{"identifier", "Coverage", "beneficiary.identifier=http://m|1", []string{"c1", "c2"}},
			{"or", "Coverage", "beneficiary.identifier=http://m|1,http://m|3", []string{"c1", "c2", "c4"}},
			{"and", "Coverage", "beneficiary.identifier=http://m|1&_id=c2,c3", []string{"c2"}},
			{"nobody", "Coverage", "beneficiary.identifier=http://m|9", []string{}},
			{"two independent chains", "Coverage", "beneficiary.gender=female&beneficiary.identifier=http://m|3,http://m|2", []string{"c4"}},
			{"negation is of the last parameter", "Coverage", "beneficiary.gender:not=male", []string{"c1", "c2", "c4"}},
			{"deeper", "Coverage", "beneficiary.organization.name=aga", []string{"c1", "c2", "c3"}},
			{"deepest", "Coverage", "beneficiary.organization.partof.name=health", []string{"c1", "c2", "c3"}},
			{"typed", "Coverage", "payor:Organization.name=health", []string{"c1", "c2", "c3", "c4", "c5"}},
			{"id", "Coverage", "beneficiary._id=p2", []string{"c3"}},
			{"prefix", "Coverage", "beneficiary._lastUpdated=lt2000-01-01", []string{}},

			{"_has", "Patient", "_has:Coverage:beneficiary:status=active", []string{"p1", "p2", "p3"}},
			{"_has of some", "Patient", "_has:Coverage:beneficiary:_id=c2,c3,c5", []string{"p1", "p2"}},
			{"_has with or", "Patient", "_has:Coverage:beneficiary:status=draft,active", []string{"p1", "p2", "p3"}},
			{"_has of none", "Patient", "_has:Coverage:beneficiary:status=draft", []string{}},
			{"_has twice", "Patient", "_has:Coverage:beneficiary:_id=c1,c3&_has:Coverage:beneficiary:_id=c2,c4", []string{"p1"}},
			{"_has of _has", "Organization", "_has:Patient:organization:_has:Coverage:beneficiary:_id=c4", []string{"o2"}},
			{"_has with a chain", "Organization", "_has:Patient:organization:organization.partof.name=health", []string{"o1"}},
			{"chain with _has", "Coverage", "beneficiary._has:Coverage:beneficiary:_id=c2", []string{"c1", "c2"}},
			{"_has and a chain", "Patient", "_has:Coverage:beneficiary:_id=c3,c4&organization.name=aga", []string{"p2"}},
			{"_has with a reference", "Organization", "_has:Patient:organization:_has:Coverage:beneficiary:payor=Organization/o2", []string{"o1", "o2"}},
			{"chain to a canonical", "QuestionnaireResponse", "questionnaire.title=intake", []string{"qr1", "qr2"}},
			{"_has by a canonical", "Questionnaire", "_has:QuestionnaireResponse:questionnaire:_id=qr2", []string{"q1"}},
		} {
			t.Run(c.name, func(t *testing.T) {
				require.Equal(t, c.want, b.search(t, clerk, c.resource, c.query))
			})
		}
	})
}

// TestChainsThroughContained: a chain looks at contained resources as well, and from there at others.
func TestChainsThroughContained(t *testing.T) {
	eachStore(t, func(t *testing.T, b *bench) {
		b.family(t)
		b.put(t, `{"resourceType":"Coverage","id":"c8","status":"active","contained":[{"resourceType":"Patient","id":"in","active":true,"gender":"male","birthDate":"1990-05-01",
			"identifier":[{"system":"http://m","value":"8"}],"name":[{"family":"Within"}],"managingOrganization":{"reference":"Organization/o1"}},
			{"resourceType":"Organization","id":"nobodys","name":"Aside"}],"beneficiary":{"reference":"#in"},"payor":[{"reference":"Organization/o2"}]}`)
		for _, c := range []struct {
			name, query string
			want        []string
		}{
			{"identifier", "beneficiary.identifier=http://m|8", []string{"c8"}},
			{"contained or not", "beneficiary.gender=male", []string{"c3", "c8"}},
			{"string", "beneficiary.name=within", []string{"c8"}},
			{"string, exactly", "beneficiary:Patient.family:exact=within", []string{}},
			{"date", "beneficiary.birthdate=ge1990", []string{"c8"}},
			{"deceased, which needs no element", "beneficiary.deceased=false&beneficiary.name=within", []string{"c8"}},
			{"on to what is not contained", "beneficiary.organization.name=aga", []string{"c1", "c2", "c3", "c8"}},
			{"another parameter", "beneficiary.given=within", []string{}},
			{"what is contained but not referred to", "payor:Organization.name=aside", []string{}},
			{"not an id of its own", "beneficiary._id=in", []string{}},
		} {
			t.Run(c.name, func(t *testing.T) {
				require.Equal(t, c.want, b.search(t, clerk, "Coverage", c.query))
			})
		}
	})
}

func TestChainsSeeWhatTheReaderSees(t *testing.T) {
	b := newBench(t)
	b.put(t, managed, "mine", "Organization/1")
	b.put(t, managed, "theirs", "Organization/2")
	for id, patient := range map[string]string{"c1": "mine", "c2": "theirs"} {
		b.put(t, `{"resourceType":"Coverage","id":%q,"status":"active","beneficiary":{"reference":"Patient/%s"},"payor":[{"reference":"Organization/1"}]}`, id, patient)
	}
	require.Equal(t, []string{"c1", "c2"}, b.search(t, clerk, "Coverage", "beneficiary._id=mine,theirs"))
	require.Equal(t, []string{"c1"}, b.search(t, insider, "Coverage", "beneficiary._id=mine,theirs"), "what a chain goes through must be visible as well")
	require.Empty(t, b.search(t, resources.Principal{Access: store.Nothing("x")}, "Coverage", "beneficiary._id=mine,theirs"))
}

// TestLargeJoins: where a join alone would look at too many resources, the query's other parameters narrow it.
func TestLargeJoins(t *testing.T) {
	b := newBench(t)
	b.family(t)
	for i := range 5_001 {
		b.put(t, `{"resourceType":"Patient","id":"x%d","gender":"unknown","managingOrganization":{"reference":"Organization/o1"}}`, i)
	}
	b.put(t, `{"resourceType":"Coverage","id":"c6","status":"active","beneficiary":{"reference":"Patient/x7"},"payor":[{"reference":"Organization/o2"}]}`)
	b.put(t, `{"resourceType":"Organization","id":"o3","name":"Mutual"}`)
	for _, c := range []struct{ resource, query string }{
		{"Coverage", "beneficiary.gender=unknown"},
		{"Organization", "_has:Patient:organization:gender=unknown"},
		{"Coverage", "beneficiary.gender=unknown&beneficiary.organization=Organization/o1"},
	} {
		q, _, err := search.Parse(c.resource, c.query, b.SearchOptions())
		require.NoError(t, err)
		_, err = b.Search(t.Context(), clerk, q, "")
		said := refused(t, err, http.StatusUnprocessableEntity, outcome.TooCostly)
		require.Equal(t, q.Where[0].AnyOf[0].Join.Name, said.Issues[0].Found)
		require.Contains(t, said.Issues[0].Text, "narrow it")
		_, err = b.Count(t.Context(), clerk, q)
		refused(t, err, http.StatusUnprocessableEntity, outcome.TooCostly)
	}
	require.Equal(t, []string{"c6"}, b.search(t, clerk, "Coverage", "beneficiary.gender=unknown&status=active"))
	require.Equal(t, []string{}, b.search(t, clerk, "Coverage", "beneficiary.gender=unknown&_id=c1,c2"))
	require.Equal(t, []string{"c6"}, b.search(t, clerk, "Coverage", "beneficiary.gender=unknown&beneficiary.organization=Organization/o1&payor=Organization/o2"))
	require.Equal(t, []string{}, b.search(t, clerk, "Organization", "_has:Patient:organization:gender=unknown&name=mutual"))
}

func TestChainsInConditions(t *testing.T) {
	b := newBench(t)
	b.family(t)
	const coverage = `{"resourceType":"Coverage","status":"active","beneficiary":{"reference":"Patient/p2"},"payor":[{"reference":"Organization/o2"}]}`
	t.Run("CR3 one match", func(t *testing.T) {
		stored, err := b.Create(t.Context(), clerk, document(t, coverage), resources.CreateOptions{IfNoneExist: "beneficiary.identifier=http://m|2"})
		require.NoError(t, err)
		require.Equal(t, "c3", stored.Key.ID)
		require.True(t, stored.Unchanged)
	})
	t.Run("CR3 several matches", func(t *testing.T) {
		_, err := b.Create(t.Context(), clerk, document(t, coverage), resources.CreateOptions{IfNoneExist: "beneficiary.identifier=http://m|1"})
		refused(t, err, http.StatusPreconditionFailed, outcome.MultipleMatches)
	})
	t.Run("a conditional reference through what the transaction writes", func(t *testing.T) {
		body := `{"resourceType":"Bundle","type":"transaction","entry":[
			{"resource":{"resourceType":"Patient","id":"p9","identifier":[{"system":"http://m","value":"9"}]},"request":{"method":"PUT","url":"Patient/p9"}},
			{"resource":{"resourceType":"Coverage","id":"c9","status":"active","beneficiary":{"reference":"Patient/p9"},"payor":[{"reference":"Organization/o2"}]},"request":{"method":"PUT","url":"Coverage/c9"}},
			{"resource":{"resourceType":"Basic","id":"b9","code":{"text":"x"},"subject":{"reference":"Coverage?beneficiary.identifier=http://m|9"}},"request":{"method":"PUT","url":"Basic/b9"}}]}`
		plan, err := bundle.Read([]byte(body), codec.Limits{}, bundle.Options{})
		require.NoError(t, err)
		_, err = b.Process(t.Context(), clerk, plan, resources.BundleOptions{})
		require.NoError(t, err)
		got, err := b.Read(t.Context(), clerk, key("Basic", "b9"))
		require.NoError(t, err)
		require.Contains(t, string(got.Body), `"Coverage/c9"`)
	})
}

// TestTwoCheapReads: the chain that claims exchanges search by costs two searches, whatever is stored.
func TestTwoCheapReads(t *testing.T) {
	c := &counter{Store: storetest.NewMemory()}
	b := benchOver(t, c)
	b.family(t)
	q, _, err := search.Parse("Coverage", "beneficiary.identifier=http://m|1", b.SearchOptions())
	require.NoError(t, err)
	_, err = b.Search(t.Context(), clerk, q, "")
	require.NoError(t, err)
	c.counts = counts{}
	page, err := b.Search(t.Context(), clerk, q, "")
	require.NoError(t, err)
	require.Len(t, page.Records, 2)
	require.Equal(t, counts{searches: 2}, c.counts)
}
