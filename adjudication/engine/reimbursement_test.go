package engine

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/adjudication/engine/money"
)

// reimbursing makes of a claim one by the member.
const reimbursing = `"type":{"text":"x"},"payee":{"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/payeetype","code":"subscriber"}]}},`

// receipt is supportingInfo of our category receipt; value is its value[x].
func receipt(value string) string {
	return `"supportingInfo":[{"sequence":1,"category":{"coding":[{"system":"https://claimwright.org/fhir/CodeSystem/claim-information","code":"receipt"}]}` + value + `}],`
}

// tariffOf is a reimbursement tariff with one price; subject is the facility, if it is for one.
func tariffOf(id, code, price, subject string) string {
	if subject != "" {
		subject = `"subject":[{"reference":"Organization/` + subject + `"}],`
	}
	return fmt.Sprintf(`{"resourceType":"Contract","id":%q,"status":"executed","authority":[{"reference":"Organization/ins"}],%s
		"type":{"coding":[{"system":"https://claimwright.org/fhir/CodeSystem/contract-type","code":"reimbursement-tariff"}]},
		"term":[{"offer":{"text":"x"},"asset":[{"valuedItem":[{"entityCodeableConcept":{"coding":[{"system":"urn:reg","code":%q}]},"unitPrice":{"value":%s,"currency":"USD"}}]}]}]}`, id, subject, code, price)
}

func TestATariffCountsWhereTheFacilityHasNoPrice(t *testing.T) {
	const note = "The facility has not agreed on a price; the reimbursement tariff counts (Contract/any)."
	for name, c := range map[string]struct {
		payee, price string
		tariff       []string
		paid, denied string
		list, note   string
	}{
		"the facility's own price":    {reimbursing, "100", []string{tariffOf("any", "A", "60", "")}, "100.00", "", "Contract/prices", ""},
		"a tariff for any facility":   {reimbursing, "-", []string{tariffOf("any", "A", "60", "")}, "60.00", "", "Contract/any", note},
		"one for the facility first":  {reimbursing, "-", []string{tariffOf("any", "A", "60", ""), tariffOf("own", "A", "70", "fac")}, "70.00", "", "Contract/own", ""},
		"one for another facility":    {reimbursing, "-", []string{tariffOf("other", "A", "60", "fac2")}, "0.00", "not-in-price-list", "", ""},
		"of another service":          {reimbursing, "-", []string{tariffOf("any", "B", "60", "")}, "0.00", "not-in-price-list", "", ""},
		"not for the provider's bill": {"", "-", []string{tariffOf("any", "A", "60", "")}, "0.00", "not-in-price-list", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			f.claim, f.prices["A"], f.tariff = c.payee, c.price, c.tariff
			if name == "one for another facility" {
				f.tariff = append(f.tariff, `{"resourceType":"Organization","id":"fac2","name":"F2","type":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/organization-type","code":"prov"}]}]}`)
			}
			d := f.line("A", "1", "150").decide()
			require.Equal(t, []string{c.paid}, paid(d))
			require.Equal(t, []string{c.denied}, denied(d))
			require.Equal(t, c.list, d.Lines[0].Price.List.Key)
			if c.note != "" {
				require.Contains(t, d.Notes, c.note)
			}
			checkSums(t, d)
		})
	}
}

func TestAMemberWhoHasPaidBearsWhatIsCut(t *testing.T) {
	f := newFixture(t)
	f.register["B"], f.register["C"], f.register["D"] = "sex=male", "includes=A", "package=fixed part=A*1"
	f.line("A", "2", "150").line("B", "1", "30").line("D", "1", "40").line("Z", "1", "50")
	provider := f.decide()
	require.Equal(t, "220.00", provider.Totals.ProviderBears.String())
	f.claim = reimbursing
	member := f.decide()
	require.True(t, member.Totals.ProviderBears.IsZero())
	require.Equal(t, provider.Totals.ProviderBears.Add(provider.Totals.MemberBears), member.Totals.MemberBears)
	require.Equal(t, paid(provider), paid(member))
	for i := range member.Lines {
		for _, c := range member.Lines[i].Cuts {
			require.Equal(t, ByMember, c.Bearer)
		}
	}
}

func TestNoMemberIsPaidMoreThanHePaid(t *testing.T) {
	for _, profile := range profiles {
		f := newFixture(t)
		f.plan, f.claim = []string{"plan-settings profile=" + profile}, reimbursing
		k := f.line("A", "1", "30").line("B", "1", "30").makeCase()
		require.Equal(t, []string{"30.00", "30.00"}, paid(Decide(k)), profile)
		k.Review = &ReviewResult{Lines: []LineReview{{Sequence: 2, Unit: money.Whole(90), HasUnit: true}}}
		d := Decide(k)
		require.Empty(t, d.Faults)
		require.Equal(t, []string{"30.00", "30.00"}, paid(d), profile)
	}
}

func TestAReceiptMayBeRequired(t *testing.T) {
	for name, c := range map[string]struct{ claim, settings, denied string }{
		"none":                     {reimbursing, "receiptRequired=true", "receipt-missing"},
		"attached":                 {reimbursing + receipt(`,"valueAttachment":{"contentType":"application/pdf","url":"Binary/1"}`), "receiptRequired=true", ""},
		"referred to":              {reimbursing + receipt(`,"valueReference":{"reference":"DocumentReference/1"}`), "receiptRequired=true", ""},
		"a number":                 {reimbursing + receipt(`,"valueString":"R-17"`), "receiptRequired=true", ""},
		"without a value":          {reimbursing + receipt(``), "receiptRequired=true", "receipt-missing"},
		"not required":             {reimbursing, "receiptRequired=false", ""},
		"of the provider's bill":   {"", "receiptRequired=true", ""},
		"of somebody else's payee": {`"type":{"text":"x"},"payee":{"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/payeetype","code":"other"}]}},`, "receiptRequired=true", ""},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			f.plan, f.claim = []string{"plan-settings " + c.settings}, c.claim
			d := f.line("A", "1", "100").decide()
			require.Equal(t, []string{c.denied}, denied(d))
			if c.denied != "" {
				require.Equal(t, "100.00", d.Totals.MemberBears.String())
			}
		})
	}
}
