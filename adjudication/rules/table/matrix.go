package table

import (
	"regexp"
	"slices"
	"strings"

	"claimwright/adjudication/rules/table/sheet"
)

// corner takes the first heading of a matrix apart: "diagnosis × service".
var corner = regexp.MustCompile(`(?i)^(.+?)\s*(?:×|\\|/|\bx\b|\bby\b)\s*(.+)$`)

// startsScore tells "review 40" and "review 40: why" from "review why".
var startsScore = regexp.MustCompile(`^\d+(\.\d+)?(:|$)`)

// cornerFacts are the facts of the rows and of the columns of a matrix.
func cornerFacts(text string) (rows, columns column, ok bool) {
	m := corner.FindStringSubmatch(oneLine(text))
	if m == nil {
		return rows, columns, false
	}
	rows, one := factOf(m[1])
	columns, other := factOf(m[2])
	return rows, columns, one && other && rows.bound == "" && columns.bound == ""
}

// isMatrix tells the row of headings of a matrix.
func isMatrix(r sheet.Row) bool {
	_, _, ok := cornerFacts(r.Cell(0).Text)
	return ok
}

// across is a column of a matrix: what its heading asks.
type across struct {
	at   *column
	part part
	// plain tells that the heading is a list of codes, which can be joined with another.
	plain bool
}

// matrix reads a table whose cells are actions, for a row's condition and a column's together.
func (c *compiler) matrix(headings sheet.Row, rows []sheet.Row) {
	down, over, _ := cornerFacts(headings.Cell(0).Text)
	c.columns = append(c.columns, down)
	meant, ok := actionNamed(plainName(c.header.cells))
	if c.header.cells == "" {
		meant, ok = "reject", true
	}
	if !ok {
		c.fail(c.header.lines["cells"], nil, trouble{"The action is not known", c.header.cells, exampleActions})
	}
	columns := c.across(headings, over)
	if len(c.problems) > 0 {
		return
	}
	for _, r := range rows {
		if !r.Blank() && !isComment(r) {
			c.matrixRow(r, &c.columns[0], columns, meant)
		}
	}
	if len(c.rows) == 0 && len(c.problems) == 0 {
		c.fail(headings.Line, nil, trouble{"The table has no rows", "", "a row beneath the headings"})
	}
}

// across reads the headings of the columns.
func (c *compiler) across(headings sheet.Row, over column) []across {
	var columns []across
	codes := map[string]bool{}
	for i := 1; i < len(headings.Cells); i++ {
		cell := headings.Cell(i)
		at := over
		at.at, at.heading = i, oneLine(cell.Text)
		if cell.Text == "" && cell.Wrong == "" {
			continue
		}
		asked := over
		p, wrong := asked.part(cell)
		if cell.Wrong != "" {
			wrong = &trouble{cell.Wrong, cell.Text, ""}
		}
		p.column = &asked
		plain := isPlain(cell.Text) && !ordered(over.kind)
		for _, code := range split(cell.Text) {
			if plain && codes[code] && wrong == nil {
				wrong = &trouble{"The code stands above two columns", code, "one column for it"}
			}
			codes[code] = true
		}
		if wrong != nil {
			c.fail(headings.Line, &at, *wrong)
			continue
		}
		columns = append(columns, across{&at, p, plain})
	}
	return columns
}

// isPlain tells a list of codes alone.
func isPlain(text string) bool {
	lower := strings.ToLower(text)
	return !strings.HasPrefix(lower, "=") && !strings.HasPrefix(lower, "not ") && !strings.HasPrefix(lower, "only ") &&
		!strings.Contains(lower, "list:") && !slices.Contains(anything, lower)
}

// matrixRow makes a row of the rule for each thing that the cells of a line do: cells that do the same are one row.
func (c *compiler) matrixRow(r sheet.Row, down *column, columns []across, meant string) {
	var asked row
	if cell := r.Cell(0); cell.Wrong != "" {
		c.fail(r.Line, down, trouble{cell.Wrong, cell.Text, ""})
	} else if wrong := asked.ask(down, cell); wrong != nil {
		c.fail(r.Line, down, *wrong)
	}
	c.beyond(r, columns)
	join := c.header.hit != "first" || !slices.ContainsFunc(columns, func(a across) bool { return !a.plain })
	type same struct {
		cell sheet.Cell
		over []across
	}
	var groups []same
	for _, a := range columns {
		cell := r.Cell(a.at.at)
		if cell.Wrong != "" {
			c.fail(r.Line, a.at, trouble{cell.Wrong, cell.Text, ""})
			continue
		}
		if cell.Text == "" {
			continue
		}
		i := slices.IndexFunc(groups, func(g same) bool { return join && a.plain && g.over[0].plain && g.cell == cell })
		if i < 0 {
			groups, i = append(groups, same{cell: cell}), len(groups)
		}
		groups[i].over = append(groups[i].over, a)
	}
	for _, g := range groups {
		c.matrixCell(r.Line, asked.parts, g.cell, g.over, meant)
	}
}

// beyond refuses cells to the right of the headings.
func (c *compiler) beyond(r sheet.Row, columns []across) {
	for i := 1; i < len(r.Cells); i++ {
		if cell := r.Cell(i); cell.Text != "" && !slices.ContainsFunc(columns, func(a across) bool { return a.at.at == i }) {
			c.fail(r.Line, &column{at: i}, trouble{"The cell stands under no heading", cell.Text, "a cell in a column of the table; in CSV, a cell with commas stands in quotes"})
		}
	}
}

func (c *compiler) matrixCell(line int, down []part, cell sheet.Cell, over []across, meant string) {
	made := row{line: line, parts: slices.Clone(down)}
	p := over[0].part
	if len(over) > 1 {
		var words []string
		for _, a := range over {
			words = append(words, a.part.words)
		}
		var wrong *trouble
		if p, wrong = p.column.part(sheet.Cell{Text: strings.Join(words, ", ")}); wrong != nil {
			c.fail(line, over[0].at, *wrong)
			return
		}
	}
	if p.expression != "" {
		made.parts = append(made.parts, p)
	}
	name, rest := cellAct(cell, meant)
	given := acts{reason: c.header.reason}
	if value, reason, ok := strings.Cut(rest.Text, ": "); ok && actNamed(name).takes != "text" && !strings.HasPrefix(rest.Text, "=") {
		rest.Text, given.reason = strings.TrimSpace(value), strings.TrimSpace(reason)
	}
	at := *over[0].at
	at.act = name
	given.add(&at, rest)
	if len(given.given) == 0 {
		return
	}
	c.finish(made, &given)
}

// cellAct is what a cell of a matrix does: the action that it begins with, or the one that all cells are meant to be.
func cellAct(cell sheet.Cell, meant string) (name string, rest sheet.Cell) {
	text := oneLine(cell.Text)
	words := strings.Split(text, " ")
	for n := min(len(words), 4); n > 0; n-- {
		head := strings.Join(words[:n], " ")
		if act, ok := actionNamed(plainName(strings.TrimSuffix(head, ":"))); ok {
			value := strings.TrimSpace(strings.TrimPrefix(text, head))
			switch {
			case value == "":
				value = "x"
			case (act == "review" || act == "flag") && startsScore.MatchString(value):
				act += " score"
			}
			return act, sheet.Cell{Text: value}
		}
	}
	return meant, cell
}
