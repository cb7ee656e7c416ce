package storetest

import (
	"cmp"
	"errors"
	"flag"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"claimwright/fhir/search"
	"claimwright/store"
)

// testSequences: whatever is done in whatever order, the backend answers as the model does. The sequences are the same in
// every run; -rapid.checks and -rapid.seed ask for others.
func testSequences(t *testing.T, s *suite) {
	setDefault(t, "rapid.checks", "100", rapidChecks())
	setDefault(t, "rapid.seed", "0", "1")
	rapid.Check(t, func(rt *rapid.T) {
		st := s.open(t)
		defer closeQuietly(t, st)
		m := &mirror{T: rt, w: newWorld(rt, st), model: newWorld(rt, NewMemory())}
		rt.Repeat(map[string]func(*rapid.T){
			"commit": m.commit, "commit more": m.commit, "commit still more": m.commit, "resend": m.resend,
			"search": m.search, "search more": m.search, "read": m.read, "history": m.history, "internals": m.internals,
		})
		m.search(rt)
		requireSound(m.w)
	})
}

// rapidChecks bounds the sequences, so that the suite stays quick.
func rapidChecks() string {
	if testing.Short() {
		return "5"
	}
	return "20"
}

// setDefault sets a flag that nobody has set, for the length of the test.
func setDefault(t *testing.T, name, unset, value string) {
	f := flag.Lookup(name)
	if f == nil || f.Value.String() != unset {
		return
	}
	require.NoError(t, f.Value.Set(value))
	t.Cleanup(func() { require.NoError(t, f.Value.Set(unset)) })
}

// mirror does everything twice, to the backend and to the model, and compares.
type mirror struct {
	*rapid.T
	w, model *world
	sent     []store.Commit
}

func (m *mirror) commit(rt *rapid.T) {
	m.w.tick()
	c := store.Commit{ID: store.NewCommitID(), ExtractorVersion: extractorVersion}
	for _, k := range rapid.SliceOfNDistinct(anyKey, 0, 3, rapid.ID[store.Key]).Draw(rt, "resources") {
		c.Resources = append(c.Resources, m.write(rt, k))
	}
	least := 1 - min(1, len(c.Resources))
	for _, k := range rapid.SliceOfNDistinct(anyInternalKey, least, 2, rapid.ID[store.InternalKey]).Draw(rt, "internals") {
		have := m.model.readInternal(k.Space, k.ID).Version
		c.Internals = append(c.Internals, store.InternalWrite{
			Key: k, Version: offBy(rt, have) + 1, Data: []byte(rapid.String().Draw(rt, "data")),
			Delete: have > 0 && rapid.IntRange(0, 3).Draw(rt, "remove") == 0,
		})
	}
	for range rapid.IntRange(0, 1).Draw(rt, "requires") {
		k := anyKey.Draw(rt, "required")
		c.Requires = append(c.Requires, store.Precondition{Key: k, Version: offBy(rt, m.versionOf(k))})
	}
	m.send(c)
	m.sent = append(m.sent, c)
}

// offBy is mostly the version itself, and now and then one that conflicts.
func offBy(rt *rapid.T, version int64) int64 {
	if rapid.IntRange(0, 9).Draw(rt, "stale") == 0 {
		return max(0, version+rapid.SampledFrom([]int64{-1, 1}).Draw(rt, "by"))
	}
	return version
}

func (m *mirror) versionOf(k store.Key) int64 {
	if rec := m.model.get(k); rec != nil {
		return rec.Version
	}
	return 0
}

func (m *mirror) write(rt *rapid.T, k store.Key) store.Write {
	have := m.versionOf(k)
	labels := labelled(rapid.SampledFrom([][]string{nil, {"l1"}, {"l2"}, {"l1", "l2"}}).Draw(rt, "labels")...)
	if have > 0 && rapid.IntRange(0, 4).Draw(rt, "delete") == 0 {
		return m.w.deletion(k, offBy(rt, have)+1, labels)
	}
	return m.w.version(k, offBy(rt, have)+1, labels, with(anyValues.Draw(rt, "values")))
}

// send commits to both and demands the same outcome.
func (m *mirror) send(c store.Commit) {
	want := m.model.Commit(m.w.Context(), c)
	got := m.w.Commit(m.w.Context(), c)
	if errors.Is(want, store.ErrConflict) {
		require.ErrorIs(m, got, store.ErrConflict)
		return
	}
	require.NoError(m, want)
	require.NoError(m, got)
}

