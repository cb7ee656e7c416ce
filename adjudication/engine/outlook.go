package engine

import (
	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/ledger"
	"claimwright/adjudication/engine/money"
	"claimwright/adjudication/engine/scheme"
)

// Outlook is what a cover has to say about one service or item. For what the member would pay, decide a claim of use
// predetermination: nothing else gives the same figures.
type Outlook struct {
	// Denial is why a claim of that day would deny it, as far as that depends on cover, plan and member; NotDenied when
	// nothing of that stands against it.
	Denial Denial
	// Service is nil when the register does not have the code on the day, Benefit when the plan does not reach it.
	Service *scheme.Item
	Benefit *scheme.Benefit
	// Percent is the percentage covered, when HasPercent; a fixed benefit has none.
	Percent    money.Decimal
	HasPercent bool
	// WaitingUntil is the first day on which the benefit is granted, 0 when there is no waiting.
	WaitingUntil day.Date
	// Quantity is what remains of the plan's maximum of units, nil when it has none.
	Quantity *Balance
	// Frequency is how often the service may be had and was, in its period; nil when it has no rule by period.
	Frequency *Balance
	// NotBefore is the first day from At on that the rule in days leaves free, 0 when At itself is free.
	NotBefore day.Date
	// Price is the listed price at the facility asked for, when Listed.
	Price  scheme.Price
	Listed bool
}

// Outlook tells about a service under one of the inquiry's standings. Facility may be empty. The standing must have a plan.
func (q *Inquiry) Outlook(s *Standing, code scheme.Code, visit scheme.VisitType, facility string) Outlook {
	o := Outlook{Service: q.Scheme.Item(code, q.At)}
	if o.Service == nil {
		o.Denial = NotInRegister
		return o
	}
	age := ageGroup(q.Member, s.Plan, q.At)
	o.Benefit = s.Plan.Benefit(o.Service, visit, age)
	o.Frequency, o.NotBefore = q.frequency(s, o.Service)
	if facility != "" && s.Insurer != nil {
		o.Price, o.Listed = q.Scheme.PriceLists(s.Insurer.Key, facility).Price(o.Service, s.Insurer.Currency, q.At)
	}
	if o.Benefit != nil && !o.Benefit.Excluded {
		q.benefit(s, &o)
	}
	o.Denial = q.denial(s, &o, age, facility)
	return o
}

func (q *Inquiry) benefit(s *Standing, o *Outlook) {
	o.WaitingUntil = waitingUntil(s.Cover, s.Policy, o.Benefit)
	if !o.Benefit.Fixed {
		o.Percent, o.HasPercent = o.Benefit.Percent, true
		if s.Cover.HasMemberPays {
			o.Percent = money.Whole(100).Sub(s.Cover.MemberPays)
		}
	}
	if o.Benefit.HasMaxQuantity {
		b := q.balance(s, QuantityCheck, scheme.PerMember, o.Service.QuantityLimit, o.Benefit.QuantityPeriod, o.Benefit.MaxQuantity)
		o.Quantity = &b
	}
}

// denial asks what the checks of a claim would, in their order, as the plan has set them.
func (q *Inquiry) denial(s *Standing, o *Outlook, age scheme.AgeGroup, facility string) Denial {
	for _, check := range [...]struct {
		denial Denial
		hit    bool
	}{
		{NotInPriceList, facility != "" && !o.Listed},
		{PatientCategory, contradicts(o.Service.Sex, q.Member.Sex, &s.Plan.Practice) || o.Service.Age != scheme.AnyAge && o.Service.Age != age},
		{TooFrequent, o.NotBefore > q.At || o.Frequency != nil && o.Frequency.Left.IsZero()},
		{NotCovered, o.Benefit == nil || o.Benefit.Excluded},
		{InWaitingPeriod, q.At < o.WaitingUntil},
		{QuantityExceeded, o.Quantity != nil && o.Quantity.Left.IsZero()},
	} {
		if check.hit && s.Plan.Checks[check.denial].Denies() {
			return check.denial
		}
	}
	return NotDenied
}

// frequency tells what the register's rules leave.
func (q *Inquiry) frequency(s *Standing, item *scheme.Item) (*Balance, day.Date) {
	var notBefore day.Date
	if item.Often.Days > 0 {
		notBefore = q.free(s, item)
	}
	if item.Often.Period == scheme.NoPeriod {
		return nil, notBefore
	}
	window := frequencyPeriod(item.Often.Period, q.At, s.Policy, s.Cover)
	past := provisionsOf(q.member(), provisionName(s.Cover.Insurer, item), item.ID)
	times, unsure, known := past.within(window)
	allowed, used := money.Whole(int64(item.Often.Count)), money.Whole(int64(times))
	return &Balance{
		Kind: FrequencyCheck, ID: item.ID, Scope: scheme.PerMember, Period: window,
		Allowed: allowed, Used: used, Left: allowed.Sub(used).Floor0(), Known: known && unsure == 0,
	}, notBefore
}

// free is the first day from At on that the rule in days leaves free; 0 when that is At.
func (q *Inquiry) free(s *Standing, item *scheme.Item) day.Date {
	at, name := q.At, provisionName(s.Cover.Insurer, item)
	for {
		window := frequencyDays(item.Often.Days, at, &s.Plan.Practice)
		last := max(lastProvided(q.member(), name, window), lastProvided(q.member(), item.ID, window))
		if last == 0 {
			break
		}
		at = last + (at - window.From) + 1 // the first day that no longer looks back so far
	}
	if at == q.At {
		return 0
	}
	return at
}

// lastProvided is the last day of the window on which a service was provided, 0 when there is none.
func lastProvided(m *ledger.Member, item string, window day.Period) day.Date {
	for _, s := range m.Services {
		if s.Item != item {
			continue
		}
		for i := len(s.Days) - 1; i >= 0; i-- {
			if s.Days[i].Period.Within(window) {
				return s.Days[i].Period.End()
			}
		}
	}
	return 0
}
