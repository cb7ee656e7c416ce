package condition

import (
	"errors"
	"fmt"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"

	"claimwright/adjudication/engine/money"
	"claimwright/adjudication/engine/rules/fact"
	"claimwright/adjudication/engine/rules/value"
)

const (
	// MaxLength bounds an expression's text, in bytes.
	MaxLength = 4096
	// MaxCost bounds what an expression may cost in the worst case, in CEL's units: about a comparison each.
	MaxCost = 10_000
)

// Options are what expressions are compiled with.
type Options struct {
	// Lists are the scheme's sets of codes.
	Lists value.Lists
	// Early refuses facts that are known only after a line was valued.
	Early bool
	// ListNames are the names that a misspelt list is compared with.
	ListNames []string
	// In is what to compile in: an Environment with the same Lists, where there are many expressions. Nil makes one for this one.
	In *Environment
}

// Condition is a compiled expression.
type Condition struct {
	// Text is the expression as it was written.
	Text    string
	program cel.Program
	shape   Shape
	cost    uint64
}

// Cost is what the expression may cost in the worst case, in CEL's units.
func (c *Condition) Cost() uint64 { return c.cost }

// Compile compiles an expression that is true or false. With any problem the Condition is nil.
func Compile(text string, o Options) (*Condition, []Problem) { return compile(text, o, cel.BoolType) }

// CompileNumber compiles an expression that is an amount or another number.
func CompileNumber(text string, o Options) (*Condition, []Problem) {
	return compile(text, o, value.DecimalType, cel.IntType, cel.DoubleType)
}

func compile(text string, o Options, wanted ...*cel.Type) (*Condition, []Problem) {
	if len(text) > MaxLength {
		return nil, []Problem{{Text: fmt.Sprintf("the expression is longer than %d bytes", MaxLength)}}
	}
	env, err := o.environment()
	if err != nil {
		return nil, []Problem{{Text: err.Error()}}
	}
	ast, issues := env.Compile(text)
	if issues.Err() != nil {
		return nil, problemsOf(issues)
	}
	if problem := wrongResult(ast, wanted); problem != nil {
		return nil, []Problem{*problem}
	}
	found := inspect(ast, o)
	if len(found.problems) > 0 {
		return nil, found.problems
	}
	most, problem := expensive(env, ast)
	if problem != nil {
		return nil, []Problem{*problem}
	}
	program, err := env.Program(ast, cel.EvalOptions(cel.OptOptimize), cel.CustomDecoratorV2(fold))
	if err != nil {
		return nil, []Problem{{Text: err.Error()}}
	}
	return &Condition{Text: text, program: program, shape: found.shape, cost: most}, nil
}

func wrongResult(ast *cel.Ast, wanted []*cel.Type) *Problem {
	for _, t := range wanted {
		if ast.OutputType().IsExactType(t) {
			return nil
		}
	}
	what := "a number"
	if wanted[0] == cel.BoolType {
		what = "true or false"
	}
	return &Problem{Line: 1, Column: 1, Text: fmt.Sprintf("the expression is %s, not %s", article(ast.OutputType()), what)}
}

// errNumber: what should be a number is none.
var errNumber = errors.New("the expression gave no number")

// Holds evaluates the condition about the view's line. What cannot be computed is an error, whose text names no data of the
// claim.
func (c *Condition) Holds(v *fact.View) (bool, error) {
	got, _, err := c.program.Eval(v)
	if err != nil {
		return false, err
	}
	return got == types.True, nil
}

// Number evaluates an expression of CompileNumber.
func (c *Condition) Number(v *fact.View) (money.Decimal, error) {
	got, _, err := c.program.Eval(v)
	if err != nil {
		return money.Decimal{}, err
	}
	n, ok := value.Number(got)
	if !ok {
		return money.Decimal{}, errNumber
	}
	return n, nil
}

// Shape is what the expression is about.
func (c *Condition) Shape() Shape { return c.shape }
