package scheme

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func priced(components string) string {
	return strings.Replace(fill(itemJSON, "ID=i"), `{"type":"surcharge","amount":{"value":9}}`, components, 1)
}

func TestPriceComponentsThatCannotBe(t *testing.T) {
	const code = `"code":{"coding":[{"system":"urn:mod","code":"50"}]}`
	for name, c := range map[string]struct{ components, at, has string }{
		"tax as an amount":        {`{"type":"tax","amount":{"value":9,"currency":"USD"}}`, "[0]", "share of the price"},
		"negative tax":            {`{"type":"tax","factor":-0.1}`, "[0].factor", "cannot be used"},
		"a factor of many":        {`{"type":"tax","factor":0.1234567}`, "[0].factor", "factor cannot be used"},
		"share and amount":        {`{"type":"surcharge",` + code + `,"factor":1,"amount":{"value":9,"currency":"USD"}}`, "[0]", "by a share or by an amount"},
		"neither":                 {`{"type":"surcharge",` + code + `}`, "[0]", "by a share or by an amount"},
		"more than everything":    {`{"type":"discount",` + code + `,"factor":1.5}`, "[0].factor", "More than the price"},
		"the same modifier again": {`{"type":"discount",` + code + `,"factor":0.5},{"type":"surcharge",` + code + `,"factor":0.5}`, "[1]", "given twice"},
	} {
		t.Run(name, func(t *testing.T) {
			sch, issues := compile(t, priced(c.components))
			require.Len(t, issues, 1)
			require.Equal(t, "ChargeItemDefinition/i: ChargeItemDefinition.propertyGroup[0].priceComponent"+c.at, issues[0].Expression)
			require.Contains(t, issues[0].Text, c.has)
			require.Nil(t, sch.Item(Code{"urn:reg", "A"}, at("2026-03-01")))
		})
	}
	t.Run("a condition", func(t *testing.T) {
		body := strings.Replace(priced(`{"type":"tax","factor":0.1}`), `"propertyGroup":[{`, `"propertyGroup":[{"applicability":[{"language":"text/cql","expression":"true"}],`, 1)
		_, issues := compile(t, body)
		require.Len(t, issues, 1)
		require.Contains(t, issues[0].Text, "conditions")
	})
}

func TestAModifierHasAnyOfItsCodes(t *testing.T) {
	sch := complete(t, priced(`{"type":"deduction","code":{"coding":[{"system":"urn:mod","code":"50"},{"system":"urn:other","code":"x"}]},"amount":{"value":9,"currency":"USD"}}`))
	item := sch.Item(Code{"urn:reg", "A"}, at("2026-03-01"))
	require.NotNil(t, item.Modifier([]Code{{"urn:none", "n"}, {"urn:other", "x"}}, "USD"))
	require.Nil(t, item.Modifier([]Code{{"urn:other", "x"}}, "KES"))
	require.Nil(t, item.Modifier(nil, "USD"))
	require.Equal(t, "70.50", item.Base.String(), "the base price is found after other components")
	require.Equal(t, "deduction", item.Modifiers[0].Type.String())
}
