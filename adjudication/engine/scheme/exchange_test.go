package scheme

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// rateOf is an exchange-rate extension; a part of no text is left out.
func rateOf(currency, rate, start, end string) string {
	var parts []string
	add := func(url, value string) {
		if value != "" {
			parts = append(parts, `{"url":"`+url+`","`+strings.ReplaceAll(value, "=", `":"`)+`"}`)
		}
	}
	with := func(kind, text string) string {
		if text == "" {
			return ""
		}
		return kind + "=" + text
	}
	add("currency", with("valueCode", currency))
	if rate != "" {
		parts = append(parts, `{"url":"rate","valueDecimal":`+rate+`}`)
	}
	add("start", with("valueDate", start))
	add("end", with("valueDate", end))
	return `,{"url":"` + own + `exchange-rate","extension":[` + strings.Join(parts, ",") + `]}`
}

func insurerWith(extensions string) string {
	return strings.Replace(insurerJSON, `"valueCode":"Africa/Nairobi"}`, `"valueCode":"Africa/Nairobi"}`+extensions, 1)
}

func TestRatesHoldOnTheirDays(t *testing.T) {
	i := complete(t, insurerWith(rateOf("KES", "0.0077", "2026-01-01", "2026-06-30")+rateOf("KES", "0.0080", "2026-03-01", "2026-03-31")+rateOf("EUR", "1.1", "2026-01-01", ""))).Insurer("Organization/ins")
	for day, rate := range map[string]string{"2026-01-01": "0.0077", "2026-03-01": "0.0080", "2026-03-31": "0.0080", "2026-04-01": "0.0077", "2026-06-30": "0.0077"} {
		require.Equal(t, rate, i.Rate("KES", at(day)).Rate.String(), day)
	}
	for _, day := range []string{"2025-12-31", "2026-07-01"} {
		require.Nil(t, i.Rate("KES", at(day)), day)
	}
	require.NotNil(t, i.Rate("EUR", at("2036-07-01")))
	require.Nil(t, i.Rate("EUR", 0), "no day has no rate")
}

func TestRatesThatCannotBe(t *testing.T) {
	for name, c := range map[string]struct{ extension, has string }{
		"of its own currency":   {rateOf("USD", "1", "2026-01-01", ""), "not of another currency"},
		"of none":               {rateOf("", "1", "2026-01-01", ""), "not of another currency"},
		"of nothing":            {rateOf("KES", "0", "2026-01-01", ""), "cannot be used"},
		"without a rate":        {rateOf("KES", "", "2026-01-01", ""), "cannot be used"},
		"too fine":              {rateOf("KES", "0.000000001", "2026-01-01", ""), "cannot be used"},
		"without a start":       {rateOf("KES", "1", "", "2026-01-01"), "when it holds"},
		"ends before it starts": {rateOf("KES", "1", "2026-01-02", "2026-01-01"), "when it holds"},
	} {
		t.Run(name, func(t *testing.T) {
			sch, issues := compile(t, insurerWith(c.extension))
			require.Len(t, issues, 1)
			require.Equal(t, "Organization/ins: Organization.extension[2]", issues[0].Expression)
			require.Contains(t, issues[0].Text, c.has)
			require.Nil(t, sch.Insurer("Organization/ins"))
		})
	}
	_, issues := compile(t, insurerWith(strings.Repeat(rateOf("KES", "1", "2026-01-01", ""), 2)))
	require.Len(t, issues, 1)
	require.Contains(t, issues[0].Text, "another rate from the same day")
}
