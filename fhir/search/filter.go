package search

import (
	"time"

	"claimwright/fhir/outcome"
	"claimwright/fhir/registry"
)

// maxFilterClauses bounds what a filter comes to when it is written as clauses: or over and multiplies.
const maxFilterClauses = 200

// filter reads _filter (R4 search_filter.html) into clauses, all of which must hold.
//
// A query is made of clauses that hold when any, or none, of their conditions does. Every filter can be written so but for
// one in which an or has a part that is negated; that is refused, as is what no condition can say.
func (p *parser) filter(text string) *outcome.Issue {
	node, issue := readFilter(text)
	if issue != nil {
		return issue
	}
	f := &filtering{parser: p}
	all := f.clauses(node, false)
	if f.issue != nil {
		return f.issue
	}
	var unwanted Clause
	for _, d := range all {
		switch {
		case len(d.noneOf) == 0:
			p.query.Where = append(p.query.Where, Clause{AnyOf: d.anyOf})
		case len(d.noneOf) == 1 && len(d.anyOf) == 0:
			unwanted = Clause{Not: true, AnyOf: append(unwanted.AnyOf, d.noneOf[0]...)}
		default:
			return notSupported("_filter has an or, or the not of an and, with a part that is negated; a search cannot be made of it",
				text, "not around an or, or no not")
		}
	}
	if unwanted.Not {
		p.query.Where = append(p.query.Where, unwanted)
	}
	return nil
}

// either is a disjunction: one of anyOf holds, or of one of noneOf, lists of conditions, none does.
type either struct {
	anyOf  []Condition
	noneOf [][]Condition
}

// filtering makes clauses of a filter.
type filtering struct {
	*parser
	issue *outcome.Issue
}

// clauses gives the disjunctions of which all must hold for a part of the filter, or for its opposite.
func (f *filtering) clauses(n *filterNode, negated bool) []either {
	if f.issue != nil {
		return nil
	}
	switch {
	case n.op == filterTest:
		return f.test(n, negated)
	case n.op == filterNot:
		return f.clauses(n.parts[0], !negated)
	case (n.op == filterAnd) != negated:
		var all []either
		for _, part := range n.parts {
			all = f.bounded(append(all, f.clauses(part, negated)...))
		}
		return all
	}
	all := []either{{}}
	for _, part := range n.parts {
		all = f.product(all, f.clauses(part, negated))
	}
	return all
}

// product writes "these or those" as disjunctions: each of these with each of those.
func (f *filtering) product(these, those []either) []either {
	if len(these)*len(those) > maxFilterClauses {
		f.issue = tooMuch("_filter comes to too many clauses", maxFilterClauses)
		return nil
	}
	var all []either
	conditions := 0
	for _, a := range these {
		for _, b := range those {
			d := either{
				anyOf:  append(append([]Condition{}, a.anyOf...), b.anyOf...),
				noneOf: append(append([][]Condition{}, a.noneOf...), b.noneOf...),
			}
			conditions += len(d.anyOf)
			all = append(all, d)
		}
		if conditions > MaxConditions {
			f.issue = tooMuch("_filter comes to too many conditions", MaxConditions)
			return nil
		}
	}
	return all
}

func (f *filtering) bounded(all []either) []either {
	if len(all) > maxFilterClauses {
		f.issue = tooMuch("_filter comes to too many clauses", maxFilterClauses)
		return nil
	}
	return all
}

// test reads one comparison as the search parameter that says the same.
func (f *filtering) test(n *filterNode, negated bool) []either {
	param := f.last(n.path)
	name, value, issue := f.parameter(n, param)
	if issue != nil {
		f.issue = issue
		return nil
	}
	sub := &parser{options: f.options, query: &Query{Type: f.query.Type}, conditions: f.conditions, joins: f.joins, within: true}
	sub.options.Strict = true
	if n.compare == "po" { // ap without a reach: whatever touches the period
		sub.options.Now = time.Time{}
	}
	sub.read(name, value)
	f.parser.conditions = sub.conditions
	if len(sub.faults) > 0 {
		f.issue = &sub.faults[0]
		f.issue.Text += " (in _filter)"
		return nil
	}
	if n.compare == "eq" && param != nil && param.Type == registry.String {
		foldExact(sub.query.Where)
	}
	if negated { // _text comes to several clauses: not all of them hold when any does not
		all := []either{{}}
		for _, c := range sub.query.Where {
			all = f.product(all, []either{literal(c, true)})
		}
		return all
	}
	all := make([]either, len(sub.query.Where))
	for i, c := range sub.query.Where {
		all[i] = literal(c, false)
	}
	return all
}

// foldExact makes texts that must be the same ones that must be the same but for case and accents: values of a filter are
// never case-sensitive.
func foldExact(where []Clause) {
	for i := range where {
		for j := range where[i].AnyOf {
			c := &where[i].AnyOf[j]
			if c.Join != nil {
				foldExact(c.Join.Where)
			}
			if c.Kind == HasExact {
				c.Kind, c.Text = HasFolded, Fold(c.Text)
			}
		}
	}
}

// literal writes a clause, or its opposite, as a disjunction.
func literal(c Clause, negated bool) either {
	if c.Not == negated {
		return either{anyOf: c.AnyOf}
	}
	return either{noneOf: [][]Condition{c.AnyOf}}
}
