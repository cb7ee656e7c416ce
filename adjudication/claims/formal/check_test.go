package formal_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"claimwright/adjudication/claims/formal"
	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
)

// claim is a claim of one line; what is given replaces or adds members.
func claim(t require.TestingT, members map[string]string) *codec.Document {
	all := map[string]string{
		"status": `"active"`, "use": `"claim"`, "created": `"2026-03-04"`,
		"type":      `{"coding":[{"code":"professional"}]}`,
		"priority":  `{"coding":[{"code":"normal"}]}`,
		"patient":   `{"reference":"Patient/1"}`,
		"provider":  `{"reference":"Organization/1"}`,
		"insurance": `[{"sequence":1,"focal":true,"coverage":{"reference":"Coverage/1"}}]`,
		"diagnosis": `[{"sequence":1,"diagnosisCodeableConcept":{"coding":[{"code":"B54"}]}}]`,
		"item":      `[` + line(1, `"unitPrice":{"value":80,"currency":"KES"},"net":{"value":80.00,"currency":"KES"}`) + `]`,
	}
	for name, value := range members {
		all[name] = value
	}
	var b strings.Builder
	b.WriteString(`{"resourceType":"Claim"`)
	for _, name := range []string{"status", "use", "type", "created", "patient", "provider", "priority", "fundsReserve",
		"careTeam", "supportingInfo", "insurance", "diagnosis", "procedure", "item", "total"} {
		if all[name] != "" {
			fmt.Fprintf(&b, ",%q:%s", name, all[name])
		}
	}
	b.WriteString("}")
	doc, issues := codec.Parse([]byte(b.String()), codec.Limits{})
	require.Empty(t, issues)
	return doc
}

func line(sequence int, rest string) string {
	if rest != "" {
		rest = "," + rest
	}
	return fmt.Sprintf(`{"sequence":%d,"productOrService":{"coding":[{"code":"S"}]}%s}`, sequence, rest)
}

func kes(amount string) string { return `{"value":` + amount + `,"currency":"KES"}` }

func TestCheck(t *testing.T) {
	cases := []struct {
		name    string
		members map[string]string
		at      string // the element that the one issue names; empty for none
		code    string
	}{
		{"a fit claim", nil, "", ""},
		{"draft", map[string]string{"status": `"draft"`}, "Claim.status", outcome.BusinessRule},
		{"reserved funds on a claim", map[string]string{"fundsReserve": `{"coding":[{"code":"provider"}]}`}, "Claim.fundsReserve", outcome.BusinessRule},
		{"repeated detail", map[string]string{"item": "[" + line(1, `"detail":[`+line(7, "")+","+line(7, "")+"]") + "]"}, "Claim.item[0].detail[1].sequence", outcome.BusinessRule},
		{"repeated diagnosis", map[string]string{"diagnosis": `[{"sequence":2,"diagnosisCodeableConcept":{"text":"a"}},{"sequence":2,"diagnosisCodeableConcept":{"text":"b"}}]`}, "Claim.diagnosis[1].sequence", outcome.BusinessRule},
		{"net is the sum of the details", map[string]string{"item": "[" + line(1, `"net":`+kes("15")+`,"detail":[`+line(1, `"net":`+kes("10"))+","+line(2, `"unitPrice":`+kes("5"))+"]") + "]"}, "", ""},
		{"net is not the sum of the details", map[string]string{"item": "[" + line(1, `"net":`+kes("16")+`,"detail":[`+line(1, `"net":`+kes("10"))+","+line(2, `"net":`+kes("5"))+"]") + "]"}, "Claim.item[0].net", outcome.BusinessRule},
		{"detail is not the sum of its parts", map[string]string{"item": "[" + line(1, `"detail":[`+line(1, `"net":`+kes("10")+`,"subDetail":[`+line(1, `"net":`+kes("4"))+"]")+"]") + "]"}, "Claim.item[0].detail[0].net", outcome.BusinessRule},
		{"net of a detail is not the product", map[string]string{"item": "[" + line(1, `"detail":[`+line(1, `"quantity":{"value":3},"unitPrice":`+kes("10.10")+`,"factor":2,"net":`+kes("60.00"))+"]") + "]"}, "Claim.item[0].detail[0].net", outcome.BusinessRule},
		{"net of another currency than the details", map[string]string{"item": "[" + line(1, `"net":{"value":10,"currency":"USD"},"detail":[`+line(1, `"unitPrice":`+kes("10"))+"]") + "]"}, "Claim.item[0].net", outcome.BusinessRule},
		{"rounded net", map[string]string{"item": "[" + line(1, `"detail":[`+line(1, `"quantity":{"value":3},"unitPrice":`+kes("0.333")+`,"net":`+kes("1.00"))+"]") + "]"}, "", ""},
		{"a number too long to reckon with", map[string]string{"item": "[" + line(1, `"detail":[`+line(1, `"unitPrice":`+kes("1234567890123456789012"))+"]") + "]"}, "Claim.item[0].detail[0].unitPrice.value", outcome.Value},
		{"a detail without an amount leaves the sum unknown", map[string]string{"item": "[" + line(1, `"net":`+kes("16")+`,"detail":[`+line(1, `"net":`+kes("10"))+","+line(2, "")+"]") + "]"}, "", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			issues := formal.Check(claim(t, c.members))
			if c.at == "" {
				require.Empty(t, issues)
				return
			}
			require.Len(t, issues, 1)
			require.Equal(t, c.at, issues[0].Expression)
			require.Equal(t, c.code, issues[0].Code)
			require.NotEmpty(t, issues[0].Text)
		})
	}
}

