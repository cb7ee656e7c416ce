package scheme

import (
	"strings"

	"claimwright/adjudication/engine/money"
	"claimwright/fhir/codec"
)

// priceComponents reads the first price component of type base, the taxes, and what modifiers do. A component of another
// type that has no code is nothing that a claim could name, and does not count.
func (c *compiler) priceComponents(item *Item, root codec.Value) {
	for group := range root.Get(nPropertyGroup).Each() {
		for component := range group.Get(nPriceComponent).Each() {
			switch kind := component.Get(nType).Text(); kind {
			case "base":
				c.basePrice(item, component)
			case "tax":
				c.unconditional(group)
				c.tax(item, component)
			default:
				codes := codesOf(component.Get(nCode))
				if t, ok := componentTypes.parse(kind); ok && len(codes) > 0 {
					c.unconditional(group)
					c.modifier(item, component, Modifier{Type: t, Codes: codes})
				}
			}
		}
	}
}

// unconditional refuses conditions, which nobody would evaluate.
func (c *compiler) unconditional(group codec.Value) {
	if when := group.Get(nApplicability); when.Exists() {
		c.fail(when, "A tax or a modifier cannot have conditions", "applicability", "none; a modifier of its own for each case")
	}
}

func (c *compiler) basePrice(item *Item, component codec.Value) {
	amount := component.Get(nAmount)
	if !amount.Exists() || item.HasBase {
		return
	}
	item.Base = c.number(amount.Get(nValue))
	item.BaseCurrency = strings.Clone(amount.Get(nCurrency).Text())
	item.HasBase = true
}

// tax adds the rate of a tax: several add up.
func (c *compiler) tax(item *Item, component codec.Value) {
	factor := component.Get(nFactor)
	if !factor.Exists() || component.Get(nAmount).Exists() {
		c.fail(component, "A tax is a share of the price", "no factor, or an amount", "factor alone, such as 0.16")
		return
	}
	item.Tax, item.HasTax = item.Tax.Add(c.factor(factor)), true
}

func (c *compiler) modifier(item *Item, component codec.Value, m Modifier) {
	factor, amount := component.Get(nFactor), component.Get(nAmount)
	if factor.Exists() == amount.Exists() {
		c.fail(component, "A modifier changes the price by a share or by an amount", "both or neither", "factor or amount")
		return
	}
	if m.HasFactor = factor.Exists(); m.HasFactor {
		m.Factor = c.factor(factor)
	} else {
		m.Amount = c.number(amount.Get(nValue))
		m.Currency = strings.Clone(amount.Get(nCurrency).Text())
	}
	if m.Type != Surcharge && money.Whole(1).Less(m.Factor) {
		c.fail(factor, "More than the price cannot be taken away", m.Factor.String(), "0 to 1")
	}
	for i := range item.Modifiers {
		for _, code := range item.Modifiers[i].Codes {
			for _, own := range m.Codes {
				if own == code {
					c.fail(component, "The modifier is given twice", own.Value, "each modifier once")
				}
			}
		}
	}
	item.Modifiers = append(item.Modifiers, m)
}

// factor reads a share of a price.
func (c *compiler) factor(v codec.Value) money.Decimal {
	f := c.number(v)
	if _, digits := f.Parts(); digits > 6 || money.Whole(100).Less(f) {
		c.fail(v, "The factor cannot be used", f.String(), "0 to 100, with at most 6 digits behind the point")
	}
	return f
}
