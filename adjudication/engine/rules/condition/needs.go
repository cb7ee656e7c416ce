package condition

import (
	"strings"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"claimwright/adjudication/engine/money"
	"claimwright/adjudication/engine/rules/value"
)

// Needs are what must be so of single facts for an expression to hold, as far as that can be told without running it. What it
// says is certain; what it cannot tell it leaves open. It is immutable.
type Needs struct {
	// Never says why the expression can never hold; empty when it may.
	Never string
	// facts are what single facts, and texts of other parts, may be.
	facts map[string]*allowed
	// exact says that the expression does hold when all facts are as allowed.
	exact bool
}

// Study finds what an expression needs. The expression must be one that Compile accepts with the same options.
func Study(text string, o Options) (*Needs, error) {
	checked, _, err := study(text, o)
	if err != nil {
		return nil, err
	}
	s := &student{tree: checked.NativeRep(), within: inspection{options: o}}
	return s.need(s.tree.Expr(), true), nil
}

// Meets tells whether both may hold of the same line; false is certain.
func (n *Needs) Meets(o *Needs) bool { return both(n, o).Never == "" }

// Implies tells that the other holds whenever this one does; true is certain.
func (n *Needs) Implies(o *Needs) bool {
	if !o.exact || o.Never != "" {
		return false
	}
	for name, b := range o.facts {
		a := n.facts[name]
		if a == nil || !a.within(b) {
			return false
		}
	}
	return true
}

// Texts are what a fact such as line.code must be one of; ok is false when it may be others.
func (n *Needs) Texts(fact string) (texts []string, ok bool) {
	a := n.facts[fact]
	if a == nil || a.in == nil {
		return nil, false
	}
	return a.in, true
}

// NoneOf tells that a fact can be none of the texts; true is certain.
func (n *Needs) NoneOf(fact string, texts []string) bool {
	a := n.facts[fact]
	if a == nil {
		return false
	}
	for _, t := range texts {
		if a.text(t) {
			return false
		}
	}
	return true
}

// Said is what the expression says about a fact, as it is written.
func (n *Needs) Said(fact string) string {
	if a := n.facts[fact]; a != nil {
		return strings.Join(a.said, " and ")
	}
	return ""
}

// Common are texts that a fact can be under both; ok is false when they are not listed.
func (n *Needs) Common(o *Needs, fact string) (texts []string, ok bool) {
	return both(n, o).Texts(fact)
}

// student reads needs off a tree.
type student struct {
	tree   *ast.AST
	within inspection
}

func nothing() *Needs { return &Needs{facts: map[string]*allowed{}, exact: true} }

func never(why string) *Needs { return &Needs{Never: why, facts: map[string]*allowed{}} }

// one needs one thing of one fact.
func one(name string, a *allowed) *Needs {
	n := nothing()
	n.facts[name] = a
	if a.empty() {
		n.Never = strings.Join(a.said, " and ") + " cannot hold"
	}
	return n
}

// need is what must be so for an expression to be true, or to be false.
func (s *student) need(e ast.Expr, want bool) *Needs {
	switch e.Kind() {
	case ast.LiteralKind:
		if e.AsLiteral() == types.Bool(want) {
			return nothing()
		}
		return never("the condition is " + written(e, s.tree.SourceInfo()))
	case ast.CallKind:
		return s.call(e, e.AsCall(), want)
	}
	return s.opaque(e, s.text(e), want)
}

func (s *student) call(e ast.Expr, call ast.CallExpr, want bool) *Needs {
	args := call.Args()
	switch name := call.FunctionName(); name {
	case operators.LogicalNot:
		return s.need(args[0], !want)
	case operators.LogicalAnd, operators.LogicalOr:
		left, right := s.need(args[0], want), s.need(args[1], want)
		if (name == operators.LogicalAnd) == want {
			return both(left, right)
		}
		return either(left, right)
	case operators.Equals, operators.NotEquals:
		return s.equal(e, args, want == (name == operators.Equals))
	case operators.Less, operators.LessEquals, operators.Greater, operators.GreaterEquals:
		if n := s.order(e, name, args, want); n != nil {
			return n
		}
	case operators.In:
		if n := s.in(e, args, want); n != nil {
			return n
		}
	case "between":
		from, ok := s.constant(args[0])
		to, also := s.constant(args[1])
		if want && ok && also {
			return one(s.text(call.Target()), &allowed{whole: true, from: &edge{at: from}, to: &edge{at: to}, said: s.said(e, want)})
		}
	case "none": // is the opposite of any
		return s.opaque(e, s.text(call.Target())+".any("+s.text(args[0])+")", !want)
	}
	return s.opaque(e, s.text(e), want)
}

