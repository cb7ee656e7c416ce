package scenario

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"claimwright/adjudication/engine/money"
	"claimwright/fhir/codec"
)

// answer is what a step brought: a ClaimResponse or another resource, as far as expectations look at it.
type answer struct {
	doc  *codec.Document
	tree any
	// state is the business state of the claim's Task.
	state string
	// billed are the quantities of the request's lines by their numbers.
	billed map[string]string
	// earlier are the answers of the scenario so far by name, this one included.
	earlier map[string]*answer
	basis   *explained
	// replace puts in what names in braces stand for.
	replace func(string) string

	PreAuthPeriod struct{ Start, End string }

	ResourceType, ID, Status, Outcome, Disposition, PreAuthRef string
	Request                                                    struct{ Reference string }
	Extension                                                  []*explained
	Item                                                       []*line
	Total                                                      []row
	ProcessNote                                                []struct {
		Number int
		Text   string
	}
	Error []struct {
		Code struct {
			Coding []struct{ Code string }
			Text   string
		}
	}
	Insurance []insurance
	Parameter []parameter
	Payment   struct{ Amount struct{ Value json.Number } }
}

// line is an item of a ClaimResponse, a detail or a sub-detail.
type line struct {
	ItemSequence, DetailSequence, SubDetailSequence int

	NoteNumber        []int
	Extension         []*explained
	Adjudication      []row
	Detail, SubDetail []*line
	trace             *explained
	billed            string
}

func (l *line) sequence() string {
	return strconv.Itoa(max(l.ItemSequence, l.DetailSequence, l.SubDetailSequence))
}

// row is an adjudication or a total.
type row struct {
	Category, Reason struct{ Coding []struct{ Code string } }
	Amount           *struct {
		Value    json.Number
		Currency string
	}
	Value json.Number
}

func (r *row) code() string {
	if len(r.Category.Coding) == 0 {
		return ""
	}
	return r.Category.Coding[0].Code
}

// readAnswer reads a resource that the server wrote.
func readAnswer(doc *codec.Document) (*answer, error) {
	a := &answer{doc: doc}
	if err := json.Unmarshal(doc.Bytes(), a); err != nil {
		return nil, fmt.Errorf("read the answer: %w", err)
	}
	decoder := json.NewDecoder(bytes.NewReader(doc.Bytes()))
	decoder.UseNumber()
	if err := decoder.Decode(&a.tree); err != nil {
		return nil, fmt.Errorf("read the answer: %w", err)
	}
	a.basis = named(a.Extension, "decision-basis")
	return a, nil
}

// line is the line of a number such as "2", "2.1" or "2.1.3"; nil when there is none.
func (a *answer) line(number string) *line {
	var found *line
	lines := a.Item
	for step := range strings.SplitSeq(number, ".") {
		i := slices.IndexFunc(lines, func(l *line) bool { return l.sequence() == step })
		if i < 0 {
			return nil
		}
		found = lines[i]
		lines = slices.Concat(found.Detail, found.SubDetail)
	}
	found.trace, found.billed = named(found.Extension, "line-trace"), a.billed[number]
	return found
}

// amountIn is the amount of a category, "0" where there is none.
func amountIn(rows []row, category string) string {
	for i := range rows {
		if rows[i].code() == category && rows[i].Amount != nil {
			return rows[i].Amount.Value.String()
		}
	}
	return "0"
}

func (a *answer) total(category string) string { return amountIn(a.Total, category) }

func (a *answer) currency() string {
	for _, r := range a.Total {
		if r.Amount != nil {
			return r.Amount.Currency
		}
	}
	return ""
}

func (a *answer) faults() (codes []string) {
	for _, e := range a.Error {
		for _, c := range e.Code.Coding {
			codes = append(codes, c.Code)
		}
		codes = append(codes, e.Code.Text)
	}
	return codes
}

func (a *answer) notes() (texts []string) {
	for _, n := range a.ProcessNote {
		texts = append(texts, n.Text)
	}
	return texts
}

func (a *answer) notesOf(number string) (texts []string) {
	l := a.line(number)
	for _, n := range a.ProcessNote {
		if l != nil && slices.Contains(l.NoteNumber, n.Number) {
			texts = append(texts, n.Text)
		}
	}
	return texts
}

// sameAs tells whether the answer is, byte for byte, that to an earlier claim.
func (a *answer) sameAs(name string) string {
	earlier := a.earlier[name]
	if earlier == nil {
		return "no claim " + name
	}
	if bytes.Equal(earlier.doc.Bytes(), a.doc.Bytes()) {
		return "yes"
	}
	return "another answer"
}

func (a *answer) traceOf(number string) *explained {
	if l := a.line(number); l != nil {
		return l.trace
	}
	return nil
}

// factOf is a fact of a line: its own, or what the basis says for all.
func (a *answer) factOf(number string, fact string) string {
	return or(a.traceOf(number).fact(fact), a.basis.fact(fact))
}

func (l *line) amount(category string) string { return amountIn(l.Adjudication, category) }

func (l *line) value(category string) string {
	for i := range l.Adjudication {
		if l.Adjudication[i].code() == category {
			return l.Adjudication[i].Value.String()
		}
	}
	return ""
}

// denied is the reason of a denial, "no" for a line that is accepted.
func (l *line) denied() string {
	denied := "no"
	for i := range l.Adjudication {
		if reason := l.Adjudication[i].Reason.Coding; len(reason) > 0 && l.Adjudication[i].code() == "disallowed" {
			denied = reason[0].Code
		}
	}
	if !sameNumber(l.amount("disallowed"), l.amount("submitted")) {
		return "no" // units above a maximum, or that a reviewer took off; the others are granted
	}
	return denied
}

func zero(amount string) bool { return sameNumber("0", amount) }

// granted is the quantity that was granted: as billed, unless the trace says otherwise.
func (l *line) granted() string { return or(l.trace.number("quantity"), l.billed) }

// otherCuts are those that were not named.
func (l *line) otherCuts(known map[string]bool) string {
	var others []string
	for i := range l.Adjudication {
		r := &l.Adjudication[i]
		if cutKinds()[r.code()] && !known[r.code()] && r.Amount != nil && !zero(r.Amount.Value.String()) {
			others = append(others, r.code()+" "+r.Amount.Value.String())
		}
	}
	if len(others) == 0 {
		return "none"
	}
	return strings.Join(others, ", ")
}

// left is what remains, never negative.
func left(allowed, used string) string {
	a, err := money.Parse(allowed)
	b, otherErr := money.Parse(used)
	if err != nil || otherErr != nil {
		return ""
	}
	return a.Sub(b).Floor0().String()
}

// sameNumber compares numbers; trailing zeros do not matter.
func sameNumber(expected, found string) bool {
	a, err := money.Parse(expected)
	b, otherErr := money.Parse(found)
	return err == nil && otherErr == nil && a.Equal(b)
}
