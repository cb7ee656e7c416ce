package sheet

import (
	"archive/zip"
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"
)

// book is a workbook with one sheet, Rules.
func book(t testing.TB, write func(f *excelize.File)) []byte {
	t.Helper()
	f := excelize.NewFile()
	require.NoError(t, f.SetSheetName("Sheet1", "Rules"))
	write(f)
	var out bytes.Buffer
	require.NoError(t, f.Write(&out))
	require.NoError(t, f.Close())
	return out.Bytes()
}

func set(t testing.TB, f *excelize.File, cells map[string]any) {
	for at, v := range cells {
		require.NoError(t, f.SetCellValue("Rules", at, v))
	}
}

func format(t testing.TB, f *excelize.File, at string, style excelize.Style) {
	id, err := f.NewStyle(&style)
	require.NoError(t, err)
	require.NoError(t, f.SetCellStyle("Rules", at, at, id))
}

func TestWorkbookCells(t *testing.T) {
	custom := `dd"-th of" mmm`
	elapsed := `[h]:mm`
	data := book(t, func(f *excelize.File) {
		set(t, f, map[string]any{
			"A1": " S-CON ", "A2": "007", "A3": 59400, "A4": 0.1 + 0.2, "A5": 1234.56, "A6": true, "A7": 1e-7,
			"A8": time.Date(2026, 5, 17, 0, 0, 0, 0, time.UTC), "A9": 46159, "A10": 0.5, "A12": "A\nB", "A13": "1.200", "A14": 0.8,
		})
		format(t, f, "A9", excelize.Style{CustomNumFmt: &custom})
		format(t, f, "A10", excelize.Style{CustomNumFmt: &elapsed})
		format(t, f, "A14", excelize.Style{NumFmt: 10})
	})
	s, err := Read("r.xlsx", data, "")
	require.NoError(t, err)
	require.Equal(t, "Rules", s.Name)
	want := map[int]Cell{
		1: {Text: "S-CON"}, 2: {Text: "007"}, 3: {Text: "59400", Number: true}, 4: {Text: "0.3", Number: true}, 5: {Text: "1234.56", Number: true},
		6: {Text: "yes"}, 7: {Text: "0.0000001", Number: true}, 8: {Text: "2026-05-17"}, 9: {Text: "2026-05-17"}, 10: {Text: "0.5", Number: true},
		12: {Text: "A\nB"}, 13: {Text: "1.200"}, 14: {Text: "80%", Number: true},
	}
	got := map[int]Cell{}
	for _, r := range s.Rows {
		got[r.Line] = r.Cell(0)
	}
	require.Equal(t, want, got)
}

func TestCellsThatMustNotBeTaken(t *testing.T) {
	data := book(t, func(f *excelize.File) {
		set(t, f, map[string]any{"A1": "x", "A2": "merged", "A4": "=not a formula", "D4": "end"})
		require.NoError(t, f.SetCellFormula("Rules", "B1", "A1"))
		require.NoError(t, f.MergeCell("Rules", "A2", "B3"))
		set(t, f, map[string]any{"C3": "beside"})
	})
	s, err := Read("r.xlsx", data, "")
	require.NoError(t, err)
	require.Contains(t, s.Rows[0].Cell(1).Wrong, "formula whose value the file does not hold")
	require.Contains(t, s.Rows[1].Cell(1).Wrong, "merged with A2")
	require.Contains(t, s.Rows[2].Cell(0).Wrong, "merged with A2")
	require.Empty(t, s.Rows[2].Cell(2).Wrong)
	require.Equal(t, Cell{Text: "=not a formula"}, s.Rows[3].Cell(0))
}

func TestWhichSheet(t *testing.T) {
	data := book(t, func(f *excelize.File) {
		for _, name := range []string{"Ages", "Empty"} {
			_, err := f.NewSheet(name)
			require.NoError(t, err)
		}
		require.NoError(t, f.SetCellValue("Ages", "A1", "ages"))
		require.NoError(t, f.SetCellValue("Rules", "A1", "rules"))
		f.SetActiveSheet(1)
		require.NoError(t, f.SetSheetVisible("Rules", false))
	})
	s, err := Read("r.xlsx", data, "")
	require.NoError(t, err)
	require.Equal(t, "Ages", s.Name, "a hidden sheet is not meant")
	require.Empty(t, s.Unread)
	s, err = Read("r.xlsx", data, "Rules")
	require.NoError(t, err)
	require.Equal(t, "rules", s.Rows[0].Cell(0).Text)
	_, err = Read("r.xlsx", data, "Age")
	require.EqualError(t, err, `r.xlsx: The workbook has no such sheet: found "Age", expected Rules, Ages, Empty`)
}

func TestOtherSheetsAreTold(t *testing.T) {
	data := book(t, func(f *excelize.File) {
		_, err := f.NewSheet("Notes")
		require.NoError(t, err)
		require.NoError(t, f.SetCellValue("Notes", "A1", "notes"))
	})
	s, err := Read("r.xlsx", data, "")
	require.NoError(t, err)
	require.Equal(t, []string{"Notes"}, s.Unread)
}

