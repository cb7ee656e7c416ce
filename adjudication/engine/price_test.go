package engine

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"claimwright/adjudication/engine/money"
)

// component is a price component of the register: type, code ("" for none) and its factor or amount.
func component(kind, code, rest string) string {
	if code != "" {
		rest = `"code":{"coding":[{"system":"urn:mod","code":"` + code + `"}]},` + rest
	}
	return `,{"type":"` + kind + `",` + rest + `}`
}

// modified are the modifiers of a line.
func modified(codes ...string) string {
	all := ""
	for _, code := range codes {
		all += `,{"coding":[{"system":"urn:mod","code":"` + code + `"}]}`
	}
	return `"modifier":[` + all[1:] + `]`
}

func TestModifiersChangeTheListedPrice(t *testing.T) {
	components := component("surcharge", "50", `"factor":0.5`) + component("discount", "51", `"factor":0.25`) +
		component("deduction", "D", `"amount":{"value":30,"currency":"USD"}`) + component("surcharge", "E", `"amount":{"value":9.99,"currency":"KES"}`) +
		component("surcharge", "", `"factor":3`) + component("discount", "F", `"factor":1`)
	for name, c := range map[string]struct {
		elements         string
		unit, paid, note string
	}{
		"none":                     {unit("500"), "100", "100.00", ""},
		"a surcharge":              {modified("50") + "," + unit("500"), "150.00", "150.00", ""},
		"below it":                 {modified("50") + "," + unit("120"), "120", "120.00", ""},
		"a discount":               {modified("51") + "," + unit("500"), "75.00", "75.00", ""},
		"an amount":                {modified("D") + "," + unit("500"), "70.00", "70.00", ""},
		"in order":                 {modified("50", "D") + "," + unit("500"), "120.00", "120.00", ""},
		"in the other order":       {modified("D", "50") + "," + unit("500"), "105.00", "105.00", ""},
		"twice":                    {modified("50", "50") + "," + unit("500"), "225.00", "225.00", ""},
		"never below nothing":      {modified("51", "51", "D", "D", "D") + "," + unit("500"), "0.00", "0.00", ""},
		"everything off":           {modified("F") + "," + unit("500"), "0.00", "0.00", ""},
		"unknown":                  {modified("99") + "," + unit("500"), "100", "100.00", "Line 1: the modifier 99 does not change the price of this service."},
		"known and unknown":        {modified("99", "50") + "," + unit("500"), "150.00", "150.00", "Line 1: the modifier 99 does not change the price of this service."},
		"of another currency":      {modified("E") + "," + unit("500"), "100", "100.00", "Line 1: the modifier E does not change the price of this service."},
		"without a code":           {`"modifier":[{"text":"both sides"}],` + unit("500"), "100", "100.00", "Line 1: the modifier without a code does not change the price of this service."},
		"where nothing was billed": {modified("50") + `,"quantity":{"value":2}`, "150.00", "300.00", ""},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			f.components["A"] = components
			d := f.rawLine("A", c.elements).decide()
			require.Equal(t, []string{c.paid}, paid(d))
			require.Equal(t, c.unit, d.Lines[0].Unit.String())
			if c.note != "" {
				require.Contains(t, d.Notes, c.note)
			}
			checkSums(t, d)
		})
	}
}

func TestModifiersAreExact(t *testing.T) {
	f := newFixture(t)
	f.prices["A"] = "33.335"
	f.components["A"] = component("surcharge", "50", `"factor":0.333333`) + component("discount", "51", `"factor":0.125`)
	d := f.rawLine("A", modified("50", "51")+`,"quantity":{"value":1000},`+unit("100")).decide()
	// 33.335 × 1.333333 = 44.446655555 (to 8 digits 44.44665556), × 0.875 = 38.890823615 (38.89082362)
	require.Equal(t, "38.89082362", d.Lines[0].Unit.String())
	require.Equal(t, []string{"38890.82"}, paid(d), "only the amount is in whole cents")
}