// resend sends a commit of the past again, applied or not.
func (m *mirror) resend(rt *rapid.T) {
	if len(m.sent) == 0 {
		rt.Skip("nothing was sent yet")
	}
	c := rapid.SampledFrom(m.sent).Draw(rt, "commit")
	m.send(c)
	want, err := m.model.Committed(m.w.Context(), c.ID)
	require.NoError(m, err)
	requireCommitted(m.w, c.ID, want)
}

func (m *mirror) search(rt *rapid.T) {
	q := anyQuery.Draw(rt, "query")
	a := anyAccess.Draw(rt, "access")
	want := m.model.find(a, q)
	require.Equal(m, want, m.w.find(a, q), "%+v", q)
	require.EqualValues(m, len(want), m.w.count(a, q), "%+v", q)
}

func (m *mirror) read(rt *rapid.T) {
	keys := rapid.SliceOfN(anyKey, 1, 4).Draw(rt, "keys")
	a := anyAccess.Draw(rt, "access")
	want, err := m.model.Get(m.w.Context(), a, keys...)
	require.NoError(m, err)
	got, err := m.w.Get(m.w.Context(), a, keys...)
	require.NoError(m, err)
	requireSameRecords(m, want, got)

	version := rapid.Int64Range(0, 4).Draw(rt, "version")
	one, err := m.model.Version(m.w.Context(), a, keys[0], version)
	require.NoError(m, err)
	other, err := m.w.Version(m.w.Context(), a, keys[0], version)
	require.NoError(m, err)
	requireSameRecords(m, []*store.Record{one}, []*store.Record{other})
}

func (m *mirror) history(rt *rapid.T) {
	q := store.HistoryQuery{Limit: rapid.IntRange(1, 5).Draw(rt, "limit")}
	switch k := anyKey.Draw(rt, "of"); rapid.IntRange(0, 2).Draw(rt, "level") {
	case 1:
		q.Type = k.Type
	case 2:
		q.Type, q.ID = k.Type, k.ID
	}
	a := anyAccess.Draw(rt, "access")
	want, got := m.model.history(a, q), m.w.history(a, q)
	if q.ID == "" {
		want, got = byMoment(want), byMoment(got)
	}
	requireSameRecords(m, want, got)
}

// byMoment puts histories of several resources into one order. Commits that were sent again carry times of the past, and
// a commit's writes have no order among them, so that backends may differ in what they take for newest.
func byMoment(recs []*store.Record) []*store.Record {
	slices.SortFunc(recs, func(x, y *store.Record) int {
		return cmp.Or(y.Updated.Compare(x.Updated), strings.Compare(x.Key.String(), y.Key.String()), cmp.Compare(y.Version, x.Version))
	})
	return recs
}

func (m *mirror) internals(rt *rapid.T) {
	keys := rapid.SliceOfN(anyInternalKey, 1, 3).Draw(rt, "keys")
	want, err := m.model.Internals(m.w.Context(), store.System(), keys...)
	require.NoError(m, err)
	got, err := m.w.Internals(m.w.Context(), store.System(), keys...)
	require.NoError(m, err)
	requireSameInternals(m, want, got)

	prefix := rapid.SampledFrom([]string{"", "h", "h/", "x"}).Draw(rt, "prefix")
	limit := rapid.IntRange(1, 6).Draw(rt, "limit")
	want, err = m.model.ScanInternals(m.w.Context(), store.System(), keys[0].Space, prefix, keys[0].ID, limit)
	require.NoError(m, err)
	got, err = m.w.ScanInternals(m.w.Context(), store.System(), keys[0].Space, prefix, keys[0].ID, limit)
	require.NoError(m, err)
	requireSameInternals(m, want, got)
}

func requireSameInternals(t require.TestingT, want, got []store.Internal) {
	require.Len(t, got, len(want))
	for i := range want {
		require.Equal(t, want[i].Key, got[i].Key)
		require.Equal(t, want[i].Version, got[i].Version)
		require.Equal(t, string(want[i].Data), string(got[i].Data))
	}
}

func requireSameRecords(t require.TestingT, want, got []*store.Record) {
	require.Len(t, got, len(want))
	for i, rec := range want {
		if rec == nil {
			require.Nil(t, got[i])
			continue
		}
		requireRecord(t, store.Write{
			Key: rec.Key, Version: rec.Version, Updated: rec.Updated, Deleted: rec.Deleted, Body: rec.Body, Audit: rec.Audit,
		}, got[i])
	}
}

