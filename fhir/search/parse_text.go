package search

import (
	"claimwright/fhir/outcome"
	"claimwright/fhir/registry"
)

// maxTextClauses bounds the clauses that one _text comes to.
const maxTextClauses = 64

// narrative reads _text: all words of any of the values that commas separate. A query is clauses of alternatives, so
// "a b,c" becomes (a or c) and (b or c).
func (p *parser) narrative(param *registry.Param, value string) *outcome.Issue {
	clauses := []Clause{{}}
	found := false
	for _, alternative := range split(value, ',') {
		words := wordsOf(unescape(alternative))
		if len(words) == 0 {
			continue
		}
		found = true
		if len(clauses)*len(words) > maxTextClauses {
			return tooMuch("too many words in search parameter _text", maxTextClauses)
		}
		var next []Clause
		for _, c := range clauses {
			for _, word := range words {
				anyOf := append(c.AnyOf[:len(c.AnyOf):len(c.AnyOf)], Condition{Kind: HasTerm, Param: param.Name, Text: word})
				next = append(next, Clause{AnyOf: anyOf})
			}
		}
		clauses = next
	}
	if !found {
		return invalidValue(param.Name, value, "at least one word")
	}
	for _, c := range clauses {
		p.conditions += len(c.AnyOf)
	}
	p.query.Where = append(p.query.Where, clauses...)
	return nil
}
