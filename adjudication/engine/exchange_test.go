package engine

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"claimwright/adjudication/engine/money"
)

// priceIn are a quantity and a unit price in a currency.
func priceIn(currency, quantity, price string) string {
	return fmt.Sprintf(`"quantity":{"value":%s},"unitPrice":{"value":%s,"currency":%q}`, quantity, price, currency)
}

func exchanging(t testing.TB) *fixture {
	f := newFixture(t)
	f.insurer = []string{
		"exchange-rate currency=EUR rate=1.10 start=2026-01-01 end=2026-05-31",
		"exchange-rate currency=EUR rate=1.20 start=2026-05-05",
		"exchange-rate currency=JPY rate=0.0067125 start=2026-01-01",
	}
	return f
}

func TestABillInAnotherCurrencyIsExchangedOnItsTargetDate(t *testing.T) {
	for name, c := range map[string]struct {
		dates, elements       string
		submitted, unit, note string
	}{
		"the first rate":          {"2026-05-04", priceIn("EUR", "2", "33.33"), "73.33", "36.6630", "Billed in EUR: 1 EUR is 1.10 USD, the rate from 2026-01-01 on."},
		"the one that began last": {"2026-05-05", priceIn("EUR", "2", "33.33"), "79.99", "39.9960", "Billed in EUR: 1 EUR is 1.20 USD, the rate from 2026-05-05 on."},
		"half up":                 {"2026-05-05", `"net":{"value":10.25,"currency":"EUR"}`, "12.30", "0.00", "Billed in EUR: 1 EUR is 1.20 USD, the rate from 2026-05-05 on."},
		"of whole yen":            {"2026-05-05", priceIn("JPY", "3", "1234.5"), "24.86", "8.28658125", "Billed in JPY: 1 JPY is 0.0067125 USD, the rate from 2026-01-01 on."}, // 3,704 yen
		"above the listed price":  {"2026-05-05", priceIn("EUR", "1", "200"), "240.00", "100", "Billed in EUR: 1 EUR is 1.20 USD, the rate from 2026-05-05 on."},
	} {
		t.Run(name, func(t *testing.T) {
			f := exchanging(t)
			f.dates = c.dates
			d := f.rawLine("A", c.elements).line("B", "1", "10").decide()
			require.Empty(t, d.Faults)
			l := &d.Lines[0]
			require.Equal(t, []string{c.submitted, c.unit}, []string{l.Submitted.String(), l.Unit.String()})
			require.Equal(t, "USD", l.Item.Currency)
			require.Equal(t, date(c.dates), l.Exchange.At)
			require.Contains(t, d.Notes, c.note)
			require.Nil(t, d.Lines[1].Exchange)
			checkSums(t, d)
		})
	}
}

func TestWithoutARateTheCurrencyIsAFault(t *testing.T) {
	for name, c := range map[string]struct{ dates, elements, expression string }{
		"another currency": {"2026-05-05", priceIn("KES", "1", "9"), "Claim.item[0]"},
		"before the rate":  {"2025-12-31", priceIn("EUR", "1", "9"), "Claim.item[0]"},
		"without a date":   {"", priceIn("EUR", "1", "9"), "Claim.item[0]"},
		"in a detail":      {"2026-05-05", details(part(1, "A", `"net":{"value":9,"currency":"KES"}`)), "Claim.item[0].detail[0]"},
		"in an item whose details have no prices": {"2026-05-05", priceIn("KES", "1", "9") + "," + details(part(1, "B", "")), "Claim.item[0]"},
	} {
		t.Run(name, func(t *testing.T) {
			f := exchanging(t)
			f.dates = c.dates
			d := f.rawLine("A", c.elements).decide()
			require.Len(t, d.Faults, 1)
			require.Equal(t, WrongCurrency, d.Faults[0].Code)
			require.Equal(t, c.expression, d.Faults[0].Expression)
		})
	}
}

