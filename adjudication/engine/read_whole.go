package engine

import (
	"claimwright/adjudication/engine/money"
	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
)

// whole reads an item or a detail that has parts, and checks that these add up to it (R4 Claim.item.net: a group's amount
// is the total of its parts).
func (r *claimReader) whole(c *Claim, l *ClaimLine, v, parts codec.Value) claimed {
	at, first := len(c.Wholes), len(c.Lines)
	c.Wholes = append(c.Wholes, Whole{})
	r.distinct(parts)
	sum, priced, place := claimed{known: true}, 0, 0
	var unpriced codec.Value
	for part := range parts.Each() {
		if len(c.Lines) > MaxLines {
			break // reported by lines
		}
		line := ClaimLine{
			Sequence: l.Sequence, Detail: l.Detail, Index: l.Index, detailIndex: l.detailIndex, Serviced: l.Serviced, Day: l.Day,
			diagnosisSequence: l.diagnosisSequence,
		}
		if l.Detail == 0 {
			line.Detail, line.detailIndex = r.sequence(part), place
		} else {
			line.SubDetail, line.subDetailIndex = r.sequence(part), place
		}
		place++
		own := r.line(c, &line, part, nSubDetail)
		if own.known {
			priced++
		} else {
			unpriced = part
		}
		sum = r.together(sum, own, part)
	}
	w := &c.Wholes[at]
	*w = Whole{ClaimLine: *l, Count: len(c.Lines) - first, Undivided: priced == 0 && (l.HasNet || l.HasUnit)}
	switch {
	case w.Undivided:
		r.net(&w.ClaimLine, v)
	case unpriced.Exists() && (l.HasNet || l.HasUnit):
		r.add(outcome.BusinessRule, unpriced, "The part has no amount, but the whole and other parts have",
			"no net and no unitPrice", "an amount for every part, or for none")
	default:
		r.sumOf(w, v, sum)
	}
	return w.amount()
}

// sumOf takes over what the parts add up to, which must be what the whole states.
func (r *claimReader) sumOf(w *Whole, v codec.Value, sum claimed) {
	if !sum.known {
		return
	}
	at := v.Get(nNet)
	if !w.HasNet {
		at = v.Get(nUnitPrice)
	}
	if stated := w.amount(); stated.known {
		both := r.together(sum, stated, at)
		if sum.currency = both.currency; !stated.value.Equal(sum.value) {
			r.add(outcome.BusinessRule, at, "The amount is not the sum of the parts", stated.String(), sum.String())
		}
	}
	w.Net, w.HasNet, w.Currency = sum.value, true, sum.currency
}

// together adds amounts that belong to one item, which cannot be in two currencies.
func (r *claimReader) together(sum, own claimed, at codec.Value) claimed {
	if sum.currency != "" && own.currency != "" && sum.currency != own.currency {
		r.add(outcome.Value, at, "The parts of one item are in two currencies", own.currency, sum.currency)
	}
	sum.value, sum.known = sum.value.Add(own.value), sum.known && own.known
	if sum.currency == "" {
		sum.currency = own.currency
	}
	if !sum.value.Valid() && own.value.Valid() {
		r.add(outcome.Value, at, "The amounts are too large to be added up", "", "a sum of at most 18 digits")
		sum.value, sum.known = money.Decimal{}, false
	}
	return sum
}

// claimed is a sum of money as the claim states it, or as it follows from its parts; unknown where there is no price.
type claimed struct {
	value    money.Decimal
	currency string
	known    bool
}

// amount is what the line states.
func (l *ClaimLine) amount() claimed {
	a := claimed{value: l.Net, currency: l.Currency, known: l.HasNet}
	if !a.known && l.HasUnit {
		a.value = money.Product(money.Digits(l.Currency), l.Quantity, l.Unit, l.Factor)
		a.known = a.value.Valid()
	}
	return a
}

func (a claimed) String() string {
	if a.currency == "" {
		return a.value.String()
	}
	return a.value.String() + " " + a.currency
}
