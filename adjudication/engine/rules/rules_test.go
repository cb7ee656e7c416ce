package rules

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/money"
	"claimwright/adjudication/engine/rules/fact"
	"claimwright/adjudication/engine/rules/value"
	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
)

var context = Context{
	Lists: func(name string) *value.Codes {
		if name == "maternity" {
			return value.CodesOf(name, "S-DEL", "S-ANC")
		}
		return nil
	},
	ListNames: []string{"maternity"},
}

// row is the JSON of a row with one action: "reject", or "cap-price=line.listPrice * 0.8".
func row(condition, action string) string {
	code, number, _ := strings.Cut(action, "=")
	dynamic := ""
	if number != "" {
		path := map[string]string{"cap-price": "unitPrice", "cap-quantity": "quantity"}[code]
		if path == "" {
			path = "score"
		}
		dynamic = fmt.Sprintf(`,"dynamicValue":[{"path":%q,"expression":{"language":"text/cel","expression":%q}}]`, path, number)
	}
	if code == "require-document" {
		dynamic = `,"input":[{"type":"DocumentReference","codeFilter":[{"path":"type","code":[{"code":"claim-form"}]}]}]`
	}
	return fmt.Sprintf(`{"title":"row","condition":[{"kind":"applicability","expression":{"language":"text/cel","expression":%q}}],
		"action":[{"description":"because","code":[{"coding":[{"system":"https://claimwright.org/fhir/CodeSystem/rule-action","code":%q}]}]%s}]}`, condition, code, dynamic)
}

func document(t testing.TB, id, extra string, rows ...string) *codec.Document {
	t.Helper()
	doc, issues := codec.Parse([]byte(fmt.Sprintf(`{"resourceType":"PlanDefinition","id":%q,"status":"active","title":"Rule %s",
		"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/plan-definition-type","code":"eca-rule"}]}%s,"action":[%s]}`,
		id, id, extra, strings.Join(rows, ","))), codec.Limits{})
	require.Empty(t, issues)
	return doc
}

func read(t testing.TB, id, extra string, rows ...string) *Rule {
	t.Helper()
	rule, issues := Read(document(t, id, extra, rows...), context)
	require.Empty(t, issues)
	return rule
}

func settings(parts string) string {
	return `,"extension":[{"url":"https://claimwright.org/fhir/StructureDefinition/rule-settings","extension":[` + parts + `]}]`
}

// asked is what fires on a line of a delivery, as "id/row action number".
func asked(rules ...*Rule) []string {
	view := fact.NewView(&fact.Facts{Member: fact.Member{Sex: "female"}, Claim: fact.Claim{Total: money.Whole(5000)}})
	line := &fact.Line{Item: fact.Item{Code: "S-DEL", Category: "delivery", ListPrice: money.Whole(1000), Billed: money.Whole(1200)}, Age: 12}
	view.About(line)
	at := Place{Insurer: "Organization/i", Plan: "GOLD", Facility: "Organization/f", Type: "institutional", Use: "claim",
		Target: day.Of(2026, 5, 10), Received: day.Of(2026, 8, 1)}
	asking := NewSet(rules).About(view)
	fired := asking.Early(nil, line, at)
	fired = asking.Late(fired, line, at)
	var told []string
	for _, f := range fired {
		if f.Fault != "" {
			told = append(told, fmt.Sprintf("%s/%d fault %s", strings.TrimPrefix(f.Rule.Key, "PlanDefinition/"), f.Row, f.Fault))
			continue
		}
		text := fmt.Sprintf("%s/%d %s", strings.TrimPrefix(f.Rule.Key, "PlanDefinition/"), f.Row, f.Action.Kind.Code())
		if f.Action.Number != nil {
			text += " " + f.Number.String()
		}
		told = append(told, text)
	}
	return told
}