func TestTheTotalIsCheckedAfterTheExchange(t *testing.T) {
	mixed := func(f *fixture) { f.rawLine("A", priceIn("EUR", "1", "10.00")).line("B", "1", "5.00") }
	for name, c := range map[string]struct {
		total string
		lines func(*fixture)
		fault FaultCode
	}{
		"the sum":                       {`{"value":17.00,"currency":"USD"}`, mixed, ""},
		"without a currency":            {`{"value":17.00}`, mixed, ""},
		"a cent more":                   {`{"value":17.01,"currency":"USD"}`, mixed, ""}, // one line may have been rounded the other way
		"two cents more":                {`{"value":17.02,"currency":"USD"}`, mixed, WrongTotal},
		"the sum of the mere numbers":   {`{"value":15.00,"currency":"USD"}`, mixed, WrongTotal},
		"in one of the currencies":      {`{"value":15.00,"currency":"EUR"}`, mixed, WrongCurrency},
		"of one currency, in another":   {`{"value":12.00,"currency":"USD"}`, func(f *fixture) { f.rawLine("A", priceIn("EUR", "1", "10.00")) }, ""},
		"and that is wrong":             {`{"value":10.00,"currency":"USD"}`, func(f *fixture) { f.rawLine("A", priceIn("EUR", "1", "10.00")) }, WrongTotal},
		"with a line without a price":   {`{"value":1.00,"currency":"USD"}`, func(f *fixture) { f.rawLine("A", priceIn("EUR", "1", "10.00")).line("B", "1", "") }, ""},
		"of lines without a currency":   {`{"value":10.00,"currency":"USD"}`, func(f *fixture) { f.rawLine("A", `"unitPrice":{"value":10}`) }, ""},
		"wrong, lines without currency": {`{"value":11.00,"currency":"USD"}`, func(f *fixture) { f.rawLine("A", `"unitPrice":{"value":10}`) }, WrongTotal},
	} {
		t.Run(name, func(t *testing.T) {
			f := exchanging(t)
			f.claim = `"total":` + c.total + `,`
			c.lines(f)
			d := f.decide()
			if c.fault == "" {
				require.Empty(t, d.Faults)
				return
			}
			require.Equal(t, []Fault{{Code: c.fault, Expression: "Claim.total", Text: c.fault.Display()}}, d.Faults)
			require.Empty(t, d.Lines)
		})
	}
}

func TestAPackageInAnotherCurrency(t *testing.T) {
	f := exchanging(t)
	f.register["A"], f.prices["A"] = "package=simple", "500"
	d := f.rawLine("A", details(part(1, "B", `"net":{"value":60,"currency":"EUR"}`), part(2, "C", `"net":{"value":40,"currency":"EUR"}`))).decide()
	require.Equal(t, []string{"120.00"}, paid(d))
	require.Equal(t, "100", d.Lines[0].Exchange.Amount.String())
}

func TestAReductionOfAnExchangedPriceIsInTheInsurersCurrency(t *testing.T) {
	f := exchanging(t)
	f.plan = []string{"plan-settings quantityExcess=cut", "plan-benefit item=A kind=coinsurance percent=100 maxQuantity=1"}
	d := f.rawLine("A", priceIn("EUR", "3", "33.33")).decide() // 99.99 EUR are 119.99 USD
	require.Equal(t, "119.99", d.Lines[0].Submitted.String())
	require.Equal(t, []string{"40.00"}, paid(d))
	checkSums(t, d)
}

// TestExchangedSumsHold: whatever the rates, what is exchanged adds up as everything does, and is worth what it was.
func TestExchangedSumsHold(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		f := busyFixture(t)
		rate := money.New(rapid.Int64Range(1, 999_999).Draw(rt, "rate"), uint8(rapid.IntRange(0, 6).Draw(rt, "digits")))
		f.insurer = []string{"exchange-rate currency=EUR start=2020-01-01 rate=" + rate.String()}
		f.dates = "2026-05-10"
		for range rapid.IntRange(1, 5).Draw(rt, "lines") {
			f.rawLine(rapid.SampledFrom([]string{"A", "B", "C", "D", "Z"}).Draw(rt, "code"),
				priceIn(rapid.SampledFrom([]string{"EUR", "USD"}).Draw(rt, "currency"), rapid.SampledFrom([]string{"1", "2", "5.5"}).Draw(rt, "quantity"), decimals(rt, 300, 3, "unit")))
		}
		d := f.submit()
		require.Empty(rt, d.Faults)
		checkAmounts(rt, d)
		for i := range d.Lines {
			if x := d.Lines[i].Exchange; x != nil {
				require.Equal(rt, x.Amount.Times(rate, 2), d.Lines[i].Submitted)
			}
		}
	})
}
