package mongo_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/v2/bson"

	"claimwright/fhir/search"
	"claimwright/store"
	"claimwright/store/mongo"
)

var update = flag.Bool("update", false, "write the golden files anew")

var golden = filepath.Join("testdata", "commands.golden")

// script is everything that the store can be asked, in the plainest case of each.
func script() []struct {
	name string
	run  func(t *testing.T, st *mongo.Store)
} {
	at := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	claim := store.Key{Type: "Claim", ID: "c1"}
	write := func(k store.Key, version int64) store.Write {
		return store.Write{
			Key: k, Version: version, Updated: at.Add(time.Duration(version) * time.Second), Labels: []string{"insurer"},
			Body: fmt.Appendf(nil, `{"resourceType":%q,"id":%q,"total":{"value":125.00}}`, k.Type, k.ID),
			Values: &search.Values{
				Terms:   []search.Term{{Param: "status", Text: "active"}},
				Ranges:  []search.Range{{Param: "created", Lo: 1, Hi: 2}},
				Strings: []search.Text{{Param: "note", Folded: "a", Exact: "A"}},
				Sorts:   []search.Sortable{{Param: "created", IsNum: true, NumMin: 1, NumMax: 2}},
			},
			Audit: store.Audit{Principal: "p", Request: "r", Interaction: "create"},
		}
	}
	commit := func(c store.Commit) func(*testing.T, *mongo.Store) {
		c.ExtractorVersion = 1
		return func(t *testing.T, st *mongo.Store) { require.NoError(t, st.Commit(t.Context(), c)) }
	}
	find := func(q search.Query, after store.Position) func(*testing.T, *mongo.Store) {
		q.Type, q.Count = "Claim", 20
		return func(t *testing.T, st *mongo.Store) {
			_, err := st.Search(t.Context(), store.Labelled("u", "insurer"), &q, after)
			require.NoError(t, err)
		}
	}
	where := func(c ...search.Condition) search.Query {
		return search.Query{Where: []search.Clause{{AnyOf: c}}}
	}
	sorted := func(q search.Query, by ...search.Sort) search.Query { q.Sort = by; return q }
	head := store.InternalKey{Space: store.SpaceHead, ID: "h"}
	return []struct {
		name string
		run  func(t *testing.T, st *mongo.Store)
	}{
		{"create one resource", commit(store.Commit{ID: "commit-1", Resources: []store.Write{write(claim, 1)}})},
		{"update one resource", commit(store.Commit{ID: "commit-2", Resources: []store.Write{write(claim, 2)}})},
		{"a transaction", commit(store.Commit{
			ID:        "commit-3",
			Resources: []store.Write{write(claim, 3), write(store.Key{Type: "ClaimResponse", ID: "r1"}, 1)},
			Internals: []store.InternalWrite{{Key: head, Version: 1, Data: []byte("1")}},
			Requires:  []store.Precondition{{Key: store.Key{Type: "Patient", ID: "absent"}}},
		})},
		{"a transaction that holds versions", commit(store.Commit{
			ID:        "commit-4",
			Internals: []store.InternalWrite{{Key: head, Version: 2, Data: []byte("2")}},
			Requires:  []store.Precondition{{Key: claim, Version: 3}},
		})},
		{"remove an internal record", commit(store.Commit{
			ID: "commit-5", Internals: []store.InternalWrite{{Key: head, Version: 3, Delete: true}},
		})},
		{"committed or not", func(t *testing.T, st *mongo.Store) {
			done, err := st.Committed(t.Context(), "commit-9")
			require.NoError(t, err)
			require.False(t, done)
		}},
		{"committed", func(t *testing.T, st *mongo.Store) {
			done, err := st.Committed(t.Context(), "commit-3")
			require.NoError(t, err)
			require.True(t, done)
		}},
		{"get", func(t *testing.T, st *mongo.Store) {
			_, err := st.Get(t.Context(), store.Everything("u"), claim, store.Key{Type: "Claim", ID: "c2"})
			require.NoError(t, err)
		}},
		{"internals", func(t *testing.T, st *mongo.Store) {
			_, err := st.Internals(t.Context(), store.System(), head)
			require.NoError(t, err)
		}},
		{"search by term", find(where(search.Condition{Kind: search.HasTerm, Param: "status", Text: "active"}), "")},
		{"search by string", find(where(search.Condition{Kind: search.HasPrefix, Param: "note", Text: "a"}), "")},
		{"search by date", find(where(search.Condition{Kind: search.InBox, Param: "created", Box: search.Box{LoMin: 0, LoMax: 9, HiMin: 1, HiMax: 5}}), "")},
		{"search, newest first, second page", find(sorted(search.Query{}, search.Sort{Param: "_lastUpdated", Desc: true}), `["c0","n0x1p10"]`)},
		{"search by term, latest first", find(sorted(where(search.Condition{Kind: search.HasTerm, Param: "status", Text: "active"}), search.Sort{Param: "created", Desc: true}), "")},
		{"search with another sort", find(sorted(search.Query{}, search.Sort{Param: "status"}), "")},
		{"count", func(t *testing.T, st *mongo.Store) {
			_, err := st.Count(t.Context(), store.Everything("u"), &search.Query{Type: "Claim"})
			require.NoError(t, err)
		}},
		{"a version", func(t *testing.T, st *mongo.Store) {
			_, err := st.Version(t.Context(), store.Everything("u"), claim, 2)
			require.NoError(t, err)
		}},
		{"history of a resource", func(t *testing.T, st *mongo.Store) {
			_, err := st.History(t.Context(), store.Everything("u"), store.HistoryQuery{Type: "Claim", ID: "c1", Limit: 5})
			require.NoError(t, err)
		}},
		{"history of a type since", func(t *testing.T, st *mongo.Store) {
			_, err := st.History(t.Context(), store.Everything("u"), store.HistoryQuery{Type: "Claim", Since: at, Limit: 5})
			require.NoError(t, err)
		}},
		{"changes", func(t *testing.T, st *mongo.Store) {
			feed, err := st.Changes(t.Context(), store.Everything("u"), "")
			require.NoError(t, err)
			require.NoError(t, feed.Close())
		}},
		{"health", func(t *testing.T, st *mongo.Store) { require.NoError(t, st.Health(t.Context())) }},
	}
}

