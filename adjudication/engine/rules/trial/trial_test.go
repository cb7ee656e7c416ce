package trial

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/adjudication/engine/rules"
	"claimwright/adjudication/engine/rules/value"
	"claimwright/conformance"
	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
)

var with = rules.Context{
	Lists: func(name string) *value.Codes {
		if name == "maternity" {
			return value.CodesOf(name, "S-DEL", "S-ANC")
		}
		return nil
	},
	ListNames: []string{"maternity"},
}

// row is a row with one action: "reject", or "cap-price=line.listPrice * 0.8".
func row(condition, action string) string {
	code, number, _ := strings.Cut(action, "=")
	dynamic := ""
	if number != "" {
		dynamic = fmt.Sprintf(`,"dynamicValue":[{"path":"unitPrice","expression":{"language":"text/cel","expression":%q}}]`, number)
	}
	return fmt.Sprintf(`{"description":"because","condition":[{"kind":"applicability","expression":{"language":"text/cel","expression":%q}}],
		"code":[{"coding":[{"system":"https://claimwright.org/fhir/CodeSystem/rule-action","code":%q}]}]%s}`, condition, code, dynamic)
}

// test is a test that expects actions such as "reject", "cap-price 800" or "2 reject" of the second row.
func test(name, facts string, expected ...string) string {
	parts := fmt.Sprintf(`{"url":"name","valueString":%q},{"url":"facts","valueString":%q}`, name, facts)
	for _, e := range expected {
		var row, number string
		words := strings.Fields(e)
		if len(words) > 1 && words[0] <= "9" {
			row, words = fmt.Sprintf(`{"url":"row","valuePositiveInt":%s},`, words[0]), words[1:]
		}
		if len(words) > 1 {
			number = fmt.Sprintf(`,{"url":"number","valueDecimal":%s}`, words[1])
		}
		parts += fmt.Sprintf(`,{"url":"expect","extension":[%s{"url":"action","valueCode":%q}%s]}`, row, words[0], number)
	}
	return testOf(parts)
}

func testOf(parts string) string {
	return `{"url":"` + testURL + `","extension":[` + parts + `]}`
}

func document(t testing.TB, extra string, tests []string, rows ...string) *codec.Document {
	t.Helper()
	doc, issues := codec.Parse([]byte(fmt.Sprintf(`{"resourceType":"PlanDefinition","id":"a","status":"active","title":"Rule",
		"extension":[%s],"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/plan-definition-type","code":"eca-rule"}]}%s,"action":[%s]}`,
		strings.Join(tests, ","), extra, strings.Join(rows, ","))), codec.Limits{})
	require.Empty(t, issues)
	return doc
}

// run runs a rule's tests and tells the differences of each.
func run(t *testing.T, doc *codec.Document) map[string]string {
	t.Helper()
	rule, issues := rules.Read(doc, with)
	require.Empty(t, issues)
	tests, issues := Read(doc, rule)
	require.Empty(t, issues)
	differences := map[string]string{}
	for _, r := range Run(context.Background(), rule, with, tests) {
		require.Equal(t, len(r.Differences) == 0, r.Holds())
		differences[r.Test.Name] = strings.Join(r.Differences, " | ")
	}
	return differences
}

