package table

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"claimwright/adjudication/engine/rules"
	"claimwright/adjudication/engine/rules/value"
	"claimwright/adjudication/rules/table/sheet"
	"claimwright/fhir/codec"
)

// Options are what a table is read with.
type Options struct {
	// Lists are the scheme's sets of codes, ListNames their names. Without Lists every list that a table names is taken to
	// exist, and a warning says so.
	Lists     value.Lists
	ListNames []string
}

// Rule is what a table comes to.
type Rule struct {
	// ID and Title are those of the PlanDefinition.
	ID, Title string
	// Definition is the PlanDefinition as JSON, indented; the same bytes for the same table.
	Definition []byte
	// Compiled is what the definition reads as. Lists that were only taken to exist are empty in it.
	Compiled *rules.Rule
	// Warnings are what the author should know: bands that overlap or leave gaps, rows that can never act.
	Warnings []sheet.Problem
}

// maxProblems bounds what is told of one table.
const maxProblems = 50

// Compile makes a rule of a sheet. The error is sheet.Problems, each with its place; with any there is no rule.
func Compile(s *sheet.Sheet, o Options) (*Rule, error) {
	c := &compiler{sheet: s, options: o}
	c.read()
	if len(c.problems) > 0 {
		c.ownWords()
		return nil, c.sorted()
	}
	definition, err := c.definition()
	if err != nil {
		return nil, sheet.Problems{{File: s.File, Sheet: s.Name, Text: err.Error()}}
	}
	rule := c.check(definition)
	if len(c.problems) > 0 {
		return nil, c.sorted()
	}
	for _, other := range s.Unread {
		c.warn(0, nil, "The sheet "+strconv.Quote(other)+" was not read; each sheet is a rule of its own")
	}
	c.lists(rule)
	c.overlaps()
	slices.SortStableFunc(c.warnings, byLine)
	return &Rule{ID: c.header.id, Title: c.header.title, Definition: definition, Compiled: rule, Warnings: c.warnings}, nil
}

type compiler struct {
	sheet    *sheet.Sheet
	options  Options
	header   header
	columns  []column
	rows     []row
	problems sheet.Problems
	warnings []sheet.Problem
}

// row is a row of the rule, with where it comes from.
type row struct {
	line    int
	title   string
	parts   []part
	actions []action
}

// part is what one cell asks.
type part struct {
	column *column
	// words are the cell as it was written, expression the same in CEL.
	words, expression string
	// spans are the numbers for which the part holds, when it is about numbers; nil otherwise.
	spans []span
}

// trouble is what is wrong with a cell.
type trouble struct{ text, found, expected string }

func byLine(a, b sheet.Problem) int { return cmp.Compare(a.Line, b.Line) }

func (c *compiler) sorted() sheet.Problems {
	slices.SortStableFunc(c.problems, byLine)
	return c.problems
}

func (c *compiler) problem(line int, at *column, t trouble) sheet.Problem {
	p := sheet.Problem{File: c.sheet.File, Sheet: c.sheet.Name, Line: line, Text: t.text, Found: t.found, Expected: t.expected}
	if at != nil {
		p.Column, p.Letter = at.heading, sheet.Letter(at.at)
	}
	return p
}

func (c *compiler) fail(line int, at *column, t trouble) {
	if len(c.problems) < maxProblems {
		c.problems = append(c.problems, c.problem(line, at, t))
	}
}

func (c *compiler) warn(line int, at *column, text string) {
	if len(c.warnings) < maxProblems {
		c.warnings = append(c.warnings, c.problem(line, at, trouble{text: text}))
	}
}

// read reads the header, then the table beneath it.
func (c *compiler) read() {
	for i, r := range c.sheet.Rows {
		switch {
		case r.Blank() || isComment(r):
		case isMatrix(r):
			c.header.complete(c)
			c.matrix(r, c.sheet.Rows[i+1:])
			return
		case isHeadings(r):
			c.header.complete(c)
			c.table(r, c.sheet.Rows[i+1:])
			return
		default:
			c.headerRow(r)
		}
	}
	c.fail(0, nil, trouble{"There is no table", "", "a row of headings with facts and actions, such as service, age, reject"})
}

// isComment tells rows that are for people only: their first text begins with #.
func isComment(r sheet.Row) bool {
	for _, cell := range r.Cells {
		if cell.Text != "" {
			return cell.Text[0] == '#'
		}
	}
	return false
}

