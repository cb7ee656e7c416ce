package engine

import "claimwright/adjudication/engine/day"

// dated: the line has a target date (the first present of its own and the claim's dates), and a claim was not made out
// before the service began, but for the days that the check allows.
func (d *decider) dated(l *Line) Denial {
	if l.Target = d.Claim.Target(l.Item, d.zone); l.Target == 0 {
		return NoTargetDate
	}
	l.Service = d.registered(l.Item, l.Target)
	if d.out.Use != UseClaim || d.created == 0 || d.practice(l).AnyCreated {
		return NotDenied
	}
	if began := d.Claim.Admission(l.Item, d.zone); d.created+day.Date(d.set(l, NoTargetDate).Days) < began {
		return NoTargetDate
	}
	return NotDenied
}

// inTime: a claim came in soon enough after the service.
func (d *decider) inTime(l *Line) Denial {
	if d.out.Use == UseClaim && d.received > l.Target+day.Date(d.set(l, LateSubmission).Days) {
		return LateSubmission
	}
	return NotDenied
}

// notBackDated: the claim is not dated long before it came in. A claim without a day of its own is not.
func (d *decider) notBackDated(l *Line) Denial {
	if d.created != 0 && d.received > d.created+day.Date(d.set(l, BackDated).Days) {
		return BackDated
	}
	return NotDenied
}
