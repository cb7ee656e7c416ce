package engine

import (
	"claimwright/adjudication/engine/money"
	"claimwright/adjudication/engine/scheme"
)

// choose puts a line under one of the covers that are in force for it. The focal cover decides if it grants the line;
// otherwise, of those that grant it, the one under which the line costs the member least, and of those that cost the same,
// the first. Where none grants it, it is denied as under the first.
func (d *decider) choose(l *Line) {
	focal := focalCover(d.Claim, d.Member)
	chosen, least := -1, cost{}
	for i := range l.options {
		o := &l.options[i]
		trial, found := d.try(l, o)
		if trial.Denial == NotDenied && (chosen < 0 || found.less(&least)) {
			chosen, least = i, found
		}
		p := &o.plan.Practice
		if o.cover == focal && trial.Denial == NotDenied && !p.ByLimitation || trial.Denial != NotDenied && endsSearch(p, trial.Denial, chosen >= 0) {
			chosen = i
			break
		}
	}
	d.take(l, &l.options[max(chosen, 0)])
}

// endsSearch tells whether a denial under one cover denies the line whatever the others say.
func endsSearch(p *scheme.Practice, denial Denial, granted bool) bool {
	switch denial {
	case InWaitingPeriod, QuantityExceeded:
		return p.AllMustPass
	case MaxHospitalisations, MaxVisits, MaxConsultations, MaxSurgeries, MaxDeliveries, MaxAntenatal, MaxOtherClaims:
		return p.AllMustPass || p.CountDecides && !granted
	}
	return false
}

// cost is what a line costs the member under a cover; of the same amount, the smaller rank is chosen.
type cost struct {
	amount money.Decimal
	rank   int
}

func (c *cost) less(o *cost) bool {
	if by := c.amount.Cmp(o.amount); by != 0 {
		return by < 0
	}
	return c.rank < o.rank
}

// try decides the line under a cover and forgets all of it but the outcome.
func (d *decider) try(l *Line, o *option) (trial Line, found cost) {
	before := d.mark()
	trial = *l
	d.take(&trial, o)
	d.judge(&trial)
	d.value(&trial)
	d.back(&before)
	found.amount = trial.MemberBears
	if trial.Denial == NotDenied && o.plan.Practice.ByLimitation {
		found = limitation(&trial)
	}
	return trial, found
}

// limitation is what the line costs the member by its benefit alone, for one unit. A fixed amount of 0 is taken for an
// unlimited one; of equal costs, a fixed amount that covers the price goes before a share, and a share before others.
func limitation(l *Line) cost {
	price := l.Price.Unit
	if unit, ok := l.Item.billedUnit(); ok {
		price = unit
	}
	if l.Reviewed != nil && l.Reviewed.HasUnit {
		price = l.Reviewed.Unit
	}
	if b := l.Benefit; b.Fixed {
		if b.Amount.IsZero() || price.Less(b.Amount) {
			return cost{}
		}
		return cost{amount: price.Sub(b.Amount), rank: 2}
	}
	share := money.Whole(100).Sub(l.Benefit.Percent)
	if l.Cover.HasMemberPays {
		share = l.Cover.MemberPays
	}
	return cost{amount: price.Percent(share, maxShareDigits), rank: 1}
}

// maxShareDigits are the digits to which shares are compared.
const maxShareDigits = 6

// mark is how far a decision has come.
type mark struct {
	cuts, checks, numbers, notes, texts, provided int
	meters                                        []meter
	whole                                         Denial
}

func (d *decider) mark() mark {
	d.spare = append(d.spare[:0], d.meters...)
	return mark{
		cuts: len(d.cuts), checks: len(d.checks), numbers: len(d.numbers), notes: len(d.notes), texts: len(d.out.Notes),
		provided: len(d.provided), meters: d.spare, whole: d.whole,
	}
}

// back undoes what was decided since.
func (d *decider) back(m *mark) {
	d.cuts, d.checks, d.numbers = d.cuts[:m.cuts], d.checks[:m.checks], d.numbers[:m.numbers]
	d.notes, d.out.Notes, d.provided = d.notes[:m.notes], d.out.Notes[:m.texts], d.provided[:m.provided]
	d.meters = append(d.meters[:0], m.meters...)
	d.places.forget()
	d.whole = m.whole
}
