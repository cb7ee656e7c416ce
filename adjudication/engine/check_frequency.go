package engine

import (
	"cmp"
	"strings"

	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/ledger"
	"claimwright/adjudication/engine/money"
	"claimwright/adjudication/engine/scheme"
)

// provided is an accepted line of this claim whose service has a frequency rule.
type provided struct {
	item   string // its provisionName
	target day.Date
	row    day.Period
	keep   int32
	// authorized says that the line is counted against an authorization, which may have counted the provision already.
	authorized bool
}

// provisionName is the name under which a member's head counts the provisions of a service: one for each insurer, because
// a bill that several covers pay is claimed from each of them, and is no repetition.
func provisionName(insurer string, item *scheme.Item) string { return insurer + " " + item.ID }

// provisions are those of a service that a member's head remembers: under its provisionName, and under its bare identity, by
// which heads counted it for all insurers together when they were written by an engine before version 2.
type provisions struct{ own, before *ledger.Service }

func provisionsOf(m *ledger.Member, name, item string) provisions {
	return provisions{own: m.Service(name), before: m.Service(item)}
}

// within counts them in a window, as ledger.Service does.
func (p *provisions) within(window day.Period) (times, unsure int, known bool) {
	times, unsure, known = p.own.Provided(window)
	if p.before != nil {
		before, doubtful, remembered := p.before.Provided(window)
		return times + before, unsure + doubtful, known && remembered
	}
	return times, unsure, known
}

// provision is the provisionName of a line's service. Those of all lines are made at once, in one text.
func (d *decider) provision(l *Line) string {
	if l.provision != "" {
		return l.provision
	}
	var text strings.Builder
	text.Grow(len(d.out.Lines) * (len(d.out.Insurer.Key) + len(l.Service.ID) + 8))
	for i := range d.out.Lines {
		if of := &d.out.Lines[i]; of.Service != nil && of.Service.Remembered() {
			start := text.Len()
			for _, part := range [...]string{d.out.Insurer.Key, " ", of.Service.ID} {
				text.WriteString(part)
			}
			of.provision = text.String()[start:]
		}
	}
	return l.provision
}

// notTooOften: the service was not provided within so many days, before or after, nor already as often as its period
// allows, by what this insurer has decided; earlier lines of this claim count. A line counts once, whatever its quantity:
// quantities have limits of their own.
func (d *decider) notTooOften(l *Line) Denial {
	often := &l.Service.Often
	if !often.Counted() {
		return NotDenied
	}
	past := provisionsOf(d.Member, d.provision(l), l.Service.ID) // once, for both rules
	if often.Days > 0 && d.tooOften(l, &past, frequencyDays(often.Days, l.Target, &l.Plan.Practice), 1) {
		return TooFrequent
	}
	if often.Period != scheme.NoPeriod && d.tooOften(l, &past, l.frequencyPeriod(), often.Count) {
		return TooFrequent
	}
	return NotDenied
}

func (d *decider) tooOften(l *Line, past *provisions, window day.Period, allowed int) bool {
	name := l.provision
	times, unsure, known := past.within(window)
	if l.authorized == nil && len(d.named.usable) > 0 {
		times += d.keptProvisions(name, window)
	}
	for _, p := range d.provided {
		if l.Plan.Practice.OwnLinesUncounted {
			break
		}
		if p.item == name && window.Holds(p.target) {
			times++
		}
	}
	hit := times >= allowed
	d.checks = append(d.checks, Check{
		Kind: FrequencyCheck, ID: l.Service.ID, Scope: scheme.PerMember, Period: window, Binding: hit,
		Allowed: money.Whole(int64(allowed)), Before: money.Whole(int64(times)), After: money.Whole(int64(times + 1)),
	})
	if !hit && (!known || times+unsure >= allowed) {
		d.unsure(l)
	}
	return hit
}

// counted is the quantity that counts against later claims.
func (l *Line) counted(granted money.Decimal) money.Decimal {
	if l.Plan.Practice.BilledCounted {
		return l.Billed
	}
	return granted
}

// frequencyPeriod is the calendar period or policy year that a day lies in. Policy years run from the start of the policy,
// or of the cover where no Contract describes the policy.
func frequencyPeriod(per scheme.FrequencyPeriod, at day.Date, policy *ledger.Policy, cover *ledger.Cover) day.Period {
	switch per {
	case scheme.PerCalendarMonth:
		return at.Month()
	case scheme.PerPolicyYear:
		if start := cmp.Or(policy.Period.From, cover.Period.From); start != 0 {
			return start.AnniversaryYear(at)
		}
	}
	return at.Year()
}

// frequencyDays are the days around a target date that a rule of so many days looks at.
func frequencyDays(days int, at day.Date, p *scheme.Practice) day.Period {
	n := day.Date(days)
	if p.OpenFrequency {
		return day.Period{From: at - n}
	}
	return day.Period{From: at - n + 1, To: at + n - 1}
}

func (l *Line) frequencyPeriod() day.Period {
	return frequencyPeriod(l.Service.Often.Period, l.Target, l.Policy, l.Cover)
}

// remember notes what an accepted line uses of counts, for the lines after it and for the ledger. Under a rule in days the day itself is
// kept, which a rule by period can count as well.
func (d *decider) remember(l *Line) {
	if !l.Accepted() || l.Quantity.IsZero() {
		return
	}
	if l.Benefit.HasMaxQuantity {
		d.quantityMeter(l).use(l.counted(l.Quantity))
	}
	if !l.Service.Remembered() {
		return
	}
	p := provided{item: d.provision(l), target: l.Target, row: day.Period{From: l.Target, To: l.Target}, keep: int32(l.Service.Often.Days)}
	if l.Service.Often.Period != scheme.NoPeriod {
		p.keep = max(p.keep, 366)
	}
	p.keep = max(p.keep, int32(l.Service.Remember))
	if l.Service.Often.Days == 0 && l.Service.Remember == 0 {
		p.row = l.frequencyPeriod()
	}
	p.authorized = l.authorized != nil
	d.provided = append(d.provided, p)
}
