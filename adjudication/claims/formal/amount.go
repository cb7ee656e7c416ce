package formal

import (
	"errors"

	"claimwright/adjudication/engine/money"
	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
)

var (
	nQuantity  = codec.Intern("quantity")
	nUnitPrice = codec.Intern("unitPrice")
	nFactor    = codec.Intern("factor")
	nNet       = codec.Intern("net")
	nTotal     = codec.Intern("total")
	nValue     = codec.Intern("value")
	nCurrency  = codec.Intern("currency")
)

var one = money.Whole(1)

// amount is a sum of money as the claim states it.
type amount struct {
	value    money.Decimal
	currency string
	known    bool
}

// amounts checks R4 Claim.item.net (quantity × unitPrice × factor, or the sum of the details) on all three levels, and
// Claim.total as the control total of the nets. What is not stated is not checked. Results are compared as they are
// rounded to the currency's digits.
func (c *checker) amounts() {
	sum := amount{known: true}
	for item := range c.root.Get(nItem).Each() {
		sum = sum.plus(c.line(item, nDetail))
	}
	total := c.root.Get(nTotal)
	if stated := c.money(total); stated.known && sum.known && !stated.same(sum) {
		c.rule(total, "The total is not the sum of the lines.", stated.String(), sum.String())
	}
}

// line checks one line and, beneath it, its parts; it answers with the line's net.
func (c *checker) line(v codec.Value, parts codec.Name) amount {
	stated := c.money(v.Get(nNet))
	computed := c.product(v)
	if details := v.Get(parts); details.Exists() && parts != 0 {
		computed = amount{known: true}
		for d := range details.Each() {
			deeper := nSubDetail
			if parts == nSubDetail {
				deeper = 0
			}
			computed = computed.plus(c.line(d, deeper))
		}
	}
	switch {
	case !stated.known:
		return computed
	case computed.known && !stated.same(computed):
		c.rule(v.Get(nNet), "The net is not quantity × unit price × factor, or the sum of the parts.", stated.String(), computed.String())
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
		expected := "a decimal number"
		if errors.Is(err, money.ErrRange) {
			expected = "a number of at most 18 digits"
		}
		c.issues = append(c.issues, outcome.Issue{Code: outcome.Value, Expression: v.Path(),
			Text: "The number cannot be reckoned with.", Found: v.Text(), Expected: expected})
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
