package engine

import (
	"cmp"
	"slices"
	"strconv"

	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/money"
	"claimwright/adjudication/engine/scheme"
	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
)

func (r *claimReader) lines(c *Claim) {
	list := r.root.Get(nItem)
	n := list.Len()
	switch {
	case n == 0:
		r.add(outcome.Required, r.root, "The claim has no line", "nothing", "at least one item")
		return
	case n > MaxLines:
		r.add(outcome.TooLong, list, "The claim has too many lines", strconv.Itoa(n), "at most "+strconv.Itoa(MaxLines))
		return
	}
	c.Lines = make([]ClaimLine, 0, n)
	codes := make([]scheme.Code, 0, n+n/2) // of all lines, one after the other
	for v := range list.Each() {
		first := len(codes)
		for coding := range v.Get(nProductOrService).Get(nCoding).Each() {
			if id := code(coding, nCode); id.Value != "" {
				codes = append(codes, id)
			}
		}
		line := ClaimLine{Sequence: r.sequence(v), Index: len(c.Lines), Codes: codes[first:len(codes):len(codes)]}
		r.serviced(&line, v)
		r.figures(&line, v)
		c.Lines = append(c.Lines, line)
	}
	r.distinct(list)
	slices.SortStableFunc(c.Lines, func(a, b ClaimLine) int { return cmp.Compare(a.Sequence, b.Sequence) })
}

func (r *claimReader) serviced(l *ClaimLine, v codec.Value) {
	if single := v.Get(nServicedDate); single.Exists() {
		m := r.moment(single)
		l.Serviced, l.Day = day.Span{Start: m, End: m}, true
		return
	}
	l.Serviced = r.span(v.Get(nServicedPeriod))
}

// figures reads quantity, prices and factor, and checks net = quantity × unitPrice × factor.
func (r *claimReader) figures(l *ClaimLine, v codec.Value) {
	l.Quantity, l.Factor = money.Whole(1), money.Whole(1)
	if q := v.Get(nQuantity).Get(nValue); q.Exists() {
		l.Quantity = r.decimal(q, measure)
	}
	if f := v.Get(nFactor); f.Exists() {
		l.Factor = r.decimal(f, notNegative)
	}
	l.Unit, l.HasUnit = r.price(l, v.Get(nUnitPrice))
	l.Net, l.HasNet = r.price(l, v.Get(nNet))
	r.net(l, v)
}

// price reads a Money; both prices of a line must be in one currency.
func (r *claimReader) price(l *ClaimLine, v codec.Value) (money.Decimal, bool) {
	value := v.Get(nValue)
	if !value.Exists() {
		return money.Decimal{}, false
	}
	amount := r.decimal(value, notNegative)
	currency := v.Get(nCurrency).Text()
	switch {
	case l.Currency == "":
		l.Currency = currency
	case currency != "" && currency != l.Currency:
		r.add(outcome.Value, v, "The line is in two currencies", currency, l.Currency)
	}
	return amount, true
}

func (r *claimReader) net(l *ClaimLine, v codec.Value) {
	digits := money.Digits(l.Currency)
	if l.HasNet && !l.Net.Round(digits).Equal(l.Net) {
		r.add(outcome.Value, v.Get(nNet), "The amount has more digits than its currency",
			l.Net.String(), strconv.Itoa(int(digits))+" digits behind the point")
		return
	}
	if !l.HasUnit {
		return
	}
	gross := money.Product(digits, l.Quantity, l.Unit, l.Factor)
	switch {
	case !gross.Valid():
		r.add(outcome.Value, v, "The line's amount is too large", "", "an amount of at most 18 digits")
	case l.HasNet && !v.Get(nDetail).Exists() && !gross.Equal(l.Net):
		r.add(outcome.BusinessRule, v.Get(nNet), "The net is not quantity × unit price × factor", l.Net.String(), gross.String())
	}
}

// total checks that Claim.total is the sum of the lines, where every line has an amount and all are in its currency.
func (r *claimReader) total(c *Claim) {
	v := r.root.Get(nTotal)
	if !v.Get(nValue).Exists() {
		return
	}
	given := r.decimal(v.Get(nValue), notNegative)
	currency := v.Get(nCurrency).Text()
	digits := money.Digits(currency)
	var sum money.Decimal
	for i := range c.Lines {
		l := &c.Lines[i]
		switch {
		case l.Currency != currency:
			return
		case l.HasNet:
			sum = sum.Add(l.Net)
		case l.HasUnit:
			sum = sum.Add(money.Product(digits, l.Quantity, l.Unit, l.Factor))
		default:
			return
		}
	}
	if !sum.Equal(given) {
		r.add(outcome.BusinessRule, v, "The total is not the sum of the lines", given.String(), sum.String())
	}
}