// table reads rows under headings.
func (c *compiler) table(headings sheet.Row, rows []sheet.Row) {
	c.headings(headings)
	if len(c.problems) > 0 {
		return
	}
	for _, r := range rows {
		if r.Blank() || isComment(r) {
			continue
		}
		c.tableRow(r)
	}
	if len(c.rows) == 0 && len(c.problems) == 0 {
		c.fail(headings.Line, nil, trouble{"The table has no rows", "", "a row beneath the headings"})
	}
}

func (c *compiler) tableRow(r sheet.Row) {
	made, given := row{line: r.Line}, acts{reason: c.header.reason}
	for i, cell := range r.Cells {
		if cell.Text == "" && cell.Wrong == "" {
			continue
		}
		at := c.columnAt(i)
		var wrong *trouble
		switch {
		case cell.Wrong != "":
			wrong = &trouble{cell.Wrong, cell.Text, ""}
		case at == nil:
			at = &column{at: i}
			wrong = &trouble{"The cell stands under no heading", cell.Text, "a cell in a column of the table; in CSV, a cell with commas stands in quotes"}
		case at.role == titleRole:
			made.title = cell.Text
		case at.role == reasonRole:
			given.reason = cell.Text
		case at.role == actionRole:
			given.add(at, cell)
		default:
			wrong = made.ask(at, cell)
		}
		if wrong != nil {
			c.fail(r.Line, at, *wrong)
		}
	}
	c.finish(made, &given)
}

// ask adds what a cell asks, if anything.
func (r *row) ask(at *column, cell sheet.Cell) *trouble {
	p, wrong := at.part(cell)
	if wrong == nil && p.expression != "" {
		r.parts = append(r.parts, p)
	}
	return wrong
}

// finish adds the row with its actions.
func (c *compiler) finish(made row, given *acts) {
	var wrong []placed
	made.actions, wrong = given.actions(c.header.hit == "first")
	for _, w := range wrong {
		c.fail(made.line, w.at, w.trouble)
	}
	if len(made.actions) == 0 && len(wrong) == 0 {
		c.fail(made.line, nil, trouble{"The row does nothing", "", "something in a column such as " + exampleActions})
	}
	if made.title == "" {
		made.title = titleOf(made.parts)
	}
	c.rows = append(c.rows, made)
}

// mostTitle bounds the title that a row is given, in characters.
const mostTitle = 120

// titleOf tells a row in its own words: "service S-CON, age 18-64".
func titleOf(parts []part) string {
	text := ""
	for i, p := range parts {
		if i > 0 {
			text += ", "
		}
		text += p.column.heading + " " + oneLine(p.words)
	}
	if text == "" {
		return "otherwise"
	}
	if r := []rune(text); len(r) > mostTitle {
		return string(r[:mostTitle-1]) + "…"
	}
	return text
}

func (c *compiler) columnAt(i int) *column {
	for j := range c.columns {
		if c.columns[j].at == i {
			return &c.columns[j]
		}
	}
	return nil
}

// check lets the definition go through what every rule goes through, and finds the cells of what is wrong.
func (c *compiler) check(definition []byte) *rules.Rule {
	doc, issues := codec.Parse(definition, codec.Limits{MaxBytes: 64 << 20})
	if len(issues) > 0 {
		for _, i := range issues {
			c.place(i)
		}
		return nil
	}
	rule, issues := rules.Read(doc, rules.Context{Lists: c.known(), ListNames: c.options.ListNames})
	for _, i := range issues {
		c.place(i)
	}
	return rule
}

// known are the lists, all of them when none were given.
func (c *compiler) known() value.Lists {
	if c.options.Lists != nil {
		return c.options.Lists
	}
	return func(name string) *value.Codes { return value.CodesOf(name) }
}

// lists warns of lists that were not looked up.
func (c *compiler) lists(rule *rules.Rule) {
	if c.options.Lists != nil {
		return
	}
	var names []string
	for i := range rule.Rows {
		names = append(names, rule.Rows[i].Condition.Shape().Lists...)
	}
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		c.warn(0, nil, fmt.Sprintf("The list %s was not looked up; the server does when the rule is saved", strconv.Quote(name)))
	}
}
