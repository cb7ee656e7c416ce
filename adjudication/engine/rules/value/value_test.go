package value

import (
	"strings"
	"testing"

	"cel.dev/cel-go/cel"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func evaluate(t *testing.T, expression string) (any, error) {
	t.Helper()
	env, err := cel.NewEnv(Library(), ListFunction(func(name string) *Codes {
		if name == "maternity" {
			return CodesOf("maternity", "S-DEL", "S-ANC")
		}
		return nil
	}), cel.Variable("diagnoses", CodedType))
	require.NoError(t, err)
	ast, issues := env.Compile(expression)
	require.NoError(t, issues.Err(), expression)
	program, err := env.Program(ast)
	require.NoError(t, err)
	got, _, err := program.Eval(map[string]any{"diagnoses": Coded{"O80.1", "E11.9"}})
	if err != nil {
		return nil, err
	}
	return got.Value(), nil
}

func TestTrue(t *testing.T) {
	for _, expression := range []string{
		`decimal("0.1") + decimal("0.2") == decimal("0.3")`,
		`decimal("12.50") * 3 == decimal(37.5)`,
		`decimal("10") / 3 == decimal("3.333333")`,
		`-decimal("10") / 4 == decimal("-2.5")`,
		`decimal("1.00") == decimal(1) && decimal("1") != decimal(2)`,
		`decimal("100000000000000000") > 99999999999999999`,
		`decimal("2") - 0.5 >= 1.5 && decimal("2") <= 2 && decimal("2") < 3`,
		`decimal(3) > decimal(2) && decimal(2) <= decimal(2) && lesser(decimal(3), decimal("2.5")) == decimal(2.5) && greater(decimal(3), decimal("2.5")) == decimal(3)`,
		`date("2026-02-28") + 1 == date("2026-03-01")`,
		`date("2026-03-01") - date("2026-02-28") == 1`,
		`date("2026-03-01") - 1 < date("2026-03-01")`,
		`date("2026-11-28").weekend() && date("2026-11-27").weekday() == 5`,
		`date("2026-11-27").year() == 2026 && date("2026-11-27").month() == 11 && date("2026-11-27").day() == 27`,
		`date("2026-11-27").between(date("2026-11-27"), date("2026-12-31"))`,
		`!date("2027-01-01").between(date("2026-11-27"), date("2026-12-31"))`,
		`"O80.1" in within("O00-O9A") && "O9A.2" in within("O00-O9A") && "O9A2" in within("o00 - o9a")`,
		`!("P00" in within("O00-O9A")) && !("N99" in within("O00-O9A"))`,
		`"E11.9" in within("I10-I15, E11") && !("E12" in within("I10-I15, E11"))`,
		`"S-DEL" in list("maternity") && !("S-CON" in list("maternity"))`,
		`diagnoses.any(within("O00-O9A")) && diagnoses.none(within("A00-B99")) && !diagnoses.only(within("O"))`,
		`diagnoses.only(within("O,E")) && diagnoses.count(within("E")) == 1 && diagnoses.size() == 2`,
		`"E11.9" in diagnoses && !("E11" in diagnoses)`,
	} {
		t.Run(expression, func(t *testing.T) {
			got, err := evaluate(t, expression)
			require.NoError(t, err)
			require.Equal(t, true, got)
		})
	}
}

func TestWhatCannotBeComputed(t *testing.T) {
	for expression, says := range map[string]string{
		`decimal("x") > 1`:                                     "no number",
		`decimal(1) / 0 > 1`:                                   "division by zero",
		`decimal("999999999999999999") * 1000000 > 0`:          "too large",
		`date("2026-13-01").year() == 1`:                       "no day",
		`date("2026") < date("2026-01-01")`:                    "no day",
		`date("2026-01-01") + 9000000000 > date("2026-01-01")`: "cannot be moved",
		`"x" in list("nobody")`:                                "no list",
		`"x" in within("B-A")`:                                 "ends before it starts",
		`"x" in within("A,,B")`:                                "empty part",
	} {
		t.Run(expression, func(t *testing.T) {
			_, err := evaluate(t, expression)
			require.ErrorContains(t, err, says)
		})
	}
}

func FuzzParseRanges(f *testing.F) {
	f.Add("O00-O9A, E11", "O80.1")
	f.Add("", "x")
	f.Fuzz(func(t *testing.T, text, code string) {
		s, err := ParseRanges(text)
		if err != nil {
			return
		}
		s.Has(code)
	})
}

// A code is in ranges if it is in any of them alone, however they overlap.
func TestRangesTogetherAreRangesAlone(t *testing.T) {
	code := rapid.StringMatching(`[AB][0-3]{0,2}`)
	rapid.Check(t, func(t *rapid.T) {
		var parts []string
		alone := false
		asked := rapid.StringMatching(`[AB][0-3]{0,3}`).Draw(t, "asked")
		for range rapid.IntRange(1, 5).Draw(t, "parts") {
			from, to := code.Draw(t, "from"), code.Draw(t, "to")
			if to < from && !strings.HasPrefix(from, to) {
				from, to = to, from
			}
			parts = append(parts, from+"-"+to)
			alone = alone || from <= asked && (asked <= to || strings.HasPrefix(asked, to))
		}
		set, err := ParseRanges(strings.Join(parts, ","))
		require.NoError(t, err)
		require.Equal(t, alone, set.Has(asked), "%s in %v", asked, parts)
	})
}
