package search

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestParseMoment(t *testing.T) {
	at := func(text string) float64 {
		parsed, err := time.Parse(time.RFC3339Nano, text)
		require.NoError(t, err)
		return float64(parsed.UnixMilli())
	}
	dar := time.FixedZone("EAT", 3*3600)
	tests := []struct {
		text, lo, hi string
		zone         *time.Location
	}{
		{"2026", "2026-01-01T00:00:00Z", "2026-12-31T23:59:59.999Z", nil},
		{"2026-02", "2026-02-01T00:00:00Z", "2026-02-28T23:59:59.999Z", time.UTC},
		{"2024-12", "2024-12-01T00:00:00Z", "2024-12-31T23:59:59.999Z", nil},
		{"2024-02-29", "2024-02-29T00:00:00Z", "2024-02-29T23:59:59.999Z", nil},
		{"2026-03-01", "2026-02-28T21:00:00Z", "2026-03-01T20:59:59.999Z", dar},
		{"2026-03-01T10:20", "2026-03-01T07:20:00Z", "2026-03-01T07:20:59.999Z", dar},
		{"2026-03-01T10:20Z", "2026-03-01T10:20:00Z", "2026-03-01T10:20:59.999Z", dar},
		{"2026-03-01T10:20:30+03:00", "2026-03-01T07:20:30Z", "2026-03-01T07:20:30.999Z", nil},
		{"2026-03-01T10:20:30 03:00", "2026-03-01T07:20:30Z", "2026-03-01T07:20:30.999Z", nil},
		{"2026-03-01T10:20:30-05:30", "2026-03-01T15:50:30Z", "2026-03-01T15:50:30.999Z", nil},
		{"2026-03-01T10:20:30.5Z", "2026-03-01T10:20:30.5Z", "2026-03-01T10:20:30.599Z", nil},
		{"2026-03-01T10:20:30.25Z", "2026-03-01T10:20:30.25Z", "2026-03-01T10:20:30.259Z", nil},
		{"2026-03-01T10:20:30.123Z", "2026-03-01T10:20:30.123Z", "2026-03-01T10:20:30.123Z", nil},
		{"2026-03-01T10:20:30.1234567Z", "2026-03-01T10:20:30.123Z", "2026-03-01T10:20:30.123Z", nil},
		{"0001", "0001-01-01T00:00:00Z", "0001-12-31T23:59:59.999Z", nil},
		{"9999-12-31", "9999-12-31T00:00:00Z", "9999-12-31T23:59:59.999Z", nil},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			got, ok := parseMoment(tt.text, tt.zone)
			require.True(t, ok)
			require.Equal(t, interval{at(tt.lo), at(tt.hi)}, got)
		})
	}
}

func TestParseMomentRefuses(t *testing.T) {
	for _, text := range []string{"", "26", "2026-", "2026-13", "2026-00", "2026-02-30", "2026-02-29", "0000", "20260101",
		"2026-01-01T", "2026-01-01T10", "2026-01-01T10Z", "2026-01-01T24:00:00Z", "2026-01-01T10:60:00Z", "2026-01-01T10:20:61Z",
		"2026-01-01T10:20:30.Z", "2026-01-01T10:20:30+3:00", "2026-01-01T10:20:30+15:00", "2026-01-01 10:20", "2026-01-01Z",
		"2026-01-01T10:20:30Zx", "yesterday", "-2026"} {
		t.Run(text, func(t *testing.T) {
			_, ok := parseMoment(text, nil)
			require.False(t, ok)
		})
	}
}

// TestDaysSince1970 holds our own calendar against the one of package time.
func TestDaysSince1970(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		y, m := rapid.IntRange(1, 9999).Draw(t, "year"), rapid.IntRange(1, 12).Draw(t, "month")
		d := rapid.IntRange(1, 31).Draw(t, "day")
		want := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
		if want.Day() != d {
			require.Greater(t, d, daysIn(y, m))
			return
		}
		require.LessOrEqual(t, d, daysIn(y, m))
		require.Equal(t, want.Unix()/86400, daysSince1970(y, m, d))
	})
}

func TestZonesAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := time.Unix(rapid.Int64Range(-60_000_000_000, 250_000_000_000).Draw(t, "seconds"), 0)
		offset := rapid.IntRange(-14*60, 14*60).Draw(t, "offset")
		zone := time.FixedZone("z", offset*60)
		written := at.In(zone)
		if written.Year() < 1 || written.Year() > 9999 {
			t.Skip("FHIR has four digits for the year")
		}
		got, ok := parseMoment(written.Format("2006-01-02T15:04:05Z07:00"), nil)
		require.True(t, ok)
		require.Equal(t, interval{float64(at.UnixMilli()), float64(at.UnixMilli() + 999)}, got)
		inZone, ok := parseMoment(written.Format("2006-01-02T15:04:05"), zone)
		require.True(t, ok)
		require.Equal(t, got, inZone)
	})
}
