package engine

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestDiagnosesAreHeldAgainstTheList(t *testing.T) {
	const list = `{"resourceType":"ValueSet","url":"urn:list","status":"active","compose":{"include":[
		{"system":"urn:icd","filter":[{"property":"concept","op":"is-a","value":"A0"}]},{"system":"urn:other","concept":[{"code":"x"}]}]}}`
	for name, c := range map[string]struct {
		diagnoses []string // by sequence from 1
		pointers  string
		want      string
	}{
		"listed":                          {[]string{"urn:icd|A09"}, "", ""},
		"not listed":                      {[]string{"urn:icd|B09"}, "", "diagnosis-not-listed"},
		"no diagnosis":                    {nil, "", "diagnosis-not-listed"},
		"no code":                         {[]string{""}, "", "diagnosis-not-listed"},
		"another system":                  {[]string{"urn:x|A09"}, "", "diagnosis-not-listed"},
		"one of the claim's":              {[]string{"urn:icd|B09", "urn:icd|A00.1"}, "", ""},
		"one of several codings":          {[]string{"urn:icd|B09 urn:other|x"}, "", ""},
		"the line's own is listed":        {[]string{"urn:icd|B09", "urn:icd|A09"}, "[2]", ""},
		"the line's own is not listed":    {[]string{"urn:icd|B09", "urn:icd|A09"}, "[1]", "diagnosis-not-listed"},
		"one of the line's own":           {[]string{"urn:icd|B09", "urn:icd|C09", "urn:icd|A09"}, "[1,3]", ""},
		"the line's own without any code": {[]string{"", "urn:icd|A09"}, "[1]", "diagnosis-not-listed"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			f.terminology = []string{list}
			f.plan = []string{"check-setting check=diagnosis-not-listed list=urn:list"}
			f.claim = diagnosisJSON(c.diagnoses)
			line := `"unitPrice":{"value":100,"currency":"USD"}`
			if c.pointers != "" {
				line += `,"diagnosisSequence":` + c.pointers
			}
			require.Equal(t, []string{c.want}, denied(f.rawLine("A", line).decide()))
		})
	}
}

func diagnosisJSON(diagnoses []string) string {
	if len(diagnoses) == 0 {
		return ""
	}
	var all []string
	for i, codes := range diagnoses {
		var codings []string
		for _, c := range strings.Fields(codes) {
			system, code, _ := strings.Cut(c, "|")
			codings = append(codings, fmt.Sprintf(`{"system":%q,"code":%q}`, system, code))
		}
		concept := `{"text":"x"}`
		if len(codings) > 0 {
			concept = `{"coding":[` + strings.Join(codings, ",") + `]}`
		}
		all = append(all, fmt.Sprintf(`{"sequence":%d,"diagnosisCodeableConcept":%s}`, i+1, concept))
	}
	return `"diagnosis":[` + strings.Join(all, ",") + `],`
}

func TestDiagnosesAreBounded(t *testing.T) {
	f := newFixture(t)
	f.claim = diagnosisJSON(make([]string, MaxDiagnoses+1))
	claim, issues := ReadClaim(f.line("A", "1", "1").parse(f.claimJSON()))
	require.Nil(t, claim)
	require.Equal(t, "The claim has too many diagnoses", issues[0].Text)

	f.claim = strings.Replace(diagnosisJSON(make([]string, 2)), `"sequence":2`, `"sequence":1`, 1)
	_, issues = ReadClaim(f.parse(f.claimJSON()))
	require.Equal(t, "An earlier element has the same sequence", issues[0].Text)
}
