package sqlite

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"claimwright/fhir/search"
	"claimwright/store"
)

var anyEntries = rapid.Custom(func(t *rapid.T) *entries {
	keys := rapid.SampledFrom([]indexKey{0, 1, 2, 1 << 40, math.MaxUint64})
	bounds := rapid.SampledFrom([]float64{math.Inf(-1), -1, 0, 2.5, math.Inf(1)})
	texts := rapid.SampledFrom([]string{"", "a", "abc", strings.Repeat("long ", 100)})
	e := &entries{terms: rapid.SliceOf(keys).Draw(t, "terms")}
	for range rapid.IntRange(0, 4).Draw(t, "rows") {
		e.ranges = append(e.ranges, rangeEntry{keys.Draw(t, "key"), bounds.Draw(t, "lo"), bounds.Draw(t, "hi")})
		e.texts = append(e.texts, textEntry{keys.Draw(t, "key"), texts.Draw(t, "text")})
		e.addColumn(keys.Draw(t, "key"), texts.Draw(t, "value"))
	}
	e.sort()
	return e
})

func TestEntriesCode(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := anyEntries.Draw(t, "entries")
		back, err := decodeEntries(e.encode())
		require.NoError(t, err)
		require.Equal(t, e.rows(7), back.rows(7))
	})
}

func FuzzDecodeEntries(f *testing.F) {
	e := &entries{terms: []indexKey{1}, ranges: []rangeEntry{{2, 3, 4}}, texts: []textEntry{{5, "x"}}, columns: []columnEntry{{6, "y"}}}
	f.Add(e.encode())
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0x7f})
	f.Fuzz(func(t *testing.T, b []byte) {
		e, err := decodeEntries(b)
		if err != nil {
			require.ErrorIs(t, err, errEntries)
			return
		}
		require.LessOrEqual(t, e.count(), len(b))
	})
}

// TestDelta: what a delta removes and adds turns the one version's rows into the other's.
func TestDelta(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		before, after := anyEntries.Draw(t, "before"), anyEntries.Draw(t, "after")
		d := newDelta()
		d.replace(7, before, after)
		rows := map[indexRow]bool{}
		for _, r := range before.rows(7) {
			rows[r] = true
		}
		change := func(r indexRow, removed bool) {
			require.Equal(t, removed, rows[r], "only what is there is removed, only what is not is added")
			if rows[r] = !removed; removed {
				delete(rows, r)
			}
		}
		for _, l := range d.terms {
			change(indexRow{kind: kindTerm, key: l.key, rid: l.value}, l.removed)
		}
		for _, l := range d.ranges {
			change(indexRow{kind: kindRange, key: l.key, rid: l.value.rid, lo: l.value.lo, hi: l.value.hi}, l.removed)
		}
		for _, l := range d.texts {
			change(indexRow{kind: kindText, key: l.key, rid: l.value.rid, text: l.value.folded}, l.removed)
		}
		for _, l := range d.columns {
			change(indexRow{kind: kindColumn, key: l.key, rid: l.value.rid, text: l.value.value}, l.removed)
		}
		require.Len(t, rows, after.count())
		for _, r := range after.rows(7) {
			require.True(t, rows[r])
		}
	})
}

func TestEntriesOf(t *testing.T) {
	m := keyMaker{}
	e := m.entriesOf(store.Key{Type: "Patient", ID: "p"}, &search.Values{
		Terms:   []search.Term{{Param: "a", Text: "1"}, {Param: "a", Text: "1"}, {Param: "a1", Text: ""}},
		Ranges:  []search.Range{{Param: "r", Lo: math.NaN(), Hi: 1}, {Param: "r", Lo: math.Copysign(0, -1), Hi: 0}, {Param: "r"}},
		Strings: []search.Text{{Param: "s", Folded: "x", Exact: "X"}},
		Sorts:   []search.Sortable{{Param: "n", TextMin: "first"}, {Param: "n", TextMin: "second"}},
	}, []string{"l1", "l2"})
	require.Len(t, e.terms, 1+2+2+1, "type, labels, terms, the exact string")
	require.True(t, slices.IsSorted(e.terms))
	require.Len(t, e.ranges, 1, "what is no interval lies in no box, and zero has one sign")
	require.Len(t, e.columns, 1)
	require.Equal(t, "first", decodeSortable(e.columns[0].value, false).text)

	_, hasID := e.column(m.column("Patient", idColumn))
	require.False(t, hasID)
	require.False(t, m.addID(e, store.Key{Type: "Patient", ID: "p"}, 5))
	require.True(t, m.addID(e, store.Key{Type: "Patient", ID: "p"}, firstIrregular))
	id, hasID := e.column(m.column("Patient", idColumn))
	require.True(t, hasID)
	require.Equal(t, "p", id)
}

// TestKeys: parts of a key do not run into each other, and another file has other keys.
func TestKeys(t *testing.T) {
	m := keyMaker{}
	seen := map[indexKey]string{}
	for _, parts := range [][3]string{
		{"Patient", "ab", "c"}, {"Patient", "a", "bc"}, {"Patien", "tab", "c"}, {"Patient", "", "abc"}, {"Patient", "abc", ""}, {"", "", ""},
	} {
		for _, k := range []kind{kindTerm, kindExact, kindColumn} {
			name := string(k) + parts[0] + "/" + parts[1] + "/" + parts[2]
			key := m.key(k, parts[0], parts[1], parts[2])
			require.NotContains(t, seen, key, name)
			seen[key] = name
		}
	}
	var other keyMaker
	other.secret.K0 = 1
	require.NotEqual(t, m.key(kindTerm, "a", "b", "c"), other.key(kindTerm, "a", "b", "c"))
}

func TestSortable(t *testing.T) {
	cases := []struct {
		name      string
		s         search.Sortable
		asc, desc sortValue
	}{
		{"number", search.Sortable{IsNum: true, NumMin: 2, NumMax: 2}, sortValue{num: 2}, sortValue{num: 2}},
		{"numbers", search.Sortable{IsNum: true, NumMin: math.Inf(-1), NumMax: 3}, sortValue{num: math.Inf(-1)}, sortValue{num: 3}},
		{"text", search.Sortable{TextMin: "a", TextMax: "a"}, sortValue{text: "a"}, sortValue{text: "a"}},
		{"texts", search.Sortable{TextMin: "a", TextMax: "b"}, sortValue{text: "a"}, sortValue{text: "b"}},
		{"empty text", search.Sortable{}, sortValue{}, sortValue{}},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			value := sortable(tc.s).encode()
			require.Equal(t, tc.asc, decodeSortable(value, false))
			require.Equal(t, tc.desc, decodeSortable(value, true))
		})
	}
	require.True(t, decodeSortable("", false).missing)
	missing, there := sortValue{missing: true}, sortValue{num: 1}
	for _, desc := range []bool{false, true} {
		require.Positive(t, missing.compare(there, desc), "missing values come last")
		require.Negative(t, there.compare(missing, desc))
		require.Zero(t, missing.compare(missing, desc))
	}
}
