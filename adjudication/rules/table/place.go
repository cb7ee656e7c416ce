package table

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"claimwright/adjudication/engine/rules/condition"
	"claimwright/fhir/outcome"
)

var (
	rowOf    = regexp.MustCompile(`^PlanDefinition\.action\[(\d+)\]`)
	actionAt = regexp.MustCompile(`^PlanDefinition\.action\[\d+\]\.action\[(\d+)\]`)
)

// place tells what is wrong with the definition where it is wrong in the table.
func (c *compiler) place(i outcome.Issue) {
	r := c.rowOf(i.Expression)
	if r == nil {
		c.fail(0, nil, trouble{i.Text, i.Found, i.Expected})
		return
	}
	if m := actionAt.FindStringSubmatch(i.Expression); m != nil {
		n, _ := strconv.Atoi(m[1]) // the pattern has digits only
		if n < len(r.actions) {
			c.fail(r.line, r.actions[n].column, trouble{i.Text, i.Found, i.Expected})
			return
		}
	}
	if strings.Contains(i.Expression, ".condition") && c.culprits(r) {
		return
	}
	c.fail(r.line, nil, trouble{i.Text, i.Found, i.Expected})
}

// ownWords looks at the cells whose expression is the author's, or that name a list, so that all mistakes are told at once.
func (c *compiler) ownWords() {
	for i := range c.rows {
		r := &c.rows[i]
		if len(c.problems) < maxProblems && slices.ContainsFunc(r.parts, func(p part) bool {
			return p.own() || strings.Contains(p.expression, "list(")
		}) {
			c.culprits(r)
		}
	}
}

// own tells whether the part is an expression as its author wrote it.
func (p *part) own() bool { return p.column.role == conditionRole || strings.HasPrefix(p.words, "=") }

func (c *compiler) rowOf(path string) *row {
	m := rowOf.FindStringSubmatch(path)
	if m == nil {
		return nil
	}
	n, err := strconv.Atoi(m[1])
	if err != nil || n >= len(c.rows) {
		return nil
	}
	return &c.rows[n]
}

// culprits tells which cells of a row cannot be compiled by themselves.
func (c *compiler) culprits(r *row) bool {
	early := slices.ContainsFunc(c.rows, func(o row) bool {
		return slices.ContainsFunc(o.actions, func(a action) bool { return a.kind.Early() })
	})
	found := false
	for i := range r.parts {
		p := &r.parts[i]
		_, problems := condition.Compile(p.expression, condition.Options{Lists: c.known(), ListNames: c.options.ListNames, Early: early})
		for _, problem := range problems {
			t := trouble{"The cell cannot be used: " + problem.Text, p.words, ""}
			if problem.Suggestion != "" {
				t.expected = "perhaps " + problem.Suggestion
			}
			c.fail(r.line, p.column, t)
			found = true
		}
	}
	return found
}
