package resources_test

import (
	"context"
	"net/http"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/bundle"
	"claimwright/fhir/outcome"
	"claimwright/fhir/search"
	"claimwright/store"
	"claimwright/store/memory"
	"claimwright/store/resources"
)

// everyStore runs a test over each backend that a server can have.
func everyStore(t *testing.T, test func(t *testing.T, st store.Store)) {
	for _, backend := range backends {
		t.Run(backend.name, func(t *testing.T) { test(t, backend.open(t)) })
	}
}

// define stores an active SearchParameter.
func (b *bench) define(t *testing.T, id, code, kind, base, expression string) error {
	t.Helper()
	doc := document(t, definition, id, id, "active", code, base, kind, expression)
	_, err := b.Update(t.Context(), clerk, key("SearchParameter", id), doc, resources.UpdateOptions{})
	return err
}

const definition = `{"resourceType":"SearchParameter","id":%q,"url":"http://example.org/SearchParameter/%s","name":"x","description":"x",
	"status":%q,"code":%q,"base":[%q],"type":%q,"expression":%q}`

func (b *bench) reindex(t *testing.T) {
	t.Helper()
	require.NoError(t, b.Reindex(t.Context(), func(store.Progress) {}))
}

// known tells whether a strict search by a query is accepted.
func (b *bench) known(t *testing.T, resourceType, query string) bool {
	t.Helper()
	o := b.SearchOptions()
	o.Strict = true
	_, _, err := search.Parse(resourceType, query, o)
	return err == nil
}

// TestCustomParameters follows a parameter through its life: it is known once everything is indexed by it, finds what was
// stored before and what is stored after, and is unknown from the moment that it is retired.
func TestCustomParameters(t *testing.T) {
	everyStore(t, func(t *testing.T, st store.Store) {
		b := benchOver(t, st)
		require.NoError(t, b.LoadParameters(t.Context()))
		b.put(t, `{"resourceType":"Patient","id":"before","maritalStatus":{"coding":[{"system":"http://m","code":"M"}]}}`)
		require.NoError(t, b.define(t, "marital", "marital", "token", "Patient", "Patient.maritalStatus"))
		b.put(t, `{"resourceType":"Patient","id":"between","maritalStatus":{"coding":[{"system":"http://m","code":"M"}]}}`)
		require.False(t, b.known(t, "Patient", "marital=M"), "half of them are indexed")
		require.True(t, b.Custom().Pending())
		b.reindex(t)
		require.Equal(t, []string{"before", "between"}, b.search(t, clerk, "Patient", "marital=M"))
		b.put(t, `{"resourceType":"Patient","id":"after","maritalStatus":{"coding":[{"system":"http://m","code":"S"}]}}`)
		require.Equal(t, []string{"after"}, b.search(t, clerk, "Patient", "marital:not=M"))
		b.put(t, `{"resourceType":"Patient","id":"without"}`)
		require.Equal(t, []string{"without"}, b.search(t, clerk, "Patient", "marital:missing=true"))
		require.Len(t, b.search(t, clerk, "Patient", "marital:missing=false"), 3)
		require.Equal(t, []string{"after", "before", "between", "without"}, b.search(t, clerk, "Patient", "_sort=-marital"))

		doc := document(t, definition, "marital", "marital", "retired", "marital", "Patient", "token", "Patient.maritalStatus")
		_, err := b.Update(t.Context(), clerk, key("SearchParameter", "marital"), doc, resources.UpdateOptions{})
		require.NoError(t, err)
		require.False(t, b.known(t, "Patient", "marital=M"))
		require.Nil(t, b.Custom())
		b.reindex(t)

		require.NoError(t, b.define(t, "marital", "marital", "string", "Patient", "Patient.maritalStatus.coding.display"))
		require.False(t, b.known(t, "Patient", "marital=M"))
		b.reindex(t)
		require.Empty(t, b.search(t, clerk, "Patient", "marital=M"))
		_, err = b.Delete(t.Context(), clerk, key("SearchParameter", "marital"), resources.DeleteOptions{})
		require.NoError(t, err)
		require.False(t, b.known(t, "Patient", "marital=M"))
	})
}

