package engine

import "claimwright/adjudication/engine/scheme"

// set is how a check is set for a line: by the plan that the line is decided on, or by the insurer before it has one.
func (d *decider) set(l *Line, check Denial) *scheme.CheckSetting {
	if l.Plan != nil {
		return &l.Plan.Checks[check]
	}
	return &d.out.Insurer.Checks[check]
}

// practice is what a line is handled by: the plan's, or the insurer's before it has one.
func (d *decider) practice(l *Line) *scheme.Practice {
	if l.Plan != nil {
		return &l.Plan.Practice
	}
	return &d.out.Insurer.Practice
}

// noCover is the reason in whose name a line without a cover in force is denied.
func (d *decider) noCover(l *Line) Denial {
	switch p := d.practice(l); {
	case p.RangeIsCover && d.reached.ranged:
		return NotCovered
	case p.NoCover != 0:
		return Denial(p.NoCover)
	}
	return NoCoverInForce
}

// denies tells whether a hit of the check denies; else the line goes on as if there were no such check.
func (d *decider) denies(l *Line, check Denial) bool {
	return d.set(l, check).Denies()
}

// hit is what becomes of a line that a check has hit: it is denied, alone or with the whole claim, or sent to a person. A
// reviewed claim is not sent a second time.
func (d *decider) hit(l *Line, check Denial) {
	s := d.set(l, check)
	switch {
	case l.byRule: // how the check is set that has the same reason does not matter
		l.Denial = check
	case s.Off:
	case s.Action == scheme.HitReviews:
		if d.Review == nil {
			l.Review, l.Doubt = ReviewByCheck, check
		}
	default:
		if check == NoCoverInForce {
			check = d.noCover(l)
		}
		l.Denial = check
		if s.PerClaim {
			d.refuse(check, false)
		}
	}
}

// refuse denies the whole claim; the first who does so gives the reason.
func (d *decider) refuse(why Denial, byRule bool) {
	if d.whole == NotDenied {
		d.whole, d.wholeByRule = why, byRule
	}
}