var (
	anyKey = rapid.SampledFrom([]store.Key{
		{Type: "Patient", ID: "a"}, {Type: "Patient", ID: "b"}, {Type: "Patient", ID: "B"},
		{Type: "Patient", ID: "019c0000-0000-7000-8000-000000000001"}, {Type: "Patient", ID: "019c0000-0000-7000-8000-000000000002"},
		{Type: "Patient", ID: "019c0001-0000-7000-8000-000000000001"}, {Type: "Patient", ID: "019"},
		{Type: "Location", ID: "a"}, {Type: "Location", ID: "019c0000-0000-7000-8000-000000000003"},
	})
	anyInternalKey = rapid.SampledFrom([]store.InternalKey{
		{Space: store.SpaceHead, ID: "h"}, {Space: store.SpaceEntry, ID: "h/1"}, {Space: store.SpaceEntry, ID: "h/2"},
		{Space: store.SpaceEntry, ID: "h0"}, {Space: store.SpaceOutbox, ID: "h"},
	})
	anyAccess = rapid.SampledFrom([]store.Access{
		all(), all(), store.System(), store.Labelled("l", "l1"), store.Labelled("l", "l1", "l2"), store.Nothing("n"),
	})
	anyBound = rapid.SampledFrom([]float64{-inf, -2.5, 0, 1, 2, 5, inf})
	anyText  = rapid.SampledFrom([]string{"", "a", "ab", "abc", "b", "bá"})
)

var anyValues = rapid.Custom(func(t *rapid.T) *search.Values {
	v := &search.Values{}
	for range rapid.IntRange(0, 3).Draw(t, "terms") {
		v.Terms = append(v.Terms, search.Term{Param: anyParam.Draw(t, "param"), Text: anyText.Draw(t, "text")})
	}
	for range rapid.IntRange(0, 2).Draw(t, "ranges") {
		lo, hi := anyBound.Draw(t, "lo"), anyBound.Draw(t, "hi")
		v.Ranges = append(v.Ranges, search.Range{Param: anyParam.Draw(t, "param"), Lo: min(lo, hi), Hi: max(lo, hi)})
	}
	for range rapid.IntRange(0, 2).Draw(t, "strings") {
		text := anyText.Draw(t, "text")
		v.Strings = append(v.Strings, search.Text{Param: anyParam.Draw(t, "param"), Folded: text, Exact: strings.ToUpper(text)})
	}
	if rapid.Bool().Draw(t, "sortable number") {
		lo, hi := anyBound.Draw(t, "lo"), anyBound.Draw(t, "hi")
		v.Sorts = append(v.Sorts, numSort("n", min(lo, hi), max(lo, hi)))
	}
	if rapid.Bool().Draw(t, "sortable text") {
		lo, hi := anyText.Draw(t, "lo"), anyText.Draw(t, "hi")
		v.Sorts = append(v.Sorts, textSort("x", min(lo, hi), max(lo, hi)))
	}
	return v
})

var anyParam = rapid.SampledFrom([]string{"p", "q"})

var anyCondition = rapid.Custom(func(t *rapid.T) search.Condition {
	param, text := anyParam.Draw(t, "param"), anyText.Draw(t, "text")
	switch rapid.IntRange(1, 7).Draw(t, "kind") {
	case 1:
		return id(anyKey.Draw(t, "key").ID)
	case 2:
		return prefix(param, text)
	case 3:
		return exact(param, strings.ToUpper(text))
	case 4:
		return containing(param, text)
	case 5:
		return box(param, anyBound.Draw(t, "lo min"), anyBound.Draw(t, "lo max"), anyBound.Draw(t, "hi min"), anyBound.Draw(t, "hi max"))
	case 6:
		start := float64(dawn.UnixMilli())
		return updated(start+float64(rapid.IntRange(0, 10).Draw(t, "since")), start+float64(rapid.IntRange(0, 30).Draw(t, "until")))
	default:
		return term(param, text)
	}
})

var anyQuery = rapid.Custom(func(t *rapid.T) search.Query {
	q := search.Query{
		Type:  rapid.SampledFrom([]string{"Patient", "Patient", "Location", "Organization"}).Draw(t, "type"),
		Count: rapid.IntRange(1, 5).Draw(t, "count"),
	}
	for range rapid.IntRange(0, 3).Draw(t, "clauses") {
		q.Where = append(q.Where, search.Clause{
			Not:   rapid.IntRange(0, 3).Draw(t, "not") == 0,
			AnyOf: rapid.SliceOfN(anyCondition, 1, 3).Draw(t, "any of"),
		})
	}
	for _, param := range rapid.SliceOfNDistinct(
		rapid.SampledFrom([]string{"_id", "_lastUpdated", "n", "x"}), 0, 2, rapid.ID[string]).Draw(t, "sort") {
		q.Sort = append(q.Sort, search.Sort{Param: param, Desc: rapid.Bool().Draw(t, "descending")})
	}
	return q
})
