package scheme

import (
	"cmp"
	"slices"
	"strings"

	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/money"
	"claimwright/fhir/codec"
)

// Rate is what one unit of another currency is worth in the insurer's, on the days of Valid.
type Rate struct {
	Currency string
	Rate     money.Decimal
	Valid    day.Period
}

// Exchange is an amount of another currency in the insurer's: exact up to 8 digits behind the point.
func (r *Rate) Exchange(amount money.Decimal) money.Decimal { return scaled(amount, r.Rate) }

// Rate is the rate of a currency on a day, nil when there is none; of several, the one that began last.
func (i *Insurer) Rate(currency string, at day.Date) *Rate {
	for r := range i.Rates {
		if rate := &i.Rates[r]; rate.Currency == currency && rate.Valid.Holds(at) {
			return rate
		}
	}
	return nil
}

// exchangeRates reads the rates of an insurer.
func (c *compiler) exchangeRates(root codec.Value, own string) []Rate {
	var rates []Rate
	for e := range extensions(root, "exchange-rate") {
		f := c.fields(e, parts["exchange-rate"])
		r := Rate{
			Currency: strings.Clone(f.get("currency", nValueCode).Text()), Rate: f.decimal("rate"),
			Valid: day.Period{From: f.date("start"), To: f.date("end")},
		}
		_, digits := r.Rate.Parts()
		switch {
		case r.Currency == "" || r.Currency == own:
			c.fail(e, "The rate is not of another currency", r.Currency, "currency, another than "+own)
		case r.Rate.Sign() == 0 || digits > maxPriceDigits:
			c.fail(e, "The rate cannot be used", r.Rate.String(), "rate, above 0 with at most 8 digits behind the point")
		case r.Valid.From == 0 || r.Valid.From > r.Valid.End():
			c.fail(e, "The rate does not say when it holds", r.Valid.From.String(), "start, not after end")
		case slices.ContainsFunc(rates, func(o Rate) bool { return o.Currency == r.Currency && o.Valid.From == r.Valid.From }):
			c.fail(e, "The currency has another rate from the same day on", r.Currency, "a start of its own for each rate")
		}
		rates = append(rates, r)
	}
	slices.SortStableFunc(rates, func(a, b Rate) int { return cmp.Compare(b.Valid.From, a.Valid.From) })
	return rates
}

// date reads a day; 0 where there is none.
func (f fields) date(name string) day.Date {
	v := f.get(name, nValueDate)
	if !v.Exists() {
		return 0
	}
	return f.c.moment(v).First(nil)
}
