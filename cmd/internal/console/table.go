package console

import (
	"os"
	"strings"
	"unicode/utf8"

	"golang.org/x/term"
)

// Table lays out rows in columns that line up. Columns are as wide as their widest cell; cells of numbers stand at the right.
type Table struct {
	rows  [][]string
	right map[int]bool
}

// NewTable makes a table whose columns with these numbers, from 0, stand at the right.
func NewTable(right ...int) *Table {
	t := &Table{right: map[int]bool{}}
	for _, column := range right {
		t.right[column] = true
	}
	return t
}

// Row adds a row.
func (t *Table) Row(cells ...string) { t.rows = append(t.rows, cells) }

// Empty tells that there is no row.
func (t *Table) Empty() bool { return len(t.rows) == 0 }

// gap is between two columns.
const gap = "  "

// leastLast is how narrow the last column may get.
const leastLast = 16

// Write lays the table out, each line behind an indent. The last column is wrapped where a line would be longer than width.
func (t *Table) Write(out *strings.Builder, indent string, width int) {
	var widths []int
	for _, row := range t.rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			if i < len(row)-1 || t.right[i] {
				widths[i] = max(widths[i], utf8.RuneCountInString(cell))
			}
		}
	}
	for _, row := range t.rows {
		t.write(out, row, widths, indent, width)
	}
}

func (t *Table) write(out *strings.Builder, row []string, widths []int, indent string, width int) {
	line := indent
	for i, cell := range row {
		pad := strings.Repeat(" ", max(0, widths[i]-utf8.RuneCountInString(cell)))
		switch {
		case t.right[i]:
			line += pad + cell
		case i < len(row)-1:
			line += cell + pad
		default:
			at := utf8.RuneCountInString(line)
			parts := Wrap(cell, max(leastLast, width-at))
			line += strings.Join(parts, "\n"+strings.Repeat(" ", at))
		}
		if i < len(row)-1 {
			line += gap
		}
	}
	for l := range strings.Lines(line) {
		out.WriteString(strings.TrimRight(l, " \n"))
		out.WriteByte('\n')
	}
}

// Wrap breaks a text at blanks into lines of at most so many characters; a longer word has a line of its own.
func Wrap(text string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		switch {
		case line == "":
			line = word
		case utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) <= width:
			line += " " + word
		default:
			lines, line = append(lines, line), word
		}
	}
	return append(lines, line)
}

// plainWidth is the width of what is not a terminal, widest that of what is read by a person at once.
const plainWidth, widest = 100, 140

// Width is how wide lines may be: the terminal's width if out is one.
func Width(out any) int {
	f, isFile := out.(*os.File)
	if !isFile {
		return plainWidth
	}
	columns, _, err := term.GetSize(int(f.Fd()))
	if err != nil || columns < 40 {
		return plainWidth
	}
	return min(columns, widest)
}
