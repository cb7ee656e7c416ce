package day

import (
	"fmt"
	"time"
)

// Date is a day, counted from 1 = 0001-01-01. The zero Date is no date. Dates compare with <, and differences in days
// are subtractions.
type Date int32

// Forever is later than every date of FHIR: the end of a period that has none.
const Forever Date = 3652060 // 10000-01-01

// Days are counted in years that begin in March, so that the leap day is a year's last, and in eras of 400 years, which all
// have as many days. This is some five times faster than by way of time.Time, and dates are reckoned for every line.
const (
	eraDays = 146097
	// marchOf0 is how many days 1 March of the year 0 is before 0001-01-01.
	marchOf0 = 306
)

// Of is the day of a civil date. Months and days beyond their range roll over, as in time.Date.
func Of(year int, month time.Month, d int) Date {
	months := floor(int(month)-3, 12) // years between the March of the year and the month
	year += months
	march := int(month) - 3 - 12*months
	era := floor(year, 400)
	of := year - 400*era
	return Date(eraDays*era + 365*of + of/4 - of/100 + (153*march+2)/5 + d - marchOf0)
}

// Civil is year, month and day of the month.
func (d Date) Civil() (int, time.Month, int) {
	days := int(d) + marchOf0 - 1
	era := floor(days, eraDays)
	days -= era * eraDays
	of := (days - days/1460 + days/36524 - days/146096) / 365
	days -= 365*of + of/4 - of/100
	march := (5*days + 2) / 153
	year, month := 400*era+of, time.Month(march+3)
	if month > time.December {
		year, month = year+1, month-12
	}
	return year, month, days - (153*march+2)/5 + 1
}

// floor is the largest whole number that is not above a/b.
func floor(a, b int) int {
	if a < 0 {
		a -= b - 1
	}
	return a / b
}

// In is the day on which an instant falls in a time zone; a nil location is UTC.
func In(t time.Time, zone *time.Location) Date {
	if zone == nil {
		zone = time.UTC
	}
	return Of(t.In(zone).Date())
}

// String is "2026-03-04", or "" for no date, or "…" for Forever.
func (d Date) String() string {
	switch {
	case d <= 0:
		return ""
	case d >= Forever:
		return "…"
	}
	y, m, dd := d.Civil()
	return fmt.Sprintf("%04d-%02d-%02d", y, int(m), dd)
}

// Year is the period of the calendar year that holds d.
func (d Date) Year() Period {
	y, _, _ := d.Civil()
	return Period{From: Of(y, time.January, 1), To: Of(y, time.December, 31)}
}

// Month is the period of the calendar month that holds d.
func (d Date) Month() Period {
	y, m, _ := d.Civil()
	return Period{From: Of(y, m, 1), To: Of(y, m+1, 0)}
}

// AddMonths is the same day of the month n months later, or the last day of that month where it is shorter.
func (d Date) AddMonths(n int) Date {
	y, m, dd := d.Civil()
	last := Of(y, m+time.Month(n)+1, 0)
	return min(Of(y, m+time.Month(n), 1)+Date(dd)-1, last)
}

// YearsUntil is the age on a day of somebody born on d, in full years. Who was born on 29 February comes of age on
// 1 March in other years.
func (d Date) YearsUntil(at Date) int {
	by, bm, bd := d.Civil()
	y, m, dd := at.Civil()
	years := y - by
	if m < bm || m == bm && dd < bd {
		years--
	}
	return years
}

// MonthsUntil is the age on a day of somebody born on d, in full months.
func (d Date) MonthsUntil(at Date) int {
	by, bm, bd := d.Civil()
	y, m, dd := at.Civil()
	months := 12*(y-by) + int(m) - int(bm)
	if dd < bd {
		months--
	}
	return months
}

// AnniversaryYear is the year that holds at, counted from the anniversaries of d: the policy year of a policy that
// starts on d. The anniversary of 29 February is the 28th in other years.
func (d Date) AnniversaryYear(at Date) Period {
	began, _, _ := d.Civil()
	now, _, _ := at.Civil()
	years := now - began
	if d.AddMonths(12*years) > at {
		years--
	}
	return Period{From: d.AddMonths(12 * years), To: d.AddMonths(12*(years+1)) - 1}
}
