package engine

import (
	"slices"
	"sort"
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
		r.tooMany(list, n)
		return
	}
	c.Lines = make([]ClaimLine, 0, n)
	r.codes = make([]scheme.Code, 0, n+n/2)
	index := 0
	for v := range list.Each() {
		line := ClaimLine{Sequence: r.sequence(v), Index: index, diagnosisSequence: v.Get(nDiagnosisSequence)}
		r.serviced(&line, v)
		own := r.line(c, &line, v, nDetail)
		if index == 0 {
			r.sum = own
		} else {
			r.mixed = r.mixed || own.currency != r.sum.currency
			r.sum.known = r.sum.known && own.known
			r.sum.value = r.sum.value.Add(own.value)
		}
		index++
	}
	if len(c.Lines) > MaxLines {
		r.tooMany(list, len(c.Lines))
		return
	}
	r.distinct(list)
	slices.SortStableFunc(c.Lines, func(a, b ClaimLine) int { return a.compare(&b) })
	c.locateParts()
}

func (r *claimReader) tooMany(list codec.Value, n int) {
	r.add(outcome.TooLong, list, "The claim has too many lines", strconv.Itoa(n), "at most "+strconv.Itoa(MaxLines))
}

// line reads what an element states and adds it to the claim's lines, or, where it has parts, to its wholes. It returns the
// amount that the element comes to.
func (r *claimReader) line(c *Claim, l *ClaimLine, v codec.Value, parts codec.Name) claimed {
	l.Codes = r.concept(v.Get(nProductOrService))
	if list := v.Get(nModifier); list.Exists() {
		r.modifiers(l, list)
	}
	if list := v.Get(nExtension); list.Exists() {
		r.override(l, list)
	}
	r.figures(l, v)
	if list := v.Get(parts); list.Exists() && l.SubDetail == 0 {
		return r.whole(c, l, v, list)
	}
	r.net(l, v)
	c.Lines = append(c.Lines, *l)
	return l.amount()
}

// concept reads the codings of a CodeableConcept that have a code.
func (r *claimReader) concept(v codec.Value) []scheme.Code {
	first := len(r.codes)
	for coding := range v.Get(nCoding).Each() {
		if id := code(coding, nCode); id.Value != "" {
			r.codes = append(r.codes, id)
		}
	}
	return r.codes[first:len(r.codes):len(r.codes)]
}

// maxModifiers bounds the modifiers of a line.
const maxModifiers = 16

func (r *claimReader) modifiers(l *ClaimLine, list codec.Value) {
	if n := list.Len(); n > maxModifiers {
		r.add(outcome.TooLong, list, "The line has too many modifiers", strconv.Itoa(n), "at most "+strconv.Itoa(maxModifiers))
		return
	}
	for v := range list.Each() {
		l.Modifiers = append(l.Modifiers, r.concept(v))
	}
}

func (r *claimReader) serviced(l *ClaimLine, v codec.Value) {
	if single := v.Get(nServicedDate); single.Exists() {
		m := r.moment(single)
		l.Serviced, l.Day = day.Span{Start: m, End: m}, true
		return
	}
	l.Serviced = r.period(v.Get(nServicedPeriod))
}

// figures reads quantity, prices and factor.
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
	if digits := money.Digits(l.Currency); l.HasNet && !l.Net.Round(digits).Equal(l.Net) {
		r.add(outcome.Value, v.Get(nNet), "The amount has more digits than its currency",
			l.Net.String(), strconv.Itoa(int(digits))+" digits behind the point")
	}
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

// net checks net = quantity × unitPrice × factor.
func (r *claimReader) net(l *ClaimLine, v codec.Value) {
	if !l.HasUnit {
		return
	}
	gross := money.Product(money.Digits(l.Currency), l.Quantity, l.Unit, l.Factor)
	switch {
	case !gross.Valid():
		r.add(outcome.Value, v, "The line's amount is too large", "", "an amount of at most 18 digits")
	case l.HasNet && !l.Net.Round(money.Digits(l.Currency)).Equal(l.Net): // reported already
	case l.HasNet && !gross.Equal(l.Net):
		r.add(outcome.BusinessRule, v.Get(nNet), "The net is not quantity × unit price × factor", l.Net.String(), gross.String())
	}
}

// total checks that Claim.total is the sum of the items, where every item has an amount and all are in its currency. In
// several currencies that is left to the decision, which knows the rates.
func (r *claimReader) total(c *Claim) {
	v := r.root.Get(nTotal)
	if !v.Get(nValue).Exists() {
		return
	}
	given := claimed{value: r.decimal(v.Get(nValue), notNegative), currency: v.Get(nCurrency).Text(), known: true}
	switch {
	case !r.sum.known || !r.sum.value.Valid():
	case r.mixed || given.currency != "" && given.currency != r.sum.currency:
		c.total = given
	case !r.sum.value.Equal(given.value):
		r.add(outcome.BusinessRule, v, "The total is not the sum of the lines", given.value.String(), r.sum.value.String())
	}
}

// locateParts finds the lines of each whole, which are neighbours once the lines are sorted.
func (c *Claim) locateParts() {
	if len(c.Wholes) == 0 {
		return
	}
	slices.SortStableFunc(c.Wholes, func(a, b Whole) int { return a.compare(&b.ClaimLine) })
	for i := range c.Wholes {
		w := &c.Wholes[i]
		w.First = sort.Search(len(c.Lines), func(n int) bool { return c.Lines[n].compare(&w.ClaimLine) > 0 })
	}
}
