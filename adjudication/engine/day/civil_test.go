package day

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

const unixEpoch = 719163 // 1970-01-01

// TestEveryDayIsThatOfTheCalendar holds every day of FHIR's, and some before, against the standard library.
func TestEveryDayIsThatOfTheCalendar(t *testing.T) {
	for d := Date(-800); d <= Forever+800; d++ {
		year, month, of := time.Unix(int64(d-unixEpoch)*86400, 0).UTC().Date()
		y, m, dd := d.Civil()
		if y != year || m != month || dd != of || Of(y, m, dd) != d {
			require.FailNow(t, "another day", "%d is %d-%d-%d, not %d-%d-%d", d, year, month, of, y, m, dd)
		}
	}
}

func TestMonthsAndDaysRollOver(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		year := rapid.IntRange(-1000, 11000).Draw(t, "year")
		month := time.Month(rapid.IntRange(-500, 500).Draw(t, "month"))
		day := rapid.IntRange(-1000, 1000).Draw(t, "day")
		want := time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix()/86400 + unixEpoch
		require.Equal(t, Date(want), Of(year, month, day))
	})
}
