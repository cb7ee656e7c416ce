package condition

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/money"
	"claimwright/adjudication/engine/rules/fact"
)

func needs(t require.TestingT, text string) *Needs {
	n, err := Study(text, options)
	require.NoError(t, err, text)
	return n
}

func TestWhatCanNeverHold(t *testing.T) {
	for text, why := range map[string]string{
		`line.code == "A" && line.code == "B"`:                                                 `line.code == "A" and line.code == "B" exclude each other`,
		`line.code in ["A", "B"] && member.age > 3 && line.code in list("maternity")`:          `line.code in ["A", "B"] and line.code in list("maternity") exclude each other`,
		`line.code == "S-DEL" && !(line.code in list("maternity"))`:                            `line.code == "S-DEL" and !(line.code in list("maternity")) exclude each other`,
		`line.code == "O80" && line.code in within("A00-B99")`:                                 `line.code == "O80" and line.code in within("A00-B99") exclude each other`,
		`member.age < 5 && member.age > 10`:                                                    `member.age < 5 and member.age > 10 exclude each other`,
		`member.age < 6 && member.age > 5`:                                                     `member.age < 6 and member.age > 5 exclude each other`,
		`!(member.age >= 5) && 4 < member.age`:                                                 `!(member.age >= 5) and 4 < member.age exclude each other`,
		`line.billed < 5 && line.billed >= decimal("5.00")`:                                    `line.billed < 5 and line.billed >= decimal("5.00") exclude each other`,
		`line.date < date("2026-01-01") && line.date > date("2026-01-01")`:                     `line.date < date("2026-01-01") and line.date > date("2026-01-01") exclude each other`,
		`line.date.between(date("2026-02-01"), date("2026-01-01"))`:                            `line.date.between(date("2026-02-01"), date("2026-01-01")) cannot hold`,
		`claim.authorized && (member.sex == "male" && !claim.authorized)`:                      `claim.authorized is true and claim.authorized is false exclude each other`,
		`diagnoses.any(within("O")) && diagnoses.none(within("O"))`:                            `diagnoses.any(within("O")) is true and diagnoses.any(within("O")) is false exclude each other`,
		`history.times(list("maternity"), 90) > 3 && history.times(list("maternity"), 90) < 2`: `history.times(list("maternity"), 90) > 3 and history.times(list("maternity"), 90) < 2 exclude each other`,
		`(line.code == "A" || line.code == "B") && line.code == "C"`:                           `line.code == "A" or line.code == "B" and line.code == "C" exclude each other`,
		`!(line.code == "A" || claim.authorized) && claim.authorized`:                          `claim.authorized is false and claim.authorized is true exclude each other`,
		`false`:                              `the condition is false`,
		`line.code in []`:                    `line.code in [] cannot hold`,
		`member.age < 5 || member.age > 10`:  ``,
		`member.age < 6 && member.age > 4`:   ``,
		`line.billed < 6 && line.billed > 5`: ``,
		`member.sex == "male" || claim.authorized && !claim.authorized`: ``,
		`line.date > member.died && line.date < member.died + 3`:        ``,
		`line.code != "A" && line.code != "B"`:                          ``,
	} {
		t.Run(text, func(t *testing.T) { require.Equal(t, why, needs(t, text).Never) })
	}
}

func TestWhatImpliesWhat(t *testing.T) {
	for _, c := range []struct {
		a, b           string
		implies, meets bool
	}{
		{`line.code == "A" && member.age < 5`, `line.code in ["A", "B"]`, true, true},
		{`line.code in ["A", "B"]`, `line.code == "A"`, false, true},
		{`member.age < 5`, `member.age < 10`, true, true},
		{`member.age < 10`, `member.age < 5`, false, true},
		{`member.age < 5`, `member.age > 10`, false, false},
		{`member.age > 3`, `true`, true, true},
		{`line.code == "A" && diagnoses.any(within("O"))`, `diagnoses.any(within("O"))`, true, true},
		{`line.code == "A"`, `line.code == "A" || line.code == "C"`, true, true},
		{`line.code == "A"`, `line.code == "A" || member.age < 5`, false, true}, // true, but more than is told
		{`line.code == "A"`, `line.code != "B"`, true, true},
		{`line.code == "S-DEL"`, `line.code in list("maternity")`, true, true},
		{`line.code in within("O") && member.age < 5`, `line.code in within("O")`, true, true},
		{`line.code == "A"`, `line.date > member.died`, false, true},
	} {
		a, b := needs(t, c.a), needs(t, c.b)
		require.Equal(t, c.implies, a.Implies(b), "%s implies %s", c.a, c.b)
		require.Equal(t, c.meets, a.Meets(b), "%s meets %s", c.a, c.b)
		require.Equal(t, c.meets, b.Meets(a), "%s meets %s", c.b, c.a)
	}
}