func TestAllProblemsAreTold(t *testing.T) {
	issues := formal.Check(claim(t, map[string]string{"status": `"draft"`,
		"item": "[" + line(1, `"net":`+kes("5")+`,"detail":[`+line(1, `"net":`+kes("2"))+","+line(1, `"net":`+kes("2"))+"]") + "]"}))
	var at []string
	for _, i := range issues {
		at = append(at, i.Expression)
	}
	require.Equal(t, []string{"Claim.status", "Claim.item[0].detail[1].sequence", "Claim.item[0].net"}, at)
}

func TestLongListsAreCheckedToo(t *testing.T) {
	var list []string
	for i := range 40 {
		list = append(list, fmt.Sprintf(`{"sequence":%d,"diagnosisCodeableConcept":{"text":"a"}}`, i%39+1))
	}
	issues := formal.Check(claim(t, map[string]string{"diagnosis": "[" + strings.Join(list, ",") + "]"}))
	require.Len(t, issues, 1)
	require.Equal(t, "Claim.diagnosis[39].sequence", issues[0].Expression)
}

// TestSumOfDetails: the sum of details computed from quantity and price is accepted as the net, and one cent more is not.
func TestSumOfDetails(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var details []string
		cents := 0
		for i := range rapid.IntRange(1, 40).Draw(t, "details") {
			quantity, price := rapid.IntRange(1, 50).Draw(t, "quantity"), rapid.IntRange(0, 99_999).Draw(t, "price")
			cents += quantity * price
			details = append(details, line(i+1, fmt.Sprintf(`"quantity":{"value":%d},"unitPrice":%s`, quantity,
				kes(fmt.Sprintf("%d.%02d", price/100, price%100)))))
		}
		item := func(cents int) string {
			return "[" + line(1, `"net":`+kes(fmt.Sprintf("%d.%02d", cents/100, cents%100))+`,"detail":[`+strings.Join(details, ",")+"]") + "]"
		}
		require.Empty(t, formal.Check(claim(t, map[string]string{"item": item(cents)})))
		require.Len(t, formal.Check(claim(t, map[string]string{"item": item(cents + 1)})), 1)
	})
}
