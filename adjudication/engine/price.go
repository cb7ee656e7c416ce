package engine

import (
	"claimwright/adjudication/engine/money"
	"claimwright/adjudication/engine/scheme"
)

// adjust makes of the listed price the one that the line's modifiers and the item's tax lead to. Modifiers apply in the
// order of the claim, each to what the one before left; tax comes last.
func (d *decider) adjust(l *Line) {
	for _, codes := range l.Item.Modifiers {
		if m := l.Service.Modifier(codes, d.out.Currency); m != nil {
			l.Modifiers = append(l.Modifiers, m)
		}
	}
	l.Price.Unit = d.modified(l, l.Price.Unit)
}

// modified is a price without tax, after the line's modifiers and with tax.
func (d *decider) modified(l *Line, price money.Decimal) money.Decimal {
	if len(l.Modifiers) == 0 && !l.Service.HasTax {
		return price
	}
	for _, m := range l.Modifiers {
		price = m.Apply(price)
	}
	return trimmed(l.Service.Taxed(price), d.out.Digits)
}

// taxIn is how much of the eligible amount is tax: rounded half up once, for each line.
func (d *decider) taxIn(l *Line) money.Decimal {
	return money.Share(d.out.Digits, l.Eligible, l.Service.Tax, money.Whole(1).Add(l.Service.Tax))
}

// noteModifiers names the modifiers that changed nothing.
func (d *decider) noteModifiers(l *Line) {
	for _, codes := range l.Item.Modifiers {
		if l.Service.Modifier(codes, d.out.Currency) == nil {
			d.note(l, noteKey{kind: noteModifier, line: l.Item, rule: codeText(codes)})
		}
	}
}

func codeText(codes []scheme.Code) string {
	if len(codes) == 0 {
		return "without a code"
	}
	return codes[0].Value
}

// trimmed is a number without the zeros at its end, but with at least so many digits behind the point.
func trimmed(d money.Decimal, least uint8) money.Decimal {
	_, digits := d.Parts()
	for digits > least && d.Round(digits-1).Equal(d) {
		digits--
	}
	return d.Round(max(digits, least))
}
