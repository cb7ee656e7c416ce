package scheme

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPricesOfTheDay(t *testing.T) {
	const unit = `EXT=,"unitPrice":{"value":%s}`
	list := fill(pricesJSON, "ID=l", strings.Replace(unit, "%s", "100", 1))
	rise := fill(pricesJSON, "ID=m", `EXT=,"unitPrice":{"value":110},"effectiveTime":"2026-05-01T00:00:00+03:00"`)
	sch := complete(t, insurerJSON, facilityJSON, fill(itemJSON, "ID=i"), list, rise)
	price := func(day string) string {
		p, ok := sch.PriceLists("Organization/ins", "Organization/fac").Price(sch.Item(Code{"urn:reg", "A"}, at("2026-05-01")), "USD", at(day))
		if !ok {
			return "not listed"
		}
		return p.Unit.String() + " " + p.List.Key
	}
	require.Equal(t, "not listed", price("2026-01-31"), "the term begins later than the contract")
	require.Equal(t, "100 Contract/l", price("2026-02-01"))
	require.Equal(t, "100 Contract/l", price("2026-04-30"))
	require.Equal(t, "110 Contract/m", price("2026-05-01"), "the one that began last counts")
	require.Equal(t, "110 Contract/m", price("2026-12-31"))
	require.Equal(t, "not listed", price("2027-01-01"))
	require.Empty(t, sch.PriceLists("Organization/ins", "Organization/other"))
}

func TestAPriceOfZeroIsAPriceAndNoneIsTheRegisters(t *testing.T) {
	for name, c := range map[string]struct {
		unit, want string
		register   bool
	}{
		"zero": {`EXT=,"unitPrice":{"value":0}`, "0", false},
		"none": {"EXT=", "70.50", true},
	} {
		t.Run(name, func(t *testing.T) {
			sch := complete(t, insurerJSON, facilityJSON, fill(itemJSON, "ID=i"), fill(pricesJSON, "ID=l", c.unit))
			p, ok := sch.PriceLists("Organization/ins", "Organization/fac").Price(sch.Item(Code{"urn:reg", "A"}, at("2026-05-01")), "USD", at("2026-05-01"))
			require.True(t, ok)
			require.Equal(t, c.want, p.Unit.String())
			require.Equal(t, c.register, p.FromRegister)
		})
	}
}

func TestNoPriceAnywhereIsNotListed(t *testing.T) {
	sch := complete(t, insurerJSON, facilityJSON, strings.Replace(fill(itemJSON, "ID=i"), `"base"`, `"informational"`, 1), fill(pricesJSON, "ID=l"))
	_, ok := sch.PriceLists("Organization/ins", "Organization/fac").Price(sch.Item(Code{"urn:reg", "A"}, at("2026-05-01")), "USD", at("2026-05-01"))
	require.False(t, ok)
}

func TestListsThatDoNotBindAreNotThere(t *testing.T) {
	for _, status := range []string{"offered", "cancelled", "revoked", "entered-in-error"} {
		sch := complete(t, insurerJSON, facilityJSON, strings.Replace(fill(pricesJSON, "ID=l"), "executed", status, 1))
		require.Empty(t, sch.PriceLists("Organization/ins", "Organization/fac"), status)
	}
}
