package engine

import (
	"claimwright/adjudication/engine/ledger"
	"claimwright/adjudication/engine/money"
	"claimwright/adjudication/engine/scheme"
)

// withinAuthorization finds what the claim's authorizations grant of the line: the same service, at a day of their period.
// Units beyond what was authorized are cut, or the line waits for a person, as the plan says.
func (d *decider) withinAuthorization(l *Line) Denial {
	if len(d.named.usable) == 0 || !d.findAuthorization(l) {
		return NotDenied
	}
	units := l.authorized.units
	if !units.Less(l.Quantity) {
		return NotDenied
	}
	if l.Plan.Settings.AuthorizationExcess == scheme.ReviewExcess {
		d.exceeds(l)
		return NotDenied
	}
	if units.IsZero() {
		return AuthorizationExceeded
	}
	l.Quantity = units
	return NotDenied
}

// findAuthorization prefers one with units left.
func (d *decider) findAuthorization(l *Line) bool {
	for i := range d.named.usable {
		a := &d.named.usable[i]
		if !a.hold.Period.Holds(l.Target) {
			continue
		}
		for at := range a.left {
			if left := &a.left[at]; left.Item == l.Service.ID && (l.authorized == nil || !left.Quantity.IsZero()) {
				l.authorized = &authorized{authorization: a, line: at, units: left.Quantity, amount: left.Amount}
				l.Authorization = a.ref
				if !left.Quantity.IsZero() {
					return true
				}
			}
		}
	}
	return l.authorized != nil
}

// exceeds sends a line that goes beyond its authorization to a person, unless one has looked.
func (d *decider) exceeds(l *Line) {
	l.authorized.reviewed = true
	if d.Review == nil {
		l.Review = ReviewOfAuthorization
	}
}

// authorizationHeld: what needs an authorization has one.
func (d *decider) authorizationHeld(l *Line) Denial {
	if d.out.Use != UseClaim || l.authorized != nil {
		return NotDenied
	}
	if l.Benefit.Authorization == scheme.AuthorizationRequired || d.needsAuthorization(l) {
		return AuthorizationRequired
	}
	return NotDenied
}

// needsAuthorization asks the plan's rules about claims as a whole.
func (d *decider) needsAuthorization(l *Line) bool {
	for i := range l.Plan.Authorizations {
		r := &l.Plan.Authorizations[i]
		if !r.Concerns(l.Where, d.Claim.Visit, d.Claim.Type) {
			continue
		}
		total := d.claimTotal()
		if r.Scope == scheme.PerEvent && l.event != nil {
			m := d.sure(l, d.meter(scheme.PerEvent, l, submittedOfEvent, scheme.Reckoning{}))
			total = total.Add(m.used().Sub(m.added))
		}
		if r.Above.Less(total) || !total.Valid() {
			return true
		}
	}
	return false
}

// submittedOfEvent is what an event's head counts for plans that compare its total. Plans cannot use a colon.
const submittedOfEvent = "event:submitted"

// countSubmitted adds an accepted line to its event's total, where the plan compares that.
func (d *decider) countSubmitted(l *Line) {
	if l.event == nil || !l.Accepted() {
		return
	}
	for i := range l.Plan.Authorizations {
		if l.Plan.Authorizations[i].Scope == scheme.PerEvent {
			d.meter(scheme.PerEvent, l, submittedOfEvent, scheme.Reckoning{}).use(l.Submitted)
			return
		}
	}
}

// claimTotal is what the whole claim submits.
func (d *decider) claimTotal() money.Decimal {
	if !d.hasTotal {
		d.hasTotal = true
		for i := range d.out.Lines {
			d.total = d.total.Add(d.submitted(&d.out.Lines[i]))
		}
	}
	return d.total
}

// roomForAuthorization: the member's head can hold one more.
func (d *decider) roomForAuthorization(*Line) Denial {
	if d.out.Use != UsePreauthorization {
		return NotDenied
	}
	lines := len(d.out.Lines)
	for i := range d.Member.Reserved {
		lines += len(d.Member.Reserved[i].Lines)
	}
	if len(d.Member.Reserved) >= ledger.MaxHolds || lines > ledger.MaxHeld {
		return TooManyAuthorizations
	}
	return NotDenied
}

// cutUnauthorized disallows the units beyond what was authorized, which the provider knew.
func (d *decider) cutUnauthorized(l *Line, work money.Decimal) money.Decimal {
	asked, units := l.asked(), l.units()
	if units.Equal(asked) {
		return work
	}
	d.exceeded(l)
	return d.cut(l, Disallowed, ByProvider, l.Authorization, work, d.granted(l, work, asked, units))
}

// units is the quantity asked, as far as an authorization grants it.
func (l *Line) units() money.Decimal {
	asked := l.asked()
	if l.authorized == nil || l.authorized.reviewed {
		return asked
	}
	return money.Min(asked, l.authorized.units)
}

// cutUnauthorizedAmount disallows what exceeds the authorized amount, of fewer units in proportion. It comes before the
// ceilings, which are used only for what is really paid.
func (d *decider) cutUnauthorizedAmount(l *Line, work money.Decimal) money.Decimal {
	a := l.authorized
	if a == nil || a.reviewed {
		return work
	}
	most := a.amount
	if l.Quantity.Less(a.units) {
		most = money.Share(d.out.Digits, a.amount, l.Quantity, a.units)
	}
	if !most.Less(work) {
		return work
	}
	if l.Plan.Settings.AuthorizationExcess == scheme.ReviewExcess {
		d.exceeds(l)
		return work
	}
	d.exceeded(l)
	return d.cut(l, Disallowed, ByProvider, l.Authorization, work, most)
}

func (d *decider) exceeded(l *Line) {
	l.authorized.exceeded = true
	d.note(l, noteKey{kind: noteExceeded, line: l.Item, rule: l.Authorization})
}

// count takes what an accepted line claims from its authorization. With the last unit, what is left of its amount is free.
func (d *decider) count(l *Line) {
	if l.authorized == nil || !l.Accepted() {
		return
	}
	a := l.authorized.authorization
	if a.plan == nil {
		a.plan = l.Plan
	}
	left := &a.left[l.authorized.line]
	left.Quantity = left.Quantity.Sub(money.Min(left.Quantity, l.Quantity))
	left.Amount = left.Amount.Sub(money.Min(left.Amount, l.Paid))
	if left.Quantity.IsZero() {
		left.Amount = money.Decimal{}
	}
}