func TestTestsOfARule(t *testing.T) {
	boy := `{"line": {"code": "S-DEL", "listPrice": 1000}, "member": {"sex": "male", "age": 12}}`
	condition := `line.code in list("maternity") && member.sex == "male"`
	scope := `,"useContext":[{"code":{"system":"https://claimwright.org/fhir/CodeSystem/rule-scope","code":"plan"},"valueCodeableConcept":{"coding":[{"code":"GOLD"}]}}],
		"effectivePeriod":{"start":"2026-01-01","end":"2026-12-31"}`
	for name, c := range map[string]struct {
		doc  *codec.Document
		want string
	}{
		"holds":                                 {document(t, "", []string{test("x", boy, "reject")}, row(condition, "reject")), ""},
		"a row and a number hold":               {document(t, "", []string{test("x", boy, "1 cap-price 800.00")}, row(condition, "cap-price=line.listPrice * 0.8")), ""},
		"nothing is expected and nothing fires": {document(t, "", []string{test("x", `{"line": {"code": "S-CON"}}`)}, row(condition, "reject")), ""},
		"rows in any order":                     {document(t, "", []string{test("x", boy, "reject", "1 reject")}, row(condition, "reject"), row("true", "reject")), ""},
		"the wrong number": {document(t, "", []string{test("x", boy, "cap-price 700")}, row(condition, "cap-price=line.listPrice * 0.8")),
			"expected cap-price 700; found cap-price 800.0 of row 1 | not expected: cap-price 800.0 of row 1, because " + condition + " holds"},
		"nothing fires": {document(t, "", []string{test("x", `{"line": {"code": "S-DEL"}, "member": {"sex": "female"}}`, "reject")}, row(condition, "reject")),
			"expected reject; found nothing; in " + condition + `: member.sex == "male" is false (line 1, column 35)`},
		"what cannot be computed": {document(t, "", []string{test("x", `{"line": {"date": "2026-05-01"}}`, "reject")}, row("line.date > member.died", "reject")),
			"expected reject; found row 1 could not be evaluated: the day is not known; in line.date > member.died: line.date > member.died could not be computed: the day is not known | " +
				"not expected: row 1 could not be evaluated: the day is not known"},
		"not expected":                              {document(t, "", []string{test("x", boy)}, row("true", "flag")), "not expected: flag of row 1, because true holds"},
		"a test stands in the scope and period":     {document(t, scope, []string{test("x", `{}`, "flag")}, row(`plan.code == "GOLD" && line.date == date("2026-01-01") && claim.use == "claim"`, "flag")), ""},
		"unless it names another plan":              {document(t, scope, []string{test("x", `{"plan": {"code": "BASIC"}}`, "flag")}, row("true", "flag")), "expected flag; found nothing; the rule does not apply there: its scope or period excludes the case"},
		"or another day":                            {document(t, scope, []string{test("x", `{"line": {"date": "2027-01-01"}}`)}, row("true", "flag")), ""},
		"age, days and diagnoses follow":            {document(t, "", []string{test("x", `{"line": {"date": "2026-05-10"}, "member": {"born": "2016-05-11"}, "cover": {"start": "2026-05-01"}, "diagnoses": ["O80"]}`, "flag")}, row(`member.age == 9 && cover.daysHeld == 9 && line.diagnoses.any(within("O80"))`, "flag")), ""},
		"who was born nobody knows when has age -1": {document(t, "", []string{test("x", `{}`, "flag")}, row(`member.age == -1`, "flag")), ""},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, c.want, run(t, c.doc)["x"]) })
	}
}

func TestTestsEndWithTheTime(t *testing.T) {
	doc := document(t, "", []string{test("x", `{}`)}, row("true", "flag"))
	rule, _ := rules.Read(doc, with)
	tests, _ := Read(doc, rule)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	require.Equal(t, []string{"the test was not run: the time was up"}, Run(ctx, rule, with, tests)[0].Differences)
}

func TestMistakesInTests(t *testing.T) {
	many := make([]string, MaxTests+1)
	for i := range many {
		many[i] = test(fmt.Sprint(i), `{}`)
	}
	for name, c := range map[string]struct {
		tests []string
		want  outcome.Issue
	}{
		"a fact":    {[]string{test("x", `{"member": {"agee": 3}}`)}, outcome.Issue{Expression: "PlanDefinition.extension[0].extension[1]", Text: `The facts cannot be used (line 1, column 13): there is no fact "agee" in member`, Found: `{"member": {"agee": 3}}`, Expected: "perhaps age"}},
		"no name":   {[]string{testOf(`{"url":"facts","valueString":"{}"}`)}, outcome.Issue{Expression: "PlanDefinition.extension[0]", Text: "The test has no name", Found: "nothing", Expected: "a part name"}},
		"no facts":  {[]string{testOf(`{"url":"name","valueString":"x"}`)}, outcome.Issue{Expression: "PlanDefinition.extension[0]", Text: "The test has no facts", Found: "nothing", Expected: "a part facts"}},
		"two names": {[]string{test("x", `{}`), test("x", `{}`)}, outcome.Issue{Expression: "PlanDefinition.extension[1]", Text: "Two tests of the rule have the same name", Found: "x", Expected: "another name"}},
		"an action": {[]string{test("x", `{}`, "rejct")}, outcome.Issue{Expression: "PlanDefinition.extension[0].extension[2].extension[0]", Text: "The action is not known", Found: "rejct", Expected: "perhaps reject"}},
		"a row":     {[]string{test("x", `{}`, "2 reject")}, outcome.Issue{Expression: "PlanDefinition.extension[0].extension[2].extension[0]", Text: "The rule has no such row", Found: "2", Expected: "a row from 1 to 1"}},
		"a part":    {[]string{testOf(`{"url":"nam","valueString":"x"}`)}, outcome.Issue{Expression: "PlanDefinition.extension[0].extension[0]", Text: "The extension has no such part", Found: "nam", Expected: "name, facts or expect"}},
		"no action": {[]string{testOf(`{"url":"name","valueString":"x"},{"url":"facts","valueString":"{}"},{"url":"expect","extension":[{"url":"row","valuePositiveInt":1}]}`)}, outcome.Issue{Expression: "PlanDefinition.extension[0].extension[2]", Text: "What is expected names no action", Found: "nothing", Expected: "a part action"}},
		"too many":  {many, outcome.Issue{Expression: fmt.Sprintf("PlanDefinition.extension[%d]", MaxTests), Text: "The rule has too many tests", Found: "more", Expected: "at most 200"}},
	} {
		t.Run(name, func(t *testing.T) {
			doc := document(t, "", c.tests, row("true", "reject"))
			rule, issues := rules.Read(doc, with)
			require.Empty(t, issues)
			tests, issues := Read(doc, rule)
			require.Nil(t, tests)
			require.NotEmpty(t, issues)
			c.want.Severity, c.want.Code = outcome.Failure, outcome.Value
			require.Equal(t, c.want, issues[0])
		})
	}
}

