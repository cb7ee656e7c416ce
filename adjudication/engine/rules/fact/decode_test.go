package fact

import (
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/rules/value"
)

func TestACaseInJSONAndInYAML(t *testing.T) {
	for name, text := range map[string]string{
		"JSON": "{\n\t\"line\": {\"code\": \"S-DEL\", \"billed\": 1200.50, \"date\": \"2026-05-10\"},\n\t\"member\": {\"sex\": \"male\", \"born\": \"2014-05-11\"}," +
			`"diagnoses": ["O80", "E11.9"], "claim": {"authorized": true}, "cover": {"start": "2026-05-01"},
			"history": [{"code": "S-SCAN", "daysAgo": 20, "times": 2}, {"code": "S-SCAN", "daysAgo": 40}],
			"ledger": {"yearly": {"used": 950, "left": 50}}}`,
		"YAML": `
line: {code: S-DEL, billed: 1200.50, date: 2026-05-10}
member:
  sex: male
  born: 2014-05-11
diagnoses: [O80, E11.9]
claim: {authorized: true}
cover: {start: 2026-05-01}
history:
  - {code: S-SCAN, daysAgo: 20, times: 2}
  - {code: S-SCAN, daysAgo: 40}
ledger: {yearly: {used: 950, left: 50}}
`,
	} {
		t.Run(name, func(t *testing.T) {
			c, mistakes := Decode(text)
			require.Empty(t, mistakes)
			c.Complete()
			require.Equal(t, "S-DEL", c.Line.Code)
			require.Equal(t, "1200.50", c.Line.Billed.String())
			require.Equal(t, day.Of(2026, 5, 10), c.Line.Date)
			require.Equal(t, "male", c.Facts.Member.Sex)
			require.Equal(t, 11, c.Line.Age, "from the birth date")
			require.Equal(t, 9, c.Line.Cover.DaysHeld)
			require.True(t, c.Facts.Claim.Authorized)
			require.Equal(t, []string{"O80", "E11.9"}, c.Line.Diagnoses)
			require.Equal(t, []string{"S-DEL"}, c.Line.Codes)
			scans := value.CodesOf("", "S-SCAN")
			require.Equal(t, 2, c.Line.History.Times(scans, 30))
			require.Equal(t, 2, c.Line.History.Times(scans, 40), "the window of 40 days ends 39 days ago")
			require.Equal(t, 3, c.Line.History.Times(scans, 41))
			require.Equal(t, 20, c.Line.History.DaysSince(scans))
			require.Equal(t, -1, c.Line.History.DaysSince(value.CodesOf("", "S-CON")))
			left, ok := c.Line.Ledger.Left("yearly")
			require.True(t, ok)
			require.Equal(t, "50", left.String())
			_, ok = c.Line.Ledger.Used("monthly")
			require.False(t, ok)
			require.True(t, c.Names("line.code"))
			require.False(t, c.Names("line.category"))
		})
	}
}

// TestEveryFactCanBeGiven holds the decoder against the catalogue.
func TestEveryFactCanBeGiven(t *testing.T) {
	for i := range Catalogue {
		for _, f := range Catalogue[i].Fields {
			v := map[string]string{"string": `"x"`, "int": "7", "bool": "true", "decimal": "7.25", "date": `"2026-05-10"`, "coded": `["x"]`}[f.Type.TypeName()]
			c, mistakes := Decode(`{"` + Catalogue[i].Name + `":{"` + f.Name + `":` + v + `}}`)
			require.Empty(t, mistakes, "%s.%s", Catalogue[i].Name, f.Name)
			require.True(t, c.Names(Catalogue[i].Name+"."+f.Name))
			view := c.View()
			require.NotEqual(t, f.get((&view.objects[i]).source), f.get(emptySource(i)), "%s.%s", Catalogue[i].Name, f.Name)
		}
	}
}

func emptySource(kind int) any { return (&Case{}).View().objects[kind].source }

func TestMistakesInACase(t *testing.T) {
	for text, want := range map[string]string{
		``:                                   `there are no facts; perhaps {"line": {"code": "A"}}`,
		`[]`:                                 `1:1: the facts are no object; perhaps {"line": {"code": "A"}}`,
		`{"line":`:                           `the facts are neither JSON nor YAML: line 1: did not find expected node content`,
		`{"lines": {}}`:                      `1:2: there is no fact "lines"; perhaps line`,
		`{"member": {"agee": 3}}`:            `1:13: there is no fact "agee" in member; perhaps age`,
		`{"member": {"age": "3"}}`:           `1:20: member.age is the text "3", not a whole number; perhaps 3`,
		`{"member": {"age": 3.5}}`:           `1:20: member.age is the number 3.5, not a whole number`,
		`{"member": {"age": 99999999999}}`:   `1:20: member.age is 99999999999; a whole number from -2147483648 to 2147483647 is expected`,
		`{"line": {"code": 59400}}`:          `1:19: line.code is the number 59400, not a text; perhaps "59400"`,
		`{"line": {"code": null}}`:           `1:19: line.code is nothing, not a text`,
		`{"line": {"billed": "much"}}`:       `1:21: line.billed is the text "much", not a number`,
		`{"line": {"billed": .inf}}`:         `1:21: line.billed is .inf; a number such as 12.50 is expected`,
		`{"line": {"date": "2026-02-30"}}`:   `1:19: line.date is the text "2026-02-30", not a day; perhaps "2026-05-10"`,
		`{"line": 3}`:                        `1:10: line is the number 3, not an object`,
		`{"diagnoses": "O80"}`:               `1:15: diagnoses is the text "O80", not a list of codes; perhaps ["O80"]`,
		`{"claim": {"authorized": 1}}`:       `1:26: claim.authorized is the number 1, not true or false`,
		`{"line": {}, "line": {}}`:           `1:14: "line" is given twice`,
		`{"history": {"code": "A"}}`:         `1:13: history is an object, not a list of at most 500 services; perhaps [{"code": "A", "daysAgo": 10}]`,
		`{"history": [{"daysago": 3}]}`:      `1:15: history has no "daysago"; perhaps daysAgo`,
		`{"ledger": {"yearly": {"usd": 3}}}`: `1:24: a limit has no "usd"; perhaps used`,
		"a: &x [1]\nb: *x":                   `1:1: there is no fact "a"`,
		"line: {code: A}\n---\nline: {}":     `2:1: there is more than one document`,
	} {
		t.Run(text, func(t *testing.T) {
			c, mistakes := Decode(text)
			require.Nil(t, c)
			require.NotEmpty(t, mistakes)
			require.Equal(t, want, mistakes[0].String())
		})
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(`{"line": {"code": "S-DEL", "billed": 1200}, "history": [{"code": "A", "daysAgo": 2}], "ledger": {"y": {"left": 1}}}`)
	f.Add("line:\n  code: A\ndiagnoses: [O80]\n")
	f.Add("a: &a [*a]")
	f.Fuzz(func(t *testing.T, text string) {
		c, mistakes := Decode(text)
		require.Equal(t, c == nil, len(mistakes) > 0)
		if c != nil {
			c.Complete()
			if c.Line.History != nil {
				c.Line.History.Times(value.CodesOf("", "A"), 30)
			}
		}
	})
}
