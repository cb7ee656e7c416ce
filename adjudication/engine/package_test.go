package engine

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAFixedPackageHasThePartsOfItsDefinition(t *testing.T) {
	for name, c := range map[string]struct{ elements, why string }{
		"as defined":         {details(part(1, "B", `"quantity":{"value":2},`+net("60")), part(2, "C", net("10"))), ""},
		"in another order":   {details(part(1, "C", net("10")), part(2, "B", `"quantity":{"value":2.0},`+net("60"))), ""},
		"in two lines":       {details(part(1, "C", net("10")), part(2, "B", net("30")), part(3, "B", net("30"))), ""},
		"twice":              {`"quantity":{"value":2},` + details(part(1, "B", `"quantity":{"value":4},`+net("60")), part(2, "C", `"quantity":{"value":2},`+net("10"))), ""},
		"parts of parts":     {details(part(1, "B", `"quantity":{"value":2},`+subDetails(part(1, "D", net("60")))), part(2, "C", net("10"))), ""},
		"a price of its own": {net("70") + "," + details(part(1, "B", `"quantity":{"value":2}`), part(2, "C", "")), ""},
		"no parts":           {net("70"), "line 1, A: B × 0 instead of 2; C × 0 instead of 1."},
		"another quantity":   {details(part(1, "B", net("60")), part(2, "C", net("10"))), "line 1, A: B × 1 instead of 2."},
		"one for each":       {`"quantity":{"value":2},` + details(part(1, "B", `"quantity":{"value":2},`+net("60")), part(2, "C", net("10"))), "line 1, A: B × 2 instead of 4; C × 1 instead of 2."},
		"something more":     {details(part(1, "B", `"quantity":{"value":2},`+net("50")), part(2, "C", net("10")), part(3, "D", net("10"))), "line 1, A: part 1.3 is none of it."},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			f.register["A"] = "package=fixed part=B*2 part=C*1"
			f.prices["A"] = "40"
			d := f.rawLine("A", c.elements).decide()
			require.Equal(t, []string{"1"}, numbers(d))
			require.Equal(t, "70.00", d.Totals.Submitted.String(), "the sum of the parts")
			if c.why == "" {
				require.Equal(t, []string{""}, denied(d))
				return
			}
			require.Equal(t, []string{"package-mismatch"}, denied(d))
			require.Equal(t, "The parts are not those of the package: "+c.why, d.Notes[0])
			require.Equal(t, "70.00", d.Totals.ProviderBears.String())
		})
	}
}

func TestAPackageIsPricedAsOne(t *testing.T) {
	parts := details(part(1, "B", net("60")), part(2, "C", net("50")))
	for name, c := range map[string]struct {
		rules, plan, price, elements string
		paid, unit                   string
	}{
		"simple, at the listed price":  {"package=simple", "", "80", parts, "80.00", "80"},
		"fixed, at the listed price":   {"package=fixed part=B*1 part=C*1", "", "80", parts, "80.00", "80"},
		"fixed, at the provider's own": {"package=fixed part=D*1", "plan-benefit item=A kind=coinsurance percent=100 priceOrigin=provider", "80", parts, "110.00", "0"},
		"capped at the register's":     {"package=capped", "plan-benefit item=A kind=coinsurance percent=100 priceOrigin=provider", "200", parts, "70.00", "70"},
		"below the cap":                {"package=capped", "plan-benefit item=A kind=coinsurance percent=100 priceOrigin=provider", "200", unit("65"), "65.00", "65"},
		"capped, two of them":          {"package=capped", "plan-benefit item=A kind=coinsurance percent=100 priceOrigin=provider", "200", `"quantity":{"value":2},` + unit("100") + "," + net("110") + "," + parts, "110.00", "100"},
		"capped, but by the list":      {"package=capped", "", "90", parts, "90.00", "90"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			f.register["A"], f.prices["A"] = c.rules, c.price
			f.plan = []string{"plan-benefit kind=coinsurance percent=100"}
			if c.plan != "" {
				f.plan = append(f.plan, c.plan)
			}
			d := f.rawLine("A", c.elements).decide()
			require.Equal(t, []string{""}, denied(d))
			require.Equal(t, []string{c.paid}, paid(d))
			require.Equal(t, c.unit, d.Lines[0].Unit.String())
		})
	}
}

