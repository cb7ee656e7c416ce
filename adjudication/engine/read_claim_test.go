package engine

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/adjudication/engine/scheme"
	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
)

// claimWith is a claim of one line, with further elements for the claim and for the line.
func claimWith(claim, line string) string {
	if !strings.Contains(claim, `"insurance"`) {
		claim += `"insurance":[{"sequence":1,"focal":true,"coverage":{"reference":"Coverage/k"}}],`
	}
	return `{"resourceType":"Claim","status":"active",` + claim + `"type":{"text":"x"},"use":"claim","patient":{"reference":"Patient/m"},
		"created":"2026-05-11","provider":{"reference":"Organization/fac"},"priority":{"text":"normal"},
		"item":[{"sequence":1,"productOrService":{"coding":[{"code":"A"}]}` + line + `}]}`
}

func TestReadClaimNamesWhatDoesNotAddUp(t *testing.T) {
	const second = `},{"sequence":1,"productOrService":{"text":"B"}`
	for name, c := range map[string]struct{ claim, line, code, expression, found, expected string }{
		"net":                      {"", `,"quantity":{"value":3},"unitPrice":{"value":5},"net":{"value":14}`, outcome.BusinessRule, "Claim.item[0].net", "14", "15.00"},
		"net with a factor":        {"", `,"unitPrice":{"value":5},"factor":2,"net":{"value":5}`, outcome.BusinessRule, "Claim.item[0].net", "5", "10.00"},
		"digits of the currency":   {"", `,"net":{"value":5.5,"currency":"JPY"}`, outcome.Value, "Claim.item[0].net", "5.5", "0 digits behind the point"},
		"two currencies":           {"", `,"unitPrice":{"value":5,"currency":"USD"},"net":{"value":5,"currency":"KES"}`, outcome.Value, "Claim.item[0].net", "KES", "USD"},
		"negative price":           {"", `,"unitPrice":{"value":-5}`, outcome.Value, "Claim.item[0].unitPrice.value", "-5", "0 or more"},
		"no quantity":              {"", `,"quantity":{"value":0}`, outcome.Value, "Claim.item[0].quantity.value", "0", "more than 0, with at most 6 digits behind the point"},
		"too fine a quantity":      {"", `,"quantity":{"value":0.0000001}`, outcome.Value, "Claim.item[0].quantity.value", "0.0000001", "more than 0, with at most 6 digits behind the point"},
		"negative factor":          {"", `,"factor":-1`, outcome.Value, "Claim.item[0].factor", "-1", "0 or more"},
		"too many digits":          {"", `,"quantity":{"value":1234567890123456789}`, outcome.Value, "Claim.item[0].quantity.value", "1234567890123456789", "a number with at most 18 digits"},
		"too large a product":      {"", `,"quantity":{"value":1e16},"unitPrice":{"value":1e16}`, outcome.Value, "Claim.item[0]", "", "an amount of at most 18 digits"},
		"total":                    {`"total":{"value":9},`, `,"net":{"value":5}`, outcome.BusinessRule, "Claim.total", "9", "5"},
		"same sequence":            {"", second, outcome.BusinessRule, "Claim.item[1].sequence", "1", "a sequence of its own for each"},
		"no focal":                 {`"insurance":[{"sequence":1,"focal":false,"coverage":{"reference":"Coverage/k"}}],`, "", outcome.BusinessRule, "Claim.insurance", "0 focal", "exactly one with focal true"},
		"answer to the focal":      {`"insurance":[{"sequence":1,"focal":true,"coverage":{"reference":"Coverage/k"},"claimResponse":{"reference":"ClaimResponse/1"}}],`, "", outcome.BusinessRule, "Claim.insurance[0].claimResponse", "claimResponse", "none where focal is true"},
		"a stay backwards":         {`"billablePeriod":{"start":"2026-05-05","end":"2026-05-01"},`, "", outcome.BusinessRule, "Claim.billablePeriod", "2026-05-05 to 2026-05-01", "a start that is not after the end"},
		"a line backwards":         {"", `,"servicedPeriod":{"start":"2026-05-05T09:00:00Z","end":"2026-05-05T11:59:00+03:00"}`, outcome.BusinessRule, "Claim.item[0].serviced", "2026-05-05T09:00:00Z to 2026-05-05T11:59:00+03:00", "a start that is not after the end"},
		"diagnosis out of nowhere": {"", `,"diagnosisSequence":[3]`, outcome.BusinessRule, "Claim.item[0].diagnosisSequence[0]", "3", "the sequence of a diagnosis"},
		"visit type": {`"supportingInfo":[{"sequence":1,"category":{"coding":[{"system":"https://claimwright.org/fhir/CodeSystem/claim-information","code":"visit-type"}]},"code":{"coding":[{"code":"picnic"}]}}],`, "",
			outcome.CodeInvalid, "Claim.supportingInfo[0]", "picnic", "code emergency, referral or other"},
	} {
		t.Run(name, func(t *testing.T) {
			doc, issues := codec.Parse([]byte(claimWith(c.claim, c.line)), codec.Limits{})
			require.Empty(t, issues)
			claim, issues := ReadClaim(doc)
			require.Nil(t, claim)
			require.Len(t, issues, 1)
			got := issues[0]
			require.Equal(t, []string{c.code, c.expression, c.found, c.expected}, []string{got.Code, got.Expression, got.Found, got.Expected})
			require.Equal(t, outcome.Failure, got.Severity)
		})
	}
}

