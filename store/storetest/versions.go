package storetest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/store"
)

// testVersions: what is written comes back as it was written, in every version.
func testVersions(t *testing.T, s *suite) {
	w := s.fresh(t)
	w.sub("a resource in all its versions", func(w *world) {
		k := store.Key{Type: "Location", ID: w.serverID()}
		var written []store.Write
		for v := int64(1); v <= 5; v++ {
			w.tick()
			wr := w.version(k, v)
			if v == 3 {
				wr = w.deletion(k, v)
			}
			w.put(wr)
			written = append(written, wr)
			requireRecord(w, wr, w.get(k))
		}
		for _, wr := range written {
			got, err := w.Version(w.Context(), all(), k, wr.Version)
			require.NoError(w, err)
			requireRecord(w, wr, got)
		}
		for _, none := range []int64{-1, 0, 6, 1 << 40} {
			got, err := w.Version(w.Context(), all(), k, none)
			require.NoError(w, err)
			require.Nil(w, got, "version %d", none)
		}
	})
	w.sub("many keys in their order", func(w *world) {
		first := w.create("Patient", "many-1", "many-2")
		second := w.create("Location", "many-1")
		recs, err := w.Get(w.Context(), all(),
			second[0].Key, store.Key{Type: "Patient", ID: "nobody"}, first[1].Key, first[0].Key, first[1].Key)
		require.NoError(w, err)
		require.Len(w, recs, 5)
		requireRecord(w, second[0], recs[0])
		require.Nil(w, recs[1])
		requireRecord(w, first[1], recs[2])
		requireRecord(w, first[0], recs[3])
		requireRecord(w, first[1], recs[4])
	})
	w.sub("no keys", func(w *world) {
		recs, err := w.Get(w.Context(), all())
		require.NoError(w, err)
		require.Empty(w, recs)
		internals, err := w.Internals(w.Context(), store.System())
		require.NoError(w, err)
		require.Empty(w, internals)
	})
	w.sub("ids are case-sensitive and of one type", func(w *world) {
		lower := w.create("Patient", "case-a")[0]
		upper := w.create("Patient", "CASE-A")[0]
		requireRecord(w, lower, w.get(lower.Key))
		requireRecord(w, upper, w.get(upper.Key))
		require.Nil(w, w.get(store.Key{Type: "Location", ID: "case-a"}))
	})
	w.sub("ids of the server that share their time", testTwinIDs)
}

// testTwinIDs: ids that agree in all but their last digits are still different ids.
func testTwinIDs(w *world) {
	const prefix = "019c0000-0000-7abc-8def-00000000000"
	var written []store.Write
	for _, digit := range []string{"5", "1", "9", "3"} {
		written = append(written, w.create("Patient", prefix+digit)...)
	}
	for _, wr := range written {
		requireRecord(w, wr, w.get(wr.Key))
	}
	require.Nil(w, w.get(store.Key{Type: "Patient", ID: prefix + "0"}))
	require.Nil(w, w.get(store.Key{Type: "Location", ID: prefix + "1"}))
}