func TestADetailMayBeAPackage(t *testing.T) {
	f := newFixture(t)
	f.register["A"], f.prices["A"] = "package=fixed part=B*1", "40"
	f.rawLine("Z", details(part(1, "A", subDetails(part(1, "B", net("60")))), part(2, "C", net("10")), part(3, "A", subDetails(part(1, "D", net("5"))))))
	d := f.decide()
	require.Equal(t, []string{"1.1", "1.2", "1.3"}, numbers(d))
	require.Equal(t, []string{"40.00", "10.00", "0.00"}, paid(d))
	require.Contains(t, d.Notes, "The parts are not those of the package: line 1.3, A: B × 0 instead of 1; part 1.3.1 is none of it.")
}

// What exceeds a quantity is a share of the sum of the parts, which the unit price of a package need not explain.
func TestQuantityCutOfAPackage(t *testing.T) {
	for name, c := range map[string]struct{ elements, submitted, disallowed, paid string }{
		"parts below":         {unit("15000") + "," + net("10") + "," + details(part(1, "B", net("10"))), "10.00", "5.00", "5.00"},
		"parts above":         {unit("10") + "," + net("60") + "," + details(part(1, "B", net("60"))), "60.00", "30.00", "30.00"},
		"parts as unit price": {unit("10") + "," + net("20") + "," + details(part(1, "B", net("20"))), "20.00", "10.00", "10.00"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			f.register["A"] = "package=simple"
			f.plan = []string{"plan-settings quantityExcess=cut", "plan-benefit item=A kind=coinsurance percent=100 maxQuantity=1"}
			d := f.rawLine("A", `"quantity":{"value":2},`+c.elements).decide()
			l := &d.Lines[0]
			require.Equal(t, []string{c.submitted, c.disallowed, c.paid}, []string{l.Submitted.String(), l.Disallowed.String(), l.Paid.String()})
		})
	}
}

func TestWhatAServiceIncludesIsNotPaidBesideIt(t *testing.T) {
	for name, c := range map[string]struct {
		register map[string]string
		lines    func(*fixture)
		denied   []string
		note     string
	}{
		"after it":  {nil, func(f *fixture) { f.line("A", "1", "9").line("B", "1", "9") }, []string{"", "included-in-bundle"}, "B in A (line 1)."},
		"before it": {nil, func(f *fixture) { f.line("B", "1", "9").line("A", "1", "9").line("C", "1", "9") }, []string{"included-in-bundle", "", ""}, "B in A (line 2)."},
		"on another day": {nil, func(f *fixture) {
			f.line("A", "1", "9").rawLine("B", `"servicedDate":"2026-05-11",`+net("9"))
		}, []string{"", ""}, ""},
		"in a denied one":              {map[string]string{"A": "sex=male includes=B"}, func(f *fixture) { f.line("B", "1", "9").line("A", "1", "9") }, []string{"", "patient-category"}, ""},
		"in one that is not listed":    {nil, func(f *fixture) { f.prices["A"] = "-"; f.line("A", "1", "9").line("B", "1", "9") }, []string{"not-in-price-list", ""}, ""},
		"in one that is included":      {map[string]string{"A": "includes=B", "B": "includes=C"}, func(f *fixture) { f.line("C", "1", "9").line("B", "1", "9").line("A", "1", "9") }, []string{"", "included-in-bundle", ""}, "B in A (line 3)."},
		"in two, one of them included": {map[string]string{"A": "includes=B includes=C", "B": "includes=C"}, func(f *fixture) { f.line("C", "1", "9").line("B", "1", "9").line("A", "1", "9") }, []string{"included-in-bundle", "included-in-bundle", ""}, "C in A (line 3)."},
		"in a detail":                  {nil, func(f *fixture) { f.rawLine("Z", details(part(1, "B", net("9")), part(2, "A", net("9")))) }, []string{"included-in-bundle", ""}, "B in A (line 1.2)."},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			if f.register = c.register; f.register == nil {
				f.register = map[string]string{"A": "includes=B"}
			}
			c.lines(f)
			d := f.decide()
			require.Equal(t, c.denied, denied(d))
			require.Len(t, d.Lines, len(c.denied))
			if c.note != "" {
				require.Contains(t, d.Notes, "The service or item is included in another one of the claim: "+c.note)
			}
			checkSums(t, d)
		})
	}
}
