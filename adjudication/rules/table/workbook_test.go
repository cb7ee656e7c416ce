package table

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"claimwright/adjudication/rules/table/sheet"
)

// workbook is a table as a spreadsheet program saves it: with numbers, days and percentages instead of texts.
func workbook(t *testing.T, rows ...[]any) *sheet.Sheet {
	t.Helper()
	f := excelize.NewFile()
	require.NoError(t, f.SetSheetName("Sheet1", "Caps"))
	percent, err := f.NewStyle(&excelize.Style{NumFmt: 9})
	require.NoError(t, err)
	for i, row := range rows {
		at, err := excelize.CoordinatesToCellName(1, i+1)
		require.NoError(t, err)
		require.NoError(t, f.SetSheetRow("Caps", at, &row))
		for j, v := range row {
			if n, ok := v.(float64); ok && n < 1 {
				at, err := excelize.CoordinatesToCellName(j+1, i+1)
				require.NoError(t, err)
				require.NoError(t, f.SetCellStyle("Caps", at, at, percent))
			}
		}
	}
	var out bytes.Buffer
	require.NoError(t, f.Write(&out))
	s, err := sheet.Read("caps.xlsx", out.Bytes(), "")
	require.NoError(t, err)
	return s
}

func TestWorkbook(t *testing.T) {
	rule, err := Compile(workbook(t,
		[]any{"Title", "Caps"},
		[]any{"From", time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)},
		[]any{"Priority", 50},
		[]any{},
		[]any{"Service", "Age from", "Amount", "Cap price", "Cap quantity"},
		[]any{"A", 18, "<1000", 1234.567, 2},
		[]any{"B", nil, nil, 0.8},
		[]any{59400, nil, nil, 10},
	), options)
	require.NoError(t, err)
	require.Equal(t, 50, rule.Compiled.Priority)
	require.Equal(t, "2026-01-01", rule.Compiled.Valid.From.String())
	require.Equal(t, []string{"cap-price 1234.567", "cap-quantity 2"}, about(t, "A", "billed=999").fires(rule.Compiled))
	require.Equal(t, []string{"cap-price 800.0"}, about(t, "B").fires(rule.Compiled), "80 % is shown and meant where 0.8 is stored")
	require.Equal(t, []string{"cap-price 10"}, about(t, "59400").fires(rule.Compiled))
}

func TestMistakesInAWorkbook(t *testing.T) {
	_, err := Compile(workbook(t,
		[]any{"title", "Caps"},
		[]any{"service", "age", "cap price"},
		[]any{"A", time.Date(2026, 5, 17, 0, 0, 0, 0, time.UTC), 5},
		[]any{"A", "5-17", "1,200"},
	), options)
	require.EqualError(t, err, `caps.xlsx, sheet Caps, row 3, column age (B): The cell is a day in a column of numbers; spreadsheets make days of ranges such as 5-17: found "2026-05-17", expected 5..17, or the cell formatted as text
caps.xlsx, sheet Caps, row 4, column cap price (C): A comma between digits can be a list, a decimal or a thousand: found "1,200", expected 1200 for a number, 12.50 for its decimals, "1, 2" with a blank for a list`)
}
