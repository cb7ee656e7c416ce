package engine

import (
	"claimwright/adjudication/engine/money"
)

// OtherPayment is what another payer has paid of a claim, as his ClaimResponse says.
type OtherPayment struct {
	// Response is "ClaimResponse/x", Version the version of it that was read.
	Response, Version string
	// Expression is the FHIRPath of the element of the claim that names it.
	Expression string
	// Currency is that of all the amounts, empty when none was paid.
	Currency string
	// Lines are what was paid of single items, sorted by sequence.
	Lines []LineAmount
	// Unassigned is what was paid of the claim as a whole.
	Unassigned money.Decimal
}

// LineAmount is an amount of the item with a sequence.
type LineAmount struct {
	Sequence int64
	Amount   money.Decimal
}

// assignOthers spreads what other payers have paid: what they say of an item is that item's; the rest goes over all.
func (d *decider) assignOthers() {
	n, payers := len(d.out.Lines), len(d.Others)
	all := make([]money.Decimal, n*payers)
	for i := range d.out.Lines {
		d.out.Lines[i].others = all[i*payers : (i+1)*payers : (i+1)*payers]
	}
	for p := range d.Others {
		o := &d.Others[p]
		d.spread(d.out.Lines, p, o.Unassigned)
		for first, next := 0, 0; first < n; first = next {
			sequence := d.out.Lines[first].Item.Sequence
			for next < n && d.out.Lines[next].Item.Sequence == sequence {
				next++
			}
			d.spread(d.out.Lines[first:next], p, o.of(sequence).Round(d.out.Digits))
		}
	}
}

// spread gives lines their shares of what a payer has paid, by the submitted amounts, denied lines included: each gets the
// rounded sum so far less what went before, so that no cent is lost.
func (d *decider) spread(lines []Line, payer int, paid money.Decimal) {
	if paid.IsZero() {
		return
	}
	total := money.New(0, d.out.Digits)
	for i := range lines {
		total = total.Add(d.submitted(&lines[i]))
	}
	if total.IsZero() || !total.Valid() {
		return
	}
	before, upTo := money.New(0, d.out.Digits), money.New(0, d.out.Digits)
	for i := range lines {
		l := &lines[i]
		upTo = upTo.Add(d.submitted(l))
		share := money.Share(d.out.Digits, paid, upTo, total)
		l.others[payer] = l.others[payer].Add(share.Sub(before))
		before = share
	}
}

// of is what was paid of an item, in all rows that speak of it.
func (o *OtherPayment) of(sequence int64) money.Decimal {
	var sum money.Decimal
	for i := range o.Lines {
		if o.Lines[i].Sequence == sequence {
			sum = sum.Add(o.Lines[i].Amount)
		}
	}
	return sum
}

// cutOthers leaves the lesser of the plan's own benefit and what other payers left of the eligible amount. Their money
// relieves the member first: of what it pays beyond his share the plan is relieved.
func (d *decider) cutOthers(l *Line, work money.Decimal) money.Decimal {
	unpaid := l.Submitted.Sub(l.Disallowed).Sub(l.PriceReduction)
	for p, paid := range l.others {
		paid = money.Min(paid, unpaid)
		if paid.IsZero() {
			continue
		}
		unpaid = unpaid.Sub(paid)
		d.note(l, noteKey{kind: noteOthers, rule: d.Others[p].Response})
		paid = paid.Sub(d.relieve(l, paid))
		work = d.cut(l, PaidByOthers, ByOthers, d.Others[p].Response, work, work.Sub(paid))
	}
	return work
}

// relieve makes other payers bear the member's cuts of the eligible amount, in their order, up to an amount; it answers
// with what it took. A cut that is borne by both becomes two.
func (d *decider) relieve(l *Line, most money.Decimal) money.Decimal {
	taken := money.New(0, d.out.Digits)
	for i := d.firstCut; i < len(d.cuts) && taken.Less(most); i++ {
		c := d.cuts[i]
		if c.Bearer != ByMember || c.Kind != OverFixedLimit && c.Kind != Deducted && c.Kind != CoPayment {
			continue
		}
		amount := money.Min(c.Amount, most.Sub(taken))
		taken = taken.Add(amount)
		relieved := c
		relieved.Bearer, relieved.Amount, relieved.After = ByOthers, amount, c.Before.Sub(amount)
		d.cuts[i] = relieved
		if amount.Less(c.Amount) {
			c.Before, c.Amount = relieved.After, c.Amount.Sub(amount)
			d.cuts = append(d.cuts, Cut{})
			copy(d.cuts[i+2:], d.cuts[i+1:])
			d.cuts[i+1] = c
		}
	}
	l.MemberBears, l.OthersBear = l.MemberBears.Sub(taken), l.OthersBear.Add(taken)
	return taken
}

// othersCurrency refuses what other payers have paid in another currency: it could not be taken off.
func (d *decider) othersCurrency(currency string) {
	for i := range d.Others {
		if o := &d.Others[i]; o.Currency != "" && o.Currency != currency {
			d.out.fault(WrongCurrency, o.Expression)
		}
	}
}
