package explain

import (
	"errors"
	"fmt"

	"claimwright/adjudication/claims/answer"
	"claimwright/adjudication/engine/money"
	"claimwright/fhir/codec"
)

// Explanation is a response that was read.
type Explanation struct {
	// Wrong are the sums that do not add up, in words; the response is sound when there are none.
	Wrong []string

	response, claim codec.Value
	currency        string
	basis           part
	lines           []*line
	totals          []row
	notes           map[string]string
}

// line is an item, a detail or a sub-detail.
type line struct {
	// name is "1", "1.2" or "1.2.3".
	name  string
	depth int
	// billed is the element of the Claim; absent when there is none.
	billed codec.Value
	rows   []row
	trace  part
	traced bool
	notes  []string
	parts  []*line
}

// row is an adjudication or a total.
type row struct {
	code, reason string
	amount       money.Decimal
	isAmount     bool
	// value is a percentage or another number, as written.
	value string
}

// errNoResponse: what was given is something else.
var errNoResponse = errors.New("only a ClaimResponse can be explained")

// Read reads a ClaimResponse and checks its sums. The claim is the Claim that it answers, or nil.
func Read(response, claim *codec.Document) (*Explanation, error) {
	if response.Type() != "ClaimResponse" {
		return nil, fmt.Errorf("found a %s: %w", response.Type(), errNoResponse)
	}
	e := &Explanation{response: response.Root(), notes: map[string]string{}}
	if claim != nil && claim.Type() == "Claim" {
		e.claim = claim.Root()
	}
	e.basis, _ = extensionOf(e.response, answer.BasisExtension)
	for n := range e.response.Get(nProcessNote).Each() {
		e.notes[n.Get(nNumber).Text()] = n.Get(nText).Text()
	}
	for item := range e.response.Get(nItem).Each() {
		e.lines = append(e.lines, e.line(item, "", 0, e.claim.Get(nItem)))
	}
	e.totals = e.rows("the totals", e.response.Get(nTotal))
	e.check()
	return e, nil
}

// levels are the names of the number of a line and of the list beneath, by depth, in ClaimResponse and Claim.
var levels = []struct{ sequence, parts codec.Name }{
	{codec.Intern("itemSequence"), codec.Intern("detail")},
	{codec.Intern("detailSequence"), codec.Intern("subDetail")},
	{codec.Intern("subDetailSequence"), codec.Intern("none")},
}

func (e *Explanation) line(v codec.Value, above string, depth int, billed codec.Value) *line {
	number := v.Get(levels[depth].sequence).Text()
	l := &line{name: number, depth: depth}
	if above != "" {
		l.name = above + "." + number
	}
	for b := range billed.Each() {
		if b.Get(nSequence).Text() == number {
			l.billed = b
			break
		}
	}
	l.trace, l.traced = extensionOf(v, answer.TraceExtension)
	l.rows = e.rows("line "+l.name, v.Get(nAdjudication))
	for n := range v.Get(nNoteNumber).Each() {
		l.notes = append(l.notes, n.Text())
	}
	if depth+1 < len(levels) {
		for p := range v.Get(levels[depth].parts).Each() {
			l.parts = append(l.parts, e.line(p, l.name, depth+1, l.billed.Get(levels[depth].parts)))
		}
	}
	return l
}

func (e *Explanation) rows(where string, list codec.Value) []row {
	var rows []row
	for v := range list.Each() {
		r := row{code: codeOf(v.Get(nCategory)), value: v.Get(nValue).Text()}
		if reason := v.Get(nReason); reason.Exists() {
			r.reason = textOf(reason)
		}
		if amount := v.Get(nAmount); amount.Exists() {
			r.isAmount = true
			var err error
			if r.amount, err = money.Parse(amount.Get(nValue).Text()); err != nil {
				e.wrong("%s: the amount of %s is %q: %v", where, r.code, amount.Get(nValue).Text(), err)
			}
			currency := amount.Get(nCurrency).Text()
			if e.currency == "" {
				e.currency = currency
			}
			if currency != e.currency {
				e.wrong("%s: %s is in %s, other amounts are in %s", where, r.code, currency, e.currency)
			}
		}
		rows = append(rows, r)
	}
	return rows
}

func (e *Explanation) wrong(format string, args ...any) {
	e.Wrong = append(e.Wrong, fmt.Sprintf(format, args...))
}

// amountOf is the amount of a category, nothing where it is not mentioned.
func amountOf(rows []row, code string) money.Decimal {
	for i := range rows {
		if rows[i].code == code && rows[i].isAmount {
			return rows[i].amount
		}
	}
	return money.Decimal{}
}
