package engine

import (
	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/ledger"
	"claimwright/adjudication/engine/money"
	"claimwright/adjudication/engine/scheme"
)

// owner is whose ledger a meter's use goes to.
type owner uint8

const (
	claimOwns owner = iota
	memberOwns
	policyOwns
)

// meter is the use of one limit in one period: by the ledger, and by the accepted lines of this claim so far.
type meter struct {
	owner  owner
	policy *ledger.Policy
	limit  string
	// row is the period as the ledger keys it, period as people read it.
	row, period day.Period
	before      money.Decimal
	added       money.Decimal
	// known is false when the head may have forgotten some of the use.
	known bool
}

// used is the use so far.
func (m *meter) used() money.Decimal { return m.before.Add(m.added) }

// left is what remains of an allowance, never negative. A use too large to be summed leaves nothing.
func (m *meter) left(allowed money.Decimal) money.Decimal {
	rest := allowed.Sub(m.used())
	if !rest.Valid() {
		return money.Decimal{}
	}
	return rest.Floor0()
}

// add adds a use and returns its trace.
func (m *meter) add(kind CheckKind, scope scheme.Scope, allowed, added money.Decimal, binding bool) Check {
	c := Check{
		Kind: kind, ID: m.limit, Scope: scope, Period: m.period, Allowed: allowed, Before: m.used(), Binding: binding,
	}
	m.added = m.added.Add(added)
	c.After = m.used()
	return c
}

// meter finds the meter of a limit, or starts one. The pointer is good until the next call.
func (d *decider) meter(of owner, l *Line, limit string, per scheme.LimitPeriod) *meter {
	row, period := limitPeriod(per, l.Target, l.Policy, l.Cover)
	for i := range d.meters {
		m := &d.meters[i]
		if m.owner == of && m.policy == l.Policy && m.row.From == row.From && m.limit == limit {
			return m
		}
	}
	m := meter{owner: of, policy: l.Policy, limit: limit, row: row, period: period, known: true}
	switch of {
	case memberOwns:
		m.before, m.known = d.Member.Used(l.Policy.ID, limit, row)
	case policyOwns:
		m.before, m.known = l.Policy.Used("", limit, row)
	}
	d.meters = append(d.meters, m)
	return &d.meters[len(d.meters)-1]
}

// limitMeter is the meter of a limit that the line is held against: what its head may have forgotten, a person has to
// look at.
func (d *decider) limitMeter(of owner, l *Line, limit string, per scheme.LimitPeriod) *meter {
	m := d.meter(of, l, limit, per)
	if !m.known {
		d.unsure(l)
	}
	return m
}

// limitPeriod is the time that a limit counts together: as the ledger keys it, and as people read it. The policy's own
// period is keyed by 0, because a head belongs to one policy and its dates may still be corrected.
func limitPeriod(per scheme.LimitPeriod, at day.Date, policy *ledger.Policy, cover *ledger.Cover) (row, period day.Period) {
	if per == scheme.CalendarYear {
		year := at.Year()
		return year, year
	}
	period = cover.Period
	if policy.Contract != "" {
		period = policy.Period
	}
	return day.Period{To: period.To}, period
}

// Names of the limits that plans do not name themselves. Plans cannot use a colon.
func quantityLimit(item *scheme.Item) string { return "quantity:" + item.ID }

func countLimit(c scheme.Category) string { return countLimits[c] }

func categoryLimit(c scheme.Category) string { return categoryLimits[c] }

var countLimits, categoryLimits = func() (counts, amounts []string) {
	for c := scheme.NoCategory; c <= scheme.Visit; c++ {
		counts = append(counts, "claims:"+c.String())
		amounts = append(amounts, "category:"+c.String())
	}
	return counts, amounts
}()

// waitingUntil is the first day on which a benefit is granted, 0 when there is no waiting.
func waitingUntil(cover *ledger.Cover, policy *ledger.Policy, b *scheme.Benefit) day.Date {
	joinedLate := policy.Contract != "" && policy.Period.From < cover.Period.From
	if b.WaitingMonths == 0 || cover.Period.From == 0 || cover.Stage == ledger.Renewed && !joinedLate {
		return 0
	}
	return cover.Period.From.AddMonths(b.WaitingMonths)
}
