package sheet

import (
	"fmt"
	"strings"
)

// What a file may hold.
const (
	// MaxBytes bounds the file.
	MaxBytes = 8 << 20
	// MaxRows and MaxColumns bound a sheet, MaxCell a cell in bytes, MaxText all cells together.
	MaxRows    = 6000
	MaxColumns = 512
	MaxCell    = 4096
	MaxText    = 16 << 20
)

// Sheet is a table of cells.
type Sheet struct {
	// File is what the file is called; Name the sheet in a workbook, empty for CSV.
	File, Name string
	// Rows are the rows in order; rows without any text may be missing.
	Rows []Row
	// Unread are the names of other sheets of the workbook that hold something.
	Unread []string
	text   int
}

// Row is one row.
type Row struct {
	// Line is the row's number as people see it: the line of the file, or the number that the spreadsheet shows.
	Line  int
	Cells []Cell
}

// Cell is one cell.
type Cell struct {
	// Text is what stands in the cell, without blanks around it.
	Text string
	// Number tells that the file holds a number and no text, so that its point can only be a decimal point.
	Number bool
	// Wrong is why the cell must not be used, such as a formula without a value; a blank one would mean something else.
	Wrong string
}

// Cell is the cell of a column, from 0; an empty one where the row is shorter.
func (r Row) Cell(column int) Cell {
	if column < len(r.Cells) {
		return r.Cells[column]
	}
	return Cell{}
}

// Blank tells whether nothing stands in the row.
func (r Row) Blank() bool {
	for _, c := range r.Cells {
		if c.Text != "" || c.Wrong != "" {
			return false
		}
	}
	return true
}

// Letter is what a spreadsheet calls a column: A for 0, AA for 26.
func Letter(column int) string {
	name := ""
	for column++; column > 0; column = (column - 1) / 26 {
		name = string(rune('A'+(column-1)%26)) + name
	}
	return name
}

// Problem is a mistake in a file, or something that its author should know.
type Problem struct {
	File, Sheet string
	// Line is the row's number; 0 when the problem is of the whole.
	Line int
	// Column is the column's heading; Letter what a spreadsheet calls it. Both may be empty.
	Column, Letter        string
	Text, Found, Expected string
}

// String is `rules.csv:7, column price: text: found "x", expected y`.
func (p Problem) String() string {
	var b strings.Builder
	b.WriteString(p.File)
	switch {
	case p.Sheet != "" && p.Line > 0:
		fmt.Fprintf(&b, ", sheet %s, row %d", p.Sheet, p.Line)
	case p.Sheet != "":
		fmt.Fprintf(&b, ", sheet %s", p.Sheet)
	case p.Line > 0:
		fmt.Fprintf(&b, ":%d", p.Line)
	}
	switch {
	case p.Column != "" && p.Sheet != "" && p.Letter != "":
		fmt.Fprintf(&b, ", column %s (%s)", p.Column, p.Letter)
	case p.Column != "":
		fmt.Fprintf(&b, ", column %s", p.Column)
	case p.Letter != "":
		fmt.Fprintf(&b, ", column %s", p.Letter)
	}
	fmt.Fprintf(&b, ": %s", p.Text)
	if p.Found != "" {
		fmt.Fprintf(&b, ": found %q", shortened(p.Found))
	}
	if p.Expected != "" {
		sep := ", "
		if p.Found == "" {
			sep = ": "
		}
		fmt.Fprintf(&b, "%sexpected %s", sep, p.Expected)
	}
	return b.String()
}

// mostShown bounds what is shown of a cell.
const mostShown = 80

func shortened(text string) string {
	if r := []rune(text); len(r) > mostShown {
		return string(r[:mostShown]) + "…"
	}
	return text
}

// Problems are the mistakes in a file.
type Problems []Problem

// Error gives each problem a line.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i := range p {
		lines[i] = p[i].String()
	}
	return strings.Join(lines, "\n")
}

// wrong is a single problem of the whole file or of one of its lines.
func (s *Sheet) wrong(line int, text, found, expected string) error {
	return Problems{{File: s.File, Sheet: s.Name, Line: line, Text: text, Found: found, Expected: expected}}
}

// add keeps a row and refuses what is too large.
func (s *Sheet) add(row Row) error {
	for len(row.Cells) > 0 && row.Cells[len(row.Cells)-1] == (Cell{}) {
		row.Cells = row.Cells[:len(row.Cells)-1]
	}
	if len(row.Cells) == 0 {
		return nil
	}
	switch {
	case len(row.Cells) > MaxColumns:
		return s.wrong(row.Line, "The row has too many columns", fmt.Sprint(len(row.Cells)), fmt.Sprintf("at most %d", MaxColumns))
	case len(s.Rows) == MaxRows:
		return s.wrong(row.Line, "The table has too many rows", "one more", fmt.Sprintf("at most %d", MaxRows))
	}
	for i, c := range row.Cells {
		if s.text += len(c.Text); len(c.Text) > MaxCell {
			return Problems{{File: s.File, Sheet: s.Name, Line: row.Line, Letter: Letter(i), Text: "The cell is too long",
				Found: fmt.Sprintf("%d bytes", len(c.Text)), Expected: fmt.Sprintf("at most %d", MaxCell)}}
		}
	}
	if s.text > MaxText {
		return s.wrong(row.Line, "The table is too large", fmt.Sprintf("more than %d bytes", MaxText), "a smaller table")
	}
	s.Rows = append(s.Rows, row)
	return nil
}

// Read reads a file: a workbook when it begins like one, else CSV. Of a workbook it reads the sheet with that name, or the
// first that can be seen. What is wrong with the file is Problems.
func Read(file string, data []byte, name string) (*Sheet, error) {
	s := &Sheet{File: file}
	if len(data) > MaxBytes {
		return nil, s.wrong(0, "The file is too large", fmt.Sprintf("%d bytes", len(data)), fmt.Sprintf("at most %d", MaxBytes))
	}
	if isWorkbook(data) {
		return readWorkbook(s, data, name)
	}
	if name != "" {
		return nil, s.wrong(0, "The file has no sheets", name, "an .xlsx workbook")
	}
	return readCSV(s, data)
}
