package search

import (
	"math"
	"strconv"

	"claimwright/fhir/codec"
)

func momentValue(x *extraction, y *yield, v codec.Value) {
	if covered, ok := parseMoment(v.Text(), x.zone); ok {
		x.interval(y, covered)
	}
}

func periodValue(x *extraction, y *yield, v codec.Value) {
	if covered, ok := x.period(v); ok {
		x.interval(y, covered)
	}
}

// period covers from the start of its start to the end of its end; what is missing is open.
func (x *extraction) period(v codec.Value) (interval, bool) {
	start, hasStart := parseMoment(v.Get(nameStart).Text(), x.zone)
	end, hasEnd := parseMoment(v.Get(nameEnd).Text(), x.zone)
	covered := interval{math.Inf(-1), math.Inf(1)}
	if hasStart {
		covered.lo = start.lo
	}
	if hasEnd {
		covered.hi = end.hi
	}
	return covered, hasStart || hasEnd
}

// timingValue covers the outer limits of a schedule, as R4 asks: of its events and of the period that bounds it.
func timingValue(x *extraction, y *yield, v codec.Value) {
	covered, found := x.period(v.Get(nameRepeat).Get(nameBoundsPeriod))
	for event := range v.Get(nameEvent).Each() {
		moment, ok := parseMoment(event.Text(), x.zone)
		switch {
		case ok && found:
			covered = interval{min(covered.lo, moment.lo), max(covered.hi, moment.hi)}
		case ok:
			covered, found = moment, true
		}
	}
	if found {
		x.interval(y, covered)
	}
}

func numberValue(x *extraction, y *yield, v codec.Value) {
	if n, ok := number(v); ok {
		x.interval(y, interval{n, n})
	}
}

func quantityValue(x *extraction, y *yield, v codec.Value) {
	n, ok := number(v.Get(nameValue))
	if !ok {
		return
	}
	covered := compared(n, v.Get(nameComparator).Text())
	system, code, unit := v.Get(nameSystem).Text(), v.Get(nameCode).Text(), v.Get(nameUnit).Text()
	x.quantity(y, covered, system, code)
	if unit != "" && unit != code {
		x.ranges.add(Range{y.key + unitForm("", unit), covered.lo, covered.hi})
	}
}

// moneyValue takes the currency as a code of ISO 4217, as R4 does for searches.
func moneyValue(x *extraction, y *yield, v codec.Value) {
	if n, ok := number(v.Get(nameValue)); ok {
		x.quantity(y, interval{n, n}, "urn:iso:std:iso:4217", v.Get(nameCurrency).Text())
	}
}

// rangeValue covers from low to high, in the unit of the one that is there; what is missing is open.
func rangeValue(x *extraction, y *yield, v codec.Value) {
	low, high := v.Get(nameLow), v.Get(nameHigh)
	from, hasFrom := number(low.Get(nameValue))
	to, hasTo := number(high.Get(nameValue))
	if !hasFrom && !hasTo {
		return
	}
	covered, unit := interval{math.Inf(-1), math.Inf(1)}, low
	if hasFrom {
		covered.lo = from
	} else {
		unit = high
	}
	if hasTo {
		covered.hi = to
	}
	x.quantity(y, covered, unit.Get(nameSystem).Text(), unit.Get(nameCode).Text())
}

// quantity adds an interval alone, and under its unit.
func (x *extraction) quantity(y *yield, covered interval, system, code string) {
	x.interval(y, covered)
	if code == "" {
		return
	}
	x.ranges.add(Range{y.key + unitForm("", code), covered.lo, covered.hi})
	if system != "" {
		x.ranges.add(Range{y.key + unitForm(system, code), covered.lo, covered.hi})
	}
}

// compared is what a quantity with a comparator stands for: "<5" is anything below 5.
func compared(n float64, comparator string) interval {
	switch comparator {
	case "<":
		return interval{math.Inf(-1), under(n)}
	case "<=":
		return interval{math.Inf(-1), n}
	case ">=":
		return interval{n, math.Inf(1)}
	case ">":
		return interval{over(n), math.Inf(1)}
	}
	return interval{n, n}
}

// number reads a number; one that no float can hold is none.
func number(v codec.Value) (float64, bool) {
	if v.Kind() != codec.Number {
		return 0, false
	}
	n, err := strconv.ParseFloat(v.Text(), 64)
	return n, err == nil
}
