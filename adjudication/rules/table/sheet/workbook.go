package sheet

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

const (
	// maxSheets bounds the sheets.
	maxSheets = 64
	// maxGap bounds the number of the last row: a workbook can name row 1,048,576 in a few bytes.
	maxGap = 4 * MaxRows
	// maxFormulas bounds the formulas without a value that are told: asking for one may search the whole sheet.
	maxFormulas = 20
)

func isWorkbook(data []byte) bool { return bytes.HasPrefix(data, []byte("PK\x03\x04")) }

// readWorkbook reads one sheet of a workbook.
func readWorkbook(s *Sheet, data []byte, name string) (read *Sheet, err error) {
	if err := s.unpacks(data); err != nil {
		return nil, err
	}
	defer func() { // the library is another's, the file anybody's
		if recover() != nil {
			read, err = nil, s.wrong(0, "The workbook cannot be read", "damaged contents", "an .xlsx workbook as a spreadsheet program saves it")
		}
	}()
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{
		UnzipSizeLimit: maxUnpacked, UnzipXMLSizeLimit: maxUnpacked, RawCellValue: true,
	})
	if err != nil {
		return nil, s.wrong(0, "The workbook cannot be read", err.Error(), "an .xlsx workbook without a password")
	}
	defer func() { _ = f.Close() }() // nothing was written
	if err := s.choose(f, name); err != nil {
		return nil, err
	}
	w := &workbook{Sheet: s, file: f, styles: map[int]shown{}}
	if err := w.rows(); err != nil {
		return nil, err
	}
	return s, w.merged()
}

// choose finds the sheet to read, and notes the others that can be seen.
func (s *Sheet) choose(f *excelize.File, name string) error {
	var seen []string
	all := f.GetSheetList()
	if len(all) > maxSheets {
		return s.wrong(0, "The workbook has too many sheets", strconv.Itoa(len(all)), fmt.Sprintf("at most %d", maxSheets))
	}
	for _, sheet := range all {
		if visible, err := f.GetSheetVisible(sheet); err == nil && visible {
			seen = append(seen, sheet)
		}
	}
	switch {
	case name != "" && !slices.Contains(all, name):
		return s.wrong(0, "The workbook has no such sheet", name, strings.Join(all, ", "))
	case name != "":
		s.Name = name
		return nil
	case len(seen) == 0:
		return s.wrong(0, "The workbook has no sheet that can be seen", "", "a sheet with the table")
	}
	s.Name = seen[0]
	for _, other := range seen[1:] {
		rows, err := f.Rows(other)
		if err != nil {
			continue
		}
		if rows.Next() {
			s.Unread = append(s.Unread, other)
		}
		_ = rows.Close() // it was only read
	}
	return nil
}

// workbook reads the cells of a sheet.
type workbook struct {
	*Sheet
	file *excelize.File
	// styles are what numbers of a style are shown as.
	styles map[int]shown
	// formulas are those without a value that were found.
	formulas int
}

func (w *workbook) rows() error {
	rows, err := w.file.Rows(w.Name)
	if err != nil {
		return w.wrong(0, "The sheet cannot be read", err.Error(), "a sheet with cells")
	}
	defer func() { _ = rows.Close() }() // it was only read
	for line := 1; rows.Next(); line++ {
		texts, err := rows.Columns()
		if err != nil {
			return w.wrong(line, "The row cannot be read", err.Error(), "a row of cells")
		}
		if line > maxGap {
			return w.wrong(line, "The sheet goes on too long", strconv.Itoa(line), fmt.Sprintf("at most %d rows, empty ones included", maxGap))
		}
		if len(texts) > MaxColumns {
			return w.wrong(line, "The row has too many columns", strconv.Itoa(len(texts)), fmt.Sprintf("at most %d", MaxColumns))
		}
		row := Row{Line: line}
		for column, text := range texts {
			row.Cells = append(row.Cells, w.cell(Letter(column)+strconv.Itoa(line), text))
		}
		if err := w.add(row); err != nil {
			return err
		}
	}
	if w.formulas == maxFormulas {
		return w.wrong(0, "The sheet has many formulas whose values the file does not hold", "", "a file that a spreadsheet program has saved")
	}
	return rows.Error()
}

