package engine

import (
	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/ledger"
	"claimwright/adjudication/engine/money"
	"claimwright/adjudication/engine/scheme"
)

// meter is the use of one limit in one period: by the ledger, and by the accepted lines of this claim so far.
type meter struct {
	scope scheme.Scope
	// known is false when the head may have forgotten some of the use.
	known bool
	// own says that the line being decided is one of the claim's authorized ones: see drawn.
	own bool
	// days is the length of a rolling period, 0 for others; then row is the line's day.
	days int32
	// policy is whose plan's limit it is. head is the head that its use goes to; nil where that is the member's, and for a
	// limit that no ledger counts: per claim, or per event where the claim names none and so is its own.
	policy, head *ledger.Policy
	limit        string
	// row is the period as the ledger keys it, period as people read it.
	row, period   day.Period
	before, added money.Decimal
	// held is what the claim's authorizations have set aside, drawn what its authorized lines have used.
	held, drawn money.Decimal
}

// used is the use so far; to a line that is not authorized, what is set aside for those that are and they have not used
// counts as used.
func (m *meter) used() money.Decimal {
	used := m.before.Add(m.added)
	if !m.own && m.drawn.Less(m.held) {
		used = used.Add(m.held.Sub(m.drawn))
	}
	return used
}

// left is what remains of an allowance, never negative. A use too large to be summed leaves nothing.
func (m *meter) left(allowed money.Decimal) money.Decimal {
	rest := allowed.Sub(m.used())
	if !rest.Valid() {
		return money.Decimal{}
	}
	return rest.Floor0()
}

// trace adds a use to a meter and keeps its trace. The pointer is good until the next call.
func (d *decider) trace(m *meter, kind CheckKind, allowed, added money.Decimal, binding bool) *Check {
	before := m.used()
	m.use(added)
	d.checks = append(d.checks, Check{
		Kind: kind, ID: m.limit, Scope: m.scope, Period: m.period, Allowed: allowed, Before: before, After: m.used(), Binding: binding,
	})
	return &d.checks[len(d.checks)-1]
}

// use adds a use.
func (m *meter) use(added money.Decimal) {
	m.added = m.added.Add(added)
	if m.own {
		m.drawn = m.drawn.Add(added)
	}
}

// meter finds the meter of a limit on a line's target date, or starts one. The pointer is good until the next call.
func (d *decider) meter(of scheme.Scope, l *Line, limit string, over scheme.Reckoning) *meter {
	return d.meterAt(l.Target, of, l, limit, over)
}

func (d *decider) meterAt(at day.Date, of scheme.Scope, l *Line, limit string, over scheme.Reckoning) *meter {
	row, period := d.period(over, at, l)
	for i := range d.meters {
		m := &d.meters[i]
		if m.scope == of && m.policy == l.Policy && m.row.From == row.From && m.limit == limit {
			return d.forLine(l, m)
		}
	}
	d.meters = append(d.meters, meter{
		scope: of, policy: l.Policy, head: l.head(of), limit: limit, row: row, period: period, days: int32(over.Days), known: true,
		own: l.authorized != nil,
	})
	m := &d.meters[len(d.meters)-1]
	defer d.countedOtherwise(m)
	switch tally, policy := d.tally(m); {
	case m.days > 0:
		d.roll(m)
	case tally != nil:
		m.before, m.known = tally.Used(policy, limit, row)
		if whole := d.named.whole(m); whole != nil {
			used, _ := whole.Used(policy, limit, row)
			m.held = used.Sub(m.before)
		}
	}
	return m
}

// countedOtherwise marks a new meter as not known where lines of this claim, under another version of the plan, count the same
// limit over another time that shares days with the meter's; theirs, too.
func (d *decider) countedOtherwise(m *meter) {
	reached := m.reached()
	for i := range d.meters {
		o := &d.meters[i]
		if o.limit != m.limit || o.scope != m.scope || o.policy != m.policy || o.row == m.row || o.days > 0 && m.days > 0 {
			continue
		}
		if o.reached().Overlaps(reached) {
			o.known, m.known = false, false
		}
	}
}

// reached are the days whose use the meter counts, of a rolling period those of every one that holds the line's day.
func (m *meter) reached() day.Period {
	if m.days == 0 {
		return m.row
	}
	return day.Period{From: m.row.From - day.Date(m.days) + 1, To: m.row.From + day.Date(m.days) - 1}
}

