package scheme

import (
	"testing"

	"claimwright/fhir/codec"
)

// FuzzCodeList: whatever a list holds, the plan that names it is used or named in an issue, and nothing panics.
func FuzzCodeList(f *testing.F) {
	for _, body := range []string{
		include(`"concept":[{"code":"A00"}]`), filter("is-a", "A0"), filter("regex", "[AB]0(.*)"), filter("regex", "("), filter("in", "A00,,"),
		valueSet(`"expansion":{"timestamp":"2026-01-01","contains":[{"system":"urn:icd","code":"A","contains":[{"system":"urn:icd","code":"A00"}]}]}`),
		`{"resourceType":"CodeSystem","url":"urn:list","status":"active","content":"complete","concept":[{"code":"A","concept":[{"code":"A00"}]}]}`,
	} {
		f.Add([]byte(body))
	}
	plan := fill(planJSON, "ID=p", "EXT="+checkJSON(check("diagnosis-not-listed"), `list="valueCanonical":"urn:list"`))
	f.Fuzz(func(t *testing.T, body []byte) {
		list, issues := codec.Parse(body, codec.Limits{})
		if len(issues) > 0 {
			return
		}
		sch, found := Compile(append(docs(t, insurerJSON, plan), list))
		p := sch.Plan("Organization/ins", "P", at("2026-05-01"))
		if (p == nil) != (len(found) > 0) {
			t.Fatalf("plan %v, issues %v", p, found)
		}
		if p != nil {
			p.Checks[CheckDiagnosis].List.Holds(Code{"urn:icd", "A00"})
		}
	})
}
