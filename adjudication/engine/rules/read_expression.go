package rules

import (
	"fmt"
	"regexp"
	"strings"

	"claimwright/adjudication/engine/rules/condition"
	"claimwright/fhir/codec"
)

// listCall finds the lists that an expression names. What it misses, or takes for one in a text, is found out when the
// expression is compiled.
var listCall = regexp.MustCompile(`\blist\(\s*["']([^"']+)["']\s*\)`)

// ListsNamed are the lists that the expressions of a rule name, as they are written.
func ListsNamed(doc *codec.Document) []string {
	var names []string
	for row := range doc.Root().Get(nAction).Each() {
		for _, e := range expressionsOf(row) {
			for _, m := range listCall.FindAllStringSubmatch(e.Text(), -1) {
				names = append(names, strings.Clone(m[1]))
			}
		}
	}
	return names
}

// expressionsOf are all expressions of a row and its actions.
func expressionsOf(row codec.Value) []codec.Value {
	found := row.All(nil, nCondition, nExpression, nExpression)
	found = row.All(found, nDynamicValue, nExpression, nExpression)
	for action := range row.Get(nAction).Each() {
		found = action.All(found, nDynamicValue, nExpression, nExpression)
	}
	return found
}

// condition joins a row's conditions: all of them must hold.
func (r *reader) condition(row codec.Value) *condition.Condition {
	var parts []string
	for c := range row.Get(nCondition).Each() {
		if kind := c.Get(nKind).Text(); kind != "applicability" {
			r.fail(c.Get(nKind), "Conditions of this kind are not evaluated", kind, "applicability")
			continue
		}
		if text, ok := r.expression(c.Get(nExpression)); ok {
			parts = append(parts, text)
		}
	}
	at := row.Get(nCondition)
	switch len(parts) {
	case 0:
		if !at.Exists() {
			r.fail(row, "The row has no condition", "nothing", `a condition of kind applicability; "true" holds always`)
		}
		return nil
	case 1:
		return r.compile(at.Index(0), parts[0], condition.Compile)
	}
	return r.compile(at, "("+strings.Join(parts, ") && (")+")", condition.Compile)
}

func (r *reader) expression(v codec.Value) (string, bool) {
	text := v.Get(nExpression).Text()
	if language := v.Get(nLanguage).Text(); language != "text/cel" {
		r.fail(v, "The expression's language is not known", language, "text/cel")
		return "", false
	}
	if text == "" {
		r.fail(v, "There is no expression", "nothing", "an expression in CEL")
		return "", false
	}
	return strings.Clone(text), true
}

type compiler func(string, condition.Options) (*condition.Condition, []condition.Problem)

func (r *reader) compile(at codec.Value, text string, with compiler) *condition.Condition {
	c, problems := with(text, condition.Options{Lists: r.with.Lists, ListNames: r.with.ListNames, Early: r.rule.early, In: r.in})
	for _, p := range problems {
		where := ""
		if p.Line > 0 {
			where = fmt.Sprintf(" (line %d, column %d)", p.Line, p.Column)
		}
		expected := "an expression over the documented facts"
		if p.Suggestion != "" {
			expected = "perhaps " + p.Suggestion
		}
		r.fail(at, "The expression cannot be used"+where+": "+p.Text, text, expected)
	}
	return c
}