func TestTaxIsInThePriceAndSaidBesides(t *testing.T) {
	for name, c := range map[string]struct {
		plan, components, elements string
		unit, eligible, tax, paid  string
	}{
		"of the agreed price":  {"", component("tax", "", `"factor":0.16`), unit("500"), "116.00", "116.00", "16.00", "116.00"},
		"of what was billed":   {"", component("tax", "", `"factor":0.16`), unit("58"), "58", "58.00", "8.00", "58.00"},
		"half up, once a line": {"", component("tax", "", `"factor":0.16`), `"quantity":{"value":3},` + unit("0.35"), "0.35", "1.05", "0.14", "1.05"},
		"two taxes":            {"", component("tax", "", `"factor":0.16`) + component("tax", "L", `"factor":0.04`), unit("500"), "120.00", "120.00", "20.00", "120.00"},
		"with a modifier":      {"", component("tax", "", `"factor":0.16`) + component("surcharge", "50", `"factor":0.5`), modified("50") + "," + unit("500"), "174.00", "174.00", "24.00", "174.00"},
		"before co-insurance":  {"plan-benefit kind=coinsurance percent=50", component("tax", "", `"factor":0.16`), unit("500"), "116.00", "116.00", "16.00", "58.00"},
		"the provider's price": {"plan-benefit kind=coinsurance percent=100 priceOrigin=provider", component("tax", "", `"factor":0.16`), unit("1160"), "1160", "1160.00", "160.00", "1160.00"},
		"the listed price":     {"", component("tax", "", `"factor":0.16`), `"quantity":{"value":2}`, "116.00", "232.00", "32.00", "232.00"},
		"of nothing":           {"", component("tax", "", `"factor":0`), unit("100"), "100", "100.00", "0.00", "100.00"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			if f.components["A"] = c.components; c.plan != "" {
				f.plan = []string{c.plan}
			}
			d := f.rawLine("A", c.elements).line("B", "1", "10").decide()
			l := &d.Lines[0]
			require.Equal(t, []string{c.unit, c.eligible, c.tax, c.paid}, []string{l.Unit.String(), l.Eligible.String(), l.Tax.String(), l.Paid.String()})
			require.True(t, d.Totals.Tax.Equal(l.Tax))
			require.Equal(t, c.tax != "0.00", hasRow(l.Rows(nil), "tax"))
			require.Equal(t, c.tax != "0.00", hasRow(d.Totals.Rows(nil), "tax"))
			require.False(t, hasRow(d.Lines[1].Rows(nil), "tax"))
			checkSums(t, d)
		})
	}
}

func hasRow(rows []Row, code string) bool {
	for _, r := range rows {
		if r.Code == code {
			return true
		}
	}
	return false
}

func TestADeniedLineHoldsNoTax(t *testing.T) {
	f := newFixture(t)
	f.register["A"], f.components["A"] = "sex=male", component("tax", "", `"factor":0.16`)
	d := f.line("A", "1", "100").decide()
	require.False(t, hasRow(d.Lines[0].Rows(nil), "tax"))
}

func TestACappedPackageIsCappedWithItsTax(t *testing.T) {
	f := newFixture(t)
	f.register["A"], f.components["A"] = "package=capped", component("tax", "", `"factor":0.10`)
	f.plan = []string{"plan-benefit kind=coinsurance percent=100 priceOrigin=provider"}
	require.Equal(t, []string{"77.00"}, paid(f.line("A", "1", "500").decide()))
}

// TestTaxIsAPartOfTheEligibleAmount: whatever the rate and the amount, tax and the rest make up what is eligible.
func TestTaxIsAPartOfTheEligibleAmount(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		f := newFixture(t)
		rate := rapid.Int64Range(0, 1000).Draw(rt, "rate")
		f.components["A"] = component("tax", "", `"factor":`+money.New(rate, 3).String())
		d := f.line("A", "1", decimals(rt, 300, 2, "unit")).line("A", "3", decimals(rt, 300, 2, "unit")).decide()
		for i := range d.Lines {
			l := &d.Lines[i]
			without := money.Share(2, l.Eligible, money.Whole(1000), money.Whole(1000+rate))
			off := l.Eligible.Sub(l.Tax).Sub(without)
			require.LessOrEqual(rt, off.Cmp(money.New(1, 2)), 0)
			require.GreaterOrEqual(rt, off.Cmp(money.New(-1, 2)), 0)
		}
		checkSums(rt, d)
	})
}
