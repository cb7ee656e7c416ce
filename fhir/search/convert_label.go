package search

import (
	"strings"

	"claimwright/fhir/codec"
)

// What a token says in words is found by :text from any of its words on: each of the first words begins an entry.
const (
	maxLabelWords = 8
	maxLabel      = 120 // bytes of an entry, and of what is looked for
)

// label adds what a coding, concept or identifier is called.
func (x *extraction) label(y *yield, v codec.Value) {
	if y.labels == "" || !v.Exists() {
		return
	}
	rest := Fold(v.Text())
	for range maxLabelWords {
		if rest == "" {
			return
		}
		x.strings.add(Text{Param: y.labels, Folded: cut(rest, maxLabel)})
		_, rest, _ = strings.Cut(rest, " ")
	}
}

// typed adds an identifier under each code of its type.
func (x *extraction) typed(y *yield, v codec.Value) {
	if y.typed == "" {
		return
	}
	value := v.Get(nameValue).Text()
	for coding := range v.Get(nameType).Get(nameCoding).Each() {
		if code := coding.Get(nameCode).Text(); code != "" && value != "" {
			x.terms.add(Term{y.typed, ofTypeForm(coding.Get(nameSystem).Text(), code, value)})
		}
	}
}
