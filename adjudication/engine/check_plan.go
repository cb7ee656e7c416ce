package engine

import (
	"claimwright/adjudication/engine/money"
	"claimwright/adjudication/engine/scheme"
)

// wholeBenefit pays what no benefit covers, where the check does not deny.
var wholeBenefit = scheme.Benefit{ID: "benefit/none", Percent: money.Whole(100)}

// inPlan: a benefit of the plan reaches the service, for this visit type and age group, and does not exclude it. Where the
// check does not deny, it is paid whole, within the plan's limits.
func (d *decider) inPlan(l *Line) Denial {
	l.Benefit = l.Plan.Benefit(l.Service, d.Claim.Visit, l.Age)
	if l.Benefit == nil || l.Benefit.Excluded {
		switch {
		case !d.denies(l, NotCovered):
			l.Benefit = &wholeBenefit
		case l.Benefit == nil && l.Plan.Practice.VisitTypeDenies && l.Plan.Reaches(l.Service, l.Age):
			d.refuse(NotCovered, false)
		}
		return NotCovered
	}
	return NotDenied
}

// waited: the benefit's waiting period has ended. It runs from the start of the cover, for new covers and for members who
// joined after the policy began; renewals are spared.
func (d *decider) waited(l *Line) Denial {
	if until := waitingUntil(l.Cover, l.Policy, l.Benefit); l.Target < until {
		return InWaitingPeriod
	}
	return NotDenied
}

// withinQuantity: the plan's maximum of units in the period is not used up. What exceeds it is cut, with a note, or
// denies the line, as the plan says; where the check asks a person, nothing is cut before he has looked.
func (d *decider) withinQuantity(l *Line) Denial {
	b := l.Benefit
	if !b.HasMaxQuantity {
		return NotDenied
	}
	m := d.sure(l, d.quantityMeter(l))
	left := m.left(b.MaxQuantity)
	if l.Plan.Practice.OwnLinesUncounted {
		left = b.MaxQuantity.Sub(m.used().Sub(m.added)).Floor0()
	}
	granted := money.Min(l.Quantity, left)
	whole := l.Plan.Settings.Excess == scheme.RejectExcess || !d.denies(l, QuantityExceeded)
	hit := left.IsZero() || granted.Less(l.Quantity) && whole
	binding := hit || granted.Less(l.Quantity)
	if hit || l.Plan.Settings.Excess == scheme.AdmitExcess {
		granted = l.Quantity // of a hit, where that does not deny
	}
	// What is granted is added once the line is accepted: see remember.
	row := d.trace(m, QuantityCheck, b.MaxQuantity, money.Decimal{}, binding)
	row.After = row.Before.Add(l.counted(granted))
	l.Quantity = granted
	if hit {
		return QuantityExceeded
	}
	return NotDenied
}

// claimsLeft: the member has claims of this category left in the plan's period. A claim over the count is denied whole, items
// included, or, as the check is set, only its services; a claim of items alone is not counted against anything.
func (d *decider) claimsLeft(l *Line) Denial {
	limit := &l.Plan.Categories[d.category]
	if !limit.HasCount || !d.hasService {
		return NotDenied
	}
	reason := maxedOut(d.category)
	if s := d.set(l, reason); s.Off || !s.PerClaim && !l.Service.Service {
		return NotDenied
	}
	m := d.sure(l, d.countMeter(l))
	allowed := money.Whole(int64(limit.Count))
	used := m.used()
	hit := used.Cmp(allowed) >= 0 && (!l.Plan.Practice.ZeroCountAdmits || !used.IsZero())
	// The claim counts once, not once for each line, and only where a line is accepted in the end: see countClaim.
	row := d.trace(m, CategoryCountCheck, allowed, money.Decimal{}, hit)
	row.Before, row.After = used, used.Add(money.Whole(1))
	if hit {
		return reason
	}
	return NotDenied
}

// countMeter is the meter of the claims of this category. In a rolling period a claim counts once, on the last target date
// of its lines; in other periods it counts once in each that a line lies in.
func (d *decider) countMeter(l *Line) *meter {
	over, at := l.Plan.Categories[d.category].CountOver, l.Target
	if over.Period == scheme.Rolling {
		at = d.lastDay
	}
	place := d.place(l, len(l.Plan.Limits)+categoryCountPlace)
	return d.placed(place, l, at, scheme.PerMember, countLimit(d.category), over)
}

// quantityMeter is the meter of the line's service.
func (d *decider) quantityMeter(l *Line) *meter {
	return d.placed(&l.quantityPlace, l, l.Target, scheme.PerMember, l.Service.QuantityLimit, l.Benefit.QuantityPeriod)
}

// needsReview never denies: it marks the lines that a person has to look at, unless a reviewer has done so.
func (d *decider) needsReview(l *Line) Denial {
	switch {
	case d.Review != nil:
	case l.Review != NoReview:
	case l.Service.ManualReview:
		l.Review = ReviewByService
	case l.Plan.Settings.ManualReview:
		l.Review = ReviewByPlan
	}
	return NotDenied
}