func TestCoverage(t *testing.T) {
	doc := document(t, "", []string{test("x", `{}`)}, row("true", "note"))
	rule, issues := rules.Read(doc, with)
	require.Empty(t, issues)
	c, err := Cover(rule, with, nil)
	require.NoError(t, err)
	seen, all := c.Tried()
	require.Equal(t, 100, Percent(seen, all), "there is nothing to try")

	doc = document(t, "", []string{
		test("a boy", `{"line": {"code": "S-DEL"}, "member": {"sex": "male", "age": 12}}`, "1 reject"),
		test("a girl", `{"line": {"code": "S-DEL"}, "member": {"sex": "female", "age": 12}}`),
	}, row(`line.code == "S-DEL" && (member.sex == "male" || member.age < 5)`, "reject"), row("member.age > 90", "flag"))
	rule, issues = rules.Read(doc, with)
	require.Empty(t, issues)
	tests, issues := Read(doc, rule)
	require.Empty(t, issues)
	c, err = Cover(rule, with, tests)
	require.NoError(t, err)
	var told []string
	for _, r := range c.Rows {
		told = append(told, fmt.Sprintf("row %d fired %d", r.Row, r.Fired))
		for _, p := range r.Parts {
			told = append(told, fmt.Sprintf("%d:%d %s: %d true, %d false", p.Line, p.Column, p.Text, p.True, p.False))
		}
	}
	require.Equal(t, []string{
		"row 1 fired 1",
		`1:1 line.code == "S-DEL" && (member.sex == "male" || member.age < 5): 1 true, 1 false`,
		`1:1 line.code == "S-DEL": 2 true, 0 false`,
		`1:26 member.sex == "male" || member.age < 5: 1 true, 1 false`,
		`1:26 member.sex == "male": 1 true, 1 false`,
		`1:50 member.age < 5: 0 true, 2 false`,
		"row 2 fired 0",
		`1:1 member.age > 90: 0 true, 2 false`,
	}, told)
	seen, all = c.Tried()
	require.Equal(t, []int{9, 12}, []int{seen, all})
	require.Equal(t, 75, Percent(seen, all))
}

// TestPartsAreThoseOfTheDefinition holds what is read against the definition of the extension.
func TestPartsAreThoseOfTheDefinition(t *testing.T) {
	body, err := conformance.Definition("StructureDefinition-rule-test.json")
	require.NoError(t, err)
	doc, issues := codec.Parse(body, codec.Limits{})
	require.Empty(t, issues)
	require.Equal(t, testURL, doc.Root().Field("url").Text())
	var slices []string
	for element := range doc.Root().Field("differential").Field("element").Each() {
		if name := element.Field("sliceName").Text(); name != "" {
			slices = append(slices, name)
		}
	}
	require.Equal(t, []string{"name", "facts", "expect", "row", "action", "number"}, slices)
}

func FuzzRead(f *testing.F) {
	f.Add(`{"url":"name","valueString":"x"},{"url":"facts","valueString":"{}"},{"url":"expect","extension":[{"url":"row","valuePositiveInt":1},{"url":"number","valueDecimal":1e3}]}`)
	f.Add(`{"url":"facts","valueString":"{\"line\":{\"date\":\"2026-01-01\"}}"}`)
	f.Fuzz(func(t *testing.T, parts string) {
		doc, issues := codec.Parse([]byte(`{"resourceType":"PlanDefinition","id":"a","status":"active","extension":[`+testOf(parts)+`],
			"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/plan-definition-type","code":"eca-rule"}]},"action":[`+row("member.age > 5", "flag")+`]}`), codec.Limits{})
		if len(issues) > 0 {
			return
		}
		rule, issues := rules.Read(doc, with)
		if len(issues) > 0 {
			return
		}
		tests, issues := Read(doc, rule)
		require.False(t, len(tests) > 0 && len(issues) > 0)
		Run(context.Background(), rule, with, tests)
	})
}
