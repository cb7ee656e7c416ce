package search

import "time"

// A date or dateTime covers a whole year, month, day, minute, second or less: its interval runs from the first to the last
// millisecond of it. Without a zone of its own it is read in the zone that the server was set up with.

const (
	msPerSecond = 1000
	msPerMinute = 60 * msPerSecond
	msPerDay    = 24 * 60 * msPerMinute
)

// civil is a date and time of day as written, with its precision.
type civil struct {
	year, month, day, hour, minute, second, ms int
	precision                                  precision
	// offset is the zone's distance from UTC in minutes; only where zoned.
	offset int
	zoned  bool
}

// precision is the smallest part that is written.
type precision uint8

const (
	toYear precision = iota
	toMonth
	toDay
	toMinute
	toSecond
	toTenth
	toHundredth
	toMillisecond
)

// parseMoment reads a FHIR date, dateTime or instant, and minutes without seconds as searches may have them. Beyond
// milliseconds the digits of a second are cut.
func parseMoment(text string, zone *time.Location) (interval, bool) {
	c, ok := parseCivil(text)
	if !ok {
		return interval{}, false
	}
	return interval{float64(c.start(zone)), float64(c.next().start(zone) - 1)}, true
}

// Period is what a date, dateTime or instant covers: from its first millisecond until the first one after it. Without a zone
// of its own the text is read in the zone, UTC if nil. It is false for a text that is none of these.
func Period(text string, zone *time.Location) (from, until time.Time, ok bool) {
	if zone == nil {
		zone = time.UTC
	}
	v, ok := parseMoment(text, zone)
	if !ok {
		return from, until, false
	}
	return time.UnixMilli(int64(v.lo)).UTC(), time.UnixMilli(int64(v.hi) + 1).UTC(), true
}

func parseCivil(s string) (civil, bool) {
	r := reader{text: s}
	c := civil{month: 1, day: 1, precision: toYear}
	c.year = r.number(4)
	if r.sign('-') {
		c.month, c.precision = r.number(2), toMonth
		if r.sign('-') {
			c.day, c.precision = r.number(2), toDay
			if r.sign('T') {
				r.timeOfDay(&c)
			}
		}
	}
	return c, !r.failed && r.at == len(s) && c.valid()
}

// timeOfDay reads "hh:mm[:ss[.fff]]" and the zone. Hours alone are not allowed.
func (r *reader) timeOfDay(c *civil) {
	c.hour, c.precision = r.number(2), toMinute
	r.must(':')
	c.minute = r.number(2)
	if r.sign(':') {
		c.second, c.precision = r.number(2), toSecond
		if r.sign('.') {
			r.fraction(c)
		}
	}
	switch {
	case r.sign('Z'):
		c.zoned = true
	case r.sign('+'), r.sign(' '): // a plus sign that nobody escaped arrives as a blank
		c.offset, c.zoned = r.offset(), true
	case r.sign('-'):
		c.offset, c.zoned = -r.offset(), true
	}
}

func (r *reader) fraction(c *civil) {
	start := r.at
	for weight := 100; r.at < len(r.text) && isDigit(r.text[r.at]); weight /= 10 {
		c.ms += weight * int(r.text[r.at]-'0')
		r.at++
	}
	r.failed = r.failed || r.at == start
	c.precision = min(toSecond+precision(min(r.at-start, 3)), toMillisecond)
}

func (r *reader) offset() int {
	hours := r.number(2)
	r.must(':')
	minutes := r.number(2)
	r.failed = r.failed || hours > 14 || minutes > 59
	return hours*60 + minutes
}

func (c *civil) valid() bool {
	return c.year >= 1 && c.month >= 1 && c.month <= 12 && c.day >= 1 && c.day <= daysIn(c.year, c.month) &&
		c.hour <= 23 && c.minute <= 59 && c.second <= 60
}

// start is the first millisecond.
func (c *civil) start(zone *time.Location) int64 {
	if !c.zoned && zone != nil && zone != time.UTC {
		return time.Date(c.year, time.Month(c.month), c.day, c.hour, c.minute, c.second, c.ms*1e6, zone).UnixMilli()
	}
	minutes := int64(c.hour*60 + c.minute - c.offset)
	return daysSince1970(c.year, c.month, c.day)*msPerDay + minutes*msPerMinute + int64(c.second*msPerSecond+c.ms)
}

// next is the value after this one at the same precision; its parts may be beyond their range.
func (c civil) next() *civil {
	switch c.precision {
	case toYear:
		c.year++
	case toMonth:
		if c.month++; c.month > 12 {
			c.year, c.month = c.year+1, 1
		}
	case toDay:
		c.day++
	case toMinute:
		c.minute++
	case toSecond:
		c.second++
	case toTenth:
		c.ms += 100
	case toHundredth:
		c.ms += 10
	case toMillisecond:
		c.ms++
	}
	return &c
}

// daysSince1970 counts days in the Gregorian calendar. It counts years from March on, so that the leap day is the last.
func daysSince1970(year, month, day int) int64 {
	if month <= 2 {
		year--
		month += 12
	}
	days := 365*year + year/4 - year/100 + year/400 + (153*(month-3)+2)/5 + day - 1
	const until1970 = 719468 // from 1 March of the year 0
	return int64(days - until1970)
}

func daysIn(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// reader walks over a text and remembers whether anything was not as it must be.
type reader struct {
	text   string
	at     int
	failed bool
}

// number reads exactly that many digits.
func (r *reader) number(digits int) (n int) {
	for range digits {
		if r.at == len(r.text) || !isDigit(r.text[r.at]) {
			r.failed = true
			return 0
		}
		n = n*10 + int(r.text[r.at]-'0')
		r.at++
	}
	return n
}

func (r *reader) sign(c byte) bool {
	if r.at < len(r.text) && r.text[r.at] == c {
		r.at++
		return true
	}
	return false
}

func (r *reader) must(c byte) { r.failed = !r.sign(c) || r.failed }

func isDigit(b byte) bool { return b >= '0' && b <= '9' }
