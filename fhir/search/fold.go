package search

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Fold brings a text into the form in which string parameters compare it (R4 search, "string"): without case, accents
// and punctuation, each run of blanks as one space, none at the ends. A text that is in this form already comes back as
// it is, sharing its memory. Folding a folded text changes nothing.
func Fold(s string) string {
	changes := false
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= utf8.RuneSelf {
			return foldASCII(foldUnicode(s))
		}
		blank := c == ' '
		if asciiFold[c] != c || blank && (i == 0 || i == len(s)-1 || s[i-1] == ' ') {
			changes = true
		}
	}
	if !changes {
		return s
	}
	return foldASCII(s)
}

// dropped is what asciiFold maps characters to that do not count.
const dropped = 0

// asciiFold maps a character to its folded one, blanks of all kinds to the space, punctuation to dropped.
var asciiFold = func() (table [utf8.RuneSelf]byte) {
	for c := range byte(utf8.RuneSelf) {
		switch r := rune(c); {
		case unicode.IsSpace(r):
			table[c] = ' '
		case unicode.IsPunct(r) || unicode.IsControl(r):
			table[c] = dropped
		default:
			table[c] = byte(unicode.ToLower(r))
		}
	}
	return table
}()

// foldASCII applies asciiFold and gathers blanks; it leaves everything beyond ASCII alone.
func foldASCII(s string) string {
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c < utf8.RuneSelf {
			c = asciiFold[c]
		}
		if c == dropped || c == ' ' && (len(out) == 0 || out[len(out)-1] == ' ') {
			continue
		}
		out = append(out, c)
	}
	if n := len(out); n > 0 && out[n-1] == ' ' {
		out = out[:n-1]
	}
	return string(out)
}

// foldUnicode removes case and accents, and what is punctuation or a blank beyond ASCII. Folding case can bring back what
// decomposing took apart, so the text is decomposed again.
func foldUnicode(s string) string {
	s = norm.NFKD.String(cases.Fold().String(norm.NFKD.String(s)))
	return strings.Map(func(r rune) rune {
		switch {
		case r < utf8.RuneSelf:
			return r
		case unicode.Is(unicode.Mn, r), unicode.IsPunct(r), unicode.IsControl(r), r == utf8.RuneError:
			return -1
		case unicode.IsSpace(r):
			return ' '
		}
		return r
	}, s)
}