// TestCustomParametersOfTwoServers: what one server defines the other one indexes by from its next write on, and searches by
// once everything is indexed; a third one that starts later knows it at once.
func TestCustomParametersOfTwoServers(t *testing.T) {
	everyStore(t, func(t *testing.T, st store.Store) {
		one, other := benchOver(t, st), benchOver(t, st)
		require.NoError(t, one.LoadParameters(t.Context()))
		require.NoError(t, other.LoadParameters(t.Context()))
		other.put(t, `{"resourceType":"Patient","id":"p1","maritalStatus":{"coding":[{"code":"M"}]}}`)
		require.NoError(t, one.define(t, "marital", "marital", "token", "Patient", "Patient.maritalStatus"))
		require.NoError(t, other.LoadParameters(t.Context()))
		require.False(t, other.known(t, "Patient", "marital=M"))
		other.put(t, `{"resourceType":"Patient","id":"p2","maritalStatus":{"coding":[{"code":"M"}]}}`)

		one.reindex(t)
		require.Equal(t, []string{"p1", "p2"}, one.search(t, clerk, "Patient", "marital=M"))
		require.False(t, other.known(t, "Patient", "marital=M"), "it was not told yet")
		require.NoError(t, other.LoadParameters(t.Context()))
		require.Equal(t, []string{"p1", "p2"}, other.search(t, clerk, "Patient", "marital=M"))

		third := benchOver(t, st)
		require.NoError(t, third.LoadParameters(t.Context()))
		require.Equal(t, []string{"p1", "p2"}, third.search(t, clerk, "Patient", "marital=M"))

		// A further parameter does not take the first one away.
		require.NoError(t, third.define(t, "lang", "lang", "token", "Patient", "Patient.language"))
		require.True(t, third.known(t, "Patient", "marital=M"))
		require.False(t, third.known(t, "Patient", "lang=en"))
		require.NoError(t, one.LoadParameters(t.Context()))
		require.True(t, one.known(t, "Patient", "marital=M"))
	})
}

// TestStaleParametersAreNotWritten: a server that was told nothing for too long asks before it commits, and does the work
// again by the parameters of now.
func TestStaleParametersAreNotWritten(t *testing.T) {
	st := memory.New()
	one, other := benchOver(t, st), benchOver(t, st)
	require.NoError(t, one.LoadParameters(t.Context()))
	require.NoError(t, other.LoadParameters(t.Context()))
	require.NoError(t, one.define(t, "marital", "marital", "token", "Patient", "Patient.maritalStatus"))
	other.ForgetFreshness()
	other.put(t, `{"resourceType":"Patient","id":"p1","maritalStatus":{"coding":[{"code":"M"}]}}`)
	found, err := st.Search(t.Context(), store.System(), &search.Query{Type: "Patient", Count: 10, Where: []search.Clause{
		{AnyOf: []search.Condition{{Kind: search.HasTerm, Param: "marital", Text: "m"}}},
	}}, "")
	require.NoError(t, err)
	require.Len(t, found.Records, 1)
}

// TestCustomParametersJoin: references by a parameter of one's own are followed as those of R4 are.
func TestCustomParametersJoin(t *testing.T) {
	everyStore(t, func(t *testing.T, st store.Store) {
		b := benchOver(t, st)
		b.put(t, `{"resourceType":"Organization","id":"o1","name":"Shire"}`)
		b.put(t, `{"resourceType":"Patient","id":"p1","extension":[{"url":"http://example.org/employer","valueReference":{"reference":"Organization/o1"}}]}`)
		b.put(t, `{"resourceType":"Patient","id":"p2","contained":[{"resourceType":"Organization","id":"c","name":"Shire too"}],
			"extension":[{"url":"http://example.org/employer","valueReference":{"reference":"#c"}}]}`)
		require.NoError(t, b.define(t, "employer", "employer", "reference", "Patient", "Patient.extension('http://example.org/employer').value"))
		b.reindex(t)
		require.Equal(t, []string{"p1"}, b.search(t, clerk, "Patient", "employer=Organization/o1"))
		require.Equal(t, []string{"p1", "p2"}, b.search(t, clerk, "Patient", "employer:Organization.name=shire"))
		require.Equal(t, []string{"o1"}, b.search(t, clerk, "Organization", "_has:Patient:employer:_id=p1"))
		for query, resourceType := range map[string]string{
			"_id=p1&_include=Patient:employer": "Patient", "_id=p1&_include=*": "Patient",
			"_revinclude=Patient:employer": "Organization", "_revinclude=*": "Organization",
		} {
			q, _, err := search.Parse(resourceType, query, b.SearchOptions())
			require.NoError(t, err)
			page, err := b.Search(t.Context(), clerk, q, "")
			require.NoError(t, err)
			require.Len(t, page.Included, 1, query)
		}
	})
}

