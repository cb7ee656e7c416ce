package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/search"
	"claimwright/store"
)

// extractor is an extractor of a later version, which sees what the first one did not.
type extractor struct {
	version int
	seen    map[store.Key]int
	// failAt stops the extraction of this resource with an error, leaveAt ends the context.
	failAt  store.Key
	leaveAt int
	leave   context.CancelFunc
}

var errUnreadable = errors.New("unreadable")

func (e *extractor) Version() int { return e.version }

func (e *extractor) Extract(k store.Key, body []byte) (*search.Values, []string, error) {
	if len(body) == 0 || k == e.failAt {
		return nil, nil, fmt.Errorf("extract %s: %w", k, errUnreadable)
	}
	e.seen[k]++
	if len(e.seen) == e.leaveAt {
		e.leave()
	}
	return &search.Values{
		Terms: []search.Term{{Param: "seen-by", Text: fmt.Sprint(e.version)}},
		Sorts: []search.Sortable{textSort("seen-by", k.ID, k.ID)},
	}, []string{"reindexed"}, nil
}

// testReindex: what an older extractor indexed is indexed anew, whatever interrupts it.
func testReindex(t *testing.T, s *suite) {
	t.Run("older ones only", func(t *testing.T) { testReindexOlder(s.fresh(t)) })
	t.Run("resumed", func(t *testing.T) { testReindexResumed(s.fresh(t)) })
	t.Run("one that cannot be read", func(t *testing.T) { testReindexUnreadable(s.fresh(t)) })
}

func ignoreProgress(store.Progress) {}

func seenBy(version int) search.Query {
	return search.Query{
		Type: "Patient", Count: 4, Sort: []search.Sort{{Param: "seen-by", Desc: true}},
		Where: []search.Clause{where(term("seen-by", fmt.Sprint(version)))},
	}
}

func testReindexOlder(w *world) {
	old := &search.Values{
		Terms:   []search.Term{{Param: "active", Text: "true"}},
		Ranges:  []search.Range{{Param: "born", Lo: 1, Hi: 1}},
		Strings: []search.Text{{Param: "name", Folded: "n", Exact: "N"}},
	}
	for _, id := range []string{"a", "b", "gone", "newer"} {
		w.tick()
		c := commit(w.version(store.Key{Type: "Patient", ID: id}, 1, with(old)))
		if id == "newer" {
			c.ExtractorVersion = 2
		}
		w.apply(c)
	}
	w.put(w.deletion(store.Key{Type: "Patient", ID: "gone"}, 2))
	e := &extractor{version: 2, seen: map[store.Key]int{}}
	var last store.Progress
	require.NoError(w, w.Reindex(w.Context(), e, func(p store.Progress) { last = p }))
	require.Equal(w, map[store.Key]int{{Type: "Patient", ID: "a"}: 1, {Type: "Patient", ID: "b"}: 1}, e.seen)
	require.EqualValues(w, 2, last.Done)
	require.Equal(w, []string{"b", "a"}, w.find(all(), seenBy(2)))
	for _, c := range []search.Condition{term("active", "true"), within("born", 1, 1), prefix("name", "n"), exact("name", "N")} {
		q := search.Query{Type: "Patient", Count: 5, Where: []search.Clause{where(c)}}
		require.Equal(w, []string{"newer"}, w.find(all(), q), "old values must go")
	}
	require.Equal(w, []string{"a", "b"}, w.find(store.Labelled("l", "reindexed"), everything("Patient", 5)))
	rec := w.get(store.Key{Type: "Patient", ID: "a"})
	require.EqualValues(w, 1, rec.Version, "reindexing is no new version")
	require.NoError(w, w.Reindex(w.Context(), e, ignoreProgress))
	require.Len(w, e.seen, 2, "nothing is left to do")
	require.Equal(w, 1, e.seen[rec.Key])
	w.tick()
	w.put(w.version(rec.Key, 2, with(old)))
	require.Equal(w, []string{"b"}, w.find(all(), seenBy(2)), "a later version replaces reindexed values too")
	requireSound(w)
}

func testReindexResumed(w *world) {
	const n = 30
	for i := range n {
		w.create("Patient", fmt.Sprintf("p%02d", i))
	}
	ctx, leave := context.WithCancel(w.Context())
	first := &extractor{version: 2, seen: map[store.Key]int{}, leaveAt: n / 2, leave: leave}
	require.ErrorIs(w, w.Reindex(ctx, first, ignoreProgress), context.Canceled)
	require.Less(w, len(first.seen), n)
	second := &extractor{version: 2, seen: map[store.Key]int{}}
	require.NoError(w, w.Reindex(w.Context(), second, ignoreProgress))
	require.EqualValues(w, n, w.count(all(), seenBy(2)))
	require.GreaterOrEqual(w, len(first.seen)+len(second.seen), n)
	requireSound(w)
}

func testReindexUnreadable(w *world) {
	w.create("Patient", "a", "b", "c")
	broken := store.Key{Type: "Patient", ID: "b"}
	e := &extractor{version: 2, seen: map[store.Key]int{}, failAt: broken}
	require.ErrorIs(w, w.Reindex(w.Context(), e, ignoreProgress), errUnreadable)
	require.Equal(w, []string{"c", "a"}, w.find(all(), seenBy(2)), "one broken resource must not keep the others")
	e.failAt = store.Key{}
	require.NoError(w, w.Reindex(w.Context(), e, ignoreProgress))
	require.Equal(w, []string{"c", "b", "a"}, w.find(all(), seenBy(2)))
}
