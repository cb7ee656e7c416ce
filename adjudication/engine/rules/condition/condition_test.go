package condition

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/money"
	"claimwright/adjudication/engine/rules/fact"
	"claimwright/adjudication/engine/rules/value"
)

var options = Options{
	Lists: func(name string) *value.Codes {
		if name == "maternity" {
			return value.CodesOf(name, "S-DEL", "S-ANC")
		}
		return nil
	},
	ListNames: []string{"maternity"},
}

func view() *fact.View {
	v := fact.NewView(&fact.Facts{Member: fact.Member{Sex: "male"}, Diagnoses: []string{"O80"}})
	v.About(&fact.Line{
		Item: fact.Item{Code: "S-DEL", Category: "delivery", Date: day.Of(2026, 5, 10), Billed: money.Whole(1200), ListPrice: money.Whole(1000)},
		Age:  12,
	})
	return v
}

func TestHolds(t *testing.T) {
	for text, want := range map[string]bool{
		`line.code in list("maternity") && member.sex == "male"`: true,
		`line.code in list("maternity") && member.age > 15`:      false,
		`diagnoses.none(within("O00-O9A"))`:                      false,
		`line.billed > line.listPrice * 1.1`:                     true,
	} {
		t.Run(text, func(t *testing.T) {
			c, problems := Compile(text, options)
			require.Empty(t, problems)
			got, err := c.Holds(view())
			require.NoError(t, err)
			require.Equal(t, want, got)
		})
	}
}

func TestNumber(t *testing.T) {
	for text, want := range map[string]string{`line.listPrice * 0.8`: "800.0", `500`: "500", `12.5`: "12.5", `lesser(line.billed, line.listPrice)`: "1000"} {
		c, problems := CompileNumber(text, options)
		require.Empty(t, problems, text)
		got, err := c.Number(view())
		require.NoError(t, err)
		require.Equal(t, want, got.String(), text)
	}
}

func TestWhatCannotBeEvaluatedIsAnError(t *testing.T) {
	c, problems := Compile(`line.date > member.died`, options)
	require.Empty(t, problems)
	_, err := c.Holds(view())
	require.ErrorContains(t, err, "the day is not known")
}

func TestMistakesAreTold(t *testing.T) {
	for text, want := range map[string]string{
		`mamber.age > 3`:                    `1:1: there is no fact or function "mamber"; perhaps member`,
		`member.agee > 3`:                   `1:7: there is no fact "agee"; perhaps age`,
		`line.code in list("matternity")`:   `1:18: there is no list "matternity"; perhaps maternity`,
		`line.billed == 10`:                 `1:13: "==" cannot be applied to (decimal, int); perhaps decimal(10) instead of 10: amounts are equal to amounts only`,
		`10 < line.billed`:                  `1:4: "<" cannot be applied to (int, decimal); perhaps the amount on the left`,
		`line.date > "2026-01-01"`:          `1:11: ">" cannot be applied to (date, string); perhaps date("2026-01-31") around the day`,
		`line.date > date("2026-02-30")`:    `1:17: "2026-02-30" is no day such as 2026-02-28`,
		`diagnoses.any(within("B-A"))`:      `1:21: the range "B-A" ends before it starts`,
		`line.code`:                         `1:1: the expression is a text, not true or false`,
		"line.code == \"A\" &&\n  line.cod": `2:7: there is no fact "cod"; perhaps code`,
		`line.code in list(line.code)`:      `1:18: list(…) takes a text that is written out`,
		`line.code ==`:                      `1:13: Syntax error`,
	} {
		t.Run(text, func(t *testing.T) {
			c, problems := Compile(text, options)
			require.Nil(t, c)
			require.NotEmpty(t, problems)
			require.True(t, strings.HasPrefix(problems[0].String(), want), "%s", problems[0])
		})
	}
}

func TestLateFactsComeTooLate(t *testing.T) {
	early := options
	early.Early = true
	_, problems := Compile(`line.paid > 100`, early)
	require.Len(t, problems, 1)
	require.Contains(t, problems[0].String(), "1:5: line.paid is known only after the line was valued")
	c, problems := Compile(`line.paid > 100`, options)
	require.Empty(t, problems)
	require.True(t, c.Shape().Late)
}

func TestExpensiveExpressionsAreRefused(t *testing.T) {
	list := "[" + strings.Repeat(`"a",`, 60) + `"b"]`
	for _, text := range []string{
		list + `.exists(a, ` + list + `.exists(b, ` + list + `.exists(c, a + b == c)))`,
		strings.Repeat("!", MaxLength) + "true",
		strings.Repeat("(", 1000) + "true" + strings.Repeat(")", 1000),
	} {
		c, problems := Compile(text, options)
		require.Nil(t, c)
		require.NotEmpty(t, problems)
	}
}