// TestCustomParametersWritten: which SearchParameters are refused, and which change nothing.
func TestCustomParametersWritten(t *testing.T) {
	b := benchOver(t, memory.New())
	epoch := func() int { return b.Extractor().Version() }
	first := epoch()
	require.NoError(t, b.define(t, "r4", "use", "token", "Claim", "Claim.use"))
	b.put(t, definition, "draft", "draft", "draft", "x", "Claim", "token", "no(expression")
	require.Equal(t, first, epoch(), "neither adds anything")

	said := refused(t, b.define(t, "bad", "x", "token", "Claim", "Claim.colour"), http.StatusUnprocessableEntity, outcome.Value)
	require.Equal(t, "SearchParameter.expression", said.Issues[0].Expression)
	require.Equal(t, "colour", said.Issues[0].Found)
	require.Contains(t, said.Issues[0].Expected, "priority")

	require.NoError(t, b.define(t, "one", "x", "token", "Claim", "Claim.priority"))
	second := epoch()
	require.Greater(t, second, first)
	require.NoError(t, b.define(t, "one", "x", "token", "Claim", "Claim.priority"))
	require.Equal(t, second, epoch(), "the same again")
	refused(t, b.define(t, "two", "x", "token", "Claim", "Claim.type"), http.StatusUnprocessableEntity, outcome.Duplicate)
	require.Equal(t, second, epoch())
	require.NoError(t, b.define(t, "one", "y", "token", "Claim", "Claim.priority"))
	require.NoError(t, b.define(t, "two", "x", "token", "Claim", "Claim.type"))
	require.Len(t, b.Custom().Definitions(), 2)

	err := b.TryCreate(t.Context(), clerk, document(t, definition, "z", "z", "active", "z", "Claim", "token", "Claim.colour"))
	refused(t, err, http.StatusUnprocessableEntity, outcome.Value)
}

// TestCustomParametersInATransaction: entries of one Bundle see each other, and bump the epoch together.
func TestCustomParametersInATransaction(t *testing.T) {
	b := benchOver(t, memory.New())
	entry := func(id, code string) string {
		return `{"resource":` + string(document(t, definition, id, id, "active", code, "Claim", "token", "Claim.priority").Bytes()) +
			`,"request":{"method":"PUT","url":"SearchParameter/` + id + `"}}`
	}
	transact := func(entries ...string) error {
		text := `{"resourceType":"Bundle","type":"transaction","entry":[`
		for i, e := range entries {
			if i > 0 {
				text += ","
			}
			text += e
		}
		plan, err := bundle.Parse(document(t, "%s", text+"]}"), bundle.Options{})
		require.NoError(t, err)
		_, err = b.Transaction(t.Context(), clerk, plan, resources.BundleOptions{})
		return err
	}
	require.Error(t, transact(entry("a", "x"), entry("b", "x")), "both define x")
	require.Nil(t, b.Custom())
	require.NoError(t, transact(entry("a", "x"), entry("b", "y"), entry("c", "z")))
	codes := []string{}
	for _, d := range b.Custom().Definitions() {
		codes = append(codes, d.Code)
	}
	require.Equal(t, []string{"x", "y", "z"}, slices.Sorted(slices.Values(codes)))
}

// marking tells when a store has remembered that everything is indexed.
type marking struct {
	store.Store
	marked chan struct{}
}

func (m marking) Commit(ctx context.Context, c store.Commit) error {
	err := m.Store.Commit(ctx, c)
	if err == nil && slices.ContainsFunc(c.Internals, func(w store.InternalWrite) bool { return w.Key.ID == "search-parameters/indexed" }) {
		close(m.marked)
	}
	return err
}

// TestKeepParameters: a server that starts over a store with a parameter that nobody has indexed yet indexes by it at once,
// and ends when it is told to.
func TestKeepParameters(t *testing.T) {
	st := memory.New()
	writer := benchOver(t, st)
	writer.put(t, `{"resourceType":"Patient","id":"p1","maritalStatus":{"coding":[{"code":"M"}]}}`)
	require.NoError(t, writer.define(t, "marital", "marital", "token", "Patient", "Patient.maritalStatus"))

	m := marking{st, make(chan struct{})}
	b := benchOver(t, m)
	require.NoError(t, b.LoadParameters(t.Context()))
	require.False(t, b.known(t, "Patient", "marital=M"))
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		b.KeepParameters(ctx)
	}()
	<-m.marked
	require.NoError(t, b.LoadParameters(t.Context()))
	require.Equal(t, []string{"p1"}, b.search(t, clerk, "Patient", "marital=M"))
	cancel()
	<-ended
}

// TestStoredBeforeAnybodyLooked: an active SearchParameter that cannot be honoured and was stored by an older server does no
// harm; its content can still be mended or removed.
func TestStoredBeforeAnybodyLooked(t *testing.T) {
	st := memory.New()
	bad := document(t, definition, "bad", "bad", "active", "x", "Claim", "token", "Claim.colour")
	values, _, err := resources.Extractor{}.Extract(key("SearchParameter", "bad"), bad.Bytes())
	require.NoError(t, err)
	require.NoError(t, st.Commit(t.Context(), store.Commit{ID: store.NewCommitID(), ExtractorVersion: 1, Resources: []store.Write{
		{Key: key("SearchParameter", "bad"), Version: 1, Body: bad.Bytes(), Values: values},
	}}))
	b := benchOver(t, st)
	require.NoError(t, b.LoadParameters(t.Context()))
	require.NoError(t, b.define(t, "good", "y", "token", "Claim", "Claim.priority"))
	require.Len(t, b.Custom().Definitions(), 1)
	_, err = b.Delete(t.Context(), clerk, key("SearchParameter", "bad"), resources.DeleteOptions{})
	require.NoError(t, err)
}
