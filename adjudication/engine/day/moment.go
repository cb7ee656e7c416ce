package day

import (
	"errors"
	"time"
)

// ErrFormat is returned for text that is neither a FHIR date nor a FHIR dateTime.
var ErrFormat = errors.New("not a FHIR date or dateTime")

// Moment is a FHIR date or dateTime as written: a day, a month, a year, or an instant. Instants become a day in a time
// zone; months and years stand for their first or last day. The zero Moment is absent.
type Moment struct {
	first, last Date
	instant     time.Time
}

// ParseMoment reads a FHIR date, dateTime or instant; "" gives the zero Moment.
func ParseMoment(text string) (Moment, error) {
	if len(text) > 10 {
		t, err := time.Parse(time.RFC3339Nano, text)
		if err != nil {
			return Moment{}, ErrFormat
		}
		return Moment{instant: t}, nil
	}
	switch len(text) {
	case 0:
		return Moment{}, nil
	case 4, 7, 10:
		return parsePartial(text)
	}
	return Moment{}, ErrFormat
}

// At is the Moment of a day.
func At(d Date) Moment { return Moment{first: d, last: d} }

func parsePartial(text string) (Moment, error) {
	y, okY := number(text[:4])
	if !okY || y == 0 {
		return Moment{}, ErrFormat
	}
	if len(text) == 4 {
		return Moment{first: Of(y, time.January, 1), last: Of(y, time.December, 31)}, nil
	}
	m, okM := number(text[5:7])
	if !okM || text[4] != '-' || m < 1 || m > 12 {
		return Moment{}, ErrFormat
	}
	month := Of(y, time.Month(m), 1).Month()
	if len(text) == 7 {
		return Moment{first: month.From, last: month.To}, nil
	}
	d, okD := number(text[8:])
	if !okD || text[7] != '-' || d < 1 || Date(d) > month.To-month.From+1 {
		return Moment{}, ErrFormat
	}
	return At(month.From + Date(d) - 1), nil
}

func number(text string) (int, bool) {
	n := 0
	for i := range len(text) {
		c := text[i] - '0'
		if c > 9 {
			return 0, false
		}
		n = n*10 + int(c)
	}
	return n, true
}

// IsZero tells that the element was absent.
func (m Moment) IsZero() bool { return m.first == 0 && m.instant.IsZero() }

// First is the first day that the moment may mean in a time zone (nil is UTC); 0 when absent.
func (m Moment) First(zone *time.Location) Date {
	if !m.instant.IsZero() {
		return In(m.instant, zone)
	}
	return m.first
}

// Last is the last day that the moment may mean in a time zone (nil is UTC); 0 when absent.
func (m Moment) Last(zone *time.Location) Date {
	if !m.instant.IsZero() {
		return In(m.instant, zone)
	}
	return m.last
}

// Span is a FHIR Period as written.
type Span struct{ Start, End Moment }

// In is the span's days in a time zone: from the first day that the start may mean to the last that the end may mean.
func (s Span) In(zone *time.Location) Period {
	return Period{From: s.Start.First(zone), To: s.End.Last(zone)}
}

// Reversed tells that the span ends before it starts, in whatever time zone: a day and an instant are compared with a day to
// spare.
func (s Span) Reversed() bool {
	switch {
	case s.Start.IsZero() || s.End.IsZero():
		return false
	case s.Start.instant.IsZero() && s.End.instant.IsZero():
		return s.Start.first > s.End.last
	case !s.Start.instant.IsZero() && !s.End.instant.IsZero():
		return s.Start.instant.After(s.End.instant)
	}
	return s.Start.First(nil) > s.End.Last(nil)+1
}