// cell is what a cell holds, and what must not be taken for it.
func (w *workbook) cell(at, raw string) Cell {
	text := trimmed(raw)
	if text == "" {
		if w.formulas == maxFormulas {
			return Cell{}
		}
		if formula, err := w.file.GetCellFormula(w.Name, at); err == nil && formula != "" {
			w.formulas++
			return Cell{Wrong: "The cell is a formula whose value the file does not hold: open and save it in a spreadsheet program, or write the value"}
		}
		return Cell{}
	}
	number, err := strconv.ParseFloat(text, 64)
	if err != nil && text[0] != '#' && text != "TRUE" && text != "FALSE" {
		return Cell{Text: text} // a text, whatever its type: asking for it costs most of the reading
	}
	kind, wrong := w.file.GetCellType(w.Name, at)
	switch {
	case wrong != nil:
		return Cell{Text: text, Wrong: "The cell cannot be read"}
	case kind == excelize.CellTypeError:
		return Cell{Text: text, Wrong: "The cell shows an error"}
	case kind == excelize.CellTypeBool:
		return Cell{Text: map[string]string{"1": "yes", "TRUE": "yes", "0": "no", "FALSE": "no"}[text]}
	case err != nil, kind != excelize.CellTypeNumber && kind != excelize.CellTypeUnset:
		return Cell{Text: text}
	}
	switch w.shows(at) {
	case showsDay:
		return w.date(text, number)
	case showsPercent:
		return Cell{Text: plainNumber("", number*100) + "%", Number: true}
	}
	return Cell{Text: plainNumber(text, number), Number: true}
}

// exact is how many digits spreadsheets show; more are noise of their binary arithmetic.
const exact = 15

// plainNumber is a number as people write it: 0.1, not 0.10000000000000001 or 1E-1.
func plainNumber(text string, number float64) string {
	if text != "" && len(text) <= exact && !strings.ContainsAny(text, "eE") {
		return text
	}
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(number, 'g', exact, 64), 64)
	if err != nil {
		return text
	}
	return strconv.FormatFloat(rounded, 'f', -1, 64)
}

// date is a day, as 2026-02-28. Spreadsheets also make days of ranges such as 5-17, which the column then refuses.
func (w *workbook) date(text string, number float64) Cell {
	properties, err := w.file.GetWorkbookProps()
	old := err == nil && properties.Date1904 != nil && *properties.Date1904
	at, err := excelize.ExcelDateToTime(number, old)
	if err != nil {
		return Cell{Text: text, Wrong: "The cell is no day"}
	}
	return Cell{Text: at.Format("2006-01-02")}
}

// shown is what a number is shown as.
type shown uint8

const (
	showsNumber shown = iota
	showsDay
	showsPercent
)

// shows tells what a cell's number is shown as.
func (w *workbook) shows(at string) shown {
	id, err := w.file.GetCellStyle(w.Name, at)
	if err != nil || id == 0 {
		return showsNumber
	}
	as, known := w.styles[id]
	if !known {
		if style, err := w.file.GetStyle(id); err == nil {
			as = formatOf(style)
		}
		w.styles[id] = as
	}
	return as
}

// formatOf knows the built-in formats, and those of one's own by their letters.
func formatOf(style *excelize.Style) shown {
	switch n := style.NumFmt; {
	case n >= 14 && n <= 17 || n == 22 || n >= 27 && n <= 36 || n >= 50 && n <= 58:
		return showsDay
	case n == 9 || n == 10:
		return showsPercent
	case style.CustomNumFmt == nil:
		return showsNumber
	}
	quoted, bracketed := false, false
	for _, c := range strings.ToLower(*style.CustomNumFmt) {
		switch {
		case c == '"':
			quoted = !quoted
		case c == '[' || c == ']':
			bracketed = c == '['
		case quoted || bracketed:
		case c == 'd' || c == 'y':
			return showsDay
		case c == '%':
			return showsPercent
		}
	}
	return showsNumber
}

// merged marks the cells that are hidden behind a merged one: they would be taken for blank ones.
func (w *workbook) merged() error {
	ranges, err := w.file.GetMergeCells(w.Name)
	if err != nil {
		return w.wrong(0, "The sheet cannot be read", err.Error(), "a sheet with cells")
	}
	widest := 0
	for _, row := range w.Rows {
		widest = max(widest, len(row.Cells))
	}
	for _, m := range ranges {
		left, top, err := excelize.CellNameToCoordinates(m.GetStartAxis())
		right, bottom, wrong := excelize.CellNameToCoordinates(m.GetEndAxis())
		if err != nil || wrong != nil {
			continue
		}
		w.hide(left-1, min(right, widest), top, bottom, m.GetStartAxis())
	}
	return nil
}

// hide marks the cells of a merged range but the one that shows.
func (w *workbook) hide(left, right, top, bottom int, shows string) {
	first, _ := slices.BinarySearchFunc(w.Rows, top, func(r Row, line int) int { return r.Line - line })
	for i := first; i < len(w.Rows) && w.Rows[i].Line <= bottom; i++ {
		row := &w.Rows[i]
		for len(row.Cells) < right {
			row.Cells = append(row.Cells, Cell{})
		}
		for column := left; column < right; column++ {
			if row.Line != top || column != left {
				row.Cells[column].Wrong = "The cell is merged with " + shows + ": write the value in each cell"
			}
		}
	}
}
