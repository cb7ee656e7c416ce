package engine

import (
	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/money"
	"claimwright/adjudication/engine/scheme"
)

// Exchange is how a line that was billed in another currency came into the insurer's.
type Exchange struct {
	// Amount is what was billed, in Currency.
	Amount   money.Decimal
	Currency string
	// Rate is the insurer's on the day At, the line's target date.
	Rate *scheme.Rate
	At   day.Date
}

// currencies refuses what is in a currency that the insurer has no rate of on the day of the line.
func (d *decider) currencies(insurer *scheme.Insurer) {
	for i := range d.Claim.Lines {
		d.exchangeable(&d.Claim.Lines[i], insurer)
	}
	for i := range d.Claim.Wholes {
		if w := &d.Claim.Wholes[i]; w.Undivided {
			d.exchangeable(&w.ClaimLine, insurer)
		}
	}
	if t := &d.Claim.total; t.known && t.currency != "" && t.currency != insurer.Currency {
		d.out.fault(WrongCurrency, "Claim.total")
	}
}

func (d *decider) exchangeable(l *ClaimLine, insurer *scheme.Insurer) {
	if l.Currency == "" || l.Currency == insurer.Currency {
		return
	}
	if insurer.Rate(l.Currency, d.Claim.Target(l, insurer.Zone)) == nil {
		d.out.faultOf(WrongCurrency, l)
	}
}

// exchange puts a line that was billed in another currency into the insurer's: the billed amount, half up, and the unit
// price that led to it.
func (d *decider) exchange(l *Line) {
	at := d.Claim.Target(l.Item, d.zone)
	billed := l.Item.amount()
	x := &Exchange{Amount: billed.value, Currency: l.Item.Currency, Rate: d.out.Insurer.Rate(l.Item.Currency, at), At: at}
	item := *l.Item
	item.Unit = x.Rate.Exchange(item.Unit)
	item.Net, item.HasNet = billed.value.Times(x.Rate.Rate, d.out.Digits), true
	item.Currency = d.out.Currency
	l.Item, l.Exchange = &item, x
}

// totalled checks the claim's total where that could not be done without the rates. Each line in another currency may
// have been rounded the other way.
func (d *decider) totalled() {
	if !d.Claim.total.known {
		return
	}
	sum, slack := money.New(0, d.out.Digits), int64(0)
	for i := range d.out.Lines {
		sum = sum.Add(d.submitted(&d.out.Lines[i]))
		if d.out.Lines[i].Exchange != nil {
			slack++
		}
	}
	off := sum.Sub(d.Claim.total.value)
	if off.Sign() < 0 {
		off = off.Neg()
	}
	if money.New(slack, d.out.Digits).Less(off) {
		d.out.fault(WrongTotal, "Claim.total")
	}
}