func TestReadClaimAcceptsWhatAddsUp(t *testing.T) {
	for name, line := range map[string]string{
		"rounded net":          `,"quantity":{"value":3},"unitPrice":{"value":0.333,"currency":"USD"},"net":{"value":1.00,"currency":"USD"}`,
		"net of details":       `,"unitPrice":{"value":1},"net":{"value":9},"detail":[{"sequence":1,"productOrService":{"text":"d"},"net":{"value":9}}]`,
		"a night elsewhere":    `,"servicedPeriod":{"start":"2026-05-05T23:30:00-03:00","end":"2026-05-05"}`,
		"some day of May":      `,"servicedPeriod":{"start":"2026-05-05","end":"2026-05"}`,
		"a diagnosis":          `,"diagnosisSequence":[1]`,
		"no amounts whatever":  ``,
		"nets without a price": `,"quantity":{"value":3},"net":{"value":5}`,
	} {
		t.Run(name, func(t *testing.T) {
			body := claimWith(`"diagnosis":[{"sequence":1,"diagnosisCodeableConcept":{"text":"x"}}],`, line)
			doc, issues := codec.Parse([]byte(body), codec.Limits{})
			require.Empty(t, issues)
			_, issues = ReadClaim(doc)
			require.Empty(t, issues)
		})
	}
}

func TestReadClaimOfOtherResources(t *testing.T) {
	doc, issues := codec.Parse([]byte(`{"resourceType":"Patient"}`), codec.Limits{})
	require.Empty(t, issues)
	_, issues = ReadClaim(doc)
	require.Equal(t, outcome.Invalid, issues[0].Code)

	doc, issues = codec.Parse([]byte(strings.Replace(claimWith("", ""), `"item"`, `"_x"`, 1)), codec.Limits{})
	require.NotEmpty(t, issues)
	require.Nil(t, doc)
}

func TestReferencesOfOtherServersAreNotOurs(t *testing.T) {
	for literal, key := range map[string]string{
		"Organization/x":                                "Organization/x",
		"Organization/x/_history/2":                     "Organization/x",
		"https://other.example/fhir/Organization/x":     "",
		"urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0": "",
	} {
		require.Equal(t, key, scheme.LocalKey(literal), literal)
	}
}

func FuzzReadClaim(f *testing.F) {
	f.Add([]byte(claimWith("", `,"unitPrice":{"value":5},"quantity":{"value":1e3},"servicedPeriod":{"start":"2026-05","end":"2026-05-04T10:00:00+03:00"}`)))
	f.Add([]byte(claimWith(`"billablePeriod":{"end":"2026"},"total":{"value":1e-9},`, second2)))
	f.Add([]byte(claimWith(reimbursing+`"total":{"value":9,"currency":"EUR"},`, ","+details(part(1, "A", modified("50")+","+net("4")), part(2, "B", subDetails(part(7, "C", priceIn("EUR", "2", "3")+","+because("x"))))))))
	f.Fuzz(func(t *testing.T, body []byte) {
		doc, issues := codec.Parse(body, codec.Limits{})
		if len(issues) > 0 {
			return
		}
		claim, issues := ReadClaim(doc)
		require.Equal(t, claim == nil, len(issues) > 0)
		if claim == nil {
			return
		}
		fix := exchanging(t)
		fix.register["A"], fix.register["B"] = "package=fixed part=C*2", "includes=C"
		fix.components["A"] = component("surcharge", "50", `"factor":0.5`) + component("tax", "", `"factor":0.16`)
		fix.line("A", "1", "1")
		c := fix.makeCase()
		c.Claim = claim
		d := Decide(c)
		require.Equal(t, d.Outcome == Failed, len(d.Faults) > 0)
	})
}

const second2 = `},{"sequence":2,"productOrService":{"coding":[{"system":"urn:reg","code":"A"}]},"net":{"value":5.10,"currency":"USD"},"servicedDate":"2026-05-10"`
