package storetest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/store"
)

// testInternals: internal records are versioned like resources, forget themselves when removed, and scan in id order.
func testInternals(t *testing.T, s *suite) {
	w := s.fresh(t)
	w.sub("in their versions", func(w *world) {
		require.Equal(w, store.Internal{Key: store.InternalKey{Space: store.SpaceHead, ID: "h"}}, w.readInternal(store.SpaceHead, "h"))
		for v := int64(1); v <= 3; v++ {
			w.record(internal(store.SpaceHead, "h", v, fmt.Sprint("data ", v)))
			got := w.readInternal(store.SpaceHead, "h")
			require.Equal(w, v, got.Version)
			require.Equal(w, fmt.Sprint("data ", v), string(got.Data))
		}
		removal := internal(store.SpaceHead, "h", 4, "")
		removal.Delete = true
		w.record(removal)
		require.Zero(w, w.readInternal(store.SpaceHead, "h").Version)
		w.record(internal(store.SpaceHead, "h", 1, "again"))
		require.EqualValues(w, 1, w.readInternal(store.SpaceHead, "h").Version)
	})
	w.sub("many keys in their order", func(w *world) {
		w.record(internal(store.SpaceGuard, "k", 1, "guard"), internal(store.SpaceEntry, "k", 1, "entry"))
		w.record(internal(store.SpaceGuard, "k", 2, "guard 2"))
		got, err := w.Internals(w.Context(), store.System(),
			store.InternalKey{Space: store.SpaceEntry, ID: "k"}, store.InternalKey{Space: store.SpaceOutbox, ID: "k"},
			store.InternalKey{Space: store.SpaceGuard, ID: "k"})
		require.NoError(w, err)
		require.Len(w, got, 3)
		require.Equal(w, "entry", string(got[0].Data))
		require.Zero(w, got[1].Version)
		require.Equal(w, store.SpaceOutbox, got[1].Key.Space)
		require.Equal(w, "guard 2", string(got[2].Data))
		require.EqualValues(w, 2, got[2].Version)
	})
	w.sub("data of every kind", func(w *world) {
		long := strings.Repeat("i", store.MaxInternalID)
		for name, data := range map[string]string{"empty": "", "binary": "\x00\xff\x00", long: strings.Repeat("x", 100_000)} {
			w.record(internal(store.SpaceSetting, name, 1, data))
			got := w.readInternal(store.SpaceSetting, name)
			require.EqualValues(w, 1, got.Version)
			require.Equal(w, data, string(got.Data))
		}
	})
	w.sub("scan", testScan)
	w.sub("jobs and their parts", testJobs)
}

func testScan(w *world) {
	var want []string
	for i := range 25 {
		id := fmt.Sprintf("head/%03d", (i*7)%25)
		w.record(internal(store.SpaceEntry, id, 1, id))
		want = append(want, id)
	}
	w.record(internal(store.SpaceEntry, "head", 1, ""), internal(store.SpaceEntry, "head0", 1, ""),
		internal(store.SpaceHead, "head/001", 1, ""), internal(store.SpaceEntry, "he\u00e4d/001", 1, ""))
	removal := internal(store.SpaceEntry, "head/013", 2, "")
	removal.Delete = true
	w.record(removal, internal(store.SpaceEntry, "head/014", 2, "changed"))
	want = sorted(want)
	want = append(want[:13], want[14:]...)
	for _, limit := range []int{1, 5, 24, 100} {
		var got []string
		for after := ""; ; {
			page, err := w.ScanInternals(w.Context(), store.System(), store.SpaceEntry, "head/", after, limit)
			require.NoError(w, err)
			for _, in := range page {
				got = append(got, in.Key.ID)
				if in.Key.ID == "head/014" {
					require.EqualValues(w, 2, in.Version)
					require.Equal(w, "changed", string(in.Data))
				}
			}
			if len(page) < limit {
				break
			}
			after = page[len(page)-1].Key.ID
		}
		require.Equal(w, want, got, "pages of %d", limit)
	}
	whole, err := w.ScanInternals(w.Context(), store.System(), store.SpaceEntry, "", "", 100)
	require.NoError(w, err)
	require.Len(w, whole, len(want)+3+1, "one entry of the tests before")
}