func TestShape(t *testing.T) {
	for text, want := range map[string]Shape{
		`line.code == "A"`: {Codes: []string{"A"}, PerLine: true},
		`claim.total > 100 && diagnoses.any(within("O"))`:                 {},
		`member.age > 3 && (line.code in ["A", "B"] && "A" == line.code)`: {Codes: []string{"A"}, PerLine: true},
		`line.code in list("maternity")`:                                  {Codes: []string{"S-ANC", "S-DEL"}, Lists: []string{"maternity"}, PerLine: true},
		`line.code == "A" || line.code == "B"`:                            {PerLine: true},
		`!(line.code == "A")`:                                             {PerLine: true},
		`line.category == "surgery" && line.billed > 3`:                   {Category: "surgery", PerLine: true},
	} {
		c, problems := Compile(text, options)
		require.Empty(t, problems, text)
		require.Equal(t, want, c.Shape(), text)
	}
	c, problems := Compile(`history.times(list("maternity"), 90) > 1 && history.daysSince(within("S")) < 3`, options)
	require.Empty(t, problems)
	asks := c.Shape().Asks
	require.Len(t, asks, 2)
	require.Equal(t, 90, asks[0].Days)
	require.True(t, asks[0].Codes.Has("S-DEL"))
	require.Equal(t, fact.MaxHistory, asks[1].Days)
}

func TestWhatIsAskedAboutTheLineItself(t *testing.T) {
	shape := func(text string) Shape {
		c, problems := Compile(text, options)
		require.Empty(t, problems, text)
		return c.Shape()
	}
	s := shape(`history.around(line.code, 3) > 0`)
	require.Equal(t, []Ask{{Days: 3}}, s.Asks, "any service")
	require.Zero(t, s.Visits)
	s = shape(`line.code in ["A", "B"] && history.around(line.code, 0) > 0`)
	require.Equal(t, 1, s.Asks[0].Days)
	require.True(t, s.Asks[0].Codes.Has("B") && !s.Asks[0].Codes.Has("C"), "what the line can be")
	s = shape(`line.code == "A" && history.around("C", visit.days) > 0`)
	require.Equal(t, fact.MaxHistory, s.Asks[0].Days)
	require.True(t, s.Asks[0].Codes.Has("C") && !s.Asks[0].Codes.Has("A"))
	require.Equal(t, 1, shape(`history.nightsElsewhere() > 0`).Visits)
	require.Equal(t, 8, shape(`history.elsewhere(7) > 0 || history.elsewhere(2) > 1`).Visits)
	require.Equal(t, fact.MaxHistory+1, shape(`history.elsewhere(100000) > 0`).Visits)
}

func FuzzCompile(f *testing.F) {
	f.Add(`line.code in list("maternity") && member.age < 15`)
	f.Add(`line.date - date("2026-01-01") > 3`)
	f.Fuzz(func(t *testing.T, text string) {
		c, problems := Compile(text, options)
		require.Equal(t, c == nil, len(problems) > 0)
		if c != nil {
			_, _ = c.Holds(view())
		}
	})
}

func BenchmarkHolds(b *testing.B) {
	v := view()
	for name, text := range map[string]string{
		"code":   `line.code == "S-CON"`,
		"list":   `line.code in list("maternity") && member.age > 15`,
		"within": `line.diagnoses.none(within("A00-B99, E11, O00-O9A"))`,
	} {
		c, problems := Compile(text, options)
		require.Empty(b, problems)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := c.Holds(v); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func TestHostileExpressionsAreRefused(t *testing.T) {
	for name, text := range map[string]string{
		"a pattern that is short to write and long to run": `line.code.matches("` + strings.Repeat("a{1000}", 20) + `")`,
		"a pattern that the claim writes":                  `line.code.matches(claim.type)`,
		"no pattern":                                       `line.code.matches("(")`,
		"texts that grow":                                  `("` + strings.Repeat("a", 1000) + `" + line.code)` + strings.Repeat(` + line.code`, 200) + ` == "x"`,
		"loops in loops":                                   `[1,2,3,4,5,6,7,8,9,10].exists(a, [1,2,3,4,5,6,7,8,9,10].exists(b, [1,2,3,4,5,6,7,8,9,10].exists(c, [1,2,3,4,5,6,7,8,9,10].exists(d, a+b+c+d == 0))))`,
		"lists that grow in a loop":                        `[1,2,3,4,5,6,7,8,9].map(a, [1,2,3,4,5,6,7,8,9].map(b, [1,2,3,4,5,6,7,8,9].map(c, [a,b,c,a,b,c]))).size() > 3`,
		"many looks back":                                  strings.Repeat(`history.times(within("A"), 30) > 1 || `, 20) + `true`,
		"nesting":                                          strings.Repeat("!(", 200) + "true" + strings.Repeat(")", 200),
		"a number beyond all":                              `line.billed > 99999999999999999999999999`,
	} {
		t.Run(name, func(t *testing.T) {
			c, problems := Compile(text, options)
			require.Nil(t, c)
			require.NotEmpty(t, problems)
		})
	}
	c, problems := Compile(`line.code.matches("^S-[A-Z]{2,5}$")`, options)
	require.Empty(t, problems)
	got, err := c.Holds(view())
	require.NoError(t, err)
	require.True(t, got)
	require.Positive(t, c.Cost())
	require.LessOrEqual(t, c.Cost(), uint64(MaxCost))
}
