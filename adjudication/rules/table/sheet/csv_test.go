package sheet

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSeparators(t *testing.T) {
	for text, want := range map[string][]string{
		"a,b;c\n":              {"a", "b;c"},
		"a;b,c\n":              {"a", "b,c"},
		"a\tb,c\n":             {"a", "b,c"},
		"\"a,b\";c,d\n":        {"a,b", "c,d"},
		"# made by, us\na;b\n": {"a", "b"},
		"sep=;\na,b;c\n":       {"a,b", "c"},
		"a\n":                  {"a"},
		"\ufeffa;\u00a0b \n":   {"a", "b"},
		"a,\"b \"\"c\"\"\"\n":  {"a", `b "c"`},
	} {
		t.Run(text, func(t *testing.T) {
			s, err := Read("r.csv", []byte(text), "")
			require.NoError(t, err)
			var got []string
			for _, c := range s.Rows[len(s.Rows)-1].Cells {
				got = append(got, c.Text)
			}
			require.Equal(t, want, got)
		})
	}
}

func TestLinesAreThoseOfTheFile(t *testing.T) {
	s, err := Read("r.csv", []byte("sep=,\na,\"b\nb\"\n\n,,\nc\n"), "")
	require.NoError(t, err)
	require.Len(t, s.Rows, 2)
	require.Equal(t, 2, s.Rows[0].Line)
	require.Equal(t, 6, s.Rows[1].Line)
}

func TestHostileText(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"UTF-16":       {"\xff\xfea\x00", `r.csv: The file's encoding is not known: found "UTF-16", expected a file saved as "CSV UTF-8"`},
		"bytes":        {"a\nb\x00", "r.csv:2: The file is no text"},
		"Latin-1":      {"a\nb\xe9\n", `r.csv:2: The line is not UTF-8: found "b?"`},
		"many columns": {"a\n" + strings.Repeat("x,", MaxColumns) + "x\n", "r.csv:2: The row has too many columns"},
		"many rows":    {strings.Repeat("x\n", MaxRows+1), "r.csv:6001: The table has too many rows"},
		"a long cell":  {"a\nb," + strings.Repeat("x", MaxCell+1), "r.csv:2, column B: The cell is too long"},
		"much text":    {strings.Repeat(strings.Repeat("x", MaxCell)+"\n", MaxText/MaxCell+1), "r.csv: The file is too large"},
		"open quotes":  {"a\n\"b\n", "r.csv:2: The quotes are not closed"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Read("r.csv", []byte(c.text), "")
			require.ErrorContains(t, err, c.want)
		})
	}
	_, err := Read("r.csv", []byte("a"), "Sheet")
	require.ErrorContains(t, err, "The file has no sheets")
}

func FuzzCSV(f *testing.F) {
	f.Add([]byte("title,T\n\"a\nb\";c\n"))
	f.Add([]byte("sep=;\n\xef\xbb\xbf\"\""))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := Read("r.csv", data, "")
		bounded(t, s, err)
	})
}