// drawCondition makes a condition over few facts and few values, so that all combinations come up.
func drawCondition(t *rapid.T, depth int) string {
	if depth > 0 && rapid.Bool().Draw(t, "joined") {
		left := drawCondition(t, depth-1)
		switch rapid.IntRange(0, 2).Draw(t, "join") {
		case 0:
			return "(" + left + ") && (" + drawCondition(t, depth-1) + ")"
		case 1:
			return "(" + left + ") || (" + drawCondition(t, depth-1) + ")"
		}
		return "!(" + left + ")"
	}
	compare := rapid.SampledFrom([]string{"<", "<=", ">", ">="})
	number := rapid.IntRange(0, 3)
	switch rapid.IntRange(0, 7).Draw(t, "kind") {
	case 0:
		return fmt.Sprintf("member.age %s %d", compare.Draw(t, "operator"), number.Draw(t, "number"))
	case 1:
		return fmt.Sprintf("line.billed %s %d.5", compare.Draw(t, "operator"), number.Draw(t, "number"))
	case 2:
		return fmt.Sprintf("line.code %s %q", rapid.SampledFrom([]string{"==", "!="}).Draw(t, "operator"), rapid.SampledFrom([]string{"S-DEL", "S-CON", "O80"}).Draw(t, "code"))
	case 3:
		return "line.code in " + rapid.SampledFrom([]string{`list("maternity")`, `within("O80")`, `["S-CON", "O80"]`, `["S-DEL"]`}).Draw(t, "set")
	case 4:
		return fmt.Sprintf(`line.date %s date("2026-01-0%d")`, compare.Draw(t, "operator"), 1+number.Draw(t, "day"))
	case 5:
		return rapid.SampledFrom([]string{"claim.authorized", `diagnoses.any(within("O"))`, `diagnoses.none(within("O"))`, "claim.authorized == false"}).Draw(t, "part")
	case 6:
		return fmt.Sprintf("%d %s member.age", number.Draw(t, "number"), compare.Draw(t, "operator"))
	}
	return fmt.Sprintf(`line.date.between(date("2026-01-0%d"), date("2026-01-0%d"))`, 1+number.Draw(t, "from"), 1+number.Draw(t, "to"))
}

// TestNeedsAreTrue holds all that is said without running conditions against running them.
func TestNeedsAreTrue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		texts := [2]string{drawCondition(t, 3), drawCondition(t, 2)}
		var studied [2]*Needs
		var compiled [2]*Condition
		for i, text := range texts {
			studied[i] = needs(t, text)
			compiled[i], _ = Compile(text, options)
			require.NotNil(t, compiled[i], text)
		}
		implies, meets := studied[0].Implies(studied[1]), studied[0].Meets(studied[1])
		for range 30 {
			v := drawView(t)
			var held [2]bool
			for i := range compiled {
				held[i], _ = compiled[i].Holds(v)
				require.False(t, held[i] && studied[i].Never != "", "%s holds, though %s", texts[i], studied[i].Never)
			}
			require.False(t, implies && held[0] && !held[1], "%s holds and %s does not", texts[0], texts[1])
			require.False(t, !meets && held[0] && held[1], "%s and %s hold both", texts[0], texts[1])
		}
	})
}

func drawView(t *rapid.T) *fact.View {
	f := &fact.Facts{Claim: fact.Claim{Authorized: rapid.Bool().Draw(t, "authorized")}}
	if rapid.Bool().Draw(t, "pregnant") {
		f.Diagnoses = []string{"O80"}
	}
	l := &fact.Line{Item: fact.Item{
		Code: rapid.SampledFrom([]string{"S-DEL", "S-CON", "O80", "S-ANC", ""}).Draw(t, "code"), Billed: money.New(int64(rapid.IntRange(0, 8).Draw(t, "billed"))*5, 1),
	}, Age: rapid.IntRange(-1, 4).Draw(t, "age")}
	if n := rapid.IntRange(0, 5).Draw(t, "day"); n > 0 {
		l.Date = day.Of(2026, 1, n)
	}
	v := fact.NewView(f)
	v.About(l)
	return v
}

func FuzzStudy(f *testing.F) {
	f.Add(`line.code in list("maternity") && !(member.age < 15 || 3 > member.age) && line.date.between(date("2026-01-01"), date("2026-01-02"))`)
	f.Fuzz(func(t *testing.T, text string) {
		c, _ := Compile(text, options)
		if c == nil {
			return
		}
		n := needs(t, text)
		held, _ := c.Holds(view())
		require.False(t, held && n.Never != "", n.Never)
		_, err := Observe(text, options)
		require.NoError(t, err)
	})
}
