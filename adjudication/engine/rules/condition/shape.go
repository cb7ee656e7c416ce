package condition

import (
	"fmt"
	"regexp/syntax"
	"slices"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"

	"claimwright/adjudication/engine/rules/fact"
	"claimwright/adjudication/engine/rules/value"
	"claimwright/fhir/spelling"
)

// Shape is what can be said of an expression without running it.
type Shape struct {
	// Codes are the codes that line.code must be one of for the condition to hold; nil when it may be any.
	Codes []string
	// Category is what line.category must be; empty when it may be any.
	Category string
	// Asks are the sets of codes whose provisions the expression looks back for, and how far.
	Asks []Ask
	// Visits is one more than the days around a visit within which it looks for visits elsewhere; 0 when it does not.
	Visits int
	// Lists are the names of the lists that it names.
	Lists []string
	// Late tells that it asks a fact that is known only after valuation.
	Late bool
	// PerLine tells that it asks facts that differ from line to line; without any it is the same for all of a claim.
	PerLine bool
}

// Ask is one look back: at Codes, or at all services when Codes is nil because the expression computes them.
type Ask struct {
	Codes *value.Codes
	Days  int
}

type inspection struct {
	shape Shape
	// own are the places of those of the Asks that are about the line's own code.
	own      []int
	problems []Problem
	options  Options
	info     *ast.SourceInfo
}

// inspect walks over a checked expression.
func inspect(checked *cel.Ast, o Options) *inspection {
	i := &inspection{options: o, info: checked.NativeRep().SourceInfo()}
	root := checked.NativeRep().Expr()
	ast.PreOrderVisit(root, ast.NewExprVisitor(i.visit))
	i.narrow(root)
	i.narrowAsks()
	return i
}

func (i *inspection) fail(at ast.Expr, text, suggestion string) {
	if len(i.problems) == mostProblems {
		return
	}
	p := Problem{Text: text, Suggestion: suggestion}
	if where := i.info.GetStartLocation(at.ID()); where.Line() > 0 {
		p.Line, p.Column = where.Line(), where.Column()+1
	}
	i.problems = append(i.problems, p)
}

func (i *inspection) visit(e ast.Expr) {
	switch e.Kind() {
	case ast.IdentKind:
		i.shape.PerLine = i.shape.PerLine || fact.IsPerLine(e.AsIdent())
	case ast.SelectKind:
		i.fact(e)
	case ast.CallKind:
		i.call(e)
	}
}

// fact notes facts that are not known before a line is valued.
func (i *inspection) fact(e ast.Expr) {
	kind, field, ok := selected(e)
	if !ok || !fact.IsLate(kind, field) {
		return
	}
	i.shape.Late = true
	if i.options.Early {
		i.fail(e, fmt.Sprintf("%s.%s is known only after the line was valued; this action comes before", kind, field), "line.billed")
	}
}

// call checks constant arguments when the rule is saved instead of when a claim comes, and notes what is looked back for.
func (i *inspection) call(e ast.Expr) {
	call := e.AsCall()
	switch call.FunctionName() {
	case "list", "within", "date", "decimal":
		i.constant(e, call)
	case "matches":
		i.pattern(e, call)
	case "times", "daysSince":
		i.look(call)
	case "around":
		i.lookAround(call)
	case "elsewhere":
		i.shape.Visits = max(i.shape.Visits, days(call, 0)+1)
	case "nightsElsewhere":
		i.shape.Visits = max(i.shape.Visits, 1)
	}
}

func (i *inspection) constant(e ast.Expr, call ast.CallExpr) {
	argument, ok := literal(call.Args(), 0).(types.String)
	switch name := call.FunctionName(); {
	case !ok && (name == "list" || name == "within"):
		i.fail(e, fmt.Sprintf("%s(…) takes a text that is written out", name), "")
	case !ok:
	case name == "list":
		i.shape.Lists = append(i.shape.Lists, string(argument))
		if i.options.Lists == nil || i.options.Lists(string(argument)) == nil {
			i.fail(e, fmt.Sprintf("there is no list %q", string(argument)), spelling.Nearest(string(argument), i.options.ListNames))
		}
	default:
		if err := value.CheckConstant(name, string(argument)); err != nil {
			i.fail(e, err.Error(), "")
		}
	}
}

// maxPattern bounds the instructions of a regular expression: a{1000} is short to write and long to run.
const maxPattern = 500

// pattern refuses regular expressions that are computed, wrong or long to run.
func (i *inspection) pattern(e ast.Expr, call ast.CallExpr) {
	args := call.Args()
	text, ok := literal(args, len(args)-1).(types.String)
	if !ok {
		i.fail(e, "matches(…) takes a regular expression that is written out", "")
		return
	}
	parsed, err := syntax.Parse(string(text), syntax.Perl)
	if err != nil {
		i.fail(e, fmt.Sprintf("%q is no regular expression", string(text)), "")
		return
	}
	if program, err := syntax.Compile(parsed.Simplify()); err != nil || len(program.Inst) > maxPattern {
		i.fail(e, "the regular expression could take too long", "a shorter one, with smaller counts in braces")
	}
}

