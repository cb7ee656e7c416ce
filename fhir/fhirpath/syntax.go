package fhirpath

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/antlr4-go/antlr/v4"
	"github.com/gofhir/fhirpath/parser/grammar"
	"github.com/gofhir/fhirpath/types"
)

// form is what a term of an expression is.
type form uint8

const (
	thisForm form = iota
	indexForm
	totalForm
	literalForm  // values
	variableForm // %name
	memberForm   // name
	callForm     // name(args)
	invokeForm   // args[0] . args[1]
	itemForm     // args[0] [ args[1] ]
	negativeForm // - args[0]
	typeForm     // args[0] is/as type; text is the type
	binaryForm   // args[0] name args[1]
)

// term is a node of a compiled expression.
type term struct {
	form   form
	name   string
	text   string
	args   []*term
	values []item
	call   *function
	// pattern is the regular expression that was used last.
	pattern atomic.Pointer[pattern]
}

// complaints collects what the grammar finds wrong.
type complaints struct {
	*antlr.DefaultErrorListener
	first string
}

func (c *complaints) SyntaxError(_ antlr.Recognizer, _ any, line, column int, message string, _ antlr.RecognitionException) {
	if c.first == "" {
		c.first = fmt.Sprintf("at %d:%d: %s", line, column, message)
	}
}

// parse reads an expression by the library's grammar, which is the specification's, into terms of our own.
func parse(source string) (*term, error) {
	wrong := &complaints{}
	lexer := grammar.NewfhirpathLexer(antlr.NewInputStream(source))
	lexer.RemoveErrorListeners()
	lexer.AddErrorListener(wrong)
	parser := grammar.NewfhirpathParser(antlr.NewCommonTokenStream(lexer, antlr.TokenDefaultChannel))
	parser.RemoveErrorListeners()
	parser.AddErrorListener(wrong)
	tree := parser.EntireExpression()
	if wrong.first != "" {
		return nil, errors.New(wrong.first)
	}
	return expressionTerm(tree.(*grammar.EntireExpressionContext).Expression())
}

func expressionTerm(x grammar.IExpressionContext) (*term, error) {
	switch e := x.(type) {
	case *grammar.TermExpressionContext:
		return simpleTerm(e.Term())
	case *grammar.InvocationExpressionContext:
		base, err := expressionTerm(e.Expression())
		if err != nil {
			return nil, err
		}
		invoked, err := invocationTerm(e.Invocation())
		return &term{form: invokeForm, args: []*term{base, invoked}}, err
	case *grammar.PolarityExpressionContext:
		t, err := expressionTerm(e.Expression())
		if err != nil || e.GetChild(0).(antlr.TerminalNode).GetText() == "+" {
			return t, err
		}
		return &term{form: negativeForm, args: []*term{t}}, nil
	case *grammar.TypeExpressionContext:
		t, err := expressionTerm(e.Expression())
		return &term{form: typeForm, name: operatorOf(e), text: typeText(e.TypeSpecifier().GetText()), args: []*term{t}}, err
	case *grammar.IndexerExpressionContext:
		return twoSided(itemForm, "", e.Expression(0), e.Expression(1))
	case interface {
		antlr.ParserRuleContext
		Expression(int) grammar.IExpressionContext
	}:
		return twoSided(binaryForm, operatorOf(e), e.Expression(0), e.Expression(1))
	}
	return nil, errors.New("a part of the expression is not understood")
}

func operatorOf(x antlr.ParserRuleContext) string {
	return x.GetChild(1).(antlr.TerminalNode).GetText()
}

func typeText(text string) string { return strings.ReplaceAll(text, "`", "") }

func twoSided(f form, name string, left, right grammar.IExpressionContext) (*term, error) {
	l, err := expressionTerm(left)
	if err != nil {
		return nil, err
	}
	r, err := expressionTerm(right)
	return &term{form: f, name: name, args: []*term{l, r}}, err
}

