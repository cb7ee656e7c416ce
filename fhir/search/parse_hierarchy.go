package search

import (
	"strings"

	"claimwright/fhir/outcome"
)

// maxAbove bounds the segments of a url that :above looks for.
const maxAbove = 100

// tokenText reads what a token is called.
func (f field) tokenText(text string) ([]Condition, *outcome.Issue) {
	folded := Fold(unescape(text))
	if folded == "" {
		return nil, invalidValue(f.name+textMark, text, "a text with a letter, digit or symbol in it")
	}
	return []Condition{{Kind: HasPrefix, Param: f.key + textMark, Text: cut(folded, maxLabel)}}, nil
}

// ofType reads an identifier with its type.
func (f field) ofType(text string) ([]Condition, *outcome.Issue) {
	parts := split(text, '|')
	if len(parts) != 3 || parts[0] == "" || parts[1] == "" || parts[2] == "" {
		return nil, invalidValue(f.name+ofTypeMark, text, "system|code|value: the type's system and code, and the identifier's value")
	}
	form := ofTypeForm(unescape(parts[0]), unescape(parts[1]), unescape(parts[2]))
	return []Condition{{Kind: HasTerm, Param: f.key + ofTypeMark, Text: form}}, nil
}

// below reads a url with all below its path, and a canonical with all below its version.
func (f field) below(text string) []Condition {
	text = unescape(text)
	conditions := f.terms([]string{bounded(text)})
	if f.holds("uri", "url") && isPath(text) {
		path := strings.TrimRight(text, "/")
		if path != text {
			conditions = append(conditions, f.terms([]string{bounded(path)})...)
		}
		conditions = append(conditions, Condition{Kind: HasPrefix, Param: f.key + belowMark, Text: cut(path+"/", MaxText)})
	}
	if f.holds("canonical") && strings.Contains(text, "|") {
		conditions = append(conditions, Condition{Kind: HasTerm, Param: f.key + belowMark, Text: bounded(text)})
	}
	return conditions
}

// above reads a url with all that its path lies below.
func (f field) above(text string) ([]Condition, *outcome.Issue) {
	text = unescape(text)
	texts := []string{bounded(text)}
	if isPath(text) {
		host := strings.Index(text, "://") + len("://")
		for end := len(text); ; {
			slash := strings.LastIndexByte(text[host:end], '/')
			if slash < 0 {
				break
			}
			if len(texts) > 2*maxAbove {
				return nil, tooMuch("too many segments in the url", maxAbove)
			}
			end = host + slash
			texts = append(texts, bounded(text[:end+1]), bounded(text[:end]))
		}
	}
	return f.terms(texts), nil
}

// isPath tells urls whose path has segments from names such as urns, which are only equal or not.
func isPath(s string) bool { return strings.Contains(s, "://") }
