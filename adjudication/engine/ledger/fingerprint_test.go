package ledger

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"claimwright/adjudication/engine/day"
)

func today0() time.Time { return time.Time{} }

func TestFingerprintsAreSeenOnTheirDays(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var f Fingerprints
		var all []Fingerprint
		for range rapid.IntRange(0, 30).Draw(rt, "lines") {
			p := Fingerprint{
				Hash: rapid.SampledFrom([]uint64{0, 1, 1 << 40, 1<<64 - 1}).Draw(rt, "hash"),
				At:   today + day.Date(rapid.IntRange(0, 20).Draw(rt, "at")), Count: 1, Days: 3,
			}
			if n := len(all); n > 0 && rapid.IntRange(0, 3).Draw(rt, "back") == 0 {
				i := rapid.IntRange(0, n-1).Draw(rt, "which")
				p = all[i]
				p.Count = -1
				all = append(all[:i:i], all[i+1:]...)
			} else {
				all = append(all, p)
			}
			require.NoError(rt, f.add([]Fingerprint{p}, today))
		}
		hash := rapid.SampledFrom([]uint64{0, 1, 1 << 40, 1<<64 - 1, 5}).Draw(rt, "asked")
		from := today + day.Date(rapid.IntRange(-3, 20).Draw(rt, "from"))
		window := day.Period{From: from, To: from + day.Date(rapid.IntRange(0, 5).Draw(rt, "days"))}
		var want day.Date
		for _, p := range all {
			if p.Hash == hash && window.Holds(p.At) && (want == 0 || p.At < want) {
				want = p.At
			}
		}
		at, known := f.Seen(hash, window)
		require.True(rt, known)
		require.Equal(rt, want, at)
	})
}

func TestFingerprintsOfSeveralLines(t *testing.T) {
	var f Fingerprints
	require.NoError(t, f.add([]Fingerprint{{Hash: 5, At: today, Count: 3}}, today))
	require.NoError(t, f.add([]Fingerprint{{Hash: 5, At: today, Count: -2}}, today))
	require.Equal(t, 1, f.len())
	require.ErrorIs(t, f.add([]Fingerprint{{Hash: 5, At: today, Count: -2}}, today), ErrOverdrawn)
	require.NoError(t, f.add([]Fingerprint{{Hash: 5, At: today, Count: 1<<31 - 1}}, today))
	require.Zero(t, f.len())
}

func TestFingerprintsThatWereNeverThere(t *testing.T) {
	f := seen(Fingerprint{Hash: 7, At: today})
	for _, p := range []Fingerprint{{Hash: 7, At: today + 1}, {Hash: 8, At: today}, {Hash: 6, At: today}} {
		p.Count = -1
		require.ErrorIs(t, f.add([]Fingerprint{p}, today), ErrOverdrawn)
	}
}

func TestFingerprintsAreBounded(t *testing.T) {
	var f Fingerprints
	for i := range 5000 {
		require.NoError(t, f.add([]Fingerprint{{Hash: uint64(i) * 7919, At: today + day.Date(i/3), Count: 1}}, today))
		require.LessOrEqual(t, f.len(), MaxFingerprints)
	}
	_, known := f.Seen(0, single(today))
	require.False(t, known)
	at, known := f.Seen(4999*7919, single(today+4999/3))
	require.True(t, known)
	require.Equal(t, today+4999/3, at)
	require.NoError(t, f.add([]Fingerprint{{Hash: 0, At: today, Count: -1}}, today), "what is forgotten is taken back silently")

	var many []Fingerprint
	for i := range MaxFingerprints + 1 {
		many = append(many, Fingerprint{Hash: uint64(i), At: today, Count: 1})
	}
	var day1 Fingerprints
	require.NoError(t, day1.add(many, today))
	require.Zero(t, day1.len(), "more than fit on one day")
	_, known = day1.Seen(3, single(today))
	require.False(t, known)
}
