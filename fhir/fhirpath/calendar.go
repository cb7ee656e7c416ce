package fhirpath

import (
	"errors"
	"time"

	"github.com/gofhir/fhirpath/types"
)

// unitsOfTime are the calendar words and the UCUM codes of durations, as months or as an amount of time.
var unitsOfTime = map[string]struct {
	months int
	time   time.Duration
}{
	"year": {12, 0}, "years": {12, 0}, "a": {12, 0}, "month": {1, 0}, "months": {1, 0}, "mo": {1, 0},
	"week": {0, 7 * 24 * time.Hour}, "weeks": {0, 7 * 24 * time.Hour}, "wk": {0, 7 * 24 * time.Hour},
	"day": {0, 24 * time.Hour}, "days": {0, 24 * time.Hour}, "d": {0, 24 * time.Hour},
	"hour": {0, time.Hour}, "hours": {0, time.Hour}, "h": {0, time.Hour},
	"minute": {0, time.Minute}, "minutes": {0, time.Minute}, "min": {0, time.Minute},
	"second": {0, time.Second}, "seconds": {0, time.Second}, "s": {0, time.Second},
	"millisecond": {0, time.Millisecond}, "milliseconds": {0, time.Millisecond}, "ms": {0, time.Millisecond},
}

var errCalendar = errors.New("only a duration can be added to a date")

// shifted adds a duration to a date or a time of day (FHIRPath §6.7). The library's own addition carries the 31st of January
// plus a month into March; the specification asks for the last day of February.
func shifted(v types.Value, by types.Quantity, sign int64) (types.Value, error) {
	unit, ok := unitsOfTime[by.Unit()]
	amount := by.Value().IntPart() * sign
	if !ok || amount > 1<<31 || amount < -1<<31 {
		return nil, errCalendar
	}
	switch d := v.(type) {
	case types.Date:
		t, err := moved(d.ToTime(), unit.months, unit.time, amount)
		if err != nil {
			return nil, err
		}
		return types.NewDate(t.Format([]string{"2006", "2006-01", "2006-01-02"}[d.Precision()]))
	case types.DateTime:
		t, err := moved(d.ToTime(), unit.months, unit.time, amount)
		if err != nil {
			return nil, err
		}
		layout := []string{"2006", "2006-01", "2006-01-02", "2006-01-02T15", "2006-01-02T15:04", "2006-01-02T15:04:05",
			"2006-01-02T15:04:05.000"}[d.Precision()]
		if d.HasTZ() {
			layout += "Z07:00"
		}
		return types.NewDateTime(t.Format(layout))
	case types.Time:
		day := time.Date(2000, 1, 1, d.Hour(), d.Minute(), d.Second(), d.Millisecond()*int(time.Millisecond), time.UTC)
		t, err := moved(day, 0, unit.time, amount)
		if err != nil || unit.months != 0 {
			return nil, errCalendar
		}
		return types.NewTime(t.Format([]string{"15", "15:04", "15:04:05", "15:04:05.000"}[d.Precision()]))
	}
	return nil, errCalendar
}

func moved(t time.Time, months int, each time.Duration, amount int64) (time.Time, error) {
	switch {
	case months != 0:
		first := time.Date(t.Year(), t.Month(), 1, t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), t.Location()).
			AddDate(0, months*int(amount), 0)
		last := first.AddDate(0, 1, -1).Day()
		t = first.AddDate(0, 0, min(t.Day(), last)-1)
	case each >= 24*time.Hour:
		t = t.AddDate(0, 0, int(amount)*int(each/(24*time.Hour)))
	default:
		if span := time.Duration(amount) * each; span/each == time.Duration(amount) {
			t = t.Add(span)
		}
	}
	if t.Year() < 1 || t.Year() > 9999 {
		return t, errors.New("the date leaves the calendar")
	}
	return t, nil
}
