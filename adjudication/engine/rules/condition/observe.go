package condition

import (
	"fmt"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/parser"

	"claimwright/adjudication/engine/rules/fact"
)

// Part is a part of an expression that is true or false: what && and || join, what ! negates, a comparison, a function.
type Part struct {
	// Text is the part as CEL writes it.
	Text string
	// Line and Column are where it begins, both from 1.
	Line, Column int
	// Needed tells that the whole can only hold when the part does: it is the whole, or joined to it by && alone.
	Needed bool
	id     int64
}

// Outcome is what a part came to.
type Outcome struct {
	True, False bool
	// Fault is why it could not be computed; empty when it could.
	Fault string
}

// Observer evaluates every part of an expression, those too that do not matter for the result. It is much slower than the
// Condition, and for those who explain or test one. It is for one goroutine.
type Observer struct {
	parts   []Part
	program cel.Program
}

// Observe compiles an expression that is true or false, to watch its parts. The expression must be one that Compile accepts
// with the same options.
func Observe(text string, o Options) (*Observer, error) {
	checked, env, err := study(text, o)
	if err != nil {
		return nil, err
	}
	program, err := env.Program(checked, cel.EvalOptions(cel.OptExhaustiveEval, cel.OptTrackState))
	if err != nil {
		return nil, fmt.Errorf("observe: %w", err)
	}
	w := &walker{tree: checked.NativeRep()}
	w.visit(w.tree.Expr(), "", true)
	return &Observer{parts: w.parts, program: program}, nil
}

// study compiles an expression to look at its tree.
func study(text string, o Options) (*cel.Ast, *cel.Env, error) {
	env, err := o.environment()
	if err != nil {
		return nil, nil, fmt.Errorf("observe: %w", err)
	}
	checked, issues := env.Compile(text)
	if issues.Err() != nil {
		return nil, nil, fmt.Errorf("observe: %s", problemsOf(issues)[0])
	}
	return checked, env, nil
}

// Parts are the parts, the whole before what it is made of. The slice must not be changed.
func (o *Observer) Parts() []Part { return o.parts }

// About evaluates all parts about the view's line; the outcomes are in the order of Parts.
func (o *Observer) About(v *fact.View) []Outcome {
	outcomes := make([]Outcome, len(o.parts))
	_, details, _ := o.program.Eval(v) // what fails is told by its part
	if details == nil {
		return outcomes
	}
	for i := range o.parts {
		got, ok := details.State().Value(o.parts[i].id)
		switch {
		case !ok:
		case got == types.True:
			outcomes[i].True = true
		case got == types.False:
			outcomes[i].False = true
		case types.IsError(got):
			outcomes[i].Fault = fmt.Sprint(got)
		}
	}
	return outcomes
}

// walker gathers the parts.
type walker struct {
	tree  *ast.AST
	parts []Part
}

// visit takes an expression that another joins by an operator: a chain of the same operator is one part.
func (w *walker) visit(e ast.Expr, within string, needed bool) {
	if w.tree.GetType(e.ID()) != nil && w.tree.GetType(e.ID()).IsExactType(types.BoolType) && e.Kind() != ast.LiteralKind && e.Kind() != ast.IdentKind {
		w.part(e, within, needed)
	}
	switch e.Kind() {
	case ast.CallKind:
		call := e.AsCall()
		name := call.FunctionName()
		if call.IsMemberFunction() {
			w.visit(call.Target(), name, false)
		}
		for _, argument := range call.Args() {
			w.visit(argument, name, needed && name == operators.LogicalAnd)
		}
	case ast.SelectKind:
		w.visit(e.AsSelect().Operand(), "", false)
	case ast.ListKind:
		for _, element := range e.AsList().Elements() {
			w.visit(element, "", false)
		}
	} // what a macro such as exists(…) does within is its own: the macro is one part
}

func (w *walker) part(e ast.Expr, within string, needed bool) {
	if e.Kind() == ast.CallKind {
		if name := e.AsCall().FunctionName(); name == within && (name == operators.LogicalAnd || name == operators.LogicalOr) {
			return
		}
	}
	p := Part{Text: written(e, w.tree.SourceInfo()), Needed: needed, id: e.ID()}
	where := w.tree.SourceInfo().GetLocationByOffset(start(e, w.tree.SourceInfo()))
	p.Line, p.Column = max(1, where.Line()), where.Column()+1
	w.parts = append(w.parts, p)
}

// written is an expression as CEL writes it.
func written(e ast.Expr, info *ast.SourceInfo) string {
	text, err := parser.Unparse(e, info, parser.WrapOnColumn(MaxLength))
	if err != nil {
		return "…"
	}
	return text
}

// start is where the leftmost piece of an expression stands.
func start(e ast.Expr, info *ast.SourceInfo) int32 {
	least := int32(MaxLength)
	ast.PostOrderVisit(e, ast.NewExprVisitor(func(e ast.Expr) {
		if r, ok := info.GetOffsetRange(e.ID()); ok && r.Start >= 0 {
			least = min(least, r.Start)
		}
	}))
	return least
}
