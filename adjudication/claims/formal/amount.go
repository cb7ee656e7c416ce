package formal

import (
	"claimwright/adjudication/engine/money"
	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
)

var (
	nQuantity  = codec.Intern("quantity")
	nUnitPrice = codec.Intern("unitPrice")
	nFactor    = codec.Intern("factor")
	nNet       = codec.Intern("net")
	nValue     = codec.Intern("value")
	nCurrency  = codec.Intern("currency")
)

var one = money.Whole(1)

// amount is a sum of money as the claim states it, or as it follows from its parts.
type amount struct {
	value    money.Decimal
	currency string
	known    bool
}

// sum checks that the net of an item is the sum of its details, and the net of a detail the sum of its sub-details (R4
// Claim.item.net); it answers with the item's net. What is not stated is not checked.
func (c *checker) sum(v codec.Value, parts codec.Name) amount {
	total := amount{known: true}
	for part := range v.Get(parts).Each() {
		if parts == nDetail && part.Get(nSubDetail).Exists() {
			total = total.plus(c.sum(part, nSubDetail))
			continue
		}
		total = total.plus(c.net(part))
	}
	stated := c.money(v.Get(nNet))
	if !stated.known {
		return total
	}
	if total.known && !stated.same(total) {
		c.rule(v.Get(nNet), "The net is not the sum of the parts.", stated.String(), total.String())
	}
	return stated
}

// net is the net of a part without parts of its own: stated, and then quantity × unit price × factor, or computed.
func (c *checker) net(v codec.Value) amount {
	stated, computed := c.money(v.Get(nNet)), c.product(v)
	if !stated.known {
		return computed
	}
	if computed.known && !stated.same(computed) {
		c.rule(v.Get(nNet), "The net is not quantity × unit price × factor.", stated.String(), computed.String())
	}
	return stated
}

// product is quantity × unitPrice × factor; unknown without a unit price.
func (c *checker) product(v codec.Value) amount {
	unit := c.money(v.Get(nUnitPrice))
	if !unit.known {
		return amount{}
	}
	quantity, okQ := c.decimal(v.Get(nQuantity).Get(nValue), one)
	factor, okF := c.decimal(v.Get(nFactor), one)
	if !okQ || !okF {
		return amount{}
	}
	unit.value = money.Product(money.Digits(unit.currency), quantity, unit.value, factor)
	unit.known = unit.value.Valid()
	return unit
}

func (c *checker) money(v codec.Value) amount {
	value := v.Get(nValue)
	if !value.Exists() {
		return amount{}
	}
	d, ok := c.decimal(value, one)
	return amount{value: d, currency: v.Get(nCurrency).Text(), known: ok}
}

// decimal reads a number, or the default where there is none; a number that cannot be reckoned with is an issue.
func (c *checker) decimal(v codec.Value, otherwise money.Decimal) (money.Decimal, bool) {
	if !v.Exists() {
		return otherwise, true
	}
	d, err := money.Parse(v.Text())
	if err != nil {
		c.issues = append(c.issues, outcome.Issue{Code: outcome.Value, Expression: v.Path(),
			Text: "The number cannot be reckoned with.", Found: v.Text(), Expected: "a number of at most 18 digits"})
	}
	return d, err == nil
}

func (a amount) plus(b amount) amount {
	if a.currency == "" {
		a.currency = b.currency
	}
	sum := a.value.Add(b.value)
	return amount{value: sum, currency: a.currency, known: a.known && b.known && sum.Valid() && (b.currency == a.currency || b.currency == "")}
}

// same compares stated with computed, both rounded to the currency's digits: 0.333 × 3 is 1.00.
func (a amount) same(b amount) bool {
	if a.currency != b.currency && a.currency != "" && b.currency != "" {
		return false
	}
	digits := money.Digits(a.currency)
	return a.value.Round(digits).Equal(b.value.Round(digits))
}

func (a amount) String() string {
	if a.currency == "" {
		return a.value.String()
	}
	return a.value.String() + " " + a.currency
}
