package scheme

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
	"claimwright/testdata/sandbox"
)

func TestOrganizationsAreFoundByKeyAndIdentifier(t *testing.T) {
	sch := complete(t, facilityJSON, insurerJSON)
	i := sch.Insurer("Organization/ins")
	require.Equal(t, "USD", i.Currency)
	require.EqualValues(t, 2, i.Digits)
	require.Equal(t, "Africa/Nairobi", i.Zone.String())
	f := sch.Facility("Organization/fac")
	require.Equal(t, Hospital, f.Level)
	require.Equal(t, OutPatientCare, f.Care)
	require.Nil(t, sch.Insurer("Organization/fac"))
	require.Nil(t, sch.Facility("Organization/ins"))
	require.Equal(t, []string{"Organization/fac"}, sch.Organizations(Code{"urn:org", "F"}))
	require.Empty(t, sch.Organizations(Code{"urn:org", "X"}))
}

func TestInactiveOrganizationsAreNotThere(t *testing.T) {
	sch := complete(t, strings.Replace(insurerJSON, `"id":"ins"`, `"id":"ins","active":false`, 1))
	require.Nil(t, sch.Insurer("Organization/ins"))
}

func TestItemsAreFoundByAnyCodeOnTheDay(t *testing.T) {
	second := strings.ReplaceAll(fill(itemJSON, "ID=two"), `"start":"2026-01-01","end":"2026-06-30"`, `"start":"2026-07-01"`)
	sch := complete(t, fill(itemJSON, "ID=one"), second)
	for day, key := range map[string]string{"2026-01-01": "ChargeItemDefinition/one", "2026-06-30": "ChargeItemDefinition/one", "2026-07-01": "ChargeItemDefinition/two"} {
		require.Equal(t, key, sch.Item(Code{"urn:reg", "A"}, at(day)).Key)
		require.Equal(t, key, sch.Item(Code{"urn:alias", "a"}, at(day)).Key)
	}
	require.Nil(t, sch.Item(Code{"urn:reg", "A"}, at("2025-12-31")))
	require.Nil(t, sch.Item(Code{"urn:reg", "a"}, at("2026-01-01")))
	one := sch.Item(Code{"urn:alias", "a"}, at("2026-01-01"))
	require.Equal(t, "urn:reg|A", one.ID, "identity is the first code")
	require.Equal(t, "70.50", one.Base.String())
}

func TestRetiredDefinitionsHoldUntilTheirEnd(t *testing.T) {
	sch := complete(t, strings.Replace(fill(itemJSON, "ID=one"), `"active"`, `"retired"`, 1))
	require.NotNil(t, sch.Item(Code{"urn:reg", "A"}, at("2026-06-30")))
	endless := strings.Replace(strings.Replace(fill(itemJSON, "ID=one"), `"active"`, `"retired"`, 1), `,"end":"2026-06-30"`, "", 1)
	sch, issues := compile(t, endless)
	require.Equal(t, outcome.Warning, issues[0].Severity)
	require.Nil(t, sch.Item(Code{"urn:reg", "A"}, at("2026-06-30")))
	require.Nil(t, complete(t, strings.Replace(fill(itemJSON, "ID=one"), `"active"`, `"draft"`, 1)).Item(Code{"urn:reg", "A"}, at("2026-06-30")))
}

func TestPlansAreFoundByAnyIdentifierOnTheDay(t *testing.T) {
	next := strings.ReplaceAll(fill(planJSON, "ID=next"), `"start":"2026-01-01","end":"2026-12-31"`, `"start":"2027-01-01"`)
	sch := complete(t, insurerJSON, fill(planJSON, "ID=now"), next)
	for day, key := range map[string]string{"2026-12-31": "InsurancePlan/now", "2027-01-01": "InsurancePlan/next"} {
		require.Equal(t, key, sch.Plan("Organization/ins", "P", at(day)).Key)
		require.Equal(t, key, sch.Plan("Organization/ins", "ALIAS", at(day)).Key)
	}
	require.Nil(t, sch.Plan("Organization/ins", "P", at("2025-12-31")))
	require.Nil(t, sch.Plan("Organization/other", "P", at("2026-12-31")))
}

func TestSettingsHaveTheirDefaults(t *testing.T) {
	p := complete(t, insurerJSON, fill(planJSON, "ID=p")).Plan("Organization/ins", "P", at("2026-05-01"))
	require.Equal(t, Settings{AdultAge: 18, StrictCare: true, AuthorizationDays: 30, AuthorizationGrace: 30}, p.Settings)
	require.Equal(t, "benefit/all", p.benefits.all[0].ID)
}

