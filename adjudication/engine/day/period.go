package day

// Period is the days from From to To, both included. From = 0 means since ever, To = 0 means for ever; the zero Period
// holds every day.
type Period struct{ From, To Date }

// Holds tells whether d lies in the period.
func (p Period) Holds(d Date) bool { return d >= p.From && d <= p.End() }

// End is To, or Forever when the period has no end.
func (p Period) End() Date {
	if p.To == 0 {
		return Forever
	}
	return p.To
}

// Within tells whether all of p lies in q.
func (p Period) Within(q Period) bool { return p.From >= q.From && p.End() <= q.End() }

// Overlaps tells whether the periods share a day.
func (p Period) Overlaps(q Period) bool { return p.From <= q.End() && q.From <= p.End() }

// Meet is the days that both periods hold; ok is false when there are none.
func (p Period) Meet(q Period) (both Period, ok bool) {
	both = Period{From: max(p.From, q.From), To: min(p.End(), q.End())}
	if both.To >= Forever {
		both.To = 0
	}
	return both, p.Overlaps(q)
}
