package order

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/rules"
	"claimwright/fhir/codec"
)

func read(t testing.TB, id, extra string, rows ...string) Entry {
	t.Helper()
	all := make([]string, len(rows))
	for i, r := range rows {
		condition, action, _ := strings.Cut(r, " -> ")
		code, number, computed := strings.Cut(action, "=")
		dynamic := ""
		if computed {
			dynamic = fmt.Sprintf(`,"dynamicValue":[{"path":%q,"expression":{"language":"text/cel","expression":%q}}]`,
				map[string]string{"cap-price": "unitPrice", "cap-quantity": "quantity"}[code], number)
		}
		all[i] = fmt.Sprintf(`{"description":"because","condition":[{"kind":"applicability","expression":{"language":"text/cel","expression":%q}}],
			"code":[{"coding":[{"system":"https://claimwright.org/fhir/CodeSystem/rule-action","code":%q}]}]%s}`, condition, code, dynamic)
	}
	doc, issues := codec.Parse([]byte(fmt.Sprintf(`{"resourceType":"PlanDefinition","id":%q,"status":"active"%s,
		"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/plan-definition-type","code":"eca-rule"}]},"action":[%s]}`,
		id, extra, strings.Join(all, ","))), codec.Limits{})
	require.Empty(t, issues)
	rule, issues := rules.Read(doc, rules.Context{})
	require.Empty(t, issues)
	return Entry{Rule: rule}
}

const (
	first = `,"extension":[{"url":"https://claimwright.org/fhir/StructureDefinition/rule-settings","extension":[{"url":"hit","valueCode":"first"}]}]`
	group = `,"extension":[{"url":"https://claimwright.org/fhir/StructureDefinition/rule-settings","extension":[{"url":"hit","valueCode":"first"},{"url":"group","valueString":"g"}]}]`
)

func plan(codes ...string) string {
	var all []string
	for _, c := range codes {
		all = append(all, `{"code":{"system":"https://claimwright.org/fhir/CodeSystem/rule-scope","code":"plan"},"valueCodeableConcept":{"coding":[{"code":"`+c+`"}]}}`)
	}
	return `,"useContext":[` + strings.Join(all, ",") + `]`
}

