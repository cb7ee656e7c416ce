package scheme

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/adjudication/engine/day"
	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
)

func at(text string) day.Date {
	m, err := day.ParseMoment(text)
	if err != nil {
		panic(err)
	}
	return m.First(nil)
}

func docs(t testing.TB, bodies ...string) []*codec.Document {
	t.Helper()
	var all []*codec.Document
	for _, body := range bodies {
		doc, issues := codec.Parse([]byte(body), codec.Limits{})
		require.Empty(t, issues, body)
		all = append(all, doc)
	}
	return all
}

func compile(t testing.TB, bodies ...string) (*Scheme, []outcome.Issue) {
	t.Helper()
	return Compile(docs(t, bodies...))
}

// complete compiles without any issue.
func complete(t testing.TB, bodies ...string) *Scheme {
	t.Helper()
	sch, issues := compile(t, bodies...)
	require.Empty(t, issues)
	return sch
}

// fill replaces %NAME in a body: "NAME=text" pairs; what is left is removed.
func fill(body string, with ...string) string {
	for _, w := range with {
		name, text, _ := strings.Cut(w, "=")
		body = strings.ReplaceAll(body, "%"+name, text)
	}
	for _, name := range []string{"%MORE", "%EXT"} {
		body = strings.ReplaceAll(body, name, "")
	}
	return body
}

const (
	own = "https://claimwright.org/fhir/StructureDefinition/"

	insurerJSON = `{"resourceType":"Organization","id":"ins","name":"I","identifier":[{"system":"urn:org","value":"I"}],
		"type":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/organization-type","code":"ins"}]}],
		"extension":[{"url":"` + own + `currency","valueCode":"USD"},{"url":"http://hl7.org/fhir/StructureDefinition/timezone","valueCode":"Africa/Nairobi"}]}`
	facilityJSON = `{"resourceType":"Organization","id":"fac","name":"F","identifier":[{"system":"urn:org","value":"F"}],
		"type":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/organization-type","code":"prov"}]}],
		"extension":[{"url":"` + own + `facility","extension":[{"url":"level","valueCode":"H"},{"url":"careType","valueCode":"out"}]}]}`
	itemJSON = `{"resourceType":"ChargeItemDefinition","id":"%ID","url":"urn:x","status":"active","effectivePeriod":{"start":"2026-01-01","end":"2026-06-30"},
		"code":{"coding":[{"system":"urn:reg","code":"A"},{"system":"urn:alias","code":"a"}]},
		"propertyGroup":[{"priceComponent":[{"type":"surcharge","amount":{"value":9}},{"type":"base","amount":{"value":70.50,"currency":"USD"}}]}],
		"extension":[{"url":"` + own + `register-item","extension":[{"url":"kind","valueCode":"service"}%EXT]}]%MORE}`
	planJSON = `{"resourceType":"InsurancePlan","id":"%ID","status":"active","identifier":[{"system":"urn:plan","value":"P"},{"value":"ALIAS"}],
		"period":{"start":"2026-01-01","end":"2026-12-31"},"ownedBy":{"reference":"Organization/ins"}%MORE,
		"extension":[{"url":"` + own + `plan-benefit","extension":[{"url":"kind","valueCode":"coinsurance"},{"url":"percent","valueDecimal":80}]}%EXT]}`
	pricesJSON = `{"resourceType":"Contract","id":"%ID","status":"executed","type":{"coding":[{"system":"https://claimwright.org/fhir/CodeSystem/contract-type","code":"price-list"}]},
		"applies":{"start":"2026-01-01","end":"2026-12-31"},"authority":[{"reference":"Organization/ins"}],"subject":[{"identifier":{"system":"urn:org","value":"F"}}],
		"term":[{"applies":{"start":"2026-02-01"},"offer":{"text":"x"},"asset":[{"valuedItem":[{"entityCodeableConcept":{"coding":[{"system":"urn:reg","code":"A"}]}%EXT}]}]}]%MORE}`
)