func (i *inspection) look(call ast.CallExpr) {
	ask := Ask{Days: fact.MaxHistory, Codes: i.codes(call.Args()[0])}
	if call.FunctionName() == "times" {
		ask.Days = days(call, 1)
	}
	i.shape.Asks = append(i.shape.Asks, ask)
}

// lookAround is a look at the service of one code, most often the line's own.
func (i *inspection) lookAround(call ast.CallExpr) {
	ask := Ask{Days: max(1, days(call, 1))}
	if code, ok := literal(call.Args(), 0).(types.String); ok {
		ask.Codes = value.CodesOf(string(code), string(code))
	} else if isFact(call.Args()[0], "line", "code") {
		i.own = append(i.own, len(i.shape.Asks))
	}
	i.shape.Asks = append(i.shape.Asks, ask)
}

// narrowAsks: what is asked about the line's own code is asked about the codes for which the condition can hold.
func (i *inspection) narrowAsks() {
	if i.shape.Codes == nil {
		return
	}
	for _, at := range i.own {
		i.shape.Asks[at].Codes = value.CodesOf("line.code", i.shape.Codes...)
	}
}

// days is an argument that says how far a rule looks, the farthest when it is computed.
func days(call ast.CallExpr, n int) int {
	if d, ok := literal(call.Args(), n).(types.Int); ok {
		return int(max(0, min(d, fact.MaxHistory)))
	}
	return fact.MaxHistory
}

// codes is the set that an expression names, nil when it is computed.
func (i *inspection) codes(e ast.Expr) *value.Codes {
	if e.Kind() != ast.CallKind {
		return nil
	}
	call := e.AsCall()
	name, ok := literal(call.Args(), 0).(types.String)
	switch {
	case !ok:
	case call.FunctionName() == "list" && i.options.Lists != nil:
		return i.options.Lists(string(name))
	case call.FunctionName() == "within":
		set, _ := value.ParseRanges(string(name))
		return set
	}
	return nil
}

// narrow finds, in what must all be true, for which codes and category the condition can hold.
func (i *inspection) narrow(e ast.Expr) {
	if e.Kind() != ast.CallKind {
		return
	}
	call := e.AsCall()
	switch call.FunctionName() {
	case operators.LogicalAnd:
		for _, part := range call.Args() {
			i.narrow(part)
		}
	case operators.Equals:
		i.narrowTo(call.Args()[0], call.Args()[1])
		i.narrowTo(call.Args()[1], call.Args()[0])
	case operators.In:
		if isFact(call.Args()[0], "line", "code") {
			i.only(i.members(call.Args()[1]))
		}
	}
}

func (i *inspection) narrowTo(asked, constant ast.Expr) {
	text, ok := literal([]ast.Expr{constant}, 0).(types.String)
	switch {
	case !ok:
	case isFact(asked, "line", "code"):
		i.only([]string{string(text)})
	case isFact(asked, "line", "category"):
		i.shape.Category = string(text)
	}
}

// members are the codes of a list that is written out, or of a named set without ranges; nil when they cannot be told.
func (i *inspection) members(e ast.Expr) []string {
	if e.Kind() == ast.ListKind {
		codes := []string{}
		for _, element := range e.AsList().Elements() {
			text, ok := literal([]ast.Expr{element}, 0).(types.String)
			if !ok {
				return nil
			}
			codes = append(codes, string(text))
		}
		return codes
	}
	if set := i.codes(e); set != nil {
		if codes, ok := set.Singles(); ok {
			return append([]string{}, codes...)
		}
	}
	return nil
}

// only keeps the codes that all parts of the condition allow.
func (i *inspection) only(codes []string) {
	switch {
	case codes == nil:
	case i.shape.Codes == nil:
		i.shape.Codes = codes
	default:
		i.shape.Codes = slices.DeleteFunc(i.shape.Codes, func(c string) bool { return !slices.Contains(codes, c) })
	}
}

func isFact(e ast.Expr, kind, field string) bool {
	k, f, ok := selected(e)
	return ok && k == kind && f == field
}

// selected takes "kind.field" apart.
func selected(e ast.Expr) (kind, field string, ok bool) {
	if e.Kind() != ast.SelectKind || e.AsSelect().Operand().Kind() != ast.IdentKind {
		return "", "", false
	}
	return e.AsSelect().Operand().AsIdent(), e.AsSelect().FieldName(), true
}

// literal is the value of a constant argument, nil for any other.
func literal(args []ast.Expr, n int) any {
	if n >= len(args) || args[n].Kind() != ast.LiteralKind {
		return nil
	}
	return args[n].AsLiteral()
}
