package search

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFold(t *testing.T) {
	for in, want := range map[string]string{
		"":                         "",
		"already folded":           "already folded",
		"Asha":                     "asha",
		"  Van  der\tBerg ":        "van der berg",
		"O'Brien":                  "obrien",
		"Carreño-Quiñones":         "carrenoquinones",
		"Ångström":                 "angstrom",
		"STRASSE straße":           "strasse strasse",
		"ﬁne":                      "fine",
		"Nguyễn Thị":               "nguyen thi",
		"ΣΊΣΥΦΟΣ":                  "σισυφοσ",
		"Иванов":                   "иванов",
		"a\u00a0\u00a0b":           "a b",
		"“quoted” – text…":         "quoted text",
		"...":                      "",
		" ":                        "",
		"5 + 3 = 8":                "5 + 3 = 8",
		"İstanbul":                 "istanbul",
		"\x00control\x7f":          "control",
		"invalid \xff utf-8":       "invalid utf8",
		"山田 太郎":                    "山田 太郎",
		"e\u0301 is decomposed":    "e is decomposed",
		"trailing punctuation . .": "trailing punctuation",
	} {
		t.Run(in, func(t *testing.T) {
			require.Equal(t, want, Fold(in))
		})
	}
}

func TestFoldSharesWhatIsFolded(t *testing.T) {
	text := strings.Repeat("a b", 5)
	require.Zero(t, testing.AllocsPerRun(10, func() {
		if Fold(text) != text {
			t.Error("changed")
		}
	}))
}

func FuzzFold(f *testing.F) {
	f.Add("Carreño-Quiñones  İ ß ﬁ")
	f.Fuzz(func(t *testing.T, text string) {
		folded := Fold(text)
		require.Equal(t, folded, Fold(folded), "folding again changes %q", text)
	})
}