func simpleTerm(x grammar.ITermContext) (*term, error) {
	switch t := x.(type) {
	case *grammar.InvocationTermContext:
		return invocationTerm(t.Invocation())
	case *grammar.LiteralTermContext:
		values, err := literalValues(t.Literal())
		return &term{form: literalForm, values: values}, err
	case *grammar.ExternalConstantTermContext:
		constant := t.ExternalConstant()
		if s := constant.STRING(); s != nil {
			return &term{form: variableForm, name: unquoted(s.GetText())}, nil
		}
		return &term{form: variableForm, name: typeText(constant.Identifier().GetText())}, nil
	case *grammar.ParenthesizedTermContext:
		return expressionTerm(t.Expression())
	}
	return nil, errors.New("a part of the expression is not understood")
}

func invocationTerm(x grammar.IInvocationContext) (*term, error) {
	switch t := x.(type) {
	case *grammar.MemberInvocationContext:
		return &term{form: memberForm, name: typeText(t.Identifier().GetText())}, nil
	case *grammar.ThisInvocationContext:
		return &term{form: thisForm}, nil
	case *grammar.IndexInvocationContext:
		return &term{form: indexForm}, nil
	case *grammar.TotalInvocationContext:
		return &term{form: totalForm}, nil
	case *grammar.FunctionInvocationContext:
		return callTerm(t.Function())
	}
	return nil, errors.New("a part of the expression is not understood")
}

func callTerm(f grammar.IFunctionContext) (*term, error) {
	t := &term{form: callForm, name: typeText(f.Identifier().GetText())}
	known, ok := functions[t.name]
	if !ok {
		return nil, fmt.Errorf("there is no function %s()", t.name)
	}
	t.call = known
	if list := f.ParamList(); list != nil {
		for _, x := range list.AllExpression() {
			if known.typed {
				t.text = typeText(x.GetText())
			}
			a, err := expressionTerm(x)
			if err != nil {
				return nil, err
			}
			t.args = append(t.args, a)
		}
	}
	if len(t.args) < known.min || len(t.args) > known.max {
		return nil, fmt.Errorf("%s() has the wrong number of parameters", t.name)
	}
	return t, nil
}

// literalValues are the values of a literal, none of {}.
func literalValues(x grammar.ILiteralContext) ([]item, error) {
	var v types.Value
	var err error
	switch l := x.(type) {
	case *grammar.NullLiteralContext:
		return nil, nil
	case *grammar.BooleanLiteralContext:
		v = types.NewBoolean(l.GetText() == "true")
	case *grammar.StringLiteralContext:
		v = types.NewString(unquoted(l.STRING().GetText()))
	case *grammar.NumberLiteralContext:
		v, err = number(l.NUMBER().GetText())
	case *grammar.DateLiteralContext:
		v, err = types.NewDate(l.DATE().GetText()[1:])
	case *grammar.DateTimeLiteralContext:
		v, err = types.NewDateTime(strings.TrimSuffix(l.DATETIME().GetText()[1:], "T"))
	case *grammar.TimeLiteralContext:
		v, err = types.NewTime(l.TIME().GetText()[1:])
	case *grammar.QuantityLiteralContext:
		v, err = quantityLiteral(l.Quantity())
	default:
		err = errors.New("a literal is not understood")
	}
	if err != nil {
		return nil, err
	}
	return []item{{value: v}}, nil
}

func quantityLiteral(q grammar.IQuantityContext) (types.Value, error) {
	n, err := decimalOf(q.NUMBER().GetText())
	if err != nil {
		return nil, err
	}
	unit := "1"
	if u := q.Unit(); u != nil {
		if unit = u.GetText(); strings.HasPrefix(unit, "'") {
			unit = unquoted(unit)
		}
	}
	return types.NewQuantityFromDecimal(n.Value(), unit), nil
}

// unquoted reads a string literal with its escapes (FHIRPath §4.1.2).
func unquoted(s string) string {
	if len(s) < 2 {
		return s
	}
	s = s[1 : len(s)-1]
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		i++
		switch c := s[i]; c {
		case 'n':
			b.WriteByte('\n')
		case 'r':
			b.WriteByte('\r')
		case 't':
			b.WriteByte('\t')
		case 'f':
			b.WriteByte('\f')
		case 'u':
			if i+4 < len(s) {
				if r, err := strconv.ParseUint(s[i+1:i+5], 16, 32); err == nil {
					b.WriteRune(rune(r))
					i += 4
				}
			}
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}
