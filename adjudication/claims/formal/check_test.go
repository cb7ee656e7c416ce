package formal_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

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
		{"repeated diagnosis", map[string]string{"diagnosis": `[{"sequence":2,"diagnosisCodeableConcept":{"text":"a"}},{"sequence":2,"diagnosisCodeableConcept":{"text":"b"}}]`}, "Claim.diagnosis[1].sequence", outcome.BusinessRule},
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
		"diagnosis": `[{"sequence":2,"diagnosisCodeableConcept":{"text":"a"}},{"sequence":2,"diagnosisCodeableConcept":{"text":"b"}}]`}))
	var at []string
	for _, i := range issues {
		at = append(at, i.Expression)
	}
	require.Equal(t, []string{"Claim.status", "Claim.diagnosis[1].sequence"}, at)
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