// forLine makes a meter that earlier lines have used ready for a line.
func (d *decider) forLine(l *Line, m *meter) *meter {
	if m.own = l.authorized != nil; m.days > 0 && d.severalDays {
		d.roll(m)
	}
	return m
}

// calendar are the periods of the calendar and of the policy that hold a day; they are reckoned once, because the lines of
// a claim mostly share their day and their policy.
type calendar struct {
	at      day.Date
	policy  *ledger.Policy
	cover   *ledger.Cover
	periods [scheme.Rolling]day.Period
}

func (d *decider) period(over scheme.Reckoning, at day.Date, l *Line) (row, period day.Period) {
	switch over.Period {
	case scheme.CalendarYear, scheme.CalendarMonth, scheme.PolicyYear:
	default:
		return limitPeriod(over, at, l.Policy, l.Cover)
	}
	c := &d.calendar
	if c.at != at || c.policy != l.Policy || c.cover != l.Cover {
		*c = calendar{at: at, policy: l.Policy, cover: l.Cover}
	}
	p := &c.periods[over.Period]
	if *p == (day.Period{}) {
		*p, _ = limitPeriod(over, at, l.Policy, l.Cover)
	}
	return *p, *p
}

// tally is where a meter's use so far is found, and under which policy there; nil where no ledger counts it.
func (d *decider) tally(m *meter) (*ledger.Tally, string) {
	switch {
	case m.scope == scheme.PerMember:
		return &d.Member.Tally, m.policy.ID
	case m.head != nil:
		return &m.head.Tally, ""
	}
	return nil, ""
}

// roll reckons what was used in the fullest of the rolling periods that hold the meter's day, by the ledger and by this
// claim's lines of other days.
func (d *decider) roll(m *meter) {
	var few [8]ledger.Spent
	own := few[:0]
	for i := range d.meters {
		o := &d.meters[i]
		if o != m && o.days > 0 && o.row != m.row {
			d.severalDays = true
		}
		if o != m && o.days > 0 && o.scope == m.scope && o.policy == m.policy && o.limit == m.limit && !o.added.IsZero() {
			own = append(own, ledger.Spent{At: o.row.From, Amount: o.added})
		}
	}
	if tally, policy := d.tally(m); tally != nil {
		var known bool
		m.period, m.before, known = tally.Fullest(policy, m.limit, m.row.From, m.days, own)
		m.known = m.known && known
		if whole := d.named.whole(m); whole != nil {
			_, used, _ := whole.Fullest(policy, m.limit, m.row.From, m.days, own)
			m.held = used.Sub(m.before)
		}
	}
}

// sure is a meter that the line is held against: what its head may have forgotten, a person has to look at.
func (d *decider) sure(l *Line, m *meter) *meter {
	if !m.known {
		d.unsure(l)
	}
	return m
}

// head is the head that counts a limit of a scope for the line, nil where that is none, or the member's.
func (l *Line) head(of scheme.Scope) *ledger.Policy {
	switch of {
	case scheme.PerPolicy:
		return l.Policy
	case scheme.PerFamily:
		return l.family
	case scheme.PerEvent:
		return l.event
	}
	return nil
}

// limitPeriod is the time that a limit counts together: as the ledger keys it, and as people read it. The policy's own
// period is keyed by 0, because a head belongs to one policy and its dates may still be corrected. A rolling period is
// keyed by the day, and read as the days until then.
func limitPeriod(over scheme.Reckoning, at day.Date, policy *ledger.Policy, cover *ledger.Cover) (row, period day.Period) {
	switch over.Period {
	case scheme.CalendarYear:
		period = at.Year()
		return period, period
	case scheme.CalendarMonth:
		period = at.Month()
		return period, period
	case scheme.PolicyYear:
		period = frequencyPeriod(scheme.PerPolicyYear, at, policy, cover)
		return period, period
	case scheme.Rolling:
		return day.Period{From: at, To: at}, day.Period{From: at - day.Date(over.Days) + 1, To: at}
	}
	period = cover.Period
	if policy.Contract != "" {
		period = policy.Period
	}
	return day.Period{To: period.To}, period
}

// Names of the limits that plans do not name themselves. Plans cannot use a colon.
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
