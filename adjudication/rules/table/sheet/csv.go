package sheet

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode/utf8"
)

// readCSV reads comma-, semicolon- or tab-separated text. The first of them that stands outside quotes, comments left out,
// is the separator: what stands before it is the name of a header or of a column, which holds none.
func readCSV(s *Sheet, data []byte) (*Sheet, error) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if err := s.encoded(data); err != nil {
		return nil, err
	}
	said, body, skipped := saidSeparator(data)
	r := csv.NewReader(bytes.NewReader(body))
	r.FieldsPerRecord = -1
	r.ReuseRecord = true
	r.Comma = said
	if said == 0 {
		r.Comma = separator(body)
	}
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			return s, nil
		}
		if err != nil {
			return nil, s.misquoted(err, skipped)
		}
		line, _ := r.FieldPos(0)
		row := Row{Line: line + skipped, Cells: make([]Cell, 0, min(len(record), MaxColumns+1))}
		for _, text := range record {
			row.Cells = append(row.Cells, Cell{Text: strings.Clone(trimmed(text))})
		}
		if err := s.add(row); err != nil {
			return nil, err
		}
	}
}

// trimmed is a cell's text without blanks around it, hard ones included.
func trimmed(text string) string { return strings.Trim(text, " \t\r\n\u00a0\u202f\ufeff") }

// encoded refuses what is not UTF-8; a spreadsheet that was exported in another encoding would lose letters silently.
func (s *Sheet) encoded(data []byte) error {
	const how = `a file saved as "CSV UTF-8"`
	switch {
	case bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff")):
		return s.wrong(0, "The file's encoding is not known", "UTF-16", how)
	case bytes.IndexByte(data, 0) >= 0:
		return s.wrong(1+bytes.Count(data[:bytes.IndexByte(data, 0)], []byte("\n")), "The file is no text", "a byte 0", how+", or an .xlsx workbook")
	}
	for at, line := range bytes.Split(data, []byte("\n")) {
		if !utf8.Valid(line) {
			return s.wrong(at+1, "The line is not UTF-8", strings.ToValidUTF8(shortened(string(line)), "?"), how)
		}
	}
	return nil
}

// saidSeparator is what a first line such as sep=; says, 0 without one; skipped are the lines that it takes.
func saidSeparator(data []byte) (said rune, rest []byte, skipped int) {
	line, rest, ok := bytes.Cut(data, []byte("\n"))
	text, is := strings.CutPrefix(strings.ToLower(strings.Trim(string(line), "\r\"")), "sep=")
	if ok && is && (text == "," || text == ";" || text == "\t") {
		return rune(text[0]), rest, 1
	}
	return 0, data, 0
}

func separator(data []byte) rune {
	for line := range bytes.Lines(data) {
		if bytes.HasPrefix(bytes.TrimLeft(line, `" `), []byte("#")) {
			continue
		}
		quoted := false
		for _, c := range line {
			switch {
			case c == '"':
				quoted = !quoted
			case !quoted && (c == ',' || c == ';' || c == '\t'):
				return rune(c)
			}
		}
	}
	return ','
}

// misquoted tells the mistakes that quotes invite.
func (s *Sheet) misquoted(err error, skipped int) error {
	var wrong *csv.ParseError
	if !errors.As(err, &wrong) {
		return s.wrong(0, "The file cannot be read", err.Error(), "CSV")
	}
	const expected = `a cell with quotes, commas or line breaks in quotes, its own quotes doubled: "=line.code == ""A"""`
	text := "The quotes are not closed"
	if errors.Is(err, csv.ErrBareQuote) {
		text = "A quote stands in a cell that does not begin with one"
	}
	return s.wrong(wrong.StartLine+skipped, text, "", expected)
}