func TestWhatFires(t *testing.T) {
	const always = "true"
	priority := func(n int) string { return settings(fmt.Sprintf(`{"url":"priority","valueInteger":%d}`, n)) }
	first := func(n int) string {
		return settings(fmt.Sprintf(`{"url":"priority","valueInteger":%d},{"url":"hit","valueCode":"first"},{"url":"group","valueString":"g"}`, n))
	}
	scope := func(kind, value string) string {
		return `,"useContext":[{"code":{"system":"https://claimwright.org/fhir/CodeSystem/rule-scope","code":"` + kind + `"},` + value + `}]`
	}
	plan := func(code string) string {
		return scope("plan", `"valueCodeableConcept":{"coding":[{"code":"`+code+`"}]}`)
	}
	for name, c := range map[string]struct {
		rules []*Rule
		want  []string
	}{
		"a code among others": {[]*Rule{
			read(t, "a", "", row(`line.code == "S-DEL"`, "reject")), read(t, "b", "", row(`line.code == "S-CON"`, "reject")),
		}, []string{"a/0 reject"}},
		"a cap is computed":        {[]*Rule{read(t, "a", "", row(`line.code in list("maternity")`, "cap-price=line.listPrice * 0.8"))}, []string{"a/0 cap-price 800.0"}},
		"by priority, then by id":  {[]*Rule{read(t, "b", priority(1), row(always, "flag")), read(t, "c", priority(1), row(always, "flag")), read(t, "a", "", row(always, "flag"))}, []string{"b/0 flag", "c/0 flag", "a/0 flag"}},
		"early before late":        {[]*Rule{read(t, "b", priority(1), row(always, "review=50")), read(t, "a", "", row(always, "cap-quantity=2"))}, []string{"a/0 cap-quantity 2", "b/0 review 50"}},
		"all rows":                 {[]*Rule{read(t, "a", "", row(always, "flag"), row(`member.age < 5`, "note"), row(`member.age < 15`, "note"))}, []string{"a/0 flag", "a/2 note"}},
		"the first row":            {[]*Rule{read(t, "a", first(1), row(`member.age < 5`, "note"), row(always, "flag"), row(always, "note"))}, []string{"a/1 flag"}},
		"the first of a group":     {[]*Rule{read(t, "a", first(2), row(always, "flag")), read(t, "b", first(1), row(always, "note")), read(t, "c", "", row(always, "review=1"))}, []string{"b/0 note", "c/0 review 1"}},
		"a shadow lets others act": {[]*Rule{read(t, "a", first(1)+`,"experimental":true`, row(always, "flag")), read(t, "b", first(2), row(always, "note"))}, []string{"a/0 flag", "b/0 note"}},
		"its plan":                 {[]*Rule{read(t, "a", plan("GOLD"), row(always, "flag")), read(t, "b", plan("BASIC"), row(always, "flag"))}, []string{"a/0 flag"}},
		"its insurer":              {[]*Rule{read(t, "a", scope("insurer", `"valueReference":{"reference":"Organization/i"}`), row(always, "flag")), read(t, "b", scope("insurer", `"valueReference":{"reference":"Organization/x"}`), row(always, "flag"))}, []string{"a/0 flag"}},
		"in force on the date of service": {[]*Rule{
			read(t, "a", `,"effectivePeriod":{"start":"2026-05-10","end":"2026-05-10"}`, row(always, "flag")),
			read(t, "b", `,"effectivePeriod":{"start":"2026-05-11"}`, row(always, "flag")),
		}, []string{"a/0 flag"}},
		"in force on the day of receipt": {[]*Rule{
			read(t, "a", `,"effectivePeriod":{"start":"2026-08-01"}`+settings(`{"url":"dateBasis","valueCode":"receipt"}`), row(always, "flag")),
		}, []string{"a/0 flag"}},
		"what cannot be evaluated does nothing": {[]*Rule{read(t, "a", "", row(`line.date > date("2026-01-01")`, "reject"))}, []string{"a/0 fault the day is not known"}},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, c.want, asked(c.rules...)) })
	}
}

func TestMistakesInARule(t *testing.T) {
	for name, c := range map[string]struct {
		doc  *codec.Document
		want string
	}{
		"an expression":        {document(t, "a", "", row(`member.agee > 3`, "reject")), `PlanDefinition.action[0].condition[0]: The expression cannot be used (line 1, column 7): there is no fact "agee"`},
		"a late fact":          {document(t, "a", "", row(`line.paid > 3`, "reject")), "line.paid is known only after the line was valued"},
		"a cap without amount": {document(t, "a", "", row("true", "cap-price")), "The cap has no amount"},
		"an unknown action":    {document(t, "a", "", row("true", "rejct")), "The action is not known"},
		"an unknown setting":   {document(t, "a", settings(`{"url":"prio","valueInteger":1}`), row("true", "flag")), "The extension has no such part"},
		"a wrong cap":          {document(t, "a", "", row("true", `cap-price=member.sex`)), "the expression is a text, not a number"},
		"no scope":             {document(t, "a", `,"useContext":[{"code":{"system":"https://claimwright.org/fhir/CodeSystem/rule-scope","code":"planet"},"valueCodeableConcept":{"coding":[{"code":"x"}]}}]`, row("true", "flag")), "The scope is not known"},
		"a period":             {document(t, "a", `,"effectivePeriod":{"start":"2026-05-10","end":"2026-05-09"}`, row("true", "flag")), "The period ends before it starts"},
	} {
		t.Run(name, func(t *testing.T) {
			rule, issues := Read(c.doc, context)
			require.Nil(t, rule)
			require.NotEmpty(t, issues)
			require.Contains(t, told(issues[0]), c.want)
		})
	}
}