// opaque is a part that is only known to be the same whenever it is written the same.
func (s *student) opaque(e ast.Expr, key string, want bool) *Needs {
	if strings.Contains(key, "…") {
		return &Needs{facts: map[string]*allowed{}}
	}
	truth := isFalse
	if want {
		truth = isTrue
	}
	return one(key, &allowed{truth: truth, said: []string{key + " is " + truth.String()}})
}

func (s *student) text(e ast.Expr) string { return written(e, s.tree.SourceInfo()) }

func (s *student) said(e ast.Expr, want bool) []string {
	if want {
		return []string{s.text(e)}
	}
	return []string{"!(" + s.text(e) + ")"}
}

func (s *student) whole(e ast.Expr) bool {
	t := s.tree.GetType(e.ID())
	return t != nil && (t.IsExactType(types.IntType) || t.IsExactType(value.DateType))
}

// equal reads a == b when want, and a != b when not.
func (s *student) equal(e ast.Expr, args []ast.Expr, want bool) *Needs {
	a, b := args[0], args[1]
	if a.Kind() == ast.LiteralKind {
		a, b = b, a
	}
	if v, ok := literalOf(b).(types.Bool); ok {
		return s.need(a, want == bool(v))
	}
	if v, ok := literalOf(b).(types.String); ok {
		if want {
			return one(s.text(a), &allowed{in: []string{string(v)}, said: s.said(e, true)})
		}
		return one(s.text(a), &allowed{not: []string{string(v)}, said: []string{s.text(a) + " != " + s.text(b)}})
	}
	if v, ok := s.constant(b); ok && want {
		return one(s.text(a), &allowed{whole: s.whole(a), from: &edge{at: v}, to: &edge{at: v}, said: s.said(e, true)})
	}
	return s.opaque(e, s.text(args[0])+" == "+s.text(args[1]), want)
}

// order reads a comparison with a constant; nil when there is none.
func (s *student) order(e ast.Expr, name string, args []ast.Expr, want bool) *Needs {
	a, b := args[0], args[1]
	less, open := name == operators.Less || name == operators.LessEquals, name == operators.Less || name == operators.Greater
	v, ok := s.constant(b)
	if !ok {
		if v, ok = s.constant(a); !ok {
			return nil
		}
		a, less = b, !less
	}
	if !want {
		less, open = !less, !open
	}
	need := &allowed{whole: s.whole(a), said: s.said(e, want)}
	if less {
		need.to = &edge{v, open}
	} else {
		need.from = &edge{v, open}
	}
	return one(s.text(a), need)
}

// in reads membership of a text in a list that is written out or named; nil for any other.
func (s *student) in(e ast.Expr, args []ast.Expr, want bool) *Needs {
	t := s.tree.GetType(args[0].ID())
	if t == nil || !t.IsExactType(types.StringType) || args[0].Kind() == ast.LiteralKind {
		return nil
	}
	need := &allowed{said: s.said(e, want)}
	members := s.within.members(args[1])
	set := s.within.codes(args[1])
	switch {
	case members != nil && want:
		need.in = members
	case members != nil:
		need.not = members
	case set != nil && want:
		need.sets = []namedSet{{s.text(args[1]), set}}
	case set != nil:
		need.notSets = []namedSet{{s.text(args[1]), set}}
	default:
		return nil
	}
	return one(s.text(args[0]), need)
}

// constant is the number, or the day as a number, that an expression writes out.
func (s *student) constant(e ast.Expr) (money.Decimal, bool) {
	if v, ok := literalOf(e).(ref.Val); ok {
		return value.Number(v)
	}
	if e.Kind() != ast.CallKind || e.AsCall().IsMemberFunction() || len(e.AsCall().Args()) != 1 {
		return money.Decimal{}, false
	}
	argument, _ := literalOf(e.AsCall().Args()[0]).(ref.Val)
	text, isText := argument.(types.String)
	switch name := e.AsCall().FunctionName(); {
	case name == operators.Negate:
		n, ok := s.constant(e.AsCall().Args()[0])
		return n.Neg(), ok
	case name == "date" && isText:
		d, err := value.ParseDate(string(text))
		return money.Whole(int64(d)), err == nil
	case name == "decimal" && isText:
		n, err := money.Parse(string(text))
		return n, err == nil
	case name == "decimal" && argument != nil:
		return value.Number(argument)
	}
	return money.Decimal{}, false
}

func literalOf(e ast.Expr) any { return literal([]ast.Expr{e}, 0) }
