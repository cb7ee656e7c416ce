package sheet

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

const (
	// maxUnpacked bounds what a workbook unpacks to, maxParts its files.
	maxUnpacked = 32 << 20
	maxParts    = 500
	// maxArea bounds the cells of a sheet, those before the last of a row included: whoever reads a sheet makes room for them.
	maxArea = 1 << 20
	// maxMerged bounds the merged ranges of a sheet.
	maxMerged = 2000
)

// unpacks goes through all parts of a workbook without keeping them, and refuses what would take much memory to read. What
// the file's directory says of sizes may be a lie; and a sheet may name its last possible cell in a few bytes.
func (s *Sheet) unpacks(data []byte) error {
	const expected = "an .xlsx workbook with the table alone"
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return s.wrong(0, "The workbook cannot be read", err.Error(), "an .xlsx workbook")
	}
	if len(archive.File) > maxParts {
		return s.wrong(0, "The workbook has too many parts", strconv.Itoa(len(archive.File)), expected)
	}
	left := int64(maxUnpacked)
	for _, part := range archive.File {
		if part.UncompressedSize64 > maxUnpacked {
			return s.wrong(0, "The workbook is too large", "a part that unpacks to more than 32 MB", expected)
		}
		r, err := part.Open()
		if err != nil {
			return s.wrong(0, "The workbook cannot be read", err.Error(), "an .xlsx workbook")
		}
		bounded := &io.LimitedReader{R: r, N: left + 1}
		err = survey(bounded)
		_, damaged := io.Copy(io.Discard, bounded)
		_ = r.Close() // it was only read
		switch left = bounded.N - 1; {
		case err != nil:
			return s.wrong(0, "The workbook is too large", err.Error(), expected)
		case left < 0:
			return s.wrong(0, "The workbook is too large", "it unpacks to more than 32 MB", expected)
		case damaged != nil:
			return s.wrong(0, "The workbook cannot be read", damaged.Error(), "an .xlsx workbook")
		}
	}
	return nil
}

// errCharset is told of XML in another encoding: nobody writes workbooks so, and its cells could not be counted.
var errCharset = errors.New("a part that is not in UTF-8")

// survey counts the rows and cells of a part that is a sheet. What is no XML at all is left to who reads it.
func survey(r io.Reader) error {
	decoder := xml.NewDecoder(r)
	decoder.CharsetReader = func(string, io.Reader) (io.Reader, error) { return nil, errCharset }
	var at area
	for {
		token, err := decoder.RawToken()
		switch {
		case errors.Is(err, errCharset):
			return errCharset
		case err != nil:
			return nil
		}
		if start, ok := token.(xml.StartElement); ok {
			if err := at.element(start); err != nil {
				return err
			}
		}
	}
}

// area is how much room a sheet needs.
type area struct{ row, column, cells, merged int }

func (a *area) element(e xml.StartElement) error {
	var where string
	for _, attribute := range e.Attr {
		if attribute.Name.Local == "r" {
			where = attribute.Value
		}
	}
	switch e.Name.Local {
	case "row":
		a.row, a.column = a.row+1, 0
		if n, err := strconv.Atoi(where); err == nil {
			a.row = n
		}
		if a.row > maxGap {
			return fmt.Errorf("row %d, where at most %d are read", a.row, maxGap)
		}
	case "c":
		last := a.column
		a.column++
		if n := columnIn(where); n > 0 {
			a.column = n
		}
		if n, err := strconv.Atoi(strings.TrimLeft(where, "$"+letters)); err == nil && n > maxGap {
			return fmt.Errorf("row %d, where at most %d are read", n, maxGap)
		}
		if a.cells += max(0, a.column-last); a.column > MaxColumns || a.cells > maxArea {
			return fmt.Errorf("row %d goes to column %s, where at most %s are read", a.row, Letter(a.column-1), Letter(MaxColumns-1))
		}
	case "mergeCell":
		if a.merged++; a.merged > maxMerged {
			return fmt.Errorf("more than %d merged cells", maxMerged)
		}
	}
	return nil
}

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// columnIn is the number of the column of a cell such as AB12, from 1; 0 when there is none.
func columnIn(at string) int {
	n := 0
	for _, c := range at {
		if c |= 0x20; c < 'a' || c > 'z' {
			break
		}
		if n = n*26 + int(c-'a') + 1; n > 1<<20 {
			break
		}
	}
	return n
}
