package storetest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/store"
)

// testHistory: every version appears exactly once, newest first, deletes included.
func testHistory(t *testing.T, s *suite) {
	w := s.fresh(t)
	var log []store.Write // oldest first
	write := func(wr store.Write) {
		w.put(wr)
		log = append(log, wr)
	}
	keys := []store.Key{{Type: "Patient", ID: "a"}, {Type: "Patient", ID: "b"}, {Type: "Location", ID: "a"}}
	for v := int64(1); v <= 6; v++ {
		for _, k := range keys {
			w.clock = w.clock.Add(1e9)
			if v == 3 && k.ID == "a" {
				write(w.deletion(k, v))
				continue
			}
			write(w.version(k, v))
		}
	}
	pick := func(keep func(store.Write) bool) []store.Write {
		var out []store.Write
		for i := len(log) - 1; i >= 0; i-- {
			if keep(log[i]) {
				out = append(out, log[i])
			}
		}
		return out
	}
	from, until := log[4].Updated, log[13].Updated
	cases := []struct {
		name  string
		query store.HistoryQuery
		keep  func(store.Write) bool
	}{
		{"of a resource", store.HistoryQuery{Type: "Patient", ID: "a"}, func(wr store.Write) bool { return wr.Key == keys[0] }},
		{"of nobody", store.HistoryQuery{Type: "Patient", ID: "z"}, func(store.Write) bool { return false }},
		{"of a type", store.HistoryQuery{Type: "Patient"}, func(wr store.Write) bool { return wr.Type == "Patient" }},
		{"of a type without resources", store.HistoryQuery{Type: "Organization"}, func(store.Write) bool { return false }},
		{"of all", store.HistoryQuery{}, func(store.Write) bool { return true }},
		{"of a resource since", store.HistoryQuery{Type: "Patient", ID: "b", Since: from}, func(wr store.Write) bool {
			return wr.Key == keys[1] && !wr.Updated.Before(from)
		}},
		{"of a type until", store.HistoryQuery{Type: "Location", Until: until}, func(wr store.Write) bool {
			return wr.Type == "Location" && wr.Updated.Before(until)
		}},
		{"of all between", store.HistoryQuery{Since: from, Until: until}, func(wr store.Write) bool {
			return !wr.Updated.Before(from) && wr.Updated.Before(until)
		}},
		{"of all after the end", store.HistoryQuery{Since: w.clock.Add(1e9)}, func(store.Write) bool { return false }},
	}
	for _, tc := range cases {
		w.sub(tc.name, func(w *world) {
			want := pick(tc.keep)
			for _, limit := range []int{1, 4, 100} {
				tc.query.Limit = limit
				requireHistory(w, want, w.history(all(), tc.query))
			}
		})
	}
	w.sub("under writes", func(w *world) {
		q := store.HistoryQuery{Type: "Patient", Limit: 5}
		page, err := w.History(w.Context(), all(), q)
		require.NoError(w, err)
		w.clock = w.clock.Add(1e9)
		w.put(w.version(keys[0], 7))
		q.After = page.Next
		got := append(page.Records, w.history(all(), q)...)
		requireHistory(w, pick(func(wr store.Write) bool { return wr.Type == "Patient" }), got)
	})
	w.sub("of writes of one moment", testSameMoment)
}

// history pages through a history until its end.
func (w *world) history(a store.Access, q store.HistoryQuery) []*store.Record {
	w.Helper()
	var out []*store.Record
	for {
		page, err := w.History(w.Context(), a, q)
		require.NoError(w, err)
		require.LessOrEqual(w, len(page.Records), q.Limit)
		out = append(out, page.Records...)
		if page.Next == "" {
			return out
		}
		q.After = page.Next
	}
}

func requireHistory(w *world, want []store.Write, got []*store.Record) {
	w.Helper()
	require.Len(w, got, len(want))
	for i := range want {
		requireRecord(w, want[i], got[i])
	}
}

// testSameMoment: versions of one commit share their time; each still comes exactly once, also across pages.
func testSameMoment(w *world) {
	var writes []store.Write
	for i := range 7 {
		writes = append(writes, w.version(store.Key{Type: "Organization", ID: string(rune('a' + i))}, 1))
	}
	w.put(writes...)
	for _, limit := range []int{1, 2, 3, 7, 8} {
		seen := map[string]int{}
		for _, r := range w.history(all(), store.HistoryQuery{Type: "Organization", Limit: limit}) {
			seen[r.ID]++
		}
		require.Equal(w, map[string]int{"a": 1, "b": 1, "c": 1, "d": 1, "e": 1, "f": 1, "g": 1}, seen)
	}
}
