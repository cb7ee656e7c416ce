package scheme

import "claimwright/adjudication/engine/money"

// maxPriceDigits bounds the digits behind the point of a unit price that modifiers and taxes have changed.
const maxPriceDigits = 8

// Modifier is what a modifier on a claim's line does to the unit price of a service: a price component of the register.
type Modifier struct {
	// Codes are the modifier's, any of which means it.
	Codes []Code
	// Type is the component's: surcharge adds, discount and deduction take away.
	Type ComponentType
	// Factor is the share of the price when HasFactor, else Amount is added or taken away, in Currency.
	Factor    money.Decimal
	HasFactor bool
	Amount    money.Decimal
	Currency  string
}

// ComponentType is the type of a price component (R4 invoice-priceComponentType).
type ComponentType uint8

// The types that modifiers have.
const (
	Surcharge ComponentType = iota + 1
	Discount
	Deduction
)

var componentTypes = vocabulary[ComponentType]{"", "surcharge", "discount", "deduction"}

// String is the code.
func (t ComponentType) String() string { return componentTypes.code(t) }

// Modifier is what a modifier that is claimed with these codes does to the item's price in a currency, nil when the
// register says nothing of it.
func (i *Item) Modifier(codes []Code, currency string) *Modifier {
	for m := range i.Modifiers {
		modifier := &i.Modifiers[m]
		if !modifier.HasFactor && modifier.Currency != currency {
			continue
		}
		for _, own := range modifier.Codes {
			for _, code := range codes {
				if own == code {
					return modifier
				}
			}
		}
	}
	return nil
}

// Apply is the price after the modifier, never below zero: exact up to 8 digits behind the point, half up beyond.
func (m *Modifier) Apply(price money.Decimal) money.Decimal {
	switch {
	case m.Type == Surcharge && m.HasFactor:
		return scaled(price, money.Whole(1).Add(m.Factor))
	case m.Type == Surcharge:
		return price.Add(m.Amount)
	case m.HasFactor:
		return scaled(price, money.Whole(1).Sub(m.Factor).Floor0())
	}
	return price.Sub(m.Amount).Floor0()
}

// Taxed is a price with the item's tax.
func (i *Item) Taxed(price money.Decimal) money.Decimal {
	if !i.HasTax {
		return price
	}
	return scaled(price, money.Whole(1).Add(i.Tax))
}

// scaled is price × by.
func scaled(price, by money.Decimal) money.Decimal {
	_, digits := price.Parts()
	_, more := by.Parts()
	return price.Times(by, min(digits+more, max(digits, maxPriceDigits)))
}