// TestHostileWorkbooks: what is too large in any way is refused before it is unpacked into memory.
func TestHostileWorkbooks(t *testing.T) {
	zipped := func(parts map[string][]byte) []byte {
		var out bytes.Buffer
		w := zip.NewWriter(&out)
		for name, body := range parts {
			part, err := w.Create(name)
			require.NoError(t, err)
			_, err = part.Write(body)
			require.NoError(t, err)
		}
		require.NoError(t, w.Close())
		return out.Bytes()
	}
	many := map[string][]byte{}
	for i := range maxParts + 1 {
		many[fmt.Sprint(i)] = nil
	}
	half := make([]byte, maxUnpacked/2+1)
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"a bomb":           {zipped(map[string][]byte{"xl/worksheets/sheet1.xml": make([]byte, maxUnpacked+1)}), "unpacks to more than 32 MB"},
		"two halves of it": {zipped(map[string][]byte{"a": half, "b": half}), "it unpacks to more than 32 MB"},
		"many parts":       {zipped(many), "too many parts"},
		"no workbook":      {zipped(map[string][]byte{"a": []byte("b")}), "The workbook"},
		"cut off":          {book(t, func(*excelize.File) {})[:1000], "The workbook cannot be read"},
		"a large file":     {append([]byte("PK\x03\x04"), make([]byte, MaxBytes)...), "The file is too large"},
		"a far row": {book(t, func(f *excelize.File) { set(t, f, map[string]any{"A1048576": "x"}) }),
			`r.xlsx: The workbook is too large: found "row 1048576, where at most 24000 are read"`},
		"a far column": {book(t, func(f *excelize.File) { set(t, f, map[string]any{"XFD3": "x"}) }),
			`r.xlsx: The workbook is too large: found "row 3 goes to column XFD, where at most SR are read"`},
		"a far cell without a row": {zipped(map[string][]byte{"xl/worksheets/sheet1.xml": []byte(`<worksheet><sheetData><row><c r="A900000"/></row></sheetData></worksheet>`)}),
			"row 900000, where at most 24000 are read"},
		"a wide sheet": {zipped(map[string][]byte{"x": []byte("<worksheet>" + strings.Repeat(`<row><c r="SR1"/></row>`, maxArea/MaxColumns+1))}),
			"goes to column SR"},
		"another encoding":  {zipped(map[string][]byte{"x": []byte(`<?xml version="1.0" encoding="utf-16"?><worksheet/>`)}), "a part that is not in UTF-8"},
		"many merged cells": {zipped(map[string][]byte{"x": []byte("<mergeCells>" + strings.Repeat("<mergeCell ref='A1:B2'/>", maxMerged+1))}), "more than 2000 merged cells"},
		"many formulas": {book(t, func(f *excelize.File) {
			for i := range maxFormulas {
				require.NoError(t, f.SetCellFormula("Rules", fmt.Sprint("A", i+1), "B1"))
				set(t, f, map[string]any{fmt.Sprint("C", i+1): "x"})
			}
		}), "many formulas"},
		"a long cell": {book(t, func(f *excelize.File) { set(t, f, map[string]any{"B2": string(bytes.Repeat([]byte("x"), MaxCell+1))}) }),
			`r.xlsx, sheet Rules, row 2, column B: The cell is too long`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Read("r.xlsx", c.data, "")
			require.ErrorContains(t, err, c.want)
		})
	}
}

// TestALyingDirectory: a part whose directory says that it is small is counted by what it unpacks to.
func TestALyingDirectory(t *testing.T) {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	part, err := w.Create("xl/workbook.xml")
	require.NoError(t, err)
	_, err = part.Write(make([]byte, maxUnpacked+1))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	data := out.Bytes()
	size := []byte{1, 0, 0, 2} // maxUnpacked+1, little-endian
	at := bytes.LastIndex(data, size)
	require.Positive(t, at)
	copy(data[at:], []byte{9, 0, 0, 0})
	_, err = Read("r.xlsx", data, "")
	require.ErrorContains(t, err, "The workbook")
}

func FuzzWorkbook(f *testing.F) {
	f.Add(book(f, func(b *excelize.File) { set(f, b, map[string]any{"A1": "x", "B2": 5}) }))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := Read("r.xlsx", append([]byte("PK\x03\x04"), bytes.TrimPrefix(data, []byte("PK\x03\x04"))...), "")
		bounded(t, s, err)
	})
}

func bounded(t *testing.T, s *Sheet, err error) {
	if err != nil {
		var problems Problems
		require.ErrorAs(t, err, &problems)
		return
	}
	require.LessOrEqual(t, len(s.Rows), MaxRows)
	last := 0
	for _, r := range s.Rows {
		require.Greater(t, r.Line, last)
		require.LessOrEqual(t, len(r.Cells), MaxColumns)
		last = r.Line
	}
}

func BenchmarkWorkbook(b *testing.B) {
	data := book(b, func(f *excelize.File) {
		for i := range 5000 {
			for j := range 8 {
				set(b, f, map[string]any{Letter(j) + fmt.Sprint(i+1): fmt.Sprint("S-", i*j)})
			}
		}
	})
	for b.Loop() {
		_, err := Read("r.xlsx", data, "")
		require.NoError(b, err)
	}
}
