package scheme

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func overriding(parts string) string {
	return fill(pricesJSON, "ID=l", `EXT=,"unitPrice":{"value":10,"currency":"USD"},"extension":[{"url":"`+own+`price-override","extension":[`+parts+`]}]`)
}

func TestOverridesThatCannotBe(t *testing.T) {
	const allowed, maximum = `{"url":"allowed","valueBoolean":true}`, `{"url":"maximum","valueMoney":{"value":12,"currency":"USD"}}`
	const percent = `{"url":"percent","valueDecimal":20}`
	for name, c := range map[string]struct{ parts, has string }{
		"neither allowed nor not": {maximum, "does not say"},
		"two bounds":              {allowed + "," + maximum + "," + percent, "one bound"},
		"a claim's reason":        {allowed + `,{"url":"reason","valueString":"x"}`, "is the claim's"},
		"too much":                {allowed + `,{"url":"percent","valueDecimal":1001}`, "out of range"},
		"another currency":        {allowed + `,{"url":"maximum","valueMoney":{"value":12,"currency":"KES"}}`, "currency"},
	} {
		t.Run(name, func(t *testing.T) {
			_, issues := compile(t, insurerJSON, facilityJSON, fill(itemJSON, "ID=i"), overriding(c.parts))
			require.Len(t, issues, 1)
			require.Contains(t, issues[0].Text, c.has)
		})
	}
	sch := complete(t, insurerJSON, facilityJSON, fill(itemJSON, "ID=i"), overriding(allowed+","+maximum))
	p, ok := sch.PriceLists("Organization/ins", "Organization/fac").Price(sch.Item(Code{"urn:reg", "A"}, at("2026-05-01")), "USD", at("2026-05-01"))
	require.True(t, ok)
	require.True(t, p.Override.HasMaximum)
	require.Equal(t, "12.00", p.Override.Maximum.String())
}
