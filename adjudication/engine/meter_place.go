package engine

import (
	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/ledger"
	"claimwright/adjudication/engine/scheme"
)

// places remember which meters are those of the plan's limits, so that they are looked for by name once for a cover and a
// day, which most lines share, and not twice for every limit of every line.
type places struct {
	plan  *scheme.Plan
	cover *ledger.Cover
	at    day.Date
	// of is by place in Plan.Limits, followed by those of the category: one more than the place in decider.meters, 0 for one
	// that was not looked for yet. few is what it is made of where there are not many.
	of  []int32
	few [16]int32
}

// The places behind the plan's own limits.
const (
	categoryAmountPlace = iota
	categoryCountPlace
	categoryPlaces
)

// forget drops what is remembered, because meters were.
func (p *places) forget() { p.plan = nil }

// place is where the meter of the limit at a place is remembered for a line.
func (d *decider) place(l *Line, at int) *int32 {
	p := &d.places
	if p.plan != l.Plan || p.cover != l.Cover || p.at != l.Target {
		p.plan, p.cover, p.at = l.Plan, l.Cover, l.Target
		n := len(l.Plan.Limits) + categoryPlaces
		if p.of = p.few[:]; n > len(p.few) {
			p.of = make([]int32, n)
		}
		clear(p.of)
	}
	return &p.of[at]
}

// planMeter is meter for the plan's limit at a place.
func (d *decider) planMeter(l *Line, at int, of scheme.Scope, limit string, over scheme.Reckoning) *meter {
	return d.placed(d.place(l, at), l, l.Target, of, limit, over)
}

// placed is meterAt where its answer is remembered.
func (d *decider) placed(place *int32, l *Line, at day.Date, of scheme.Scope, limit string, over scheme.Reckoning) *meter {
	if *place > 0 {
		return d.forLine(l, &d.meters[*place-1])
	}
	m := d.meterAt(at, of, l, limit, over)
	for i := range d.meters {
		if m == &d.meters[i] {
			*place = int32(i + 1)
		}
	}
	return m
}
