package fact

import (
	"testing"

	"cel.dev/cel-go/cel"
	"github.com/stretchr/testify/require"

	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/money"
	"claimwright/adjudication/engine/rules/value"
)

func environment(t testing.TB) *cel.Env {
	t.Helper()
	env, err := cel.NewEnv(value.Library(), value.ListFunction(func(name string) *value.Codes { return value.CodesOf(name, "S-DEL") }), Library())
	require.NoError(t, err)
	return env
}

func program(t testing.TB, expression string) cel.Program {
	t.Helper()
	env := environment(t)
	ast, issues := env.Compile(expression)
	require.NoError(t, issues.Err(), expression)
	p, err := env.Program(ast, cel.EvalOptions(cel.OptOptimize))
	require.NoError(t, err)
	return p
}

type past struct{}

func (past) Times(of *value.Codes, days int) int {
	if of.Has("S-DEL") && days >= 30 {
		return 2
	}
	return 0
}

func (past) DaysSince(*value.Codes) int { return 30 }

func (past) Around(code string, days int) int {
	if code == "S-DEL" {
		return days
	}
	return 0
}

func (past) Elsewhere(days int) int { return days + 1 }

func (past) NightsElsewhere() int { return 2 }

type limits struct{}

func (limits) Used(limit string) (money.Decimal, bool) { return money.Whole(100), limit == "yearly" }
func (limits) Left(limit string) (money.Decimal, bool) { return money.Whole(900), limit == "yearly" }

func sample() (*Facts, *Line) {
	f := &Facts{
		Claim:  Claim{Type: "institutional", Use: "claim", Total: money.New(150050, 2), Services: []string{"S-DEL", "S-BED"}, Received: day.Of(2026, 6, 1)},
		Member: Member{Sex: "female", Birth: day.Of(1990, 1, 1)}, Facility: Facility{Level: "H"},
		Visit: Visit{Type: "other", Setting: "inpatient", Days: 3}, Diagnoses: []string{"O80.1"},
	}
	l := &Line{
		Item: Item{Sequence: 1, Code: "S-DEL", Category: "delivery", Kind: "service", Date: day.Of(2026, 5, 10), Quantity: money.Whole(1), Billed: money.Whole(1000)},
		Plan: Plan{Code: "GOLD"}, Age: 36, History: past{}, Ledger: limits{}, Diagnoses: []string{"O80.1"},
	}
	return f, l
}

func TestConditions(t *testing.T) {
	f, l := sample()
	v := NewView(f)
	v.About(l)
	for _, expression := range []string{
		`line.code in list("maternity") && diagnoses.any(within("O00-O9A"))`,
		`claim.total > 1500 && claim.total < 1500.51`,
		`member.sex == "female" && member.age == 36 && member.born.known() && !member.died.known()`,
		`claim.received - line.date == 22`,
		`history.times(list("x"), 365) == 2 && history.times(list("x"), 7) == 0 && history.daysSince(list("x")) == 30`,
		`history.around(line.code, 3) == 3 && history.around("X", 3) == 0 && history.around(line.code, -1) == 0`,
		`history.elsewhere(0) == 1 && history.nightsElsewhere() == 2`,
		`ledger.left("yearly") < line.billed && ledger.used("yearly") == decimal(100)`,
		`"S-BED" in claim.services && plan.code == "GOLD" && visit.days > 2 && facility.level == "H"`,
		`!(line.code in ["A", "B"])`,
	} {
		t.Run(expression, func(t *testing.T) {
			got, _, err := program(t, expression).Eval(v)
			require.NoError(t, err)
			require.Equal(t, true, got.Value())
		})
	}
}

func TestTheNextLine(t *testing.T) {
	f, l := sample()
	v := NewView(f)
	p := program(t, `line.code == "S-DEL" && line.paid > 5`)
	v.About(l)
	got, _, err := p.Eval(v)
	require.NoError(t, err)
	require.Equal(t, false, got.Value())
	l.Paid = money.Whole(6)
	v.Valued()
	got, _, err = p.Eval(v)
	require.NoError(t, err)
	require.Equal(t, true, got.Value())
	other := *l
	other.Code = "S-BED"
	v.About(&other)
	got, _, err = p.Eval(v)
	require.NoError(t, err)
	require.Equal(t, false, got.Value())
}

func TestEveryExampleCompilesAndRuns(t *testing.T) {
	f, l := sample()
	l.Date, l.From = day.Of(2026, 5, 10), day.Of(2026, 5, 8)
	v := NewView(f)
	v.About(l)
	check := func(example string) {
		env := environment(t)
		ast, issues := env.Compile(example)
		require.NoError(t, issues.Err(), example)
		require.Equal(t, cel.BoolType, ast.OutputType(), example)
	}
	for _, k := range Catalogue {
		for _, field := range k.Fields {
			check(field.Example)
			_, _, err := program(t, k.Name+"."+field.Name+" == "+k.Name+"."+field.Name).Eval(v)
			require.NoError(t, err, field.Name)
		}
	}
	for _, function := range Functions {
		check(function.Example)
	}
}

func BenchmarkCondition(b *testing.B) {
	f, l := sample()
	v := NewView(f)
	v.About(l)
	p := program(b, `line.code in list("maternity") && member.sex == "male" && line.billed > 100`)
	for b.Loop() {
		if _, _, err := p.Eval(v); err != nil {
			b.Fatal(err)
		}
	}
}

func TestTheExamplesOfFunctionsCompile(t *testing.T) {
	for _, f := range value.Functions {
		ast, issues := environment(t).Compile(f.Example)
		require.NoError(t, issues.Err(), f.Example)
		require.Equal(t, cel.BoolType, ast.OutputType(), f.Example)
	}
	require.Equal(t, []string{"any", "between", "count", "date", "day", "decimal", "greater", "known", "lesser", "list", "month", "none",
		"only", "size", "weekday", "weekend", "within", "year"}, value.FunctionNames())
}