func TestLook(t *testing.T) {
	scheme := Scheme{Codes: []string{"A", "B"}, Plans: []string{"GOLD", "BASIC"}, Categories: []string{"", "surgery"}, Today: day.Of(2026, 11, 27)}
	for name, c := range map[string]struct {
		entries []Entry
		want    []string
	}{
		"nothing":           {[]Entry{read(t, "a", "", `line.code == "A" && member.age < 5 -> reject`)}, nil},
		"a contradiction":   {[]Entry{read(t, "a", "", `member.age < 5 && member.age > 10 -> reject`)}, []string{`never a/1: can never act: member.age < 5 and member.age > 10 exclude each other`}},
		"an unknown code":   {[]Entry{read(t, "a", "", `line.code in ["X", "Y"] -> reject`)}, []string{`never a/1: can never act: the register has no code of which line.code in ["X", "Y"] holds`}},
		"one known code":    {[]Entry{read(t, "a", "", `line.code in ["X", "B"] -> reject`)}, nil},
		"a category":        {[]Entry{read(t, "a", "", `line.category == "surgry" -> reject`)}, []string{`never a/1: can never act: no line has a category of which line.category == "surgry" holds`}},
		"an unknown plan":   {[]Entry{read(t, "a", plan("SILVER"), `true -> flag`)}, []string{`never a/0: can never act: its scope names no plan that there is, only SILVER`}},
		"one known plan":    {[]Entry{read(t, "a", plan("SILVER", "GOLD"), `true -> flag`)}, []string{`unknown a/0: its scope names a plan that there is not: SILVER`}},
		"what is not known": {[]Entry{read(t, "a", `,"useContext":[{"code":{"system":"https://claimwright.org/fhir/CodeSystem/rule-scope","code":"facility"},"valueReference":{"reference":"Organization/x"}}]`, `true -> flag`)}, nil},
		"it has ended":      {[]Entry{read(t, "a", `,"effectivePeriod":{"end":"2025-12-31"}`, `true -> flag`)}, []string{`past a/0: acts only on services until 2025-12-31, when it ended`}},
		"it has ended, by receipt": {[]Entry{read(t, "a", `,"effectivePeriod":{"end":"2025-12-31"},"extension":[{"url":"https://claimwright.org/fhir/StructureDefinition/rule-settings","extension":[{"url":"dateBasis","valueCode":"receipt"}]}]`, `true -> flag`)},
			[]string{`never a/0: can never act again: it goes by the day of receipt, and was in force until 2025-12-31`}},
		"an earlier row is enough": {[]Entry{read(t, "a", first, `line.code == "A" -> reject`, `line.code == "A" && member.age < 5 -> cap-price=3`, `line.code == "B" -> reject`)},
			[]string{`never a/2 a/1: can never act: only the first acts, and row 1 of PlanDefinition/a holds whenever it does`}},
		"an earlier rule of the group is enough": {[]Entry{read(t, "a", group, `member.age < 10 -> reject`), read(t, "b", group, `member.age < 5 -> reject`)},
			[]string{`never b/1 a/1: can never act: only the first acts, and row 1 of PlanDefinition/a holds whenever it does`, `tie b/0 a/0: takes turns with PlanDefinition/a in the group "g" at the same priority 100: which is first rests on their ids`}},
		"an earlier rule elsewhere is not": {[]Entry{read(t, "a", group+plan("GOLD"), `member.age < 10 -> reject`), read(t, "b", group+plan("BASIC"), `member.age < 5 -> reject`)}, nil},
		"a shadow is not":                  {[]Entry{read(t, "a", group+`,"experimental":true`, `member.age < 10 -> reject`), read(t, "b", group, `member.age < 5 -> reject`)}, nil},
		"rejected and capped": {[]Entry{read(t, "a", "", `line.code in ["A", "B"] -> cap-price=3`), read(t, "b", "", `line.code == "A" -> reject`)},
			[]string{`overlap b/1 a/1 [A]: PlanDefinition/b wins: it rejects, and what is rejected is not priced`}},
		"two caps": {[]Entry{read(t, "a", "", `member.age < 5 -> cap-price=3`), read(t, "b", "", `member.age < 7 -> cap-price=2`)},
			[]string{`overlap b/1 a/1: both have cap-price; the smallest wins, whatever their order`}},
		"two rejections": {[]Entry{read(t, "a", "", `true -> reject`), read(t, "b", "", `true -> reject`)},
			[]string{`reason b/1 a/1: PlanDefinition/a gives the reason, by its id alone: both have priority 100`}},
		"never the same line":      {[]Entry{read(t, "a", "", `member.age < 5 -> cap-price=3`), read(t, "b", "", `member.age > 7 -> cap-price=2`)}, nil},
		"never the same plan":      {[]Entry{read(t, "a", plan("GOLD"), `true -> cap-price=3`), read(t, "b", plan("BASIC"), `true -> cap-price=2`)}, nil},
		"never at the same time":   {[]Entry{read(t, "a", `,"effectivePeriod":{"start":"2026-01-01","end":"2026-12-31"}`, `true -> cap-price=3`), read(t, "b", `,"effectivePeriod":{"start":"2027-01-01"}`, `true -> cap-price=2`)}, nil},
		"caps of different things": {[]Entry{read(t, "a", "", `true -> cap-price=3`), read(t, "b", "", `true -> cap-quantity=2`)}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			report, err := Look(c.entries, scheme)
			require.NoError(t, err)
			var told []string
			for _, f := range report.Findings {
				text := fmt.Sprintf("%s %s/%d", f.Kind, strings.TrimPrefix(f.Rule.Key, "PlanDefinition/"), f.Row)
				if f.Other != nil {
					text += fmt.Sprintf(" %s/%d", strings.TrimPrefix(f.Other.Key, "PlanDefinition/"), f.OtherRow)
				}
				if f.Codes != nil {
					text += fmt.Sprint(" ", f.Codes)
				}
				told = append(told, text+": "+f.Text)
			}
			require.Equal(t, c.want, told)
			require.False(t, report.Ended)
		})
	}
}

func TestMuchIsBounded(t *testing.T) {
	rows := make([]string, 60)
	for i := range rows {
		rows[i] = fmt.Sprintf("member.age < %d -> cap-price=%d", i+1, i)
	}
	report, err := Look([]Entry{read(t, "a", "", rows...)}, Scheme{})
	require.NoError(t, err)
	require.Len(t, report.Findings, MaxFindings)
	require.Equal(t, 60*59/2-MaxFindings, report.Left)
}

func BenchmarkLookAtATable(b *testing.B) {
	rows := make([]string, 2000)
	for i := range rows {
		rows[i] = fmt.Sprintf(`line.code == "S-%d" && member.age >= %d && member.age < %d -> cap-price=%d`, i/4, i%4*10, i%4*10+10, i)
	}
	e := read(b, "a", "", rows...)
	for b.Loop() {
		if _, err := Look([]Entry{e}, Scheme{}); err != nil {
			b.Fatal(err)
		}
	}
}
