package search

import (
	"html"
	"strings"
	"unicode"

	"claimwright/fhir/codec"
)

// The bounds of what a narrative is found by. What lies beyond is not found.
const (
	maxNarrative = 64 << 10 // bytes looked at
	maxWords     = 300      // different words
	maxWord      = 60       // bytes of a word
)

// narrativeValue adds the words of a narrative's XHTML. Only resources that have one pay for it.
func narrativeValue(x *extraction, y *yield, v codec.Value) {
	before := len(x.terms.items)
	eachText(cut(v.Text(), maxNarrative), func(text string) bool {
		for _, word := range wordsOf(text) {
			x.term(y, word)
			if len(x.terms.items)-before >= maxWords {
				return false
			}
		}
		return true
	})
}

// eachText visits the texts between the tags of XHTML, references to characters resolved.
func eachText(xhtml string, visit func(text string) bool) {
	for xhtml != "" {
		text, rest, _ := strings.Cut(xhtml, "<")
		if text != "" && !visit(html.UnescapeString(text)) {
			return
		}
		switch {
		case strings.HasPrefix(rest, "!--"):
			_, xhtml, _ = strings.Cut(rest, "-->")
		default:
			_, xhtml, _ = strings.Cut(rest, ">")
		}
	}
}

// wordsOf are the words of a text, folded. What is neither a letter, nor a digit, nor an accent separates words.
func wordsOf(text string) []string {
	var words []string
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r)
	}) {
		if word = cut(Fold(word), maxWord); word != "" {
			words = append(words, word)
		}
	}
	return words
}
