// Package sheet reads what a spreadsheet program writes, CSV or an .xlsx workbook, into rows of cells that still know where they
// stand. It owns the formats, their bounds, and how a place in a file is told; it must not know what the cells mean.
//
//	s, err := sheet.Read("caps.xlsx", data, "") // err is Problems: "caps.xlsx, sheet Caps, cell D7: the cell is a formula …"
//	for _, row := range s.Rows { … row.Line, row.Cell(3).Text … }
//
// Files are hostile until they are read: their size, what they unpack to, rows, columns and cells are bounded.
package sheet