// Each of these leaves one resource out and says why.
func TestCompileNamesWhatItLeavesOut(t *testing.T) {
	sub := func(name string, parts ...string) string {
		return `,{"url":"` + own + name + `","extension":[` + strings.Join(parts, ",") + `]}`
	}
	code := func(url, code string) string { return `{"url":"` + url + `","valueCode":"` + code + `"}` }
	dollars := func(url, value string) string {
		return `{"url":"` + url + `","valueMoney":{"value":` + value + `,"currency":"USD"}}`
	}
	limit := sub("plan-limit", code("kind", "ceiling"), code("scope", "claim"), dollars("amount", "5"))
	for name, c := range map[string]struct {
		bodies          []string
		expression, has string
	}{
		"insurer without currency":  {[]string{strings.Replace(insurerJSON, own+"currency", own+"other", 1)}, "Organization/ins: Organization", "no currency"},
		"unknown time zone":         {[]string{strings.Replace(insurerJSON, "Africa/Nairobi", "Mars/Base", 1)}, "Organization/ins: Organization.extension[1]", "time zone"},
		"unknown level":             {[]string{strings.Replace(facilityJSON, `"H"`, `"X"`, 1)}, "Organization/fac: Organization.extension[0].extension[0].value", "unknown code"},
		"misspelt part":             {[]string{fill(itemJSON, "ID=i", `EXT=,`+code("sexx", "male"))}, "ChargeItemDefinition/i: ChargeItemDefinition.extension[0].extension[1]", "no such part"},
		"part twice":                {[]string{fill(itemJSON, "ID=i", `EXT=,`+code("kind", "item"))}, "ChargeItemDefinition/i: ChargeItemDefinition.extension[0].extension[1]", "given twice"},
		"part of the wrong type":    {[]string{fill(itemJSON, "ID=i", `EXT=,{"url":"frequencyDays","valueString":"7"}`)}, "ChargeItemDefinition/i: ChargeItemDefinition.extension[0].extension[1].value", "wrong type"},
		"count without a period":    {[]string{fill(itemJSON, "ID=i", `EXT=,{"url":"frequencyCount","valueUnsignedInt":7}`)}, "ChargeItemDefinition/i: ChargeItemDefinition.extension[0]", "period"},
		"item without a code":       {[]string{strings.Replace(fill(itemJSON, "ID=i"), `"coding":[{"system":"urn:reg","code":"A"},{"system":"urn:alias","code":"a"}]`, `"text":"x"`, 1)}, "ChargeItemDefinition/i: ChargeItemDefinition", "no code"},
		"overlapping items":         {[]string{fill(itemJSON, "ID=i"), fill(itemJSON, "ID=j")}, "ChargeItemDefinition/j: ChargeItemDefinition.effectivePeriod", "another version"},
		"plan of nobody":            {[]string{fill(planJSON, "ID=p")}, "InsurancePlan/p: InsurancePlan", "not owned"},
		"overlapping plans":         {[]string{insurerJSON, fill(planJSON, "ID=p"), fill(planJSON, "ID=q")}, "InsurancePlan/q: InsurancePlan.period", "another version"},
		"two benefits for all":      {[]string{insurerJSON, fill(planJSON, "ID=p", "EXT="+sub("plan-benefit", code("kind", "fixed"), dollars("amount", "5")))}, "InsurancePlan/p: InsurancePlan.extension[1]", "two benefits"},
		"fixed without amount":      {[]string{insurerJSON, fill(planJSON, "ID=p", "EXT="+sub("plan-benefit", code("kind", "fixed"), code("category", "surgery")))}, "InsurancePlan/p: InsurancePlan.extension[1]", "fixed benefit"},
		"unknown kind of benefit":   {[]string{insurerJSON, fill(planJSON, "ID=p", "EXT="+sub("plan-benefit", code("kind", "gift"), code("category", "surgery")))}, "InsurancePlan/p: InsurancePlan.extension[1]", "kind is not known"},
		"more than everything":      {[]string{insurerJSON, strings.Replace(fill(planJSON, "ID=p"), `"valueDecimal":80`, `"valueDecimal":101`, 1)}, "InsurancePlan/p: InsurancePlan.extension[0]", "More than everything"},
		"limit without amount":      {[]string{insurerJSON, fill(planJSON, "ID=p", "EXT="+sub("plan-limit", code("kind", "ceiling"), code("scope", "claim")))}, "InsurancePlan/p: InsurancePlan.extension[1]", "not complete"},
		"two limits alike":          {[]string{insurerJSON, fill(planJSON, "ID=p", "EXT="+limit+limit)}, "InsurancePlan/p: InsurancePlan.extension[2]", "same id"},
		"limit in cents of a cent":  {[]string{insurerJSON, fill(planJSON, "ID=p", "EXT="+strings.Replace(limit, ":5,", ":5.001,", 1))}, "InsurancePlan/p: InsurancePlan.extension[1].extension[2].value", "more digits"},
		"limit in another currency": {[]string{insurerJSON, fill(planJSON, "ID=p", "EXT="+strings.Replace(limit, "USD", "KES", 1))}, "InsurancePlan/p: InsurancePlan.extension[1].extension[2].value", "currency"},
		"a growing claim ceiling":   {[]string{insurerJSON, fill(planJSON, "ID=p", "EXT="+sub("plan-limit", code("kind", "ceiling"), code("scope", "claim"), dollars("amount", "5"), dollars("extraMember", "1")))}, "InsurancePlan/p: InsurancePlan.extension[1]", "grows with its members"},
		"a category twice":          {[]string{insurerJSON, fill(planJSON, "ID=p", "EXT="+strings.Repeat(sub("plan-category-limit", code("category", "visit"), dollars("amount", "5")), 2))}, "InsurancePlan/p: InsurancePlan.extension[2]", "twice"},
		"colon in an id":            {[]string{insurerJSON, fill(planJSON, "ID=p", "EXT="+sub("plan-limit", `{"url":"id","valueString":"a:b"}`, code("kind", "ceiling"), code("scope", "claim"), dollars("amount", "5")))}, "InsurancePlan/p: InsurancePlan.extension[1]", "cannot be used"},
		"a member's total":          {[]string{insurerJSON, fill(planJSON, "ID=p", "EXT="+sub("plan-authorization", dollars("above", "5"), code("scope", "member")))}, "InsurancePlan/p: InsurancePlan.extension[1]", "No total of this scope"},
		"prices of nobody":          {[]string{facilityJSON, fill(pricesJSON, "ID=l")}, "Contract/l: Contract.authority[0]", "not a known insurer"},
		"prices for nobody":         {[]string{insurerJSON, fill(pricesJSON, "ID=l")}, "Contract/l: Contract.subject[0]", "not a known facility"},
		"price in another currency": {[]string{insurerJSON, facilityJSON, fill(pricesJSON, "ID=l", `EXT=,"unitPrice":{"value":1,"currency":"KES"}`)}, "Contract/l: Contract.term[0].asset[0].valuedItem[0].unitPrice", "currency"},
		"negative price":            {[]string{insurerJSON, facilityJSON, fill(pricesJSON, "ID=l", `EXT=,"unitPrice":{"value":-1}`)}, "Contract/l: Contract.term[0].asset[0].valuedItem[0].unitPrice.value", "cannot be used"},
	} {
		t.Run(name, func(t *testing.T) {
			_, issues := compile(t, c.bodies...)
			require.Len(t, issues, 1)
			require.Equal(t, c.expression, issues[0].Expression)
			require.Contains(t, issues[0].Text, c.has)
			require.Equal(t, outcome.Failure, issues[0].Severity)
		})
	}
}

