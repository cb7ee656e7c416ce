package scheme

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// complex is a complex extension of "part=json" pairs, after the others of a plan.
func complex(name string, parts ...string) string {
	var subs []string
	for _, p := range parts {
		part, value, _ := strings.Cut(p, "=")
		subs = append(subs, `{"url":"`+part+`",`+value+`}`)
	}
	return `,{"url":"` + own + name + `","extension":[` + strings.Join(subs, ",") + `]}`
}

const ceiling, hundredUSD = `kind="valueCode":"ceiling"`, `amount="valueMoney":{"value":100,"currency":"USD"}`

func scopeIs(scope string) string { return `scope="valueCode":"` + scope + `"` }

func periodIs(period string) string { return `period="valueCode":"` + period + `"` }

const thirty = `days="valueUnsignedInt":30`

func TestPeriodsOfLimits(t *testing.T) {
	sch := complete(t, insurerJSON, fill(planJSON, "ID=p", "EXT="+
		complex("plan-limit", ceiling, hundredUSD, scopeIs("family"), periodIs("rolling"), thirty)+
		complex("plan-limit", ceiling, hundredUSD, scopeIs("event"))+
		complex("plan-category-limit", `category="valueCode":"surgery"`, `maxCount="valueUnsignedInt":2`, periodIs("policy-year"))+
		complex("plan-category-limit", `category="valueCode":"surgery"`, hundredUSD, `amountScope="valueCode":"policy"`, periodIs("calendar-month"))))
	p := sch.Plan("Organization/ins", "P", at("2026-05-01"))
	limits := p.Limits[len(p.Limits)-2:]
	require.Equal(t, Reckoning{Rolling, 30}, limits[0].Reckoning)
	require.Equal(t, "ceiling/family/any/rolling-30", limits[0].ID)
	require.Equal(t, "ceiling/event/any/policy", limits[1].ID)
	require.True(t, p.Counts(PerFamily))
	require.True(t, p.Counts(PerEvent))
	surgery := p.Categories[Surgery]
	require.Equal(t, Reckoning{Period: PolicyYear}, surgery.CountOver)
	require.Equal(t, PerPolicy, surgery.AmountScope)
	require.Equal(t, Reckoning{Period: CalendarMonth}, surgery.AmountOver)
	require.False(t, complete(t, insurerJSON, fill(planJSON, "ID=p", "EXT=")).Plan("Organization/ins", "P", at("2026-05-01")).Counts(PerFamily))
}

func TestPeriodsThatMeanNothingAreRefused(t *testing.T) {
	for name, c := range map[string]struct{ extension, text string }{
		"no length":          {complex("plan-limit", ceiling, hundredUSD, scopeIs("member"), periodIs("rolling")), "A rolling period has a length in days"},
		"too long":           {complex("plan-limit", ceiling, hundredUSD, scopeIs("member"), periodIs("rolling"), `days="valueUnsignedInt":1097`), "A rolling period has a length in days"},
		"days of a year":     {complex("plan-limit", ceiling, hundredUSD, scopeIs("member"), periodIs("policy-year"), thirty), "Only a rolling period has a length in days"},
		"days of nothing":    {complex("plan-limit", ceiling, hundredUSD, scopeIs("member"), thirty), "Only a rolling period has a length in days"},
		"period of a claim":  {complex("plan-limit", ceiling, hundredUSD, scopeIs("claim"), periodIs("calendar-year")), "A limit per claim or per event has no period"},
		"period of an event": {complex("plan-limit", ceiling, hundredUSD, scopeIs("event"), periodIs("rolling"), thirty), "A limit per claim or per event has no period"},
		"members of an event": {complex("plan-limit", ceiling, hundredUSD, scopeIs("event"), `extraMember="valueMoney":{"value":1,"currency":"USD"}`),
			"Only the ceiling of a policy or a family grows with its members"},
		"a category's":   {complex("plan-category-limit", `category="valueCode":"surgery"`, `maxCount="valueUnsignedInt":2`, periodIs("rolling")), "A rolling period has a length in days"},
		"a benefit's":    {complex("plan-benefit", `category="valueCode":"surgery"`, `kind="valueCode":"coinsurance"`, `percent="valueDecimal":50`, `quantityDays="valueUnsignedInt":5`), "Only a rolling period has a length in days"},
		"unknown period": {complex("plan-limit", ceiling, hundredUSD, scopeIs("member"), periodIs("week")), `Part "period" has an unknown code`},
		"unknown scope":  {complex("plan-limit", ceiling, hundredUSD, scopeIs("village")), `Part "scope" has an unknown code`},
	} {
		t.Run(name, func(t *testing.T) {
			sch, issues := compile(t, insurerJSON, fill(planJSON, "ID=p", "EXT="+c.extension))
			require.NotEmpty(t, issues)
			require.Equal(t, c.text, issues[0].Text)
			require.Nil(t, sch.Plan("Organization/ins", "P", at("2026-05-01")))
		})
	}
}