// TestCommands compares the exact commands with those that were reviewed: filters, concerns, transaction numbers. Write
// them anew with -update and read the difference.
func TestCommands(t *testing.T) {
	r := &recorder{}
	st, _ := openShim(t, r.option())
	require.NoError(t, st.Commit(t.Context(), store.Commit{ID: "ready", Resources: []store.Write{
		{Key: store.Key{Type: "ClaimResponse", ID: "r0"}, Version: 1, Body: []byte(`{}`)},
	}}))
	r.take()
	var got strings.Builder
	for _, step := range script() {
		step.run(t, st)
		fmt.Fprintf(&got, "# %s\n", step.name)
		for _, command := range r.take() {
			if line := render(t, command); line != "" {
				fmt.Fprintln(&got, line)
			}
		}
	}
	if *update {
		require.NoError(t, os.MkdirAll(filepath.Dir(golden), 0o755))
		require.NoError(t, os.WriteFile(golden, []byte(got.String()), 0o644))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	require.Equal(t, string(want), got.String())
}

// volatile are the fields of commands that differ from run to run or say nothing.
var volatile = []string{"lsid", "$clusterTime", "maxTimeMS", "$db"}

var times = regexp.MustCompile(`"at":\{"\$date":"[^"]*"\}`)

// render writes a command as one line; empty for those of which a feed sends as many as it has time for until it closes.
func render(t *testing.T, command bson.D) string {
	if command[0].Key == "getMore" || command[0].Key == "killCursors" {
		return ""
	}
	shown := slices.DeleteFunc(slices.Clone(command), func(e bson.E) bool { return slices.Contains(volatile, e.Key) })
	for i := range shown {
		if shown[i].Key == "txnNumber" {
			shown[i].Value = "n"
		}
	}
	line, err := bson.MarshalExtJSON(shown, false, false)
	require.NoError(t, err)
	if strings.Contains(string(line), `"resumeAfter"`) {
		return ""
	}
	return times.ReplaceAllString(string(line), `"at":"…"`)
}