func TestAnInsurerWithoutATimeZoneIsInUTC(t *testing.T) {
	sch, issues := compile(t, strings.Replace(insurerJSON, "http://hl7.org/fhir/StructureDefinition/timezone", "urn:other", 1))
	require.Equal(t, outcome.Warning, issues[0].Severity)
	require.Equal(t, "UTC", sch.Insurer("Organization/ins").Zone.String())
}

func TestDigestIsOfTheContentNotOfItsOrder(t *testing.T) {
	a := complete(t, insurerJSON, facilityJSON, fill(itemJSON, "ID=i"))
	require.Equal(t, a.Digest(), complete(t, fill(itemJSON, "ID=i"), facilityJSON, insurerJSON).Digest())
	require.NotEqual(t, a.Digest(), complete(t, insurerJSON, facilityJSON, fill(itemJSON, "ID=j")).Digest())
	require.Equal(t, a.Digest(), complete(t, insurerJSON, facilityJSON, fill(itemJSON, "ID=i"), `{"resourceType":"Patient","id":"p"}`,
		`{"resourceType":"Organization","id":"employer","name":"x"}`,
		`{"resourceType":"Contract","id":"policy","status":"executed"}`).Digest(), "what is no part of the scheme does not matter")
}

func TestSandboxCompiles(t *testing.T) {
	var all []*codec.Document
	for _, file := range []string{"organizations.json", "register.json", "plans.json", "price-lists.json"} {
		body, err := sandbox.Files.ReadFile(file)
		require.NoError(t, err)
		bundle := docs(t, string(body))[0]
		for entry := range bundle.Root().Field("entry").Each() {
			all = append(all, bundle.Extract(entry.Field("resource")))
		}
	}
	sch, issues := Compile(all)
	require.Empty(t, issues)
	require.NotNil(t, sch.Plan("Organization/umoja", "GOLD", at("2026-05-01")))
}
