package condition

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"claimwright/adjudication/engine/rules/fact"
	"claimwright/adjudication/engine/rules/value"
	"claimwright/fhir/spelling"
)

// Problem is a mistake in an expression.
type Problem struct {
	// Line and Column count from 1; 0 when the mistake is of the whole.
	Line, Column int
	Text         string
	// Suggestion is what was probably meant; empty when nothing is near.
	Suggestion string
}

// String is "1:14: text; perhaps suggestion".
func (p Problem) String() string {
	s := p.Text
	if p.Line > 0 {
		s = fmt.Sprintf("%d:%d: %s", p.Line, p.Column, s)
	}
	if p.Suggestion != "" {
		s += "; perhaps " + p.Suggestion
	}
	return s
}

// mostProblems bounds the mistakes that are told of one expression.
const mostProblems = 10

func problemsOf(issues *cel.Issues) []Problem {
	var problems []Problem
	for _, e := range issues.Errors() {
		if len(problems) == mostProblems {
			break
		}
		p := Problem{Text: e.Message}
		if e.Location != nil && e.Location.Line() > 0 {
			p.Line, p.Column = e.Location.Line(), e.Location.Column()+1
		}
		problems = append(problems, inOurWords(p))
	}
	return problems
}

// The messages of CEL's checker that a rule's author meets most.
var (
	unknownName  = regexp.MustCompile(`^undeclared reference to '([^']*)'`)
	unknownField = regexp.MustCompile(`^undefined field '([^']*)'`)
	noOverload   = regexp.MustCompile(`^found no matching overload for '([^']*)' applied to '([^']*)'`)
)

// inOurWords tells a message of CEL in the words of facts, with what was probably meant.
func inOurWords(p Problem) Problem {
	if m := unknownName.FindStringSubmatch(p.Text); m != nil {
		p.Text, p.Suggestion = fmt.Sprintf("there is no fact or function %q", m[1]), spelling.Nearest(m[1], names())
	} else if m := unknownField.FindStringSubmatch(p.Text); m != nil {
		p.Text, p.Suggestion = fmt.Sprintf("there is no fact %q", m[1]), spelling.Nearest(m[1], fields())
	} else if m := noOverload.FindStringSubmatch(p.Text); m != nil {
		operator := strings.Trim(m[1], "_@!")
		p.Text = fmt.Sprintf("%q cannot be applied to %s", operator, m[2])
		p.Suggestion = overloadHint(operator, m[2])
	}
	return p
}

// overloadHint knows the mistakes that amounts invite.
func overloadHint(operator, operands string) string {
	switch {
	case (operator == "==" || operator == "=") && strings.Contains(operands, "decimal"):
		return "decimal(10) instead of 10: amounts are equal to amounts only"
	case strings.HasPrefix(operands, "(int, decimal)") || strings.HasPrefix(operands, "(double, decimal)"):
		return "the amount on the left"
	case strings.Contains(operands, "date, string") || strings.Contains(operands, "string, date"):
		return `date("2026-01-31") around the day`
	}
	return ""
}

func names() []string {
	var all []string
	for i := range fact.Catalogue {
		all = append(all, fact.Catalogue[i].Name)
	}
	return append(all, value.FunctionNames()...)
}

// fields are the facts as they are written: "member.age".
func fields() []string {
	var all []string
	for i := range fact.Catalogue {
		for j := range fact.Catalogue[i].Fields {
			all = append(all, fact.Catalogue[i].Fields[j].Name)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// article is a type with its article, as messages say it.
func article(t *cel.Type) string {
	switch name := t.TypeName(); name {
	case "decimal", "double", "int":
		return "a number"
	case "string":
		return "a text"
	case "date":
		return "a day"
	case "codes", "coded":
		return "a set of codes"
	case "bool":
		return "true or false"
	default:
		return "of type " + name
	}
}

func isError(v ref.Val) bool { return types.IsUnknownOrError(v) }
