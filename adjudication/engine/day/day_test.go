package day

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func of(t require.TestingT, text string) Date {
	m, err := ParseMoment(text)
	require.NoError(t, err)
	return m.First(nil)
}

func TestDatesCountDays(t *testing.T) {
	require.Equal(t, Date(1), Of(1, time.January, 1))
	require.Equal(t, Forever, Of(9999, time.December, 31)+1)
	require.Equal(t, "2026-03-04", of(t, "2026-03-04").String())
	require.Empty(t, Date(0).String())
	require.Equal(t, Date(366), of(t, "2025-01-01")-of(t, "2024-01-01"))
}

func TestMonths(t *testing.T) {
	for _, c := range []struct {
		from string
		n    int
		to   string
	}{
		{"2026-01-31", 1, "2026-02-28"}, {"2024-01-31", 1, "2024-02-29"}, {"2026-03-01", 10, "2027-01-01"}, {"2024-02-29", 12, "2025-02-28"},
		{"2026-12-15", 1, "2027-01-15"}, {"2026-05-10", 0, "2026-05-10"},
	} {
		require.Equal(t, c.to, of(t, c.from).AddMonths(c.n).String(), c.from)
	}
}

func TestAge(t *testing.T) {
	for _, c := range []struct {
		birth, at     string
		years, months int
	}{
		{"2008-05-10", "2026-05-09", 17, 215}, {"2008-05-10", "2026-05-10", 18, 216}, {"2008-02-29", "2026-02-28", 17, 215}, {"2008-02-29", "2026-03-01", 18, 216},
		{"2008-02-29", "2028-02-29", 20, 240}, {"2025-12-31", "2026-01-30", 0, 0}, {"2025-12-31", "2026-01-31", 0, 1},
	} {
		require.Equal(t, c.months, of(t, c.birth).MonthsUntil(of(t, c.at)), c.at)
		require.Equal(t, c.years, of(t, c.birth).YearsUntil(of(t, c.at)), c.at)
	}
}

func TestPeriods(t *testing.T) {
	d := of(t, "2024-02-10")
	require.Equal(t, Period{of(t, "2024-01-01"), of(t, "2024-12-31")}, d.Year())
	require.Equal(t, Period{of(t, "2024-02-01"), of(t, "2024-02-29")}, d.Month())
	require.True(t, Period{}.Holds(d))
	require.True(t, Period{From: d}.Holds(d))
	require.False(t, Period{To: d}.Holds(d+1))
	require.True(t, d.Month().Within(d.Year()))
	require.False(t, d.Year().Within(d.Month()))
	both, ok := Period{From: d}.Meet(Period{To: d + 3})
	require.True(t, ok)
	require.Equal(t, Period{d, d + 3}, both)
	both, ok = Period{From: d}.Meet(Period{})
	require.True(t, ok)
	require.Equal(t, Period{From: d}, both)
	_, ok = Period{From: d}.Meet(Period{To: d - 1})
	require.False(t, ok)
}

func TestPolicyYearsOfALeapDay(t *testing.T) {
	start := of(t, "2024-02-29")
	require.Equal(t, Period{start, of(t, "2025-02-27")}, start.AnniversaryYear(of(t, "2025-02-27")))
	require.Equal(t, Period{of(t, "2025-02-28"), of(t, "2026-02-27")}, start.AnniversaryYear(of(t, "2025-02-28")))
	require.Equal(t, Period{of(t, "2028-02-29"), of(t, "2029-02-27")}, start.AnniversaryYear(of(t, "2028-02-29")))
}

func TestPolicyYearsFollowEachOther(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		start := Of(2000, time.January, 1) + Date(rapid.IntRange(0, 3000).Draw(t, "start"))
		at := start + Date(rapid.IntRange(0, 8000).Draw(t, "days"))
		year := start.AnniversaryYear(at)
		require.True(t, year.Holds(at), "%s in %s of %s", at, year.From, start)
		require.Equal(t, year.To+1, start.AnniversaryYear(year.To+1).From)
		require.GreaterOrEqual(t, year.From, start)
	})
}

func TestMomentsBecomeDaysInAZone(t *testing.T) {
	nairobi, err := time.LoadLocation("Africa/Nairobi")
	require.NoError(t, err)
	for _, c := range []struct{ text, first, last string }{
		{"2026", "2026-01-01", "2026-12-31"}, {"2024-02", "2024-02-01", "2024-02-29"}, {"2026-05-10", "2026-05-10", "2026-05-10"},
		{"2026-05-10T20:59:59Z", "2026-05-10", "2026-05-10"}, {"2026-05-10T21:00:00.000Z", "2026-05-11", "2026-05-11"},
		{"2026-05-11T01:00:00+05:00", "2026-05-10", "2026-05-10"}, {"", "", ""},
	} {
		m, err := ParseMoment(c.text)
		require.NoError(t, err, c.text)
		require.Equal(t, []string{c.first, c.last}, []string{m.First(nairobi).String(), m.Last(nairobi).String()}, c.text)
		require.Equal(t, c.text == "", m.IsZero())
	}
}

func TestMomentsRefuse(t *testing.T) {
	for _, text := range []string{"26", "2026-1", "2026-13", "2026-02-30", "2026-00-01", "2026/01/01", "2026-01-01T10", "yesterday!", "0000", "2026-05-10T25:00:00Z"} {
		_, err := ParseMoment(text)
		require.ErrorIs(t, err, ErrFormat, text)
	}
}
