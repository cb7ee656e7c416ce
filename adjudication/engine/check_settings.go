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

// denies tells whether a hit of the check denies; else the line goes on as if there were no such check.
func (d *decider) denies(l *Line, check Denial) bool {
	s := d.set(l, check)
	return !s.Off && s.Action == scheme.HitDenies
}

// hit is what becomes of a line that a check has hit: it is denied, alone or with the whole claim, or sent to a person. A
// reviewed claim is not sent a second time.
func (d *decider) hit(l *Line, check Denial) {
	s := d.set(l, check)
	switch {
	case s.Off:
	case s.Action == scheme.HitReviews:
		if d.Review == nil {
			l.Review, l.Doubt = ReviewByCheck, check
		}
	default:
		if named := d.practice(l).NoCover; check == NoCoverInForce && named != 0 {
			check = Denial(named)
		}
		l.Denial = check
		if s.PerClaim && d.whole == NotDenied {
			d.whole = check
		}
	}
}