func told(i outcome.Issue) string { return i.Expression + ": " + i.Text }

// BenchmarkFiveHundredRules asks 500 active rules about the ten lines of a claim: most are about codes, a few about anything.
func BenchmarkFiveHundredRules(b *testing.B) {
	var all []*Rule
	for i := range 500 {
		condition := fmt.Sprintf(`line.code == "S-%d" && member.age < 15 && diagnoses.none(within("O00-O9A"))`, i%120)
		action := "reject"
		switch {
		case i%50 == 0:
			condition, action = `member.age > 90 && line.billed > line.listPrice * 3`, "flag"
		case i%7 == 0:
			condition, action = fmt.Sprintf(`line.category == "surgery" && line.code in ["S-%d", "S-%d"] && line.billed > 100`, i%120, (i+1)%120), "review=10"
		}
		all = append(all, read(b, fmt.Sprintf("r%d", i), "", row(condition, action)))
	}
	set := NewSet(all)
	facts := &fact.Facts{Member: fact.Member{Sex: "female"}, Claim: fact.Claim{Total: money.Whole(5000)}, Diagnoses: []string{"J18.9"}}
	lines := make([]fact.Line, 10)
	for i := range lines {
		lines[i] = fact.Line{Item: fact.Item{Code: fmt.Sprintf("S-%d", i*11), Category: "consultation", ListPrice: money.Whole(1000), Billed: money.Whole(1200)}, Age: 33}
	}
	at := Place{Insurer: "Organization/i", Plan: "GOLD", Target: day.Of(2026, 5, 10), Received: day.Of(2026, 8, 1)}
	b.ReportAllocs()
	for b.Loop() {
		view := fact.NewView(facts)
		asking := set.About(view)
		var fired []Fired
		for i := range lines {
			view.About(&lines[i])
			fired = asking.Early(fired[:0], &lines[i], at)
			fired = asking.Late(fired, &lines[i], at)
		}
	}
}

func TestARuleThatCouldStallAClaimIsRefused(t *testing.T) {
	rows := make([]string, 2000)
	for i := range rows {
		rows[i] = row(fmt.Sprintf(`diagnoses.any(within("A%02d")) && line.quantity > %d`, i%100, i), "note")
	}
	_, issues := Read(document(t, "a", "", rows...), context)
	require.NotEmpty(t, issues)
	require.Contains(t, issues[0].Text, "could take too long on one line")
	for i := range rows {
		rows[i] = row(fmt.Sprintf(`line.code == "S-%d" && diagnoses.any(within("A%02d"))`, i, i%100), "note")
	}
	_, issues = Read(document(t, "a", "", rows...), context)
	require.Empty(t, issues, "a line meets one of them only")
}

func TestIs(t *testing.T) {
	foreignRow := func(language, inside string) string {
		return fmt.Sprintf(`{"title":"r","condition":[{"kind":"applicability","expression":{"language":%q,"expression":"Is Adult"}}]%s}`, language, inside)
	}
	cases := []struct {
		name string
		rows []string
		want bool
	}{
		{"a rule of ours", []string{row("true", "reject")}, true},
		{"a guideline in CQL", []string{foreignRow("text/cql", "")}, false},
		{"with actions of its own", []string{foreignRow("text/cql", `,"action":[{"description":"order a test"}]`)}, false},
		{"in FHIRPath", []string{foreignRow("text/fhirpath", "")}, false},
		{"a slip in the language", []string{foreignRow("text/cell", "")}, true},
		{"mixed", []string{foreignRow("text/cql", ""), row("true", "reject")}, true},
		{"ours within theirs", []string{foreignRow("text/cql", `,"action":[`+row("true", "reject")+`]`)}, true},
		{"no expression at all", []string{`{"title":"r"}`}, true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { require.Equal(t, c.want, Is(document(t, "r", "", c.rows...))) })
	}
}
